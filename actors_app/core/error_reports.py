"""Each error of the API that a page shows has one line in the log, with the same request ID.

What the page says is the business of `errors.py` and of the templates.
"""

import logging

from django.http import HttpRequest

from actors_app.services.errors import CallError

log = logging.getLogger("actors_app.errors")


def report(request: HttpRequest, error: CallError) -> str:
    """Log an error that is about to be shown, once however often a page shows it; return the request ID."""
    number: str = getattr(request, "request_id", "")
    reported: list[CallError] = request.__dict__.setdefault("_reported", [])
    if not any(error is earlier for earlier in reported):
        reported.append(error)
        log.warning(
            "%s %s: %s (%s), answered %s, request ID %s",
            request.method,
            request.resolver_match.view_name if request.resolver_match else "?",
            type(error).__name__,
            error.detail,
            error.status,
            number,
        )
    return number


def wait_asked(request: HttpRequest) -> int | None:
    """Return the longest time, in seconds, that an error of this request asks to wait; None where none does."""
    waits = [getattr(error, "retry_after", None) or 0 for error in request.__dict__.get("_reported", ())]
    return max(waits, default=0) or None


def report_store(request: HttpRequest, failure: BaseException) -> None:
    """Log a failure of the portal's own store by its kind; its words may hold what was to be written."""
    request.__dict__.setdefault("_reported", []).append(failure)
    log.error(
        "%s %s: the database failed (%s), answered 503, request ID %s",
        request.method,
        request.resolver_match.view_name if request.resolver_match else "?",
        type(failure.__cause__ or failure).__name__,
        getattr(request, "request_id", ""),
    )


def is_outcome_unknown(request: HttpRequest) -> bool:
    """Whether an error that an answer shows leaves open what a write did; so does a failure of the store."""
    return any(getattr(error, "changed", "unknown") == "unknown" for error in request.__dict__.get("_reported", ()))


class Unreported(logging.Filter):
    """Keep Django's own line about a failed answer out of the log where the error has its line already."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether to keep a line."""
        return not getattr(getattr(record, "request", None), "_reported", None)
