"""Files that are downloaded: texts that no browser runs, and CSV whose cells no spreadsheet runs."""

import logging
from collections.abc import Iterator

from actors_app.services.errors import CallError

CSV_TYPE = "text/csv; charset=utf-8"
BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"  # without it before the first cell, Excel reads letters beyond ASCII wrongly

# The last four are the wide ones, which some spreadsheets take for the others.
_FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def safe_cell(value: object) -> str:
    """Return a value as a cell that no spreadsheet takes for a formula; None is an empty cell.

    A text that begins as a formula does gets an apostrophe before it, which spreadsheets do not show; so does one that
    begins so after blanks, which some of them drop. Numbers stay as they are.
    """
    if value is None:
        return ""
    text = str(value)
    if isinstance(value, int | float):
        return text
    if text.startswith(_FORMULA_SIGNS) or text.lstrip().startswith(_FORMULA_SIGNS):
        return "'" + text
    return text


log = logging.getLogger("actors_app.core.pages.downloads")

# What an actor wrote is served as plain text to keep, and never as a page of ours.
DOWNLOAD_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def to_the_end(pieces: Iterator[str]) -> Iterator[bytes]:
    """Return the pieces as bytes; where they break off, the last says so."""
    try:
        for piece in pieces:
            yield piece.encode()
    except CallError as error:  # the answer has begun, so only the file itself can say it
        log.warning("A log download was interrupted: %s", error.detail)
        yield f"\n[The Actors Portal: the log ends here unexpectedly. {error.user_message}]\n".encode()
