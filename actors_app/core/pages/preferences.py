"""How the signed-in person likes the portal: read with the session, kept for the person, changed on their own page.

What stands in the store is checked as it is read, so that a value of an older portal is no value at all.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

from django.db import transaction
from django.http import HttpRequest

from actors_app.core.models import PreferenceRow

BROWSER = "browser"  # the zone of whatever browser asks
THEMES = ("", "light", "dark")  # the first is the system's
DENSITIES = ("comfortable", "compact")
PAGE_SIZES = (25, 50, 100, 200)
ROWS = 50  # on a page, for whoever chose no other number
MOST_COLUMNS = 20  # of a list
MOST_FAVORITES = 100


@dataclass(frozen=True, slots=True)
class Preferences:
    """What holds for one request; each default is what holds for somebody who never chose."""

    zone: str = "UTC"  # or `browser`, or the name of a zone
    theme: str = ""
    density: str = DENSITIES[0]
    wrap: bool = True  # whether long lines of logs are
    page_size: int = ROWS
    keys: bool = True  # whether single keys do anything
    columns: tuple[str, ...] = ()  # optional columns of the list of executions; empty for its default
    actor_columns: tuple[str, ...] = ()  # the same of the list of actors
    favorites: tuple[str, ...] = ()  # ids of actors


Name = Literal["zone", "theme", "density", "wrap", "page_size", "keys", "columns", "actor_columns", "favorites"]
NAMES: tuple[Name, ...] = get_args(Name)
_MAY_BE: dict[str, Any] = {
    "zone": lambda value: isinstance(value, str) and len(value) < 100,
    "theme": lambda value: value in THEMES,
    "density": lambda value: value in DENSITIES,
    "wrap": lambda value: isinstance(value, bool),
    "page_size": lambda value: value in PAGE_SIZES,
    "keys": lambda value: isinstance(value, bool),
    "columns": lambda value: _are_texts(value, MOST_COLUMNS),
    "actor_columns": lambda value: _are_texts(value, MOST_COLUMNS),
    "favorites": lambda value: _are_texts(value, MOST_FAVORITES),
}


def _are_texts(value: object, most: int) -> bool:
    return isinstance(value, list) and len(value) <= most and all(isinstance(text, str) for text in value)


def preferences_of(request: HttpRequest) -> Preferences:
    """Return what the sender of a request chose, and the defaults for somebody who is not signed in.

    Somebody who is not may choose a theme, which they keep when they sign in until they choose another.
    """
    session: Any = getattr(request, "session", None)
    if session is None:
        return Preferences()
    theme = session.get("theme", "")
    chosen: Mapping[str, Any] = (session.chosen or {}) if "who" in session else {}
    return from_stored({"theme": theme, **chosen})


def from_stored(stored: Mapping[str, Any]) -> Preferences:
    """Return preferences from what was kept; what cannot be is left at its default."""
    return Preferences(**{name: stored[name] for name in NAMES if name in stored and _MAY_BE[name](stored[name])})


def keep(request: HttpRequest, changes: Mapping[Name, Any]) -> None:
    """Keep some preferences of the signed-in person, from the next page on in all of their browsers."""
    _change(request, lambda chosen: {**chosen, **{str(name): value for name, value in changes.items()}})


def keep_favorite(request: HttpRequest, actor_id: str, *, is_favorite: bool) -> bool:
    """Add an actor to the favorites of the signed-in person, or remove it; return False where they are full."""

    def changed(chosen: dict[str, Any]) -> dict[str, Any]:
        others = [other for other in from_stored(chosen).favorites if other != actor_id]
        favorites = [*others, actor_id] if is_favorite else others
        return chosen if len(favorites) > MOST_FAVORITES else {**chosen, "favorites": favorites}

    return (actor_id in _change(request, changed).get("favorites", ())) is is_favorite


def _change(request: HttpRequest, changed: Callable[[dict[str, Any]], dict[str, Any]]) -> dict[str, Any]:
    user = request.session["who"]
    with transaction.atomic():
        row, _ = PreferenceRow.objects.select_for_update().get_or_create(
            tenant=user["tenant"], username=user["username"]
        )
        row.chosen = changed(row.chosen)
        row.save(update_fields=["chosen"])
    request.session.chosen = row.chosen  # type: ignore[attr-defined]  # the engine is ours
    return row.chosen  # type: ignore[no-any-return]  # a JSON field has no type
