"""How bad a line of a log is, by what it says; what a fault looks like is in `signs.py` and `phrases.py`.

A text that is not understood has no level. Absences and counts of zero (`no error`, `errors=0`) are taken out first.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Literal

from actors_app.logs.harmless import HARMLESS, WORDS
from actors_app.logs.phrases import PHRASES
from actors_app.logs.signs import FORMS

Level = Literal["", "debug", "info", "warn", "error"]
LEVELS: dict[Level, int] = {"": 0, "debug": 1, "info": 2, "warn": 3, "error": 4}
_LEVELS: tuple[Level, ...] = ("debug", "info", "warn", "error")
_MANY = (
    30  # patterns that are tried on a line; more only a line made for it asks for, which is shown rather than hidden
)
_NEAR = 100  # characters from the start of a line in which a bare word counts

_VALUES = (
    r"(?:(trace|debug|verbose|vrb|dbg|fine|finer|finest)|(info(?:rmation(?:al)?)?|inf|notice)|(warn(?:ing)?|wrn)"
    r"|(err(?:or)?s?|eror|crit(?:ical)?|fatal|ftl|alert|emerg(?:ency)?|d?panic|severe|erro|fata|fail(?:ed|ure)?))"
)
# The level as a logger writes it: a word in capitals, in brackets or before a colon.
_NAMED = re.compile(
    r"\b(?:(TRACE|DEBUG)|(INFO|NOTICE)|(WARN(?:ING)?)|(ERROR|CRITICAL|FATAL|PANIC|SEVERE))\b(?![/.]\w)"
    rf"|[\[(<|](?:[^\[\](){{}}|<>\n]{{0,40}}[:. ])?(?i:{_VALUES})(?:[:/ ][^\[\](){{}}|<>\n]{{0,40}})?[\])>|]"
    rf"|^\W{{0,8}}(?i:{_VALUES})(?:\s?[:|]|\[\d| - )"
    r"|^(?:(DEBU|TRAC)|(INFO)|(WARN)|(ERRO|EROR|FATA|CRIT|PANI))\["
)
# The letter by which glog, Android and TensorFlow name it.
_LETTER = re.compile(
    r"[\[(](?:([DTV])|(I)|(W)|([EF]))[\])]"
    r"|^(?:([DTV])|(I)|(W)|([EF])) ?\|\s"
    r"|^(?:\[?[\dT:.,+ -]{4,30}(?:Z|[AP]M)?\]? )?(?:(TRC|DBG)|(INF)|(WRN)|(ERR|FTL|CRT))\b"
    r"|^(?:(D)|(I)|(W)|([EF]))\d{4} (?=\d\d:)"
    r"|^(?:([VD])|(I)|(W)|([EF]))/(?=[\w.-]{1,60}\s{0,20}\()"
    r"|^(?:[\d-]{5,10} )?\d\d:\d\d:\d\d[.,\d]{0,8}:?\s{1,3}(?:\d{1,6}\s{1,5}){0,2}(?:([VD])|(I)|(W)|([EF]))\s"
)
_FIELD = re.compile(
    r"(?i)(?<![\w.-])[\"']?(?:@?le?ve?l(?:[._-]?(?:name|str|text))?|log[._-]?level|severity(?:[._-]?text)?|@l|sev|prio(?:rity)?|s)[\"']?"
    rf"\s{{0,3}}[:=]{{1,2}}\s{{0,3}}[\"']?{_VALUES}\b"
)
_STATE = re.compile(
    r"(?i)[\"'](?:status|state|result|outcome|type|kind)[\"']\s?:\s?[\"'](?:error|fail(?:ed|ure)?|exception|fatal)[\"']|[\"']exception[\"']\s?:\s?[\"'][^\"']"
)
# Numbers: of bunyan and pino, of Python, of syslog and the journal, of GELF; the letter of MongoDB.
_NUMBER = re.compile(
    r"[\"']level[\"']?\s?:\s?[\"']?(?:([12]\d)|(3\d)|(4\d)|([5-9]\d))\b(?!\.)"
    r"|[\"']?levelno[\"']?\s?[:=]\s?(?:([01]?\d)|(2\d)|(3\d)|([4-9]\d))\b"
    r"|[\"']?PRIORITY[\"']?\s?[:=]\s?[\"']?(?:(7)|([56])|(4)|([0-3]))\b"
    r"|[\"']level[\"']\s?:\s?(?:(7)|([56])|(4)|([0-3]))\b(?=[^\n]{0,2000}?short_message)"
    r"|[\"']severity[\"']\s?:\s?[\"']?(?:(7|100)|([56]|[23]00)|(4|400)|([0-3]|[5-8]00))\b"
    r"|[\"']severityNumber[\"']\s?:\s?[\"']?(?:([1-8])|(9|1[0-2])|(1[3-6])|(1[7-9]|2[0-4]))\b"
    r"|[\"']s[\"']\s?:\s?[\"'](?:(D\d?)|(I)|(W)|([EF]))[\"']"
)
_SYSLOG = re.compile(r"^<(\d{1,3})>(?=1 |[A-Za-z\[{\"]|\s?\S)")


def worst(*levels: Level) -> Level:
    """Return the worst of some levels."""
    return max(levels, key=LEVELS.__getitem__, default="")


def level_of(line: str) -> Level:
    """Return the level of a line: that which it names, or `error` where it shows a fault; empty where it does neither.

    A line that shows a fault in so many words is an error whatever level it names.
    """
    lower = line.lower()
    if not _TELLING.search(lower):
        return _letters(line)
    if _CODE.match(line):
        return _named(line)
    rows = {row for letters, those in _ROWS.items() if letters in lower for row in those}
    if len(rows) > _MANY or any(_PATTERNS[row].search(line) for row in rows if row < len(FORMS)):
        return "error"
    phrases = [_PATTERNS[row] for row in rows if row >= len(FORMS)]
    level = _worded(line, phrases)
    if level != "error":
        return level
    for harmless in _HARMLESS:
        line = harmless.sub(" ", line)
    return _worded(line, phrases)


def _worded(line: str, phrases: Sequence[re.Pattern[str]]) -> Level:
    """Return the level of a line by its words: phrases, what it names, and words that count where it names nothing."""
    if any(pattern.search(line) for pattern in phrases):
        return "error"
    return _named(line) or ("error" if WORDS.search(line[:_NEAR]) or _STATE.search(line) else "")


def _named(line: str) -> Level:
    """Return the level that a line names as loggers do: the first word, or a field wherever it is."""
    lower = line.lower()
    fields = (_FIELD, _NUMBER) if any(name in lower for name in _FIELDS) else ()
    for pattern, text in (*((pattern, line) for pattern in fields), (_NAMED, line[:_NEAR])):
        match = pattern.search(text)
        if match and match.lastindex:
            return _LEVELS[(match.lastindex - 1) % 4]
    return _letters(line)


def _letters(line: str) -> Level:
    """Return the level that a letter or a number at the beginning of a line means."""
    match = _LETTER.search(line[:_NEAR])
    if match and match.lastindex:
        return _LEVELS[(match.lastindex - 1) % 4]
    syslog = _SYSLOG.match(line)
    return _SYSLOG_LEVELS[int(syslog[1]) % 8] if syslog and int(syslog[1]) < 192 else ""


# Lines of a program that only name a fault.
_CODE = re.compile(
    r"\s*(?:except\b[^\n]{0,200}:|class \w[^\n]{0,200}:|from [\w.]{1,100} import [^\n]{0,200}|import [\w.]{1,100}"
    r"|def [^\n]{0,200}:|(?:if|elif|while|for) [\w ().]{1,100}:|return \w{1,60}|\}? ?catch ?\([^\n]{0,200}\{)$"
)


def _any_of(words: Iterable[str]) -> str:
    """Return a pattern for any of some words, by which a text is read but once."""
    after: dict[str, list[str]] = {}
    for word in words:
        after.setdefault(word[:1], []).append(word[1:])
    if "" in after:
        return ""
    branches = [re.escape(letter) + _any_of(suffixes) for letter, suffixes in after.items()]
    return branches[0] if len(branches) == 1 else f"(?:{'|'.join(branches)})"


_PATTERNS = [re.compile(pattern) for _, pattern, _ in (*FORMS, *PHRASES)]
_ROWS: defaultdict[str, list[int]] = defaultdict(list)  # of the patterns, by their letters
for _row, (_letters_of, _, _) in enumerate((*FORMS, *PHRASES)):
    for _word in _letters_of.split("|"):
        _ROWS[_word].append(_row)
_HARMLESS = [re.compile(f"(?i){pattern}") for pattern, _ in HARMLESS]
_FIELDS = ("lev", "lvl", "sev", "prio", "@l", '"s"', "'s'")
_NAMES = (
    "trace",
    "debu",
    "info",
    "notice",
    "warn",
    "level",
    "lvl",
    "sever",
    "prio",
    "alert",
    "emerg",
    "fata",
    "verb",
    "fine",
)
# What no line without which names a level or shows a fault, but for letters at its beginning.
_TELLING = re.compile(
    _any_of(
        {
            *_ROWS,
            *("err", "fail", "fatal", "crash", "abort", "corrupt", "severe", "panic", "critical", "exception"),
            *_NAMES,
            *("crit", "eror", "pani", "ftl", "wrn", "inf", "dbg", "vrb", "@l", '"s"', "'s'", "sev"),
        }
    )
)
_SYSLOG_LEVELS: tuple[Level, ...] = ("error", "error", "error", "error", "warn", "info", "info", "debug")
