"""Whether the process lives and whether it can work; for machines, without any visitor's data."""

from collections.abc import Callable

from django.db import Error
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed

from portal.store import missing_migrations
from portal.store_faults import is_damaged


class HealthMiddleware:
    """Answer `/livez` and `/readyz` whatever name the portal was asked by: a probe knows only an address.

    Stands above everything that asks for a host name, for https or for a session.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer one request."""
        probe = {"/livez": livez, "/readyz": readyz}.get(request.path_info)
        if probe is None:
            return self.get_response(request)
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        return probe()


def livez() -> HttpResponse:
    """Answer 200 as long as the process answers at all; no store is asked."""
    return HttpResponse("ok\n", content_type="text/plain")


def readyz() -> HttpResponse:
    """Answer 200 when the portal's own store answers and is of this code, otherwise 503 with a sentence."""
    try:
        missing = missing_migrations()
    except Error as failure:
        return _not_ready("The database is damaged." if is_damaged(failure) else "The database does not respond.")
    if missing:
        return _not_ready(f"The database lacks {len(missing)} migrations. Run manage.py migrate.")
    return HttpResponse("ok\n", content_type="text/plain")


def _not_ready(sentence: str) -> HttpResponse:
    return HttpResponse(sentence + "\n", status=503, content_type="text/plain")
