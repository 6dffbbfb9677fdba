"""Saved views: filters of the execution history under a name, built in or somebody's own, and shared by their link.

A view is a filter and nothing more: whoever opens one sees what they may read themselves.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from actors_app.core.security.credentials import Credentials
from actors_app.history.models import SavedView

MOST = 50  # of one person
_TAKEN = "You already have a filter with this name."


class NotSaved(Exception):  # noqa: N818  it says what happened
    """A view was not saved, for a reason that is a sentence."""


@dataclass(frozen=True, slots=True)
class BuiltIn:
    """A view that everybody has."""

    name: str
    icon: str
    query: str


def built_in(username: str) -> list[BuiltIn]:
    """Return the views that everybody has; one of them names its reader. The outcomes are filters above the list."""
    views: list[tuple[str, str, Mapping[str, str]]] = [("Slow (10 min or longer)", "hourglass", {"duration": "10m"})]
    # A name that begins with the sign for "not" cannot be asked for.
    if not username.startswith("-"):
        views.insert(0, ("Sent by me", "user", {"executor": username}))
    return [BuiltIn(name, icon, urlencode(filters)) for name, icon, filters in views]


def views_of(credentials: Credentials) -> QuerySet[SavedView]:
    """Return somebody's own views, by name."""
    return SavedView.objects.filter(tenant=credentials.tenant, username=credentials.username).order_by("name")


def shared(credentials: Credentials, handle: str) -> SavedView | None:
    """Return a view of anybody of the same tenant."""
    return SavedView.objects.filter(tenant=credentials.tenant, handle=handle).first()


def save(credentials: Credentials, name: str, query: str) -> SavedView:
    """Save a view; raise NotSaved where there are too many, or one of that name. The same one again is no mistake."""
    with transaction.atomic():
        same = views_of(credentials).filter(name=name).first()
        if same and same.query == query:
            return same
        if same:
            raise NotSaved(_TAKEN)
        if views_of(credentials).count() >= MOST:
            raise NotSaved(f"You have {MOST} saved filters, which is the limit. Delete one first.")
    view = SavedView(
        handle=secrets.token_hex(16),
        tenant=credentials.tenant,
        username=credentials.username,
        name=name,
        query=query,
        created=timezone.now(),
    )
    try:
        with transaction.atomic():
            view.save(force_insert=True)
    except IntegrityError:  # pressed twice, or another filter was given this name at the same moment
        same = views_of(credentials).filter(name=name).first()
        if same is None or same.query != query:
            raise NotSaved(_TAKEN) from None
        return same
    return view


def rename(view: SavedView, name: str) -> None:
    """Give a view another name; raise NotSaved where its owner has one of that name."""
    try:
        with transaction.atomic():
            SavedView.objects.filter(pk=view.pk).update(name=name)
    except IntegrityError:
        raise NotSaved("You already have a filter with this name.") from None
