"""Permissions on an actor, an alias or a config: who can do what, granting, and changing or taking back a level.

One component for the three, which differ by their paths at the API and by what a level means (`permissions/access.py`).
"""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from actors_app.core.htmx import render_page
from actors_app.core.pages import csv_lists, drafts
from actors_app.core.pages.decorators import abaco_page
from actors_app.core.pages.forms import form_page
from actors_app.permissions import commands
from actors_app.permissions.access import Subject
from actors_app.permissions.access_pages import consequences, listing
from actors_app.permissions.forms import ChangeForm, GrantForm
from actors_app.services import Abaco
from actors_app.services.permissions import WORLD

SECTIONS = {"actor": "actors", "alias": "aliases", "config": "configs"}


@abaco_page("GET", "POST")
def permission_list(request: HttpRequest, abaco: Abaco, /, **named: str) -> HttpResponse:
    """Show who can do what, and why, and grant a level to somebody.

    `GET` and `POST /actors/{id}/permissions`, `/actors/aliases/{alias}/permissions` and
    `/actors/configs/{name}/permissions`.
    """
    subject, me = Subject.of(named), _me(request)
    context = _frame(subject)
    if request.method == "GET":
        context |= {"form": GrantForm(kind=subject.kind, me=me)} | listing(request, abaco, subject, me)
        if csv_lists.is_asked(request) and "page" in context:
            return csv_lists.csv_of("permissions", csv_lists.PERMISSIONS, context["page"].paginator.object_list)
        return render_page(request, "permissions/list.html", context, partial="permissions/_table.html")
    form = GrantForm(request.POST, kind=subject.kind, me=me)
    if form.is_valid():
        with form.catch_refusal():
            return _set(request, abaco, subject, form)
    context["form"] = form
    return form_page(request, "permissions/list.html", context, partial="permissions/_grant.html")


@abaco_page("GET", "POST")
def permission_change(request: HttpRequest, abaco: Abaco, /, **named: str) -> HttpResponse:
    """Say what another level for a name means, then set it; `?level=NONE` asks whether to take it back.

    `POST` on the same paths as the list.
    """
    subject, me = Subject.of(named), _me(request)
    context = _frame(subject)
    if request.method == "GET":
        query = drafts.restored() or request.GET
        user, level = query.get("user", ""), query.get("level", "")
        if not user:
            return redirect(subject.url)
        context |= consequences(abaco, subject, user, level, me)
        entry = context["entry"]
        initial = {"user": user, "level": "NONE" if level == "NONE" else entry.level if entry else "UPDATE"}
        form = ChangeForm(initial=initial, kind=subject.kind, me=me)
    else:
        user = request.POST.get("user", "")
        form = ChangeForm(request.POST, kind=subject.kind, me=me)
        if form.is_valid():
            with form.catch_refusal():
                return _set(request, abaco, subject, form)
        context["is_revoked"] = request.POST.get("level") == "NONE"
    context |= {"form": form, "user": user, "is_everybody": user == WORLD, "is_you": user == me}
    return form_page(request, "permissions/change.html", context, partial="permissions/_change.html")


def _set(request: HttpRequest, abaco: Abaco, subject: Subject, form: GrantForm | ChangeForm) -> HttpResponse:
    user, level = form.cleaned_data["user"], form.cleaned_data["level"]
    return commands.set_level(request, abaco, subject, user, level, is_confirmed=form.is_confirmed).go(request)


def _frame(subject: Subject) -> dict[str, Any]:
    """Return what every page of the permissions has."""
    frame: dict[str, Any] = {"subject": subject, "section": SECTIONS[subject.kind], "tab": "permissions", "counts": {}}
    # By the word that the address has for it, which is what `as_code` looks for too.
    word = "actor_id" if subject.kind == "actor" else subject.kind
    return frame | {word: subject.name}


def _me(request: HttpRequest) -> str:
    return str(request.session["who"]["username"])
