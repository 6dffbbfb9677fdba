"""What narrows and orders the list of actors: its filters, its groups and its columns. It asks nobody."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from django.http import QueryDict
from django.utils.html import format_html
from django.utils.safestring import SafeString

from actors_app.core.pages.badges import STATUSES, icon, outcome_mark
from actors_app.core.pages.formatting import visible
from actors_app.history.actor_summary import LastRun
from actors_app.services.types import ACTOR_STATUSES, ERROR, READY, SUBMITTED, Listed

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
RUN = "run"  # the order by the last run, which the portal's history knows and the API does not
DEFAULT_SORT = f"-{RUN}"
FAVORITES = "favorites"  # the value of `show`
MOST_OPTIONS = 40  # that a filter offers
_SCHEDULES = (("on", "Enabled"), ("off", "Disabled"), ("none", "None"))
_TYPES = (("stateless", "Stateless"), ("stateful", "Stateful"))
_OTHER = "OTHER"


@dataclass(frozen=True, slots=True)
class Choice:
    """What the address of the list selects; several values of one filter are alternatives."""

    q: str = ""
    status: str = ""
    show: str = ""
    sort: str = DEFAULT_SORT
    owner: tuple[str, ...] = ()
    hint: tuple[str, ...] = ()
    schedule: tuple[str, ...] = ()
    type: tuple[str, ...] = ()

    @property
    def is_narrowed(self) -> bool:
        """Whether it leaves anything out."""
        return replace(self, sort=DEFAULT_SORT) != Choice()


@dataclass(frozen=True, slots=True)
class Filter:
    """A filter that offers its values: their words, how many actors have each, and which are selected."""

    name: str
    label: str
    icon: str
    options: tuple[tuple[str, str, int, bool], ...]

    @property
    def is_on(self) -> bool:
        """Whether any value is selected."""
        return any(is_selected for _, _, _, is_selected in self.options)


@dataclass(frozen=True, slots=True)
class Segment:
    """A status, or the favorites, with the number of actors: a filter, and the legend of the marks."""

    label: str
    number: int
    status: str
    show: str
    is_current: bool
    mark: SafeString | str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Actors that stand together in every order."""

    label: str
    actors: Sequence[Listed]


@dataclass(frozen=True, slots=True)
class Column:
    """A head of the table: its words, the order that a press on it asks for, and the order it stands in."""

    label: str
    sort: str
    aria_sort: str
    style: str = ""


@dataclass(frozen=True, slots=True)
class ListColumn:
    """A column of the list: its name, words and style, the order that it begins with, and whether it can be hidden."""

    name: str
    label: str
    style: str
    sort: str = ""
    is_optional: bool = True


COLUMNS = (
    ListColumn("actor", "Actor", "c-actor", "name", is_optional=False),
    ListColumn("image", "Image", "c-image w-mid", "image"),
    ListColumn("owner", "Owner", "c-owner w-mid", "owner"),
    ListColumn("outcome", "Last outcome", "c-outcome", is_optional=False),
    ListColumn("run", "Last run", "c-run", DEFAULT_SORT, is_optional=False),
    ListColumn("queued", "Queued", "c-queued r"),
    ListColumn("workers", "Workers", "c-workers r w-small"),
    ListColumn("runs", "Runs (24 h)", "c-runs r w-small"),
    ListColumn("days", "14 days", "c-days w-wide"),
)


def selected_columns(chosen: Collection[str]) -> list[ListColumn]:
    """Return the columns of the list: the fixed ones and the selected ones, or all where none was selected."""
    return [column for column in COLUMNS if not column.is_optional or not chosen or column.name in chosen]


def sort_of(sort: str | None) -> str:
    """Return an order the table knows: a column's name, with `-` before it for the other way round."""
    return sort if sort and sort.removeprefix("-") in (*SORTS, RUN) else DEFAULT_SORT


def heads(sort: str, columns: Iterable[ListColumn]) -> list[Column]:
    """Return the heads of the table for an order; a column without an order has an empty one."""
    name, direction = sort.removeprefix("-"), "descending" if sort.startswith("-") else "ascending"
    return [
        Column(
            column.label,
            _opposite(sort) if column.sort.removeprefix("-") == name else column.sort,
            direction if column.sort.removeprefix("-") == name else "none",
            column.style,
        )
        for column in columns
    ]


def _opposite(sort: str) -> str:
    return sort[1:] if sort.startswith("-") else f"-{sort}"


# Which actors --------------------------------------------------------------------------------------------------


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


def narrowed(actors: Iterable[Listed], choice: Choice) -> list[Listed]:
    """Return the actors that match, whatever their status and whether they are favorites."""
    matches = matching(actors, choice.q)
    if choice.owner:
        matches = [actor for actor in matches if actor.owner in choice.owner]
    if choice.hint:
        matches = [actor for actor in matches if not set(choice.hint).isdisjoint(actor.hints)]
    if choice.schedule:
        matches = [actor for actor in matches if schedule_of(actor) in choice.schedule]
    if choice.type:
        matches = [actor for actor in matches if type_of(actor) in choice.type]
    return matches


