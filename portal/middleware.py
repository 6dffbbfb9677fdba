"""What holds for every request and answer of the portal, whatever page it is."""

import secrets
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

from portal.logs import request_id

Handler = Callable[[HttpRequest], HttpResponse]

PERMISSIONS_POLICY = ", ".join(
    f"{feature}=()" for feature in ("camera", "display-capture", "geolocation", "microphone", "payment", "usb")
)


class RequestIdMiddleware:
    """Give each request an id that an error page shows and that every log line of it repeats."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer one request."""
        number = request.request_id = secrets.token_hex(6)  # type: ignore[attr-defined]
        before = request_id.set(number)
        try:
            response = self.get_response(request)
        finally:
            request_id.reset(before)
        response.headers["X-Request-ID"] = number
        return response


class HeadMiddleware:
    """Answer HEAD wherever GET is answered; the server leaves the body out."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer one request."""
        if request.method == "HEAD":
            request.method = "GET"
        return self.get_response(request)


class HeadersMiddleware:
    """Set the headers that Django and the CSP package do not set, on every answer, errors included."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer one request."""
        response = self.get_response(request)
        response.headers["Cross-Origin-Embedder-Policy"] = "require-corp"
        response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
        response.headers["Permissions-Policy"] = PERMISSIONS_POLICY
        response.headers.setdefault("X-Frame-Options", "DENY")
        # Django's own middleware sets these too; some answers never reach it.
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        response.headers.setdefault("Referrer-Policy", settings.SECURE_REFERRER_POLICY)
        response.headers.setdefault("Cross-Origin-Opener-Policy", settings.SECURE_CROSS_ORIGIN_OPENER_POLICY)
        if not request.path.startswith(settings.STATIC_URL):
            # Every page depends on who asks and on whether htmx asks, and none may be kept by anybody else.
            response.headers.setdefault("Cache-Control", "no-store")
            patch_vary_headers(response, ["Cookie", "HX-Request", "HX-Boosted", "HX-History-Restore-Request"])
        return response
