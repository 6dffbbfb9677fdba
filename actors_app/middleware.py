"""What the API's refusals and silence become: a page, an alert inside the page, or the way to sign in."""

import logging
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from actors_app.services.errors import AbacoError, SignedOut
from actors_app.views.errors import abaco_error, signed_out

log = logging.getLogger("actors_app.errors")


class AbacoErrorMiddleware:
    """Turn an error that no view said better into an answer, and log it once."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer one request."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer for an error of the API; anything else is Django's to handle."""
        if not isinstance(exception, AbacoError):
            return None
        log.warning(
            "%s %s: %s (%s), answered %s, request %s",
            request.method,
            request.resolver_match.view_name if request.resolver_match else "?",
            type(exception).__name__,
            exception.detail,
            exception.status,
            request.request_id,  # type: ignore[attr-defined]
        )
        if isinstance(exception, SignedOut) and not exception.renewed:
            return signed_out(request)
        return abaco_error(request, exception)
