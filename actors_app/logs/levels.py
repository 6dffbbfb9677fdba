"""How bad a line of a log is, by what it says."""

import re
from typing import Literal

Level = Literal["", "debug", "info", "warn", "error"]
LEVELS: dict[Level, int] = {"": 0, "debug": 1, "info": 2, "warn": 3, "error": 4}

_LEVEL = re.compile(
    r"\b(?:(TRACE|DEBUG)|(INFO|NOTICE)|(WARN(?:ING)?)|(ERROR|CRITICAL|FATAL|PANIC))\b"
    r"|\blevel\W{1,4}(?i:(trace|debug)|(info|notice)|(warn(?:ing)?)|(error|critical|fatal|panic))\b"
)
_FAULT = re.compile(r"Traceback \(most recent call last\)|[\w.]{1,80}(?:Error|Exception): ")
_LEVELS: tuple[Level, ...] = ("debug", "info", "warn", "error")
_LEVEL_IS_NEAR = 100  # characters from the start of a line in which its level is looked for


def worst(*levels: Level) -> Level:
    """Return the worst of some levels."""
    return max(levels, key=LEVELS.__getitem__, default="")


def level_of(line: str) -> Level:
    """Return the level that a line names near its beginning; empty where it names none."""
    if _FAULT.match(line):
        return "error"
    found = _LEVEL.search(line[:_LEVEL_IS_NEAR])
    return _LEVELS[(found.lastindex - 1) % 4] if found and found.lastindex else ""
