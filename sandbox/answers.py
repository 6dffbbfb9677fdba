"""Answers: the envelope, refusals, and the pages that are not JSON. Texts of single resources are in their views."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse

if TYPE_CHECKING:
    from sandbox.dialect import V2

NO_SUCH_METHOD = "Invalid request: the API endpoint does not exist or the provided HTTP method is not allowed."
HTML_404 = (
    '<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 3.2 Final//EN">\n<title>404 Not Found</title>\n<h1>Not Found</h1>\n'
    "<p>The requested URL was not found on the server. If you entered the URL manually please check your spelling and "
    "try again.</p>\n"
)
HTML_500 = (
    '<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 3.2 Final//EN">\n<title>500 Internal Server Error</title>\n'
    "<h1>Internal Server Error</h1>\n<p>The server encountered an internal error and was unable to complete your "
    "request. Either the server is overloaded or there is an error in the application.</p>\n"
)


class Refusal(Exception):  # noqa: N818 - it is an answer, not a fault
    """Stop and answer with an error envelope; Abaco's status for nearly everything is 400."""

    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.message = message
        self.status = status


class Crash(Refusal):
    """Stop and answer 500 as Abaco does where its own code raises something it did not foresee."""

    def __init__(self, kind: str, text: str) -> None:
        super().__init__(f"Unrecognized exception type: <class '{kind}'>. Exception: {text}", 500)

    @classmethod
    def of(cls, error: Exception) -> Crash:
        """Make the answer for a builtin exception."""
        return cls(type(error).__name__, str(error))


class BadRequest(Crash):
    """Stop where Abaco's own code raises what Flask does of a bad request, and say why."""

    def __init__(self, reason: str) -> None:
        self.reason = f"400 Bad Request: {reason}"
        super().__init__("werkzeug.exceptions.BadRequest", self.reason)


class BrokenJson(BadRequest):
    """Stop at a body that says it is JSON and is not."""

    def __init__(self) -> None:
        super().__init__("The browser (or proxy) sent a request that this server could not understand.")


def write_json(body: Any) -> str:
    """Write JSON as the API does: sorted names, two spaces, a line end."""
    return json.dumps(body, indent=2, sort_keys=True) + "\n"


def success(dialect: V2, message: str, result: Any) -> HttpResponse:
    """Answer 200 with the envelope."""
    return HttpResponse(write_json(dialect.envelope(message, result, "success")), "application/json")


def refused(dialect: V2, refusal: Refusal) -> HttpResponse:
    """Answer a refusal with its envelope and status."""
    body = dialect.envelope(refusal.message, None, "error")
    return HttpResponse(write_json(body), "application/json", refusal.status)


def no_such_route(request: HttpRequest) -> HttpResponse:
    """Answer a path that is no route of a process, a trailing slash included.

    Abaco's check of who asks fails over such a path, and is not made for OPTIONS.
    """
    if request.method == "OPTIONS":
        return HttpResponse(HTML_404, "text/html; charset=utf-8", 404)
    return broken(request)


def broken(request: HttpRequest) -> HttpResponse:
    """Answer when a process, or the sandbox itself, failed over a request: an HTML page with 500."""
    return HttpResponse(HTML_500, "text/html; charset=utf-8", 500)
