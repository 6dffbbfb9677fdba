"""Logs, and whatever else an actor wrote, sent as a file that no browser runs."""

import logging
from collections.abc import Iterator

from actors_app.services.errors import CallError

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
        log.warning("A log that was being sent broke off: %s", error.detail)
        yield f"\n[The Actors Portal: the log breaks off here. {error.user_message}]\n".encode()
