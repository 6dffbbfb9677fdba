"""Executions as rows of the table of the history, written in Python: a template would take most of the page's time.

Everything that comes from the API goes through `format_html`, which escapes it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from actors_app.core.clock import from_ms
from actors_app.core.pages.badges import outcome_badge, status_badge
from actors_app.core.pages.converters import is_id
from actors_app.core.pages.formatting import duration, now, short_time_words, visible
from actors_app.core.pages.timezones import exact, to_local
from actors_app.history.facets import Column
from actors_app.history.filters import OUTCOMES
from actors_app.history.forms import HistoryForm
from actors_app.history.query import HistoryRow
from actors_app.history.visibility import SeenActor

NONE = "—"
Link = Callable[[str, str], str]
# The cells of each column. Below 700 px a row is two lines: `p-1` and `p-2` at the left, `p-3` and `p-4` at the right.
_CELLS = {
    "outcome": '<td class="p-out">{outcome}</td>',
    "id": '<td class="{id_place}">{id}</td>',
    "actor": '<td class="p-1">{actor}</td>',
    "image": '<td class="w-wide mono dim">{image}</td>',
    "owner": '<td class="w-mid dim">{owner}</td>',
    "executor": '<td class="w-small dim">{executor}</td>',
    "received": '<td class="p-3 dim">{received}</td>',
    "exact": '<td class="w-wide dim num">{exact}</td>',
    "waited": '<td class="r num w-mid dim">{waited}</td>',
    "ran": '<td class="r num p-4">{ran}</td>',
    "exit_code": '<td class="r num w-mid dim">{exit_code}</td>',
    "worker": '<td class="mono w-wide dim">{worker}</td>',
}


@dataclass(frozen=True, slots=True)
class Row:
    """One execution of the table: the cells of its row, and what else a page says of it."""

    pk: int
    id: str
    url: str  # empty for an id that cannot be in an address
    badge: SafeString
    received: str
    received_exact: str
    received_iso: str
    executor: str
    waited: str
    ran: str
    is_open: bool
    cells: SafeString


def table_rows(
    executions: Sequence[HistoryRow],
    actors: Mapping[int, SeenActor],
    form: HistoryForm,
    columns: Sequence[Column] = (),
) -> list[Row]:
    """Return executions as rows of the table, with the cells of `columns`; a cell is a filter."""
    prefix, at = reverse("actors:actor-list"), now()
    links: dict[tuple[str, str], str] = {}
    names = [column.name for column in columns]
    markup = '<td class="pick">{pick}</td>' + "".join(_CELLS[name] for name in names)
    id_place = "p-2" if "actor" in names else "p-1"

    def link(name: str, value: str) -> str:
        # A value that begins with the sign for "not" cannot be written in an address.
        if not value or value.startswith("-") or len(value) > 256:
            return ""
        if (name, value) not in links:
            links[name, value] = "?" + form.query(**{name: value})
        return links[name, value]

    # Many rows are of the same few actors.
    actor_cells = {key: _actor_cells(actors[key], link) for key in {row.actor for row in executions}}
    return [
        _row(row, actors[row.actor], prefix, at, link, markup, {**actor_cells[row.actor], "id_place": id_place})
        for row in executions
    ]


def _row(
    row: HistoryRow,
    actor: SeenActor,
    prefix: str,
    at: datetime,
    link: Link,
    markup: str,
    cells: Mapping[str, str],
) -> Row:
    received = from_ms(row.received) if row.received else None
    is_linkable = is_id(actor.id) and is_id(row.id)
    url = f"{prefix}{actor.id}/executions/{row.id}/" if is_linkable else ""
    if row.outcome in ("finished", "unknown"):
        badge = status_badge(row.status)
    else:
        badge = outcome_badge(row.outcome, None, row.status)
    received_exact = exact(received) if received else ""
    age = short_time_words(to_local(received), at) if received else "Not reported"
    iso = received.isoformat() if received else ""
    ran = duration(row.ran / 1000) if row.ran is not None else NONE
    id_ = visible(row.id)
    name = format_html(_ID, url, id_) if is_linkable else format_html(_NO_PAGE, id_)
    values = {
        "pick": format_html(_PICK, actor.id, row.id) if is_linkable else "",
        "id": name if row.in_api else format_html("{}{}", name, _FORGOTTEN),
        "outcome": format_html('<a href="{}" title="Filter">{}</a>', link("outcome", row.outcome), badge)
        if row.outcome in OUTCOMES
        else badge,
        "executor": _cut(visible(row.executor), link("executor", row.executor)) if row.executor else NONE,
        "received": format_html('<time datetime="{}" title="{}">{}</time>', iso, received_exact, age)
        if received
        else age,
        "exact": received_exact,
        "waited": duration(row.waited / 1000) if row.waited is not None else NONE,
        "ran": ran,
        "exit_code": NONE
        if row.exit_code is None
        else _cut(str(row.exit_code), link("exit_code", str(row.exit_code)), "alarm" if row.exit_code else ""),
        "worker": _cut(visible(row.worker_id), link("worker", row.worker_id)) if row.worker_id else NONE,
    }
    return Row(
        row.pk,
        id_,
        url,
        outcome_badge(row.outcome, row.exit_code) if row.outcome == "failed" else badge,
        age,
        received_exact,
        iso,
        visible(row.executor) or NONE,
        str(values["waited"]),
        ran,
        row.outcome in ("waiting", "running"),
        format_html(markup, **cells, **values),
    )


_ID = '<a class="name id mono" href="{}">{}</a>'
_NO_PAGE = '<span class="mono cut" title="{0}">{0}</span>'
_PICK = '<input type="checkbox" name="pick" value="{0}/{1}" aria-label="Select execution {1}">'
_FORGOTTEN = format_html(
    ' <span class="chip" title="{}">{}</span>',
    "No longer in the API; shown from the portal's history.",
    "archived",
)


def _cut(text: str, href: str, style: str = "") -> SafeString:
    """Write a value as a filter where it can be one; a long one is cut, and whole on hover."""
    if not href:
        return format_html('<bdi title="{0}">{0}</bdi>', text)
    if style:
        return format_html('<a class="{}" href="{}" title="Filter by {}"><bdi>{}</bdi></a>', style, href, text, text)
    return format_html('<a href="{}" title="Filter by {}"><bdi>{}</bdi></a>', href, text, text)


def _actor_cells(actor: SeenActor, link: Link) -> dict[str, str]:
    """Return the cells that say the same of each execution of an actor."""
    return {
        "actor": _cut(visible(actor.label), link("actor", actor.id), "p-name"),
        "image": _cut(visible(actor.image), link("image", actor.image)) if actor.image else NONE,
        "owner": _cut(visible(actor.owner), link("owner", actor.owner)) if actor.owner else NONE,
    }
