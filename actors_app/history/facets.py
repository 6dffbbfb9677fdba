"""What narrows or orders the table of the history, as links: its heads, the counts, the windows and the chips."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC
from typing import Any

from actors_app.core.clock import from_ms
from actors_app.core.pages.formatting import date_words, now
from actors_app.core.pages.timezones import to_local, zone_here
from actors_app.history.filters import EXACT, FAILED, FILTERS, OUTCOMES, WINDOW, WINDOWS, Count
from actors_app.history.forms import SHOWN_OUTCOMES, HistoryForm, outcome_label
from actors_app.history.periods import periods
from actors_app.history.query_context import QueryContext
from actors_app.history.visibility import SeenActor

OFFERED = 12  # actors that the filter offers


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the list: its name, its words, its style, whether it can be hidden, and whether it sorts."""

    name: str
    label: str
    style: str = ""
    is_optional: bool = True
    is_default: bool = True
    is_order: bool = True


COLUMNS = (
    Column("outcome", "Outcome", is_optional=False),
    Column("id", "Execution", is_optional=False),
    Column("actor", "Actor", is_optional=False),
    Column("image", "Image", "w-wide", is_default=False, is_order=False),
    Column("owner", "Owner", "w-mid", is_default=False, is_order=False),
    Column("executor", "Sent by", "w-small"),
    Column("received", "Received", is_optional=False),
    Column("exact", "Exact time", "w-wide", is_default=False, is_order=False),
    Column("waited", "Queued", "r w-mid"),
    Column("ran", "Duration", "r", is_optional=False),
    Column("exit_code", "Exit code", "r w-mid"),
    Column("worker", "Worker", "w-wide"),
)
OF_ACTOR = frozenset({"actor", "image", "owner"})  # columns that say the same of each execution of an actor


def selected_columns(chosen: Collection[str], *, is_all: bool) -> list[Column]:
    """Return the columns of the list: the fixed ones, and the selected or by default the standard optional ones."""
    return [
        column
        for column in COLUMNS
        if (is_all or column.name not in OF_ACTOR)
        and (not column.is_optional or (column.name in chosen if chosen else column.is_default))
    ]


def segments(form: HistoryForm, ctx: QueryContext, counts: dict[str, Count]) -> list[dict[str, Any]]:
    """Return the outcomes as filters, with how many there are of each; rare ones only where there are any."""
    total = sum(counts.values(), Count())
    links = [_segment(form, "", "All", total, is_current=not ctx.filters.outcomes)]
    failed = sum((counts[outcome] for outcome in FAILED), Count())
    links.append(_segment(form, ",".join(FAILED), "Failed (any)", failed, ctx.filters.outcomes == FAILED))
    for outcome, count in counts.items():
        if outcome in SHOWN_OUTCOMES or count.number:
            is_current = outcome in ctx.filters.outcomes and ctx.filters.outcomes != FAILED
            links.append(_segment(form, outcome, outcome_label(outcome), count, is_current))
    return links


def _segment(form: HistoryForm, value: str, label: str, count: Count, is_current: bool) -> dict[str, Any]:
    return {
        "name": value or "all",
        "href": "?" + form.query(outcome=value),
        "label": label,
        "count": count,
        "is_current": is_current,
        "mark": value if value in OUTCOMES else "",
    }


def heads(form: HistoryForm, columns: Sequence[Column]) -> list[dict[str, str]]:
    """Return the heads of the table, each with the way to its order, or to the other way round."""
    sort = form.sort_name
    items = []
    for column in columns:
        name = column.name
        # Names begin with the first, everything else with the largest or the latest.
        first = name if name in ("id", "actor", "executor", "worker", "outcome") else f"-{name}"
        opposite = {f"-{name}": name, name: f"-{name}"}
        items.append(
            {
                "label": column.label,
                "style": column.style,
                "href": "?" + form.query(sort=opposite.get(sort, first)) if column.is_order else "",
                "aria_sort": {f"-{name}": "descending", name: "ascending"}.get(sort, "none"),
            }
        )
    return items


def actor_choices(ctx: QueryContext) -> list[SeenActor]:
    """Return the actors that ran last and that the filter does not select yet, sorted by name."""
    value = ctx.filters.values.get("actor")
    selected = set(value.choices) if value else set()
    others = [actor for actor in ctx.readable if not actor.deleted and not selected & {actor.id, actor.name}]
    recent = sorted(others, key=lambda actor: -actor.changed)[:OFFERED]
    return sorted(recent, key=lambda actor: actor.label.casefold())


def chips(form: HistoryForm, ctx: QueryContext) -> list[dict[str, str]]:
    """Return what narrows the list: each with the way to its opposite, and to the list without it."""
    names = {actor.id: actor.label for actor in ctx.readable}
    items = []
    for name, filter_ in {**FILTERS, **EXACT}.items():
        value = str(form.data.get(name, "")).strip()
        if not value or (name == "outcome" and len(ctx.filters.outcomes) == 1 and not value.startswith("-")):
            continue  # a single outcome is marked in the line of outcomes
        bare, is_not = value.removeprefix("-"), value.startswith("-")
        opposite = _opposite(value)
        if name == "outcome":
            bare = ", ".join(
                outcome_label(outcome.strip().removeprefix("-")) for outcome in value.split(",") if outcome.strip()
            )
            opposite = ",".join(_opposite(outcome) for outcome in value.split(","))
        label, verb = filter_.chip or filter_.label, "is not" if is_not else "is"
        if filter_.opposite_chip:
            label, verb = filter_.opposite_chip if is_not else label, ""
            bare += "" if zone_here() is UTC else " UTC"
        items.append(
            {
                "name": name,
                "label": label,
                "verb": verb,
                "is_not": "yes" if is_not else "",
                "value": names.get(bare, bare) if name == "actor" else bare,
                "opposite": "?" + form.query(**{name: opposite}),
                "without": "?" + form.query(**{name: ""}),
            }
        )
    name = form.window_name
    if name.startswith("-"):
        items.append(
            {
                "name": WINDOW.name,
                "label": WINDOW.chip,
                "verb": "is not",
                "is_not": "yes",
                "value": f"in the {WINDOWS[name[1:]][0].lower()}",
                "opposite": "?" + form.query(window=name[1:]),
                "without": "?" + form.query(window="all"),
            }
        )
    return items


def _opposite(value: str) -> str:
    value = value.strip()
    return value[1:] if value.startswith("-") else f"-{value}"


def windows(form: HistoryForm) -> list[dict[str, Any]]:
    """Return the spans of time that end now, and months, quarters and years, each with the way to it."""
    bounds = {name: str(form.data.get(name, "")) for name in EXACT}
    return [
        {"name": name, "label": label, "href": "?" + form.query(window=name), "is_current": form.window_name == name}
        for name, (label, _) in WINDOWS.items()
    ] + [
        {
            "name": period.name,
            "label": period.label,
            "href": "?" + form.query(**period.bounds),
            "is_current": period.bounds == bounds,
        }
        for period in periods(now())
    ]


def window_words(form: HistoryForm, ctx: QueryContext) -> str:
    """Return the words for the time in which what is shown was received: `Last 24 hours`, or both ends."""
    name = form.window_name
    if name:
        label = WINDOWS[name.removeprefix("-")][0]
        return f"Before the {label.lower()}" if name.startswith("-") else label
    since, until = from_ms(ctx.filters.since), from_ms(ctx.filters.until)
    first, last = date_words(to_local(since)) if since else "Beginning", date_words(to_local(until)) if until else "now"
    return f"{first} \N{EN DASH} {last}"