def of_segment(actors: list[Listed], choice: Choice, favorites: Set[str]) -> list[Listed]:
    """Return those of them that have the chosen status, or are favorites."""
    if choice.show == FAVORITES:
        actors = [actor for actor in actors if actor.id in favorites]
    return matching(actors, status=choice.status) if choice.status else actors


def _has_status(actor: Listed, status: str) -> bool:
    return actor.status not in ACTOR_STATUSES if status == _OTHER else actor.status.upper() == status


def _searched(actor: Listed) -> tuple[str, ...]:
    return (actor.name or "", actor.id, actor.image, actor.owner)


def schedule_of(actor: Listed) -> str:
    """Return whether an actor's schedule is `on`, `off`, or there is `none`."""
    return "on" if actor.cron_on else "off" if actor.cron_schedule else "none"


def type_of(actor: Listed) -> str:
    """Return whether an actor is `stateless` or `stateful`."""
    return "stateless" if actor.stateless else "stateful"


def grouped(
    actors: list[Listed], sort: str, favorites: Set[str], last_runs: Mapping[str, LastRun]
) -> tuple[Group, ...]:
    """Return the favorites, then what needs attention, then the others, each in an order."""
    name, is_reverse = sort.removeprefix("-"), sort.startswith("-")
    actors.sort(key=SORTS.get(name, SORTS["name"]), reverse=is_reverse and name != RUN)
    if name == RUN and last_runs:
        never = LastRun()
        actors.sort(key=lambda actor: last_runs.get(actor.id, never).received, reverse=is_reverse)
    starred: list[Listed] = []
    attention: list[Listed] = []
    others: list[Listed] = []
    for actor in actors:
        (starred if actor.id in favorites else others if actor.status == READY else attention).append(actor)
    groups = (Group("Favorites", starred), Group("Needs attention", attention), Group("All other actors", others))
    return tuple(group for group in groups if group.actors)


# What the page offers -------------------------------------------------------------------------------------------


def segments(actors: Sequence[Listed], choice: Choice, favorites: Set[str]) -> list[Segment]:
    """Return the statuses with their numbers among `actors`; "Other" only where there is another."""
    statuses = Counter(actor.status for actor in actors)
    starred = sum(actor.id in favorites for actor in actors)
    other = sum(number for status, number in statuses.items() if status not in ACTOR_STATUSES)
    is_favorites = choice.show == FAVORITES
    items = [
        Segment("All", len(actors), "", "", not choice.status and not is_favorites),
        Segment("Favorites", starred, "", FAVORITES, is_favorites, icon("star", 14)),
    ]
    marks = {READY: format_html(_DOT, "true"), ERROR: outcome_mark("error", 14), SUBMITTED: outcome_mark("waiting", 14)}
    items += [
        Segment(STATUSES[status][0], statuses[status], status, "", choice.status == status, mark)
        for status, mark in marks.items()
    ]
    if other or choice.status == _OTHER:
        items.append(Segment("Other", other, _OTHER, "", choice.status == _OTHER, icon("circle-question-mark", 14)))
    return items


_DOT = '<span class="dot" aria-hidden="{}"></span>'


def filters(actors: Sequence[Listed], choice: Choice) -> list[Filter]:
    """Return the filters of the bar; a hint can be chosen where any actor has one."""
    owners = Counter(actor.owner for actor in actors)
    hints = Counter(hint for actor in actors for hint in actor.hints)
    schedules = Counter(map(schedule_of, actors))
    stateful = sum(not actor.stateless for actor in actors)
    types = {"stateful": stateful, "stateless": len(actors) - stateful}
    items = [
        Filter("owner", "Owner", "user", _options(_words(owners, choice.owner), owners, choice.owner)),
        Filter("hint", "Hint", "tag", _options(_words(hints, choice.hint), hints, choice.hint)),
        Filter("schedule", "Schedule", "calendar-clock", _options(_SCHEDULES, schedules, choice.schedule)),
        Filter("type", "State", "database", _options(_TYPES, types, choice.type)),
    ]
    return [item for item in items if item.options]


def _words(counts: Counter[str], selected: Collection[str]) -> list[tuple[str, str]]:
    values = [value for value, _ in counts.most_common(MOST_OPTIONS) if value]
    return [(value, visible(value)) for value in [*values, *(value for value in selected if value not in values)]]


def _options(
    words: Iterable[tuple[str, str]], counts: Mapping[str, int], selected: Collection[str]
) -> tuple[tuple[str, str, int, bool], ...]:
    return tuple((value, label, counts.get(value, 0), value in selected) for value, label in words)


def chips(parameters: QueryDict, bar: Iterable[Filter]) -> list[dict[str, str]]:
    """Return the selected values of the filters, each with the address of the list without it."""
    chosen = []
    for item in bar:
        for value, label, _, is_selected in item.options:
            if is_selected:
                rest = parameters.copy()
                rest.setlist(item.name, [other for other in parameters.getlist(item.name) if other != value])
                for name in ("page", "offset", "poll", "rows", "seen"):
                    rest.pop(name, None)
                chosen.append({"label": item.label, "value": label, "without": "?" + rest.urlencode()})
    return chosen
