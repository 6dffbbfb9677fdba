"""Why a request may change nothing at the API: the portal, or the visitor's session, is read-only."""

from django.conf import settings
from django.http import HttpRequest

from actors_app.core.requests import brings_token


def read_only_reason(request: HttpRequest) -> str:
    """Return why this request may change nothing at the API, in words, or nothing where it may."""
    if settings.READ_ONLY:
        return "This portal only reads: whoever runs it has switched off every change."
    if brings_token(request):
        return ""  # of no session
    row = getattr(request.session, "row", None) if "who" in request.session else None
    return "This session only reads. To change something, sign out and sign in again." if row and row.read_only else ""
