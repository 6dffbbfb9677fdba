"""The visitor's own page, and the theme they chose."""

from datetime import UTC, datetime

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from actors_app.credentials import SessionCredentials
from actors_app.decorators import credentials_required

THEMES = ("", "light", "dark")


@require_GET
@credentials_required
def account(request: HttpRequest) -> HttpResponse:
    """Show who is signed in, where, and until when."""
    current = SessionCredentials.of(request).current
    assert current is not None  # noqa: S101  the decorator has just made sure
    context = {
        "credentials": current,
        "tenant": settings.TENANTS[current.tenant],
        "expires": datetime.fromtimestamp(current.expires_at, UTC) if current.expires_at else None,
        "session_ends": request.session.get_expiry_date(),
        "section": "account",
    }
    return render(request, "account/detail.html", context)


@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Remember a theme for this session: light, dark, or empty for what the system says."""
    chosen = request.POST.get("theme", "")
    request.session["theme"] = chosen if chosen in THEMES else ""
    back = request.POST.get("next", "")
    if not back.startswith("/") or not url_has_allowed_host_and_scheme(back, allowed_hosts=None):
        return redirect("actors:overview")
    return redirect(back)
