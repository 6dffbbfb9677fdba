"""By what a line of a log shows a fault in so many words: a table of patterns, each with a text that it is for.

Each row begins with the letters by which it is looked up, those of several kinds with bars between: its pattern is
tried only where some of them stand in the line, in capitals or not. Each takes linear time: what repeats is bounded, or
ends at a character of its own.
"""

from collections.abc import Sequence

Row = tuple[str, str, str]  # the letters, small ones; the pattern; a text of the kind

# Numbers and absences cannot turn one of these into something harmless.
FORMS: Sequence[Row] = (
    # Python
    (
        "traceback",
        r"(?i)\bTraceback \(most recent call (?:last|first)\)|\bTraceback:?\s*$",
        "Traceback (most recent call last):",
    ),
    (
        "error",
        r"(?<![A-Za-z0-9_])(?!No|On|If|Is|Has|Last|Mean|Root|Std|Standard|Squared|Absolute|Relative|Max|Log|With"
        r"|Handle|Catch)[A-Z]\w{0,100}?Error(?:Group)?(?=\s{0,2}(?::(?!:|\s{0,2}(?:null|nil|false|\"\")\b)|\(|\[|$"
        r"|[,.;)\]](?:\s|$)|\s(?:at|in|was|is|on|from|due|while|when|raised|thrown|caught|occurred)\b))",
        "pkg.mod.FooError: the file is empty",
    ),
    (
        "error",
        r"(?i)^(?:[\w.]{1,100}\.)?(?!is|has|last|no|on|any|max|min|avg|mean)[a-z]{1,20}error: (?!(?:null|nil|false"
        r"|-?\d+\.\d)\b)",
        "socket.gaierror: [Errno -2] Name or service not known",
    ),
    (
        "exception",
        r"(?<![A-Za-z0-9_])(?!No|On|If|Is|Has|Last|Mean|Root|Std|Standard|Squared|Absolute|Relative|Max|Log|With"
        r"|Handle|Catch)[A-Z]\w{0,100}?Exception(?:Group)?(?=\s{0,2}(?::(?!:|\s{0,2}(?:null|nil|false|\"\")\b)|\("
        r"|\[|$|[,.;)\]](?:\s|$)|\s(?:at|in|was|is|on|from|due|while|when|raised|thrown|caught|occurred)\b))",
        'Exception in thread "main" java.lang.IllegalStateException',
    ),
    (
        "exception",
        r"^\s{0,8}(?:[|+] )?\w{0,20}Exception(?:Group)?: ",
        "  | ExceptionGroup: two things failed (2 sub-exceptions)",
    ),
    ("interrupt", r"(?i)\bKeyboardInterrupt\b|\bInterrupted(?:Error|Exception)\b", "KeyboardInterrupt"),
    ("systemexit", r"(?i)\bSystemExit\b(?!: 0\b)", "SystemExit: 2"),
    ("iteration", r"^(?:Runtime)?Stop(?:Async)?Iteration\b", "StopIteration: 7"),
    ("generatorexit", r"^GeneratorExit\b", "GeneratorExit"),
    ("warning", r"\bUnhandledPromiseRejectionWarning\b", "(node:7) UnhandledPromiseRejectionWarning: undefined"),
    (
        "exceptions.",
        r"(?<![\w.])(?:\w{1,60}\.){0,8}?exceptions\.[A-Z]\w{0,60}(?=:|$|\()",
        "requests.exceptions.Timeout: read",
    ),
    ("exception ignored", r"(?i)^Exception ignored in", "Exception ignored in: <function f at 0x7f>"),
    ("no module named", r"(?i)\bno module named\b", "/usr/bin/python3: No module named foo"),
    (".empty|.full|.timeout", r"^(?:\w{1,60}\.){1,8}(?:Empty|Full|[Tt]imeout)(?=:?$|: \D)", "queue.Empty"),
    (
        "expired|timeout|doesnotexist|notfound|denied|refused|cancelled|aborted|failed|failure|unavailable|invalid"
        "|mismatch|unsupported|conflict|missing|fault",
        r"^(?:[\w$]{1,60}\.){0,8}[A-Z]\w{0,80}(?:Expired|Timeout|DoesNotExist|NotFound|Denied|Refused|Cancelled"
        r"|Aborted|Failed|Failure|Unavailable|Invalid|Mismatch|Unsupported|Conflict|Missing|Fault)(?=:\s|:?$)",
        "subprocess.TimeoutExpired: Command 'sleep' timed out after 1 seconds",
    ),
    (
        "during handling",
        r"(?i)^During handling of the above exception",
        "During handling of the above exception, another exception",
    ),
    (
        "direct cause",
        r"(?i)^The above exception was the direct cause",
        "The above exception was the direct cause of the following",
    ),
    ("errno", r"(?i)\[Errno -?\d{1,5}\]|\berrno[ =:]{1,3}[1-9]", "OSError: [Errno 28] No space left on device"),
    ("e  ", r"^E {3,}\S", "E       assert 1 == 2"),
    # Java, Kotlin, Scala, C#, Clojure
    ("caused by", r"(?i)^\s{0,8}Caused by: ?\S", "Caused by: org.postgresql.util.PSQLException: refused"),
    ("e: ", r"^[eE]: \S", "E: Unable to locate package foo"),
    (
        "a fatal error",
        r"(?i)\b[Aa] fatal error (?:has been|occurred|was)",
        "# A fatal error has been detected by the Java Runtime:",
    ),
    # JavaScript
    (
        ".js:|.ts:|.jsx:|.tsx:|.mjs:|.cjs:|node:",
        r"(?i)^(?:\S{1,200}\.[cm]?[jt]sx?|node:\S{1,200}):\d{1,7}$",
        "/srv/app/index.js:3",
    ),
    ("npm", r"(?i)\bnpm (?:ERR!|error\b)", "npm ERR! code ELIFECYCLE"),
    (
        "eno|eacc|eper|eexist|econn|etime|eaddr|epipe|emfile|eisdir|erofs|ebusy|einval|elife|eai_|eresol|ehost|enet",
        r"(?<![\w-])E(?:NOENT|ACCES|PERM|EXIST|CONNREFUSED|CONNRESET|CONNABORTED|TIMEDOUT|ADDRINUSE|ADDRNOTAVAIL"
        r"|NOTFOUND|PIPE|NOMEM|NOSPC|MFILE|NFILE|ISDIR|NOTDIR|NOTEMPTY|ROFS|BUSY|INVAL|LIFECYCLE|AI_AGAIN|RESOLVE"
        r"|HOSTUNREACH|NETUNREACH)\b",
        "connect ECONNREFUSED 127.0.0.1:5432",
    ),
    # Go, Rust, Zig
    (
        "panic",
        r"(?i)\bpanic(?:: |!|\(| serving)|\bpanicked at\b|\bkernel panic\b|^thread \S{1,40} panic",
        "panic: runtime error: index out of range [5]",
    ),
    ("goroutine", r"(?i)^goroutine \d{1,12} \[", "goroutine 1 [running]:"),
    ("rror[", r"(?i:\berror)\[[A-Z]{0,4}\d{2,6}\]", "error[E0308]: mismatched types"),
    (".go:", r"(?i)^(?:vet: )?\S{1,200}\.go:\d{1,7}:\d{1,5}: ", "./main.go:3:2: undefined: x"),
    # Ruby, Perl, Lua, Elixir, Tcl
    (
        "error)",
        r"\((?:[A-Z]\w{0,60}::){0,5}[A-Z]\w{0,60}(?:Error|Exception)\)$",
        "a.rb:1:in `f': boom (Custom::OddError)",
    ),
    (" line ", r"(?i) at \S{1,200}\.p[lm] line \d{1,7}[.,]", "Died at x.pl line 3."),
    ("@inc", r"\bCan't locate \S{1,200} in @INC", "Can't locate Foo.pm in @INC (you may need to install Foo)"),
    ("** (", r"^\s{0,8}\*\* \(\w", "** (RuntimeError) no such thing"),
    (
        "attempt to",
        r"(?i)\.lua:\d{1,7}: |\battempt to (?:index|call|perform|compare|concatenate)\b",
        "lua: a.lua:1: attempt to index nil",
    ),
    # C and C++, Fortran, Haskell, R
    (
        "terminate called",
        r"(?i)\bterminate called\b",
        "terminate called after throwing an instance of 'std::bad_alloc'",
    ),
    ("what():", r"(?i)^\s{0,4}what\(\): ", "  what():  vector::_M_range_check"),
    (
        "assertion",
        r"(?i)\bassertion\b[^\n]{0,300}?\bfailed\b|\bfailed assertion\b",
        "a: a.c:3: main: Assertion `x > 0' failed.",
    ),
    ("undefined re", r"(?i)\bundefined reference to\b", "a.o: undefined reference to `f'"),
    (
        "symbol",
        r"(?i)\bundefined symbols?\b|\bsymbol lookup error\b|\bsymbol\(s\) not found\b",
        "undefined symbol: PyInit_x",
    ),
    ("sanitizer", r"(?i)\b\w+Sanitizer: (?!no )", "==7==ERROR: AddressSanitizer: heap-use-after-free"),
    ("smashing", r"(?i)\bstack smashing detected\b", "*** stack smashing detected ***: terminated"),
    ("free", r"(?i)\bdouble free\b|\bfree\(\): invalid\b|\bmunmap_chunk\(\)", "double free or corruption (fasttop)"),
    ("malloc", r"(?i)\bmalloc\(\): |\bcorrupted size\b", "malloc(): corrupted top size"),
    ("severe", r"\bforrtl: severe\b", "forrtl: severe (24): end-of-file during read"),
    (
        "received signal",
        r"(?i)\bProcess received signal|\breceived signal (?:SIG(?!CHLD|HUP|USR|WINCH|CONT)\w|\d)",
        "Program received signal SIGSEGV",
    ),
    ("stop", r"^\s{0,8}(?:ERROR STOP\b|STOP [1-9])", "ERROR STOP 2"),
    ("at line", r"^At line \d{1,7} of file ", "At line 3 of file a.f90 (unit = 5)"),
    ("pure virtual", r"(?i)\bpure virtual (?:method|function) call", "pure virtual method called"),
    ("bad_alloc", r"\bbad_alloc\b", "std::bad_alloc"),
    ("by ld.so", r"\bdetected by ld\.so", "Inconsistency detected by ld.so: dl-version.c"),
    ("debugger", r"(?i)\bdebugger invoked on\b", "debugger invoked on a UNBOUND-VARIABLE in thread"),
    ("error report", r"=ERROR REPORT=", "=ERROR REPORT==== 23-Nov-2026::16:20:42 ==="),
    ("init term", r"\binit terminating\b", '{"init terminating in do_boot",{undef,[]}}'),
    ("callstack", r"^CallStack \(from HasCallStack\)", "CallStack (from HasCallStack):"),
    ("non-exh", r"(?i)\bNon-exhaustive (?:patterns|guards)\b", "a.hs:3:1-9: Non-exhaustive patterns in function f"),
    ("execution halted", r"(?i)^Execution halted", "Execution halted"),
    ("no package called", r"(?i)\bthere is no package called\b", "there is no package called 'ggplot2'"),
    ("could not find func", r"(?i)\bcould not find function\b", 'could not find function "foo"'),
    # Signals and memory
    ("segmentation", r"(?i)\bSegmentation (?:fault|violation)", "Segmentation fault (core dumped)"),
    (
        "segfault",
        r"(?i)\bsegfault(?:ed)?(?: at| occurred|\b[.:!]|$)",
        "python[7]: segfault at 0 ip 00007f sp 00007f error 4",
    ),
    ("sig", r"\bSIG(?:SEGV|ABRT|BUS|ILL|FPE|KILL|SYS)\b", "Fatal Python error: SIGSEGV"),
    ("bus error", r"(?i)\bBus error\b", "Bus error"),
    ("core dump", r"(?i)\bcore dump(?:ed)?\b(?! (?:enabled|disabled|size|limit|file size))", "Aborted (core dumped)"),
    (
        "illegal ",
        r"(?i)\billegal (?:hardware )?(?:instruction|option|argument|operation|character|token)\b",
        "Illegal instruction",
    ),
    ("floating", r"(?i)\bfloating[ -]point exception\b", "Floating point exception"),
    ("trap", r"(?i)\bTrace/(?:breakpoint|BPT) trap\b|\btraps: ", "Trace/breakpoint trap (core dumped)"),
    (
        "abort",
        r"(?i)^(?:\S{1,100}: )*(?:line \d{1,7}: )?[ \d]{0,12}abort(?:ed|ing|\(\))?(?: \(core dumped\)|[.!]"
        r"|\s{0,9}:\s?(?!0)\S|\s*$|,)|\babort trap|[\d:] abort {2,}",
        "Aborted",
    ),
    (
        "killed",
        r"(?i)(?:^|: |\d )killed(?=$| {2,}|: \d)|\(killed\)|\b(?:OOM|job|process|was|been|got|container) ?killed\b"
        r"|\bkilled by\b|\bKilled process\b",
        "run.sh: line 3:  7 Killed   ./a",
    ),
    ("out of memory", r"(?i)\bout[ -]of[ -]memory\b", "Out of memory: Killed process 7 (python3)"),
    (
        "oom",
        r"\boom[-_](?:kill|killer)\b|\bOOM(?:Killed| killer)?\b(?! (?:score|protection))",
        "oom-kill:constraint=CONSTRAINT_MEMCG",
    ),
    (
        "allocat",
        r"(?i)\b(?:cannot|can't|could not|unable to|failed to) (?:re)?allocate\b|\bbad_alloc\b"
        r"|\ballocation failed\b",
        "Cannot allocate memory",
    ),
    ("kernel", r"(?i)\bBUG: |\bOops: |\bnot syncing: ", "kernel: BUG: unable to handle page fault"),
    # Schedulers, MPI, GPUs
    (
        "cancel",
        r"\bCANCELLED (?:AT|DUE|by)\b|\bDUE TO (?:TIME LIMIT|MEMORY|NODE FAILURE)\b",
        "slurmstepd: *** JOB 7 CANCELLED AT 12:00:00",
    ),
    (
        "limit",
        r"(?i)\b(?:exceeded|exceeds|over|reached|reaching|hit) (?:the |its |your |\w{1,20} ){0,3}(?:limit|quota)\b"
        r"|\bTERM_\w+LIMIT\b",
        "slurmstepd: Exceeded job memory limit",
    ),
    (
        "mpi",
        r"\bMPI_A(?:BORT|bort)\b|\bMPI_ERR_\w+|\bORTE (?:was unable|has lost|does not know)",
        "MPI_ABORT was invoked on rank 0",
    ),
    ("bad termination", r"(?i)\bBAD TERMINATION\b", "=   BAD TERMINATION OF ONE OF YOUR APPLICATION PROCESSES"),
    (
        "signal",
        r"(?i)\b(?:exited|terminated|killed|died|crashed|failed)\b[^\n]{0,60}?\b(?:on|by|with|from) signal\b"
        r"|\bsignal: (?!0|SIG)\w",
        "rank 0 exited on signal 9",
    ),
    (
        "cuda",
        r"\bCUDA (?:driver |runtime |kernel |API )?(?:error|failure)\b|\bCUDA_ERROR_\w+|\bcudaError(?!Success"
        r"|_t)\w*|\bno CUDA-capable",
        "CUDA error: invalid device ordinal",
    ),
    ("_status_", r"\bCU(?:BLAS|DNN|FFT|SPARSE|SOLVER)_STATUS_(?!SUCCESS)\w+", "cuBLAS: CUBLAS_STATUS_NOT_INITIALIZED"),
    (
        "no kernel image",
        r"(?i)\bno kernel image is available\b",
        "no kernel image is available for execution on the device",
    ),
    ("backoff", r"\b(?:Crash|Image)\w{0,20}BackOff\b", "Back-off: ImagePullBackOff"),
    ("errimage", r"\bErrImage\w+", "ErrImagePull"),
    # Tools
    ("curl", r"(?i)\bcurl: \(\d{1,3}\) ", "curl: (6) Could not resolve host: example.invalid"),
    ("***", r"(?i)\bmake(?:\[\d+\])?: \*\*\* |\*\*\* \[[^\]\n]{1,200}\] Error ", "make: *** [Makefile:3: all] Error 2"),
    ("conflict", r"(?i)^CONFLICT \(|\bMerge conflict in\b", "CONFLICT (content): Merge conflict in a.py"),
    ("rejected", r"(?i)^\s{0,4}! \[(?:remote )?rejected\]", " ! [rejected]        main -> main (fetch first)"),
    # In TAP a failing test marked TODO or SKIP is no failure.
    ("not ok", r"(?i)^\s{0,8}not ok\b(?![^\n]{0,300}# (?:TODO|SKIP))", "not ok 3 - it adds"),
    ("✕|✖|✗|✘|❌|\u2a2f", r"^\s{0,8}[✕✖✗✘❌\u2a2f]", "  ✕ adds two numbers (3 ms)"),
    ("ora-", r"(?i)\bORA-\d{5}\b|\bTNS-\d{5}\b", "ORA-00942: table or view does not exist"),
    ("sqlstate", r"(?i)\bSQLSTATE[ \[(=:]{1,3}(?!00)\w{2,5}", "SQLSTATE[HY000] [2002] No such file"),
    ("msg ", r"(?i)^Msg \d{1,6}, Level 1[1-9]\b|^Msg \d{1,6}, Level 2", "Msg 208, Level 16, State 1"),
    (
        "exit",
        r"(?i)\bexit(?:ed|s|ing)?\b[^\n\w]{0,3}(?:with |due to |because of )?(?:an? )?(?:error |return )?(?:code"
        r"|status|value)?[ :=]{0,3}(?:of )?-?[1-9]\d{0,9}\b(?!\s*(?:ms|s|sec\w*|min\w*|%)\b)",
        "exit status 2",
    ),
    (
        "exit status",
        r"(?i)\bnon-?zero exit\b|\bexit status (?:non-?zero|[1-9])",
        "Command '['false']' returned non-zero exit status 1.",
    ),
    ("non", r"(?i)\bnon-?zero (?:exit|return|status|code)\b", "the command had a nonzero return code"),
    ("return", r"(?i)\breturn(?:ed)? ?(?:code|status|value)[ :=]{1,3}(?:of )?-?[1-9]\d{0,9}\b", "return code: 127"),
    (
        "code=",
        r"(?i)\bcode=(?:exited|killed|dumped), status=[1-9]",
        "app.service: Main process exited, code=exited, status=1/FAILURE",
    ),
    (
        "http|status",
        r"(?i)(?:\bHTTP(?:/\d(?:\.\d)?)?\"?|\bstatus(?:[ _-]?code)?\"?)[ :=]{1,3}\"?5\d\d\b(?!\.\d)",
        '"GET / HTTP/1.1" 500 27',
    ),
    # Names of modules and codes that exceptions and errors have
    (
        "http.client.|concurrent.|multiprocessing.|decimal.|distributed.|asyncio.|zipfile.|shutil.|bdb.|xml.",
        r"^(?:\w{1,60}\.){1,8}[A-Z]\w{2,80}(?=:(?:\s|$)|\(|$)",
        "http.client.RemoteDisconnected: Remote end closed connection",
    ),
    (
        "err_|_not_found|_failed|_denied|_refused|_exceeded|ssl_error|out_of_memory",
        r"\b(?:ERR_(?!NONE|OK|SUCCESS)[A-Z_]{3,60}|[A-Z]{2,20}(?:_[A-Z]{1,20}){0,4}_(?:NOT_FOUND|FAILED|DENIED|REFUSED|EXCEEDED)"
        r"|SSL_ERROR_(?!NONE)\w{1,40}|OUT_OF_MEMORY)\b",
        "code: 'MODULE_NOT_FOUND'",
    ),
    ("state", r"\b(?:Job)?State[:=] ?(?:FAILED|TIMEOUT|NODE_FAIL|BOOT_FAIL|PREEMPTED)\b", "State: TIMEOUT"),
    ("oom_reaper", r"\boom_reaper\b", "kernel: oom_reaper: reaped process 7 (python)"),
    ("off the bus", r"(?i)\bfallen off the bus\b", "GPU has fallen off the bus."),
    ("fault address", r"(?i)\bunexpected fault address\b", "unexpected fault address 0x0"),
    ("multiple def", r"(?i)\bmultiple definitions? of\b", "multiple definition of `main'"),
    ("implicit dec", r"(?i)\bimplicit declaration of\b", "implicit declaration of function 'f'"),
    ("not used", r"(?i)\b(?:imported|declared) (?:and|but) not used\b", 'imported and not used: "x"'),
    ("with overflow", r"(?i)\battempt to \w{1,20} with overflow\b", "attempt to subtract with overflow"),
)
