"""What says that something went wrong in the words of a sentence; the rows are as those of `signs.py`."""

from collections.abc import Sequence

from actors_app.logs.signs import Row

# What says that something went wrong, whatever level the line names.
PHRASES: Sequence[Row] = (
    (
        "not found",
        r"(?i)\bcommand not found\b|: not found\.?$|\b404\b[^\n]{0,10}not found|\bnot found (?:for|in|\(required)\b"
        r"|\"? not found\.?$",
        "sh: 1: foo: not found",
    ),
    (
        "no such",
        r"(?i)\bno such (?:package|file|host|command|device|process|table|column|key|container|image|module|option"
        r"|user|method|node|job|bucket|service|container)",
        "cat: /a: No such file or directory",
    ),
    (
        "denied",
        r"(?i)\b(?:permission|access)(?: is|) denied\b|\bdenied(?: for|:| by)",
        "bash: ./a.sh: Permission denied",
    ),
    ("not permitted", r"(?i)\bnot permitted\b", "chown: changing ownership of 'a': Operation not permitted"),
    ("refused", r"(?i)\b(?:connection|was|host) refused\b|\brefused (?:connection|to)\b", "curl: Connection refused"),
    ("reset by", r"(?i)\breset by peer\b", "read: Connection reset by peer"),
    ("closed by", r"(?i)\bconnection (?:to \S{1,200} )?(?:was )?closed by\b", "Connection closed by remote host"),
    ("broken pipe", r"(?i)\bbroken pipe\b", "write: Broken pipe"),
    (
        "time",
        r"(?i)\btim(?:ed|ing)[ -]?out\b(?!\s?[:=]\s?0| (?:after 0|is|set))|\btimeout (?:exceeded|expired|reached"
        r"|while|waiting"
        r"|occurred|was reached)|(?-i:\bTIMEOUT\b)(?![=: ]{1,3}\d)",
        "ssh: connect to host x: Connection timed out",
    ),
    ("deadline", r"(?i)\bdeadline exceeded\b|\bDEADLINE_EXCEEDED\b", "context deadline exceeded"),
    ("deadlock", r"(?i)\bdeadlock(?: detected| found|!|$)", "ERROR: deadlock detected"),
    (
        "unreachable",
        r"(?i)\b(?:network|host|destination|server|port|node) (?:is )?unreachable\b",
        "connect: Network is unreachable",
    ),
    ("route to host", r"(?i)\bno route to host\b", "connect: No route to host"),
    (
        "resol",
        r"(?i)\bname resolution\b|\b(?:could not|couldn't|unable to|cannot|failed to) resolve\b"
        r"|\bunresolved (?:reference|external|import|symbol)",
        "Temporary failure in name resolution",
    ),
    ("service not known", r"(?i)\bname or service not known\b", "Name or service not known"),
    (
        "certificate",
        r"(?i)\bcertificate (?:verify failed|has expired|signed by unknown|is not (?:valid|trusted))",
        "x509: certificate signed by unknown authority",
    ),
    ("verification failed", r"(?i)\bverification failed\b", "Host key verification failed."),
    (
        "authenti",
        r"(?i)\bauthentication (?:failed|failure|required)\b|\bnot authenticated\b",
        "su: Authentication failure",
    ),
    ("unauthorized", r"(?i)\bunauthorized\b", "401 Unauthorized"),
    ("forbidden", r"(?i)\b(?:403|is|HTTP) forbidden\b|\bforbidden(?::|$)", "403 Forbidden"),
    ("internal server", r"(?i)\binternal server error\b", "500 Internal Server Error"),
    (
        "unavailable",
        r"(?i)\b(?:service|server|resource|host)s? (?:is |are )?(?:temporarily )?unavailable\b",
        "503 Service Unavailable",
    ),
    ("bad gateway", r"(?i)\bbad gateway\b", "502 Bad Gateway"),
    ("space left", r"(?i)\bno space left\b", "write: No space left on device"),
    ("quota", r"(?i)\bquota exceeded\b", "Disk quota exceeded"),
    ("read-only file", r"(?i)\bread-only file system\b", "touch: cannot touch 'a': Read-only file system"),
    ("too many open", r"(?i)\btoo many open files\b", "Too many open files"),
    ("too long", r"(?i)\b(?:argument list|file name|name|line) too long\b", "bash: /bin/ls: Argument list too long"),
    ("file exists", r"(?i): file exists\b", "mkdir: cannot create directory 'a': File exists"),
    ("directory", r"(?i): (?:is a|not a) directory\b|\bdirectory not empty\b", "cd: /a: Not a directory"),
    (
        "busy",
        r"(?i)\b(?:text file|device(?: or resource)?|resource|target) (?:is )?busy\b",
        "umount: /a: target is busy.",
    ),
    (
        "in use",
        r"(?i)\b(?:address|port|name) (?:\S{1,40} )?(?:is )?already (?:in use|allocated|exists)\b",
        "bind: Address already in use",
    ),
    (
        "format",
        r"(?i)\bexec format error\b|\bnot in \w{1,20} format\b|\bwrong (?:ELF class|format)\b|\bbad (?:magic"
        r"|format)\b",
        "gzip: stdin: not in gzip format",
    ),
    ("interpreter", r"(?i)\bbad interpreter\b", "bash: ./a: /bin/foo: bad interpreter"),
    (
        "shared",
        r"(?i)\berror while loading shared\b|\bshared object file: no\b",
        "error while loading shared libraries: libx.so",
    ),
    ("unbound", r"(?i)\bunbound variable\b", "run.sh: line 3: x: unbound variable"),
    ("bad sub", r"(?i)\bbad substitution\b", "run.sh: line 3: ${x!}: bad substitution"),
    (
        "ambiguous",
        r"(?i)\bambiguous (?:redirect|argument|reference|column)\b",
        "run.sh: line 3: $x: ambiguous redirect",
    ),
    (
        "unexpected",
        r"(?i)\bunexpected (?:EOF|end of|token|indent|keyword|argument|character|symbol|identifier|string|number"
        r"|response|status)\b|\b(?:syntax|parse) error\b|: unexpected\b",
        "unexpected EOF while looking for matching `\"'",
    ),
    ("syntax", r"(?i)\bsyntax error\b", "run.sh: line 9: syntax error near unexpected token `fi'"),
    ("not recogni", r"(?i)\bnot recogni[sz]ed\b", "'foo' is not recognized as an internal or external command"),
    (
        "recogni",
        r"(?i)\bunrecogni[sz]ed (?:option|argument|command|function|input|parameter|flag)",
        "error: unrecognized arguments: --x",
    ),
    (
        "invalid",
        r"(?i)\binvalid (?:version|reference|choice|option|argument|command|syntax|input|value|token|pointer"
        r"|reference|read|write|memory|character|credentials|password|choice|number|identifier|use|key|format|url"
        r"|path|name|type)\b",
        "grep: invalid option -- 'y'",
    ),
    (
        "unknown",
        r"(?i)\bunknown (?:queue|partition|revision|directive|key|column|job|format|package|userid|option|command"
        r"|argument|flag|host|user|module|function|variable|identifier|type|symbol|error)\b",
        "tar: unknown option -- z",
    ),
    (
        "undefined",
        r"(?i)\bundefined (?:function|variable|local|method|symbol|name|identifier|column|index|offset|property"
        r"|constant)\b|\bundefined: \w|' undefined\b",
        "Undefined function or variable 'x'.",
    ),
    ("not defined", r"(?i)\b(?:is )?not defined\b", "ReferenceError: x is not defined"),
    ("does not exist", r"(?i)\b(?:does not|doesn't) exist\b", 'relation "x" does not exist'),
    (
        "missing",
        r"(?i)\bmissing (?:operand|argument|required|script|module|dependency|separator|operator|value|file"
        r"|parameter|semicolon|return)\b",
        "cp: missing file operand",
    ),
    ("unterminated", r"(?i)\bunterminated\b", "sed: -e expression #1, char 3: unterminated `s' command"),
    (
        "by zero",
        r"(?i)\b(?:division|divide|divided|modulo) by zero\b(?! (?:guard|check|protect))",
        "awk: division by zero attempted",
    ),
    (
        "overflow",
        r"(?i)\b(?:stack|buffer|integer|heap|arithmetic) overflow\b|\boverflow detected\b|\boverflowed\b",
        "stack overflow detected",
    ),
    ("overhead", r"\bGC overhead limit exceeded\b", "GC overhead limit exceeded"),
    ("manifest", r"(?i)\bmanifest (?:unknown|for \S{1,200} not found)", "manifest unknown"),
    (
        "no match",
        r"(?i)\bno matching \w{1,20}\b[^\n]{0,40}\bfound\b|\bno method matching\b",
        "ERROR: No matching distribution found for foo",
    ),
    (
        "corrupt",
        r"(?i)\b(?:is|file|data|archive|index|memory|heap) corrupt(?:ed|ion)?\b|\bcorrupt(?:ed)? (?:file|data"
        r"|archive|index|double|size)",
        "archive is corrupted",
    ),
    ("mismatch", r"(?i)\b(?:checksum|hash|version|type|size|shape|dimension)s? mismatch\b", "checksum mismatch"),
    ("empty list", r"\bPrelude\.\w{1,20}: ", "prog: Prelude.head: empty list"),
    ("bad file", r"(?i)\bbad file descriptor\b", "read: Bad file descriptor"),
    ("input/output", r"(?i)\binput/output error\b|\bI/O error\b", "dd: reading 'a': Input/output error"),
    ("i/o error", r"(?i)\bI/O error\b", "blk_update_request: I/O error, dev sda"),
    ("build", r"(?i)\bbuild (?:failed|failure|stopped|error)\b", "ninja: build stopped: subcommand failed."),
    ("unable to", r"(?i)\bunable to\b", "ERROR: unable to select packages"),
    ("could", r"(?i)\b(?:could not|couldn't)\b", "could not connect to server"),
    (
        "fail",
        r"(?i)\b(?:failed|failure|fails?) (?:to|with|at|on|in|for|because|due|while|when|after|during)\b|\b(?:has"
        r"|have|had) failed\b|: failed\b|\bfailed[:.!;]|\bfailed \(",
        "systemd[1]: Failed to start My App.",
    ),
    (
        "cannot",
        r"(?i)(?:^|[:\]|>-] )cannot\b|\bcannot (?:open|find|access|stat|read|write|create|load|import|connect"
        r"|allocate|execute|resolve|locate|remove|delete|copy|move|touch|change|set|bind|attach|be (?:found|opened"
        r"|read|loaded|resolved|used|cast|converted|null)|use|convert|parse|start|mount|get|run|continue|infer"
        r"|assign|determine|make|perform|handle|proceed|fork|call|cd|kill)\b",
        "cp: cannot create regular file '/a'",
    ),
    (
        "can't",
        r"(?i)(?:^|[:\]|>-] )can't\b|\bcan't (?:open|find|access|stat|read|write|create|load|import|connect|resolve"
        r"|locate|remove|delete|copy|move|set|bind|be|use|convert|parse|start|mount|get|run)\b",
        "python: can't open file '/a.py'",
    ),
    ("went wrong", r"(?i)\bwent wrong\b", "Something went wrong"),
    (
        "exception",
        r"(?i)\b(?:unhandled|uncaught|unexpected|fatal) exception\b|\bexception (?:in|at|was|occurred|while|when"
        r"|during|caught|thrown|raised|ignored in)\b|\b(?:threw|throws|throwing|raised|caught|got|an?"
        r"|with) (?:an? )?(?:unexpected )?exception\b|^\W{0,5}exception\b\s?:",
        "an exception occurred",
    ),
    ("unhandled", r"(?i)\bunhandled (?:rejection|promise|error|panic)\b", "Unhandled rejection: boom"),
    ("uncaught", r"(?i)\buncaught\b", "Uncaught ReferenceError: x is not defined"),
    (
        "unexpectedly",
        r"(?i)\b(?:died|exited|terminated|stopped|closed|failed|ended|crashed) unexpectedly\b",
        "worker died unexpectedly",
    ),
    ("crashed", r"(?i)\bcrashed\b", "[nodemon] app crashed"),
    (
        "error",
        r"(?i)\b(?:an?|the following|unexpected|fatal|unknown|internal|unhandled|runtime|compile|compiler|linker"
        r"|segmentation|previous|\d{1,9}) errors?\b|\berrors? (?:occurred|while|when|in|at|from|opening|reading"
        r"|writing|loading|during|executing|running|processing|connecting|code|message|id|near|response|using|after"
        r"|before|with|on line|\d{1,6}\b)|\berrors?(?:\[\w{1,20}\])?\s?: \S|\berror at\b|\bError: ",
        "An error occurred while loading",
    ),
    ("fatal", r"(?i)\bfatal(?: error|:| exception)|\bFATAL\b", "fatal: not a git repository"),
    (
        "not a",
        r"(?i)\bis not an? [\w.' ]{1,30}\b(?:command|directory|file|function|number|module|repository|object"
        r"|type)\b",
        "git: 'foo' is not a git command.",
    ),
    ("can not", r"(?i)\bcan not (?:be|open|find|access|read|write|connect|load)\b", "ld: relocation can not be used"),
    (
        "exceed",
        r"(?i)\bexceed(?:s|ed|ing)\b[^\n]{0,60}\b(?:limits?|quota|maximum|memory|size|capacity)\b",
        "goroutine stack exceeds 1000-byte limit",
    ),
    ("unsupported", r"(?i)\bunsupported [a-z]", "Unsupported major.minor version 52.0"),
    (
        "not loaded",
        r"(?i)\b(?:library|module|image|driver) not loaded\b",
        "dyld: Library not loaded: @rpath/libx.dylib",
    ),
    (
        "too ",
        r"(?i)\brepeated too quickly\b|\bare too open\b|\btoo many (?:requests|connections|arguments|levels"
        r"|links)\b|\btoomany",
        "x.service: Start request repeated too quickly.",
    ),
    ("toomany", r"(?i)\btoomanyrequests\b", "toomanyrequests: You have reached your pull rate limit."),
    (
        "wrong ",
        r"(?i)\bwrong (?:fs|type|number|password|version|architecture|format|argument|value|size|path)",
        "mount: /a: wrong fs type",
    ),
    ("only root", r"(?i)\bonly root can\b", "mount: only root can do that"),
    (
        "bad ",
        r"(?i)\bbad (?:permissions|option|superblock|request|response|credentials|address|command|substitution"
        r"|decrypt|handshake)\b",
        'Load key "x": bad permissions',
    ),
    (
        "has changed",
        r"(?i)\bidentification has changed\b",
        "@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @",
    ),
    (
        "unexpectedly",
        r"(?i)\bunexpectedly (?:closed|died|exited|terminated|stopped|ended|found)\b",
        "rsync: connection unexpectedly closed",
    ),
    ("look like", r"(?i)\bdoes(?: not|n't) look like\b", "tar: This does not look like a tar archive"),
    (
        "not match",
        r"(?i)\bdid not match\b|\bdo(?:es)? not match\b",
        "md5sum: WARNING: 1 computed checksum did NOT match",
    ),
    ("no package", r"(?i)\bno packages? \S{1,60} (?:available|found)\b", "yum: No package foo available."),
    ("insufficient", r"(?i)\binsufficient [a-z]", "0/3 nodes are available: 3 Insufficient cpu."),
    ("unreachable", r"\bUNREACHABLE!", 'UNREACHABLE! => {"changed": false}'),
    ("oops", r"(?i)\boops\b", "Oops! something broke"),
    ("died", r"(?i)\bdied\b", "worker 7 died"),
    ("failing", r"(?i)^\s{0,8}[1-9]\d{0,9} failing\b", "1 failing"),
    (
        "abort",
        r"(?i)\b(?:execution|job|build|run|script|step|task)\b[^\n]{0,40}\baborted\b",
        "Warning: Execution of script aborted",
    ),
    (
        "operator expected",
        r"(?i)\b(?:operator|operand|expression) expected\b",
        "run.sh: line 3: [: =: unary operator expected",
    ),
    ("must be run", r"(?i)\bmust be run (?:from|as|with|by)\b", "su: must be run from a terminal"),
    ("sudo", r"(?i)\bnot in the sudoers\b|\bsudo: no tty\b", "x is not in the sudoers file."),
    ("is unknown", r"(?i)\boption \S{1,60} is unknown\b", "curl: option --x: is unknown"),
    (": bad ", r"(?i): bad [a-z]", "wget: bad port x"),
    (
        "connection",
        r"(?i)\bconnection (?:was |is |has been )?(?:lost|broken|aborted|dropped|terminated|rejected)\b"
        r"|: connection closed$|\blost connection\b",
        "scp: Connection closed",
    ),
    (
        "dependency",
        r"(?i)\b(?:dependency problems|unmet dependenc|conflicting dependenc)",
        "dpkg: dependency problems prevent it",
    ),
    ("not enough", r"(?i)\bnot enough [a-z]", "There are not enough slots available"),
    ("upstreams", r"(?i)\bno (?:live )?upstreams\b", "no live upstreams while connecting to upstream"),
    (
        "exceeded",
        r"(?i)\b(?:limit|quota|timeout|deadline) exceeded\b|\b(?:time|memory|size|length"
        r"|maximum)\b[^\n]{0,40}\bexceeded\b",
        "Maximum execution time of 30 seconds exceeded",
    ),
    ("exhausted", r"(?i)\bexhausted\b", "Allowed memory size of 134217728 bytes exhausted"),
    ("locked", r"(?i)\b(?:is|file|database) locked\b", "database is locked"),
    ("malformed", r"(?i)\bmalformed\b", "database disk image is malformed"),
    ("wrong kind", r"(?i)\bwrong kind of\b|\bWRONGTYPE\b", "Operation against a key holding the wrong kind of value"),
    (
        "http",
        r"(?i)\bHTTP (?:response |error |status )?code:? [45]\d\d\b|\bHTTP error:? [45]\d\d",
        "Received HTTP code 407 from proxy",
    ),
)
