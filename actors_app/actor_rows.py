"""The list of actors as the page shows it: searched, filtered, sorted and cut into pages. It asks nobody."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from html import escape
from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from actors_app.badges import icon, status_badge
from actors_app.converters import is_id
from actors_app.services.types import Listed
from actors_app.wording import ago_words, now, visible
from actors_app.zones import exact

KNOWN_STATUSES = ("READY", "SUBMITTED", "ERROR")
_NEVER = datetime.min.replace(tzinfo=UTC)
SORTS: dict[str, Callable[[Listed], Any]] = {
    "name": lambda actor: ((actor.name or actor.id).casefold(), actor.id),
    "status": lambda actor: actor.status,
    "image": lambda actor: actor.image.casefold(),
    "owner": lambda actor: actor.owner.casefold(),
    "updated": lambda actor: actor.last_update_time or actor.create_time or _NEVER,
}
# The same orders where no two actors share a place in them, for cursors.
KEYS: dict[str, Callable[[Listed], tuple[str, ...]]] = {
    "name": lambda actor: (actor.label.casefold(), actor.id),
    "status": lambda actor: (actor.status, actor.id),
    "image": lambda actor: (actor.image.casefold(), actor.id),
    "owner": lambda actor: (actor.owner.casefold(), actor.id),
    "updated": lambda actor: (f"{actor.last_update_time or actor.create_time or _NEVER:%Y%m%d%H%M%S%f}", actor.id),
}
DEFAULT_SORT = "name"
# A row is written here: a template takes five times as long for fifty of them, and that was most of the page.
_REST = (
    '{chips}<span class="sub mono">{id}</span></td>{status}'
    '<td data-label="Image" class="mono"><span class="cut" title="{image}">{image}</span></td>'
    '<td data-label="Owner" class="dim"><bdi>{owner}</bdi></td>'
    '<td data-label="Updated" class="dim"><span title="{exact}">{ago}</span></td>'
    '<td data-label="Last 24 hours">{last_day}</td><td data-label="Revision" class="r num dim">{revision}</td>'
)
_ROW = (
    '<tr><td class="pick"><input type="checkbox" name="pick" value="{id}" aria-label="Pick {label}"></td>'
    '<td><a class="name" href="{url}"><bdi class="cut" title="{label}">{label}</bdi></a>'
    + _REST
    + '<td class="r"><a class="btn small icon" href="{url}messages/" aria-label="Send a message to {label}"'
    ' title="Send a message">{icon}</a></td></tr>'
)
_ROW_WITHOUT_LINKS = (
    '<tr><td class="pick"></td><td><bdi class="name cut" title="{label}">{label}</bdi>'
    + _REST
    + '<td class="r"></td></tr>'
)
_UNREAD = format_html('<span class="dim">{}</span>', "not read yet")


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


def select(actors: Iterable[Listed], q: str = "", status: str = "", sort: str = DEFAULT_SORT) -> list[Listed]:
    """Return the actors that match, in an order."""
    found = matching(actors, q, status)
    found.sort(key=SORTS[sort.removeprefix("-")], reverse=sort.startswith("-"))
    return found


def matching(actors: Iterable[Listed], q: str = "", status: str = "") -> list[Listed]:
    """Return the actors whose name, id, image or owner holds `q`, in that status.

    `status` is a status in any case, or `other` for whatever is not ready, submitted or in error.
    """
    wanted, searched = status.upper(), q.casefold()
    if not wanted and not searched:
        return list(actors)
    return [
        actor
        for actor in actors
        if (not wanted or _has_status(actor, wanted))
        and (not searched or any(searched in text.casefold() for text in _searched(actor)))
    ]


def _has_status(actor: Listed, wanted: str) -> bool:
    return actor.status not in KNOWN_STATUSES if wanted == "OTHER" else actor.status.upper() == wanted


def _searched(actor: Listed) -> tuple[str, ...]:
    return (actor.name or "", actor.id, actor.image, actor.owner)


def rows(actors: Sequence[Listed], last_days: Mapping[str, SafeString]) -> SafeString:
    """Return the actors as rows of the table; `last_days` are drawings of what ran, by the actors' ids."""
    prefix, at, sent = reverse("actors:actor-list"), now(), icon("send", 14)
    found = "\n".join(_row(actor, prefix, at, sent, last_days.get(actor.id, _UNREAD)) for actor in actors)
    return SafeString(found)


def _row(actor: Listed, prefix: str, at: datetime, sent: SafeString, last_day: SafeString) -> str:
    # Each text is escaped once, here: `format_html` would do it wherever it stands, in most of the time of the page.
    updated = actor.last_update_time or actor.create_time
    row = _ROW if is_id(actor.id) else _ROW_WITHOUT_LINKS  # no other id can be in an address
    return row.format(
        url=f"{prefix}{actor.id}/",
        label=_escaped(actor.label),
        chips="".join(f'<span class="chip">{_escaped(chip)}</span>' for chip in chips(actor)),
        id=_escaped(actor.id),
        status=_status(actor.status, visible(actor.status_message.strip()) if actor.is_error else ""),
        image=_escaped(actor.image),
        owner=_escaped(actor.owner),
        exact=exact(updated) if updated else "",
        ago=ago_words(updated, at) if updated else "not reported",
        last_day=last_day,
        revision="" if actor.revision is None else actor.revision,
        icon=sent,
    )


def _escaped(text: str) -> str:
    return escape(visible(text))


@lru_cache(maxsize=256)
def _status(status: str, problem: str) -> SafeString:
    title = format_html(' title="{}"', problem) if problem else ""
    return format_html('<td data-label="Status"{}>{}</td>', title, status_badge(status))


def chips(actor: Listed) -> tuple[str, ...]:
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
