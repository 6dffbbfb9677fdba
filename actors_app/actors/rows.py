"""Actors as rows of the list, written in Python: a template takes five times as long for fifty of them.

Everything that comes from the API goes through `format_html`, which escapes it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from actors_app.actors.facets import Group, ListColumn
from actors_app.core.clock import from_ms
from actors_app.core.pages.badges import icon, outcome_badge, status_badge
from actors_app.core.pages.converters import is_id
from actors_app.core.pages.formatting import now, short_time_words, thousands, visible
from actors_app.core.pages.timezones import exact, to_local
from actors_app.history.actor_summary import LastRun, Recent
from actors_app.services.types import READY, Listed

_PICK = (
    '<td class="pick"><input type="checkbox" name="pick" value="{id}" aria-label="Select {label}"></td>'
    '<td class="starred"><button type="submit" form="favorites" class="star" name="{change}"'
    ' value="{id}" aria-pressed="{is_favorite}" aria-label="Favorite {label}" title="Favorite">{star}</button></td>'
    '<td class="p-1"><span class="label">{mark}'
    '<a class="name" href="{url}"><bdi class="cut" title="{label}">{label}</bdi></a>'
)
_WITHOUT_LINKS = (
    '<td class="pick"></td><td class="starred"></td>'
    '<td class="p-1"><span class="label">{mark}<bdi class="name cut" title="{label}">{label}</bdi>'
)
_READY = format_html('<span class="dot" title="{0}"></span><span class="sr">{0}</span> ', "Ready")
_TAG = '<span class="tag" title="{0}">{1}<span class="sr">{0}</span></span>'
_IMAGE = (
    '<td class="w-mid p-2"><span class="image mono dim" title="{0}{1}"><span>{0}</span><span>{1}</span></span></td>'
)
_OWNER = '<td class="w-mid dim"><bdi title="{0}">{0}</bdi></td>'
_SEND = (
    '<td class="send"><a class="btn small icon ghost" href="{url}messages/" aria-label="Send message to {label}"'
    ' title="Send message">{icon}</a></td>'
)
_SEND_NOTHING = '<td class="send"></td>'
_GROUP = '<tr class="group"><th colspan="3" scope="rowgroup">{} <span class="num">{}</span></th>{}<td></td></tr>'
_LAST = '<td class="p-out">{}</td><td class="p-3 dim">{}</td>'
_TIME = '<time datetime="{}" title="{}">{}</time>'
_DIM = '<span class="dim" title="{}">{}</span>'
_NUMBER = '<td class="r num{}">{}</td>'
_REST_OF_GROUP = '<td class="{}"></td>'
_DRAWING = '<td class="w-wide">{}</td>'
NONE = "\N{EM DASH}"
_NOT_SYNCED = format_html(_LAST, *(format_html(_DIM, "Not synced yet", NONE),) * 2)
_END_OF_CELL = format_html("</span></td>{}", "")


@dataclass(frozen=True, slots=True)
class Activity:
    """What an actor does now and did of late; None is unknown."""

    queued: int | None = None
    workers: int | None = None
    recent: Recent | None = None


@dataclass(frozen=True, slots=True)
class Look:
    """How rows are written: their columns, the favorites, what the history has, and what follows the first paint."""

    columns: Sequence[ListColumn]
    favorites: Set[str]
    last_runs: Mapping[str, LastRun]
    activities: Mapping[str, Activity] | None = None


def rows(page: Sequence[Listed], groups: Sequence[Group], look: Look) -> SafeString:
    """Return a page of actors as rows of the table; where there are several groups, each begins with its name."""
    group_of = {id(actor): group for group in groups for actor in group.actors} if len(groups) > 1 else {}
    cells = _cells_of(look)
    row, row_without_id = '<tr id="actor-{}">{}{}{}{}</tr>', "<tr>{}{}{}{}</tr>"
    rest = format_html_join("", _REST_OF_GROUP, ((column.style,) for column in look.columns[1:]))
    lines: list[SafeString] = []
    written: set[str] = set()
    current: Group | None = None
    for actor in page:
        group = group_of.get(id(actor))
        if group and group is not current:
            lines.append(format_html(_GROUP, group.label, thousands(len(group.actors)), rest))
        current = group
        # An actor that the API lists twice has one row that can be replaced.
        has_id = is_id(actor.id) and actor.id not in written
        written.add(actor.id)
        parts = cells(actor)
        lines.append(format_html(row, actor.id, *parts) if has_id else format_html(row_without_id, *parts))
    return format_html_join("\n", "{}", ((line,) for line in lines))


def replacements(actors: Iterable[Listed], look: Look) -> SafeString:
    """Return rows of actors with which htmx replaces the rows of a page."""
    row = '<template><tr id="actor-{}" hx-swap-oob="true">{}{}{}{}</tr></template>'
    cells = _cells_of(look)
    return format_html_join("\n", row, ((actor.id, *cells(actor)) for actor in actors))


def _cells_of(look: Look) -> Callable[[Listed], tuple[SafeString, SafeString, SafeString, SafeString]]:
    """Return a function that writes the cells of an actor's row, in four parts."""
    prefix, at = reverse("actors:actor-list"), now()
    names = {column.name for column in look.columns}
    moving = [_MOVING[column.name] for column in look.columns if column.name in _MOVING]
    empty = format_html_join("", "{}", ((cell(None),) for cell in moving))

    def cells(actor: Listed) -> tuple[SafeString, SafeString, SafeString, SafeString]:
        about, end = _about(
            actor.id,
            actor.label,
            marks(actor),
            actor.status,
            visible(actor.status_message.strip()) if actor.is_error else "",
            actor.image if "image" in names else None,
            actor.owner if "owner" in names else None,
            is_favorite=actor.id in look.favorites,
            prefix=prefix,
        )
        late = empty
        if look.activities is not None:
            activity = look.activities.get(actor.id, Activity())
            late = format_html_join("", "{}", ((cell(activity),) for cell in moving))
        return about, _last_run(look.last_runs.get(actor.id), at), late, end

    return cells


