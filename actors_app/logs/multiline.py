"""Messages of several lines: which lines of a log belong to the fault or the entry before them.

A traceback, a stack or the body of an entry stays whole wherever its first line is shown.
"""

import re

from actors_app.logs.levels import Level, worst
from actors_app.logs.lines import STAMP

_LONGEST = 200  # lines that are not indented
_BLANKS = 2  # lines without anything, after which a message can go on

# Lines that go on with a message though they are not indented.
_MORE = re.compile(
    r"[|+^~}\])>#]|\d{1,7} \||-->|= (?:note|help)|\.{3} \d+ more|at \S|from \S+:\d|goroutine \d|created by "
    r"|exit status \d|note: |help: |Caused by|Suppressed:|During handling of|The above exception|Traceback|Stack ?trace"
    r"|stack backtrace|Backtrace|Call Trace|Calls?: |Execution halted|CallStack|thrown in |in expression starting"
    r"|Node\.js v\d|Exception|caused by|Error: "
)
# What lines follow that belong to it, up to one that is indented or goes on in another way.
_PARAGRAPH = re.compile(
    r"goroutine \d|Stack ?trace|stack backtrace|Backtrace|Call Trace|CallStack|Calls: |error\[\w+\]|# A fatal error"
    r"|panic: |fatal error: |Uncaught |Unhandled |Error in |thread '|terminate called|Exception in thread"
    r"|=+ ?(?:FAILURES|ERRORS|ERROR REPORT)"
)
_TRACEBACK_TEXT = "Traceback (most recent call last):"
_CALL = re.compile(r"[\w.*/()\[\]{}$-]{1,200}\((?:0x[0-9a-f]|\.{3}|\{|\))")  # of Go
_LOGGER = re.compile(
    r"\[?(?:\d{4}[-/]\d\d|\d\d:\d\d:\d\d|[A-Z][a-z]{2} [ \d]\d \d\d:)|[IWEF]\d{4} |<\d{1,3}>|[\[{]|time=|ts=|level="
)


class Message:
    """The message that a log is in the midst of: the worst level that its lines name, and what may belong to it."""

    def __init__(self) -> None:
        self.level: Level = ""
        self._blanks = self._lines = 0
        self._is_traceback = self._is_paragraph = False
        self._is_entry = self._is_stamped = False  # the message, and the line before it, begin with a time
        self._is_indented = False  # the line before, but for blank ones

    def take(self, text: str, level: Level) -> tuple[Level, bool]:
        """Take the next line and its own level; return its level, and whether it belongs to the message before it.

        The line that ends a traceback of Python is an error whatever it is called.
        """
        bare = text.strip()
        if not bare:
            self._blanks += 1
            self._is_traceback = self._is_paragraph = False
            return "", False
        is_indented = text[0].isspace()
        is_more = bool(self.level) and self._blanks <= _BLANKS and self._goes_on(bare, level, is_indented=is_indented)
        if not is_more:
            self._begin(bare)
        elif self._is_traceback and not is_indented:
            self._is_traceback, level = False, level or self.level
        self.level = worst(self.level, level) if is_more else level
        if text.endswith(_TRACEBACK_TEXT) and not bare.startswith("+"):
            self._is_traceback = True
        if level and _PARAGRAPH.match(bare):
            self._is_paragraph = True
        self._blanks, self._lines = 0, 0 if is_indented else self._lines + 1
        self._is_indented = is_indented
        return level, is_more

    def _begin(self, bare: str) -> None:
        is_stamped = bool(STAMP.match(bare))
        self._is_entry, self._is_stamped = is_stamped and self._is_stamped, is_stamped
        self._is_traceback = self._is_paragraph = False
        self._lines = 0

    def _goes_on(self, bare: str, level: Level, *, is_indented: bool) -> bool:
        is_structure = bool(_MORE.match(bare))
        if is_indented and (not self._blanks or self._is_indented or is_structure):
            self._is_paragraph = False
            return True
        if self._lines >= _LONGEST or _LOGGER.match(bare):
            return False
        if is_structure:
            self._is_paragraph = bool(_PARAGRAPH.match(bare))
            return True
        if self._blanks:
            return False
        return self._is_traceback or self._is_paragraph or (self._is_entry and not level) or bool(_CALL.match(bare))
