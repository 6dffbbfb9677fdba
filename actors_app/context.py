"""What every template may ask for: who is signed in, and the theme they chose."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def portal(request: HttpRequest) -> dict[str, Any]:
    """Return `who` (user name and tenant, or None) and `theme` (light, dark or empty for the system's)."""
    session: Any = getattr(request, "session", {})
    who = session.get("who")
    tenant = settings.TENANTS.get(who["tenant"]) if who else None
    if tenant is None:
        return {"who": None, "theme": session.get("theme", "")}
    return {
        "who": {"username": who["username"], "tenant": tenant.label},
        "theme": session.get("theme", ""),
    }
