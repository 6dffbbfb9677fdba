"""How many pages may wait for the Actors API at once, so that an API that hangs cannot take every thread.

Pages are counted, not calls: a page of an actor makes five calls at once. Whoever comes when all places are taken is
told so at once; nobody waits for a place. Pages that ask no API need none.
"""

import threading
from collections.abc import Callable
from functools import cache

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from actors_app.core.error_reports import wait_asked
from actors_app.services.errors import Busy


@cache
def _places() -> threading.BoundedSemaphore:
    return threading.BoundedSemaphore(settings.PAGES_AT_ONCE)


def places_in_use() -> int:
    """Return how many places of this process are taken."""
    return settings.PAGES_AT_ONCE - _places()._value  # its only way to tell


def enter(request: HttpRequest) -> None:
    """Take the one place that a request needs before it asks the API; raise Busy when none is free."""
    if hasattr(request, "_leave_bulkhead"):
        return
    places = _places()
    if not places.acquire(blocking=False):
        raise Busy("no place is free among the pages that wait for the API")
    request._leave_bulkhead = places.release  # type: ignore[attr-defined]


class BulkheadMiddleware:
    """Give a request's place back when its answer is made, or, for a download, when its last piece is sent.

    The answer says when to come again where somebody asks to wait: the API, or the portal that is busy.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer one request."""
        response = self.get_response(request)
        leave = getattr(request, "_leave_bulkhead", None)
        if leave and response.streaming:
            # Django closes these with the answer, also when the visitor has gone away.
            response._resource_closers.append(leave)  # type: ignore[attr-defined]  # not in the stubs
        elif leave:
            leave()
        wait = wait_asked(request) or (Busy.retry_after if response.status_code == 503 else None)
        if wait:
            response.headers.setdefault("Retry-After", str(wait))
        return response
