"""The visitor's own page: their sessions, which may be ended or made to read only. Preferences are elsewhere."""

import json
from datetime import UTC, datetime
from http import HTTPStatus

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from actors_app.account.forms_preferences import PreferencesForm
from actors_app.account.own_sessions import end_other_sessions, end_session, make_read_only, own_sessions
from actors_app.account.views_sign_in import sign_out_view
from actors_app.core.addresses import path_of
from actors_app.core.htmx import go_to, render_page, say, toast, wants_fragment
from actors_app.core.pages.converters import is_id
from actors_app.core.pages.decorators import page
from actors_app.core.pages.formatting import now
from actors_app.core.pages.preferences import (
    MOST_COLUMNS,
    MOST_FAVORITES,
    THEMES,
    keep,
    keep_favorite,
    preferences_of,
)
from actors_app.core.security.credentials import Credentials, SessionCredentials, tenant_of


@page("GET")
def account(request: HttpRequest) -> HttpResponse:
    """Show who is signed in, where, and until when."""
    current = _current(request)
    context = {
        "credentials": current,
        "tenant": tenant_of(current),
        "expires": datetime.fromtimestamp(current.expires_at, UTC) if current.expires_at else None,
        "sessions": own_sessions(request, current),
        "idle_hours": round(settings.SESSION_IDLE_MINUTES / 60, 1),
        "section": "account",
    }
    return render(request, "account/detail.html", context)


@page("POST")
def session_end(request: HttpRequest, handle: str) -> HttpResponse:
    """End one of the visitor's own sessions; ending this one is signing out."""
    current = _current(request)
    own_session = next((session for session in own_sessions(request, current) if session.is_this), None)
    if own_session and own_session.handle == handle:
        return sign_out_view(request)
    ended = end_session(current, handle)
    say(request, "Session signed out." if ended else "That session was already signed out.")
    return redirect("actors:account")


@page("POST")
def session_end_others(request: HttpRequest) -> HttpResponse:
    """End all of the visitor's sessions but this one."""
    ended = end_other_sessions(request, _current(request))
    say(request, "1 other session signed out." if ended == 1 else f"{ended} other sessions signed out.")
    return redirect("actors:account")


@page("POST")
def session_read_only(request: HttpRequest) -> HttpResponse:
    """Let this session only read from now on.

    There is no way back but a new sign-in: a switch that anybody at the browser can turn protects from nothing.
    """
    make_read_only(request)
    say(request, "Read-only mode is on for this session.")
    return redirect("actors:account")


def _current(request: HttpRequest) -> Credentials:
    current = SessionCredentials.of(request).current
    assert current is not None  # noqa: S101  the decorator has just made sure
    return current


@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Keep a theme: light, dark, or empty for what the system says; for whoever is not signed in, in the session."""
    chosen = request.POST.get("theme", "")
    chosen = chosen if chosen in THEMES else ""
    if "who" in request.session:
        keep(request, {"theme": chosen})
    else:
        request.session["theme"] = chosen
    back = request.POST.get("next", "")
    return redirect(back if path_of(back) else "actors:overview")


@page("POST")
def execution_columns(request: HttpRequest) -> HttpResponse:
    """Keep which columns a list shows, that of executions or that of actors; with none of them, its own choice."""
    is_of_actors = request.POST.get("list") == "actors"
    columns = request.POST.getlist("columns")[:MOST_COLUMNS]
    keep(request, {"actor_columns" if is_of_actors else "columns": columns})
    back = request.POST.get("next", "")
    return redirect(back if path_of(back) else "actors:actor-list" if is_of_actors else "actors:history")


@page("POST")
def favorites(request: HttpRequest) -> HttpResponse:
    """Add an actor to the favorites (`add`), or remove it (`remove`); the API is not asked.

    htmx gets the star's new state as an event; anybody else goes back to the list.
    """
    is_favorite = "add" in request.POST
    actor_id = request.POST.get("add" if is_favorite else "remove", "")
    is_kept = is_id(actor_id) and keep_favorite(request, actor_id, is_favorite=is_favorite)
    problem = "" if is_kept else f"You can have at most {MOST_FAVORITES} favorites. Remove one first."
    if wants_fragment(request):
        answer = HttpResponse(status=HTTPStatus.NO_CONTENT)
        if problem:
            return toast(answer, problem, "error")
        answer.headers["HX-Trigger"] = json.dumps({"favorite": {"actor": actor_id, "isFavorite": is_favorite}})
        return answer
    if problem:
        messages.error(request, problem)
    back = request.POST.get("next", "")
    return redirect(back if path_of(back) else "actors:actor-list")


@page("GET", "POST")
def preferences(request: HttpRequest) -> HttpResponse:
    """Show and keep how the visitor likes the portal; the API is not asked."""
    form = PreferencesForm(request.POST) if request.method == "POST" else PreferencesForm.of(preferences_of(request))
    if form.is_valid():
        keep(request, form.choices)
        say(request, "Preferences saved.")
        return go_to(request, "actors:preferences")
    context = {
        "section": "account",
        "form": form,
        "choices": [form[name] for name in ("theme", "density", "page_size")],
        "now": now(),
    }
    return render_page(request, "account/preferences.html", context, status=422 if form.is_bound else 200)