# Escaping is most of what a row costs, and most rows are as they were when somebody last looked.
@lru_cache(maxsize=2048)
def _about(
    actor_id: str,
    label: str,
    tags: tuple[tuple[str, str], ...],
    status: str,
    problem: str,
    image: str | None,
    owner: str | None,
    *,
    is_favorite: bool,
    prefix: str,
) -> tuple[SafeString, SafeString]:
    """Return what a row says of an actor whenever it is looked at: its first cells and its last."""
    has_page = is_id(actor_id)  # no other id can be in an address
    is_ready = status == READY
    values = {"id": visible(actor_id), "label": visible(label), "url": f"{prefix}{actor_id}/"}
    about = [
        format_html(
            _PICK if has_page else _WITHOUT_LINKS,
            **values,
            mark=_READY if is_ready else "",
            change="remove" if is_favorite else "add",
            is_favorite="true" if is_favorite else "false",
            star=icon("star", 15),
        ),
        "" if is_ready else _status(status, problem),
        format_html_join("", _TAG, ((words, icon(picture, 12)) for picture, words in tags)),
        _END_OF_CELL,
    ]
    if image is not None:
        about.append(format_html(_IMAGE, *map(visible, parts_of_image(image))))
    if owner is not None:
        about.append(format_html(_OWNER, visible(owner)))
    end = format_html(_SEND if has_page else _SEND_NOTHING, **values, icon=icon("send", 14))
    return format_html_join("", "{}", ((part,) for part in about)), end


@lru_cache(maxsize=256)
def _status(status: str, problem: str) -> SafeString:
    title = format_html(' title="{}"', problem) if problem else ""
    return format_html(" <span{}>{}</span>", title, status_badge(status))


def parts_of_image(image: str) -> tuple[str, str]:
    """Return the name of an image, and its tag or digest with the sign before it: the name gives way first."""
    name, at, digest = image.partition("@")
    if at:
        return name, at + digest
    repository, slash, last = image.rpartition("/")
    base, colon, tag = last.partition(":")
    return f"{repository}{slash}{base}", colon + tag


def marks(actor: Listed) -> tuple[tuple[str, str], ...]:
    """Return what is special about an actor, as icons and their words."""
    special = []
    if actor.cron_on:
        special.append(("calendar-clock", schedule_words(actor.cron_schedule or "")))
    if not actor.stateless:
        special.append(("database", "Stateful"))
    if actor.privileged:
        special.append(("shield-alert", "Privileged"))
    return tuple(special)


def schedule_words(schedule: str) -> str:
    """Return the interval of a schedule as people say it: `Every hour`, `Every 2 days`."""
    _, plus, interval = schedule.partition(" + ")
    count, _, unit = interval.partition(" ")
    if not plus or not count.isdecimal() or not unit.isalpha():
        return "Scheduled"
    unit = unit.removesuffix("s")
    return f"Every {unit}" if count == "1" else f"Every {count} {unit}s"


# What changes -------------------------------------------------------------------------------------------------


def _last_run(last: LastRun | None, at: datetime) -> SafeString:
    if last is None:
        return _NOT_SYNCED
    received = from_ms(last.received) if last.received else None
    if received is None:
        words = "Never" if last.since == 0 else NONE
        since = from_ms(last.since) if last.since else None
        title = f"None since {exact(since)}" if since else words
        return format_html(_LAST, format_html(_DIM, title, NONE), format_html(_DIM, title, words))
    badge = outcome_badge(last.outcome, last.exit_code, last.status)
    time = format_html(_TIME, received.isoformat(), exact(received), short_time_words(to_local(received), at))
    return format_html(_LAST, badge, time)


def _queued(activity: Activity | None) -> SafeString:
    if activity is None:
        return format_html(_NUMBER, "", "")
    return _number(activity.queued, " warn" if activity.queued and activity.workers == 0 else "")


def _workers(activity: Activity | None) -> SafeString:
    return format_html(_NUMBER, " w-small", "") if activity is None else _number(activity.workers, " w-small")


def _runs(activity: Activity | None) -> SafeString:
    if activity is None:
        return format_html(_NUMBER, " w-small", "")
    return _number(activity.recent.last_day if activity.recent else None, " w-small")


def _number(value: int | None, style: str) -> SafeString:
    return format_html(_NUMBER, style if value else f"{style} dim", NONE if value is None else thousands(value))


def _days(activity: Activity | None) -> SafeString:
    if activity is None:
        return format_html(_DRAWING, "")
    return format_html(
        _DRAWING, activity.recent.drawing if activity.recent else format_html(_DIM, "Not synced yet", NONE)
    )


# The cells that are filled after the page was painted.
_MOVING: Mapping[str, Callable[[Activity | None], SafeString]] = {
    "queued": _queued,
    "workers": _workers,
    "runs": _runs,
    "days": _days,
}
