"""Words that name a fault, and what holds them without one: absences, counts of zero, names of things."""

import re
from collections.abc import Sequence

_WORD = (
    r"(?:errors?|errs?|failures?|failed|fails?|failing|exceptions?|faults?|fatal|critical|panics?|crash(?:e[sd])?"
    r"|abort(?:s|ed)?|killed)"
)
_NONE = (
    r"(?:none|null|nil|no|false|nan|n/?a|off|never|undefined|ok|<none>|<nil>|\[\s{0,3}\]|\{\s{0,3}\}|\(\s{0,3}\)"
    r"|\"\"|''|-)"
)
_COMPOUNDS = (
    r"handl\w{1,6}|rates?|logs?|logging|report(?:s|er|ers|ing)?|counts?|counters?|correct\w{1,8}|bars?|budgets?"
    r"|margins?|toleran\w{1,4}"
    r"|thresholds?|check(?:s|er|ing)?|detect\w{1,6}|recover\w{1,4}|callbacks?|pages?|terms?|estimat\w{1,6}|models?"
    r"|metrics?|propagat\w{1,6}"
    r"|analy\w{1,6}|free|functions?|boundar\w{1,4}|level|track(?:er|ing)|streams?|channels?|queues?|mode|policy"
    r"|polic(?:y|ies)"
    r"|filters?|norms?|distributions?|histograms?|summar(?:y|ies)|injection|monitor(?:ing)?|notification\w?"
    r"|alerts? enabled|retr(?:y|ies)"
    # Behind a word for a fault these name a thing: "fail fast", "error tests passed", "exception middleware".
    # `safe` is a word of a log here, not the filter of templates that switches escaping off.
    r"|prevention|safe|fast|over|section|path|region|tests? passed|templates?|hooks?|listeners?|middleware"
    r"|domains?"
)

# What speaks of faults without one: taken out of a line before it is looked at further.
HARMLESS: Sequence[tuple[str, str]] = (
    (r"\btrial and error\b|\berrors? in variables\b|\berror codes? (?:table|list|map)\w{0,5}", "trial and error"),
    (rf"(?<![\d.])0 ?(?:of|/|out of) ?\d{{1,12}} (?:[a-z]{{1,20}} )?{_WORD}\b", "0 of 10 failed"),
    (
        r"(?<![\w.,=:])(?:0{1,9}(?:\.0{1,9})?%?|no|zero|none|nothing|nobody|without(?: any)?|w/o|free (?:of|from)|non"
        r"|never(?: any)?|any|nor|neither|not|isn't"
        r"|wasn't|aren't|didn't|doesn't|don't|won't|hasn't|haven't|cannot|can't|must not|should not|will not"
        r"|shouldn't)[ -](?:(?:an?|the|more|other|further|new|known|fatal|critical|serious|major|unexpected"
        r"|unhandled"
        rf"|syntax|lint|type|test|tests|build|checks?|jobs?|tasks?|files?|items?|rows?|steps?|requests?|hosts?"
        rf"|considered|been|has|have|be|is)[ -]){{0,3}}{_WORD}(?![\w'])",
        "finished with 0 errors",
    ),
    (
        rf"{_WORD}(?:[ _-][a-z]{{1,20}}){{0,3}}[\w-]{{0,40}}[\"']?\s{{0,12}}(?:[:=|]|=>|\bis\b|\bare\b|\bwas\b"
        rf"|\bwere\b|\s)\s{{0,9}}[\"']?"
        rf"(?:0{{1,9}}(?:\.0{{1,9}})?(?=%|\s{{0,3}}(?:$|[,;)\]}}|&/\"']|\.(?:\s|$))|\s(?:of|out|in|and"
        rf"|[\w. ]{{1,20}}[:=]))|{_NONE}(?=[\"']?\s{{0,3}}(?:$|[,;)\]}}|&]|\.(?:\s|$)|\s\w{{1,30}}[=:])))",
        "errors: []",
    ),
    (rf"(?<![\w/.$-]){_WORD}[ -](?:{_COMPOUNDS})\b", "error handling enabled"),
    (
        r"\berr(?:or)?s?\b[ :=]{0,3}(?:of |is |was )?[-+]?(?:\d{1,12}\.\d|\d{1,12}(?:\.\d{1,12})?(?:e[-+]?\d|\s?%))",
        "error: 0.0123",
    ),
    (
        r"^(?:[\w:.,-]{1,30} ){0,6}-{0,2}(?:log(?:ging)?[ _-]?level|verbosity)(?: is"
        r"| set)?(?: to)?[ :=]{0,3}[\"']?(?:error|critical|fatal)[\"']?\W{0,3}$",
        "LOG_LEVEL=ERROR",
    ),
    (
        r"\b(?:standard|mean|squared|absolute|relative|train(?:ing)?|valid(?:ation)?|test(?:ing)?|numerical"
        r"|round(?:ing|off)?|truncation|prediction|residual"
        r"|max(?:imum)?|min(?:imum)?|l[12]|rms|rmse|std|average|percent(?:age)?|approximation|interpolation"
        r"|estimat(?:ed|ion)|measurement|sampling"
        r"|discreti[sz]ation|reconstruction|generali[sz]ation|quantum|convergence|fitting|fit) errors?\b",
        "training error 0.02",
    ),
    (
        r"\b(?:ignor(?:e|es|ed|ing)|handl(?:e|es|ed|ing)|suppress(?:es|ed|ing)?|catch(?:es|ing)?|check(?:s|ed|ing)?"
        r"|look(?:s|ed|ing)?|scan(?:s|ned|ning)?|monitor(?:s|ed|ing)?"
        r"|report(?:s|ing)?|log(?:s|ging)?|rais(?:e|es|ing)|exits?|stops?|continues?|retry|retries|retrying"
        r"|watch(?:es|ing)?|fix(?:es|ed|ing)?|resolv(?:e|es|ed|ing)|avoid(?:s|ed|ing)?|prevent(?:s|ed|ing)?"
        rf"|count(?:s|ing)?|import(?:s|ed|ing)?|writ(?:e|es|ing)|send(?:s|ing)?|print(?:s|ing)?|collect(?:s|ing)?"
        rf"|if|when|case|simulat(?:e|es|ed|ing)|until|unless|upon)[ _-](?:(?:for|on|of|in|out|any|all|an?|the|first"
        rf"|possible|potential|previous|old|known|to|further|there|were)[ _-]){{0,3}}{_WORD}(?![\w:])",
        "checking for errors",
    ),
    (
        rf"(?<![\w/.$-]){_WORD} (?:was |were |has been |have been |is |are |will be )?(?:fixed|resolved|corrected"
        rf"|recovered|cleared|ignored|suppressed|handled|expected|tolerated|reset)\b",
        "error was ignored",
    ),
    (rf"[/\\.$@-]{_WORD}(?:[.(/\\][\w./\\-]{{0,200}}|[ )\]]|$)", "/var/log/app/error.log"),
    (rf"(?<![\w/.$-]){_WORD}(?:\.[a-z]\w{{0,30}}|::\w{{1,60}}|\(\))", "errors.py"),
)  # fmt: skip

# Words that name a fault by themselves: near the beginning of a line that names no lesser level.
WORDS = re.compile(
    r"(?i)(?<![\w/.$@-])(?:errors?|err(?=[!:=]| \d)|failed|failures?|fail(?=[:\s!]|$)|fails|fatal|crashed|aborted"
    r"|aborting|corrupted|severe(?=:))(?![\w(/$-]|\.[a-z]|::)"
)
