"""The list of actors as the page shows it: searched, filtered, sorted and cut into pages. It asks nobody."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from actors_app.converters import is_id
from actors_app.services.types import Actor
from actors_app.templatetags.actors import ago_words, now, status_badge, visible
from actors_app.zones import exact

KNOWN_STATUSES = ("READY", "SUBMITTED", "ERROR")
_NEVER = datetime.min.replace(tzinfo=UTC)
SORTS: dict[str, Callable[[Actor], Any]] = {
    "name": lambda actor: (actor.label.casefold(), actor.id),
    "status": lambda actor: actor.status,
    "image": lambda actor: actor.image.casefold(),
    "owner": lambda actor: actor.owner.casefold(),
    "updated": lambda actor: actor.last_update_time or actor.create_time or _NEVER,
}
# The same orders where no two actors share a place in them, for cursors.
KEYS: dict[str, Callable[[Actor], tuple[str, ...]]] = {
    "name": lambda actor: (actor.label.casefold(), actor.id),
    "status": lambda actor: (actor.status, actor.id),
    "image": lambda actor: (actor.image.casefold(), actor.id),
    "owner": lambda actor: (actor.owner.casefold(), actor.id),
    "updated": lambda actor: (f"{actor.last_update_time or actor.create_time or _NEVER:%Y%m%d%H%M%S%f}", actor.id),
}
DEFAULT_SORT = "name"
_UNREAD = format_html('<span class="dim">{}</span>', "not read yet")


@dataclass(frozen=True, slots=True)
class ActorRow:
    """One line of the table, ready to be written."""

    url: str  # empty for an id that cannot be in an address
    label: str
    id: str
    badge: SafeString
    problem: str
    image: str
    owner: str
    revision: int | None
    chips: tuple[str, ...]
    ago: str
    exact: str
    last_day: SafeString


@dataclass(frozen=True, slots=True)
class Column:
    """A head of the table: its words, the order that a press on it asks for, and the order it stands in."""

    label: str
    sort: str
    aria_sort: str
    style: str = ""


def sort_of(asked: str | None) -> str:
    """Return an order the table knows: a column's name, with `-` before it for the other way round."""
    return asked if asked and asked.removeprefix("-") in SORTS else DEFAULT_SORT


def columns(sort: str) -> list[Column]:
    """Return the heads of the table for an order."""
    name, ways = sort.removeprefix("-"), {True: "descending", False: "ascending"}
    return [
        Column(
            label,
            f"-{key}" if sort == key else key,
            ways[sort.startswith("-")] if key == name else "none",
            style,
        )
        for key, label, style in (
            ("name", "Actor", ""),
            ("status", "Status", ""),
            ("image", "Image", ""),
            ("owner", "Owner", ""),
            ("updated", "Updated", ""),
        )
    ]


def select(actors: Iterable[Actor], q: str = "", status: str = "", sort: str = DEFAULT_SORT) -> list[Actor]:
    """Return the actors that match, in an order."""
    found = matching(actors, q, status)
    found.sort(key=SORTS[sort.removeprefix("-")], reverse=sort.startswith("-"))
    return found


def matching(actors: Iterable[Actor], q: str = "", status: str = "") -> list[Actor]:
    """Return the actors whose name, id, image or owner holds `q`, in that status.

    `status` is a status in any case, or `other` for whatever is not ready, submitted or in error.
    """
    wanted, searched = status.upper(), q.casefold()
    return [
        actor
        for actor in actors
        if (not wanted or _has_status(actor, wanted))
        and (not searched or any(searched in text.casefold() for text in _searched(actor)))
    ]


def _has_status(actor: Actor, wanted: str) -> bool:
    return actor.status not in KNOWN_STATUSES if wanted == "OTHER" else actor.status.upper() == wanted


def _searched(actor: Actor) -> tuple[str, ...]:
    return (actor.name or "", actor.id, actor.image, actor.owner)


def rows(actors: Sequence[Actor], last_days: Mapping[str, SafeString]) -> list[ActorRow]:
    """Return the actors as lines of the table; `last_days` are drawings of what ran, by the actors' ids."""
    prefix, at = reverse("actors:actor-list"), now()
    return [
        ActorRow(
            url=f"{prefix}{actor.id}/" if is_id(actor.id) else "",
            label=visible(actor.label),
            id=visible(actor.id),
            badge=status_badge(actor.status),
            problem=visible(actor.status_message) if actor.is_error else "",
            image=visible(actor.image),
            owner=visible(actor.owner),
            revision=actor.revision,
            chips=chips(actor),
            ago=ago_words(updated, at) if (updated := actor.last_update_time or actor.create_time) else "not reported",
            exact=exact(updated) if updated else "",
            last_day=last_days.get(actor.id, _UNREAD),
        )
        for actor in actors
    ]


def chips(actor: Actor) -> tuple[str, ...]:
    """Return what is special about an actor, in a word or two each."""
    found = []
    if actor.cron_on:
        found.append(schedule_words(actor.cron_schedule or ""))
    if not actor.stateless:
        found.append("stateful")
    if actor.privileged:
        found.append("privileged")
    return tuple(found)


def schedule_words(schedule: str) -> str:
    """Return the interval of a schedule as people say it: `every hour`, `every 2 days`."""
    _, plus, interval = schedule.partition(" + ")
    count, _, unit = interval.partition(" ")
    if not plus or not count.isdecimal() or not unit.isalpha():
        return "scheduled"
    unit = unit.removesuffix("s")
    return f"every {unit}" if count == "1" else f"every {count} {unit}s"
