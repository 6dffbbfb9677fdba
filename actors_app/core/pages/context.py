"""What every template may ask for: who is signed in, whether they may only read, and the theme."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from actors_app.core.pages.preferences import preferences_of
from actors_app.core.requests import read_only_reason
from actors_app.core.security import origins
from portal.workers import UNPROVED_BYTES


def portal(request: HttpRequest) -> dict[str, Any]:
    """Return `who` (user name and tenant, or None), `likes` (their preferences), `theme` (of those), `read_only`.

    `read_only` says why nothing can be changed, or is empty; `largest` and `most_fields` what a form may have, in bytes
    and in fields.
    """
    session: Any = getattr(request, "session", {})
    user = session.get("who")
    tenant = origins.tenant_at(user["tenant"]) if user else None
    likes = preferences_of(request)
    if tenant is None:
        return {
            "who": None,
            "likes": likes,
            "theme": likes.theme,
            "read_only": "",
            "largest": UNPROVED_BYTES,
            "most_fields": settings.DATA_UPLOAD_MAX_NUMBER_FIELDS,
        }
    return {
        "who": {"username": user["username"], "tenant": tenant.label},
        "likes": likes,
        "theme": likes.theme,
        "read_only": read_only_reason(request),
        "largest": settings.DATA_UPLOAD_MAX_MEMORY_SIZE,
        "most_fields": settings.DATA_UPLOAD_MAX_NUMBER_FIELDS,
    }
