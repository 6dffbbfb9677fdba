"""What is wrong with a deployment, in sentences: `manage.py doctor` asks everything here and changes nothing.

`inside` looks at what the portal is made of: settings, keys, store, static files. `files` looks at who may write and
read its files. `outside` looks at whom it talks to: the API, its own public address, the account that collects the
history.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

Level = Literal["ok", "warning", "error"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at: how it is, what it is about, and a sentence."""

    level: Level
    about: str
    says: str


def ok(about: str, says: str) -> Finding:
    """Return that something is as it should be."""
    return Finding("ok", about, says)


def warning(about: str, says: str) -> Finding:
    """Return that something works and should be looked at."""
    return Finding("warning", about, says)


def failure(about: str, says: str) -> Finding:
    """Return a finding of something that does not work, or is not safe."""
    return Finding("error", about, says)


Findings = Iterator[Finding]
