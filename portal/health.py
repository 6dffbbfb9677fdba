"""Whether the process lives and whether it can work; for machines, without any visitor's data."""

from collections.abc import Callable

from django.db import Error, connection
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed


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
    """Answer 200 when the portal's own store answers, otherwise 503."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        return HttpResponse("the store does not answer\n", status=503, content_type="text/plain")
    return HttpResponse("ok\n", content_type="text/plain")
