"""What the list of executions offers beside its rows: acts on many of them, and saved views."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from django import template
from django.urls import reverse

from actors_app.bulk import jobs
from actors_app.bulk.models import BulkJob
from actors_app.core.pages.converters import is_id
from actors_app.core.security.credentials import SessionCredentials
from actors_app.history import saved_views
from actors_app.history.forms import HistoryForm
from actors_app.history.models import SavedView

register = template.Library()


@dataclass(frozen=True, slots=True)
class Choice:
    """A view to be chosen."""

    name: str
    href: str
    icon: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class Views:
    """The views of a visitor beside the list: those that everybody has, their own, and one that was shared with them.

    `query` is the filter that they look at now.
    """

    built_in: list[Choice]
    personal: list[Choice]
    shared: SavedView | None
    query: str


def _query(context: template.Context, **changes: str) -> str:
    """Return the filter of the page; that of an actor's page names the actor."""
    form: HistoryForm = context["form"]
    actor = context.get("actor")
    if not context.get("is_all") and actor is not None and is_id(actor.id):
        changes["actor"] = actor.id
    return form.query(**changes)


@register.simple_tag(takes_context=True)
def list_filter(context: template.Context) -> list[tuple[str, str]]:
    """Return the filter and the order of the list as the fields of a form, and where the page begins.

    So "all on this page" are those that its reader sees, whatever came since.
    """
    return parse_qsl(_query(context, after=context["begins"]))


@register.simple_tag(takes_context=True)
def unfinished_acts(context: template.Context) -> list[BulkJob]:
    """Return the visitor's bulk acts that wait for somebody to look at them, newest first."""
    user = SessionCredentials.of(context["request"]).current
    return jobs.unfinished(user) if user else []


@register.simple_tag(takes_context=True)
def views_of_list(context: template.Context) -> Views | None:
    """Return the views that can be chosen; None where the filter is not understood, or nobody is signed in."""
    request: Any = context["request"]
    user = SessionCredentials.of(request).current
    if user is None or context["form"].errors:
        return None
    address, query = reverse("actors:history"), _query(context)
    saved = list(saved_views.views_of(user))
    built_in = saved_views.built_in(user.username)
    shared = saved_views.shared(user, request.GET.get("view", ""))
    if shared and (shared.username == user.username or any(view.query == shared.query for view in saved)):
        shared = None
    selected = sorted(parse_qsl(query))
    return Views(
        built_in=[
            Choice(view.name, f"{address}?{view.query}", view.icon, sorted(parse_qsl(view.query)) == selected)
            for view in built_in
        ],
        personal=[
            Choice(view.name, f"{address}?{view.query}", "bookmark", sorted(parse_qsl(view.query)) == selected)
            for view in saved
        ],
        shared=shared,
        query=query,
    )
