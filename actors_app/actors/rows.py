"""The list of actors as the page shows it: searched, filtered, sorted and cut into pages. It asks nobody."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from actors_app.core.pages.badges import icon, status_badge
from actors_app.core.pages.converters import is_id
from actors_app.core.pages.formatting import ago_words, now, visible
from actors_app.core.pages.timezones import exact
from actors_app.services.types import ACTOR_STATUSES, Listed

_NEVER = datetime.min.replace(tzinfo=UTC)
SORTS: dict[str, Callable[[Listed], Any]] = {
    "name": lambda actor: (actor.label.casefold(), actor.id),
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
_NAME = (
    '<tr><td class="pick"><input type="checkbox" name="pick" value="{id}" aria-label="Select {label}"></td>'
    '<td><a class="name" href="{url}"><bdi class="cut" title="{label}">{label}</bdi></a>'
)
_NAME_WITHOUT_LINKS = '<tr><td class="pick"></td><td><bdi class="name cut" title="{label}">{label}</bdi>'
_ABOUT = (
    '{name}{chips}<span class="sub mono">{id}</span></td>{status}'
    '<td data-label="Image" class="mono"><span class="cut" title="{image}">{image}</span></td>'
    '<td data-label="Owner" class="dim"><bdi>{owner}</bdi></td>'
)
_LATELY = (
    '{about}<td data-label="Updated" class="dim"><span title="{exact}">{ago}</span></td>'
    '<td data-label="Runs (24 h)">{last_day}</td>'
    '<td data-label="Revision" class="r num dim">{revision}</td>{end}</tr>'
)
_SEND = (
    '<td class="r"><a class="btn small icon" href="{url}messages/" aria-label="Send message to {label}"'
    ' title="Send message">{icon}</a></td>'
)
_SEND_NOTHING = '<td class="r"></td>'
_UNREAD = format_html('<span class="dim">{}</span>', "—")


@dataclass(frozen=True, slots=True)
class Column:
    """A head of the table: its words, the order that a press on it asks for, and the order it stands in."""

    label: str
    sort: str
    aria_sort: str
    style: str = ""


def sort_of(sort: str | None) -> str:
    """Return an order the table knows: a column's name, with `-` before it for the other way round."""
    return sort if sort and sort.removeprefix("-") in SORTS else DEFAULT_SORT


def columns(sort: str) -> list[Column]:
    """Return the heads of the table for an order."""
    name, directions = sort.removeprefix("-"), {True: "descending", False: "ascending"}
    return [
        Column(
            label,
            f"-{key}" if sort == key else key,
            directions[sort.startswith("-")] if key == name else "none",
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
    matches = matching(actors, q, status)
    matches.sort(key=SORTS[sort.removeprefix("-")], reverse=sort.startswith("-"))
    return matches


def matching(actors: Iterable[Listed], q: str = "", status: str = "") -> list[Listed]:
    """Return the actors whose name, id, image or owner holds `q`, in that status.

    `status` is a status in any case, or `other` for whatever is not ready, submitted or in error.
    """
    status_name, searched = status.upper(), q.casefold()
    if not status_name and not searched:
        return list(actors)
    return [
        actor
        for actor in actors
        if (not status_name or _has_status(actor, status_name))
        and (not searched or any(searched in text.casefold() for text in _searched(actor)))
    ]


def _has_status(actor: Listed, status: str) -> bool:
    return actor.status not in ACTOR_STATUSES if status == "OTHER" else actor.status.upper() == status


def _searched(actor: Listed) -> tuple[str, ...]:
    return (actor.name or "", actor.id, actor.image, actor.owner)


def rows(actors: Sequence[Listed], last_days: Mapping[str, SafeString]) -> SafeString:
    """Return the actors as rows of the table; `last_days` are drawings of what ran, by the actors' ids."""
    prefix, at = reverse("actors:actor-list"), now()
    return format_html_join(
        "\n", "{}", ((_row(actor, prefix, at, last_days.get(actor.id, _UNREAD)),) for actor in actors)
    )


def _row(actor: Listed, prefix: str, at: datetime, last_day: SafeString) -> SafeString:
    updated = actor.last_update_time or actor.create_time
    problem = actor.status_message if actor.is_error else ""
    about, end = _about(
        actor.id, actor.label, chips(actor), actor.status, problem, actor.image, actor.owner, prefix=prefix
    )
    return format_html(
        _LATELY,
        about=about,
        exact=exact(updated) if updated else "",
        ago=ago_words(updated, at) if updated else "Not reported",
        last_day=last_day,
        revision="" if actor.revision is None else actor.revision,
        end=end,
    )


# Escaping is most of what a row costs, and most rows are as they were when somebody last looked.
@lru_cache(maxsize=2048)
def _about(
    actor_id: str,
    label: str,
    labels: tuple[str, ...],
    status: str,
    problem: str,
    image: str,
    owner: str,
    *,
    prefix: str,
) -> tuple[SafeString, SafeString]:
    """Return what a row says of an actor whenever it is looked at: its first cells and its last."""
    has_page = is_id(actor_id)  # no other id can be in an address
    values = {"id": visible(actor_id), "label": visible(label), "url": f"{prefix}{actor_id}/"}
    about = format_html(
        _ABOUT,
        name=format_html(_NAME if has_page else _NAME_WITHOUT_LINKS, **values),
        chips=format_html_join("", '<span class="chip">{}</span>', ((chip,) for chip in labels)),
        id=values["id"],
        status=_status(status, visible(problem.strip())),
        image=visible(image),
        owner=visible(owner),
    )
    end = format_html(_SEND if has_page else _SEND_NOTHING, **values, icon=icon("send", 14))
    return about, end


@lru_cache(maxsize=256)
def _status(status: str, problem: str) -> SafeString:
    title = format_html(' title="{}"', problem) if problem else ""
    return format_html('<td data-label="Status"{}>{}</td>', title, status_badge(status))


def chips(actor: Listed) -> tuple[str, ...]:
    """Return what is special about an actor, in a word or two each."""
    labels = []
    if actor.cron_on:
        labels.append(schedule_words(actor.cron_schedule or ""))
    if not actor.stateless:
        labels.append("stateful")
    if actor.privileged:
        labels.append("privileged")
    return tuple(labels)


def schedule_words(schedule: str) -> str:
    """Return the interval of a schedule as people say it: `Every hour`, `Every 2 days`."""
    _, plus, interval = schedule.partition(" + ")
    count, _, unit = interval.partition(" ")
    if not plus or not count.isdecimal() or not unit.isalpha():
        return "Scheduled"
    unit = unit.removesuffix("s")
    return f"Every {unit}" if count == "1" else f"Every {count} {unit}s"
