"""What every template may ask for: who is signed in, whether they may only read, and the theme."""

from typing import Any

from django.http import HttpRequest

from actors_app import origins
from actors_app.preferences import preferences_of
from actors_app.sign_in.own_sessions import read_only_reason


def portal(request: HttpRequest) -> dict[str, Any]:
    """Return `who` (user name and tenant, or None), `likes` (their preferences), `theme` (of those), `read_only`.

    `read_only` says why nothing can be changed, or is empty.
    """
    session: Any = getattr(request, "session", {})
    who = session.get("who")
    tenant = origins.tenant_at(who["tenant"]) if who else None
    likes = preferences_of(request)
    if tenant is None:
        return {"who": None, "likes": likes, "theme": likes.theme, "read_only": ""}
    return {
        "who": {"username": who["username"], "tenant": tenant.label},
        "likes": likes,
        "theme": likes.theme,
        "read_only": read_only_reason(request),
    }
