"""Moments as the rows of a table show them, made in Python since a page has fifty rows."""

from dataclasses import dataclass
from datetime import datetime

from actors_app.core.pages.formatting import ago_words
from actors_app.core.pages.timezones import exact


@dataclass(frozen=True, slots=True)
class RelativeTime:
    """A moment in a row: its age in words, and exactly, on the reader's clock, or empty where there is none."""

    text: str
    exact: str


def when(moment: datetime | None, at: datetime, never: str, *, ending: str = " ago") -> RelativeTime:
    """Return how long before `at` a moment was, and when; `never` in its place where there is none.

    An `ending` other than " ago" makes an age of it: `3 min` rather than `3 min ago`.
    """
    if moment is None:
        return RelativeTime(never, "")
    text = ago_words(moment, at)
    if text.endswith(" ago"):
        text = text.removesuffix(" ago") + ending
    return RelativeTime(text, exact(moment))
