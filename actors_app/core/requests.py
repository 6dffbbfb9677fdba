"""What a request is: of a page or of the JSON API, by a session or with a token, and whether it may change anything.

Settings and middleware need this before anything of the JSON API is loaded.
"""

from django.conf import settings
from django.http import HttpRequest

ROOT = "/api/"


def is_api(request: HttpRequest) -> bool:
    """Whether a program asks, which is answered in JSON whatever goes wrong."""
    return request.path_info.startswith(ROOT)


def brings_token(request: HttpRequest) -> bool:
    """Whether a program brings its own token, beside which a session counts for nothing."""
    return is_api(request) and request.headers.get("Authorization", "").lower().startswith("bearer ")


def read_only_reason(request: HttpRequest) -> str:
    """Return why this request may change nothing at the API, in words, or nothing where it may."""
    if settings.READ_ONLY:
        return "This portal is read-only (set by its administrator)."
    if brings_token(request):
        return ""  # of no session
    row = getattr(request.session, "row", None) if "who" in request.session else None
    return "This session is read-only. Sign out and sign in again to make changes." if row and row.read_only else ""
