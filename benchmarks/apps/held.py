"""The portal with each answer held back until all of it is there: what a streamed answer is compared with."""

from collections.abc import Callable, Iterable
from typing import Any

from portal.wsgi import application as portal


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Answer one request as the portal does, in one piece."""
    answer = portal(environ, start_response)
    try:
        return [b"".join(answer)]
    finally:
        if close := getattr(answer, "close", None):
            close()
