"""What narrows or orders the table of the history, as links: its heads, the counts, the windows and the chips."""

from datetime import UTC
from typing import Any

from actors_app.core.pages.timezones import zone_here
from actors_app.history.filters import EXACT, FAILED, FILTERS, WINDOW, WINDOWS, Count
from actors_app.history.forms import SHOWN_OUTCOMES, HistoryForm, outcome_label
from actors_app.history.query_context import QueryContext

COLUMNS = (
    ("id", "Execution", ""),
    ("actor", "Actor", ""),
    ("outcome", "Outcome", ""),
    ("executor", "Sent by", ""),
    ("worker", "Worker", ""),
    ("received", "Received", ""),
    ("waited", "Queued", "r"),
    ("ran", "Duration", "r"),
    ("exit_code", "Exit code", "r"),
)


def segments(form: HistoryForm, ctx: QueryContext, counts: dict[str, Count]) -> list[dict[str, Any]]:
    """Return the outcomes as filters, with how many there are of each; rare ones only where there are any."""
    total = sum(counts.values(), Count())
    links = [_segment(form, "", "All", total, is_current=not ctx.filters.outcomes)]
    failed = sum((counts[outcome] for outcome in FAILED), Count())
    links.append(_segment(form, ",".join(FAILED), "Failed (any)", failed, ctx.filters.outcomes == FAILED))
    for outcome, count in counts.items():
        if outcome in SHOWN_OUTCOMES or count.number:
            is_current = ctx.filters.outcomes == (outcome,)
            links.append(_segment(form, outcome, outcome_label(outcome), count, is_current))
    return links


def _segment(form: HistoryForm, value: str, label: str, count: Count, is_current: bool) -> dict[str, Any]:
    return {
        "name": value or "all",
        "href": "?" + form.query(outcome=value),
        "label": label,
        "count": count,
        "is_current": is_current,
    }


def columns(form: HistoryForm, *, is_all: bool) -> list[dict[str, str]]:
    """Return the heads of the table, each with the way to its order, or to the other way round."""
    sort = form.sort_name
    heads = []
    for name, label, style in COLUMNS:
        if name == "actor" and not is_all:
            continue
        # Names begin with the first, everything else with the largest or the latest.
        first = name if name in ("id", "actor", "executor", "worker", "outcome") else f"-{name}"
        opposite = {f"-{name}": name, name: f"-{name}"}
        heads.append(
            {
                "label": label,
                "style": style,
                "href": "?" + form.query(sort=opposite.get(sort, first)),
                "aria_sort": {f"-{name}": "descending", name: "ascending"}.get(sort, "none"),
            }
        )
    return heads


def chips(form: HistoryForm, ctx: QueryContext) -> list[dict[str, str]]:
    """Return what narrows the list: each with the way to its opposite, and to the list without it."""
    names = {actor.id: actor.label for actor in ctx.readable}
    items = []
    for name, filter_ in {**FILTERS, **EXACT}.items():
        value = str(form.data.get(name, "")).strip()
        if not value:
            continue
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
    """Return the spans of time that end now, each with the way to it."""
    return [
        {"name": name, "label": label, "href": "?" + form.query(window=name), "is_current": form.window_name == name}
        for name, (label, _) in WINDOWS.items()
    ]


def window_words(form: HistoryForm, ctx: QueryContext) -> str:
    """Say in which time what is shown was received."""
    name = form.window_name
    if not name:
        return "custom range"
    label = WINDOWS[name.removeprefix("-")][0].lower()
    if name.startswith("-"):
        return f"before the {label}"
    return label
