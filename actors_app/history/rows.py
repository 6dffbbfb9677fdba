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
from actors_app.core.pages.formatting import ago_words, duration, now, visible
from actors_app.core.pages.timezones import exact, to_local
from actors_app.history.filters import OUTCOMES
from actors_app.history.forms import HistoryForm
from actors_app.history.query import HistoryRow
from actors_app.history.visibility import SeenActor

NONE = "\N{EN DASH}"
Link = Callable[[str, str], str]


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
    ran: str
    is_open: bool
    cells: SafeString


def table_rows(
    executions: Sequence[HistoryRow], actors: Mapping[int, SeenActor], form: HistoryForm, *, of_all: bool
) -> list[Row]:
    """Return executions as rows of the table, with their actors where it is `of_all`; a cell is a filter."""
    prefix, at = reverse("actors:actor-list"), now()
    links: dict[tuple[str, str], str] = {}

    def link(name: str, value: str) -> str:
        # A value that begins with the sign for "not" cannot be written in an address.
        if not value or value.startswith("-") or len(value) > 256:
            return ""
        if (name, value) not in links:
            links[name, value] = "?" + form.query(**{name: value})
        return links[name, value]

    # Many rows are of the same few actors.
    actor_cells = {key: _actor_cell(actors[key], link) for key in {row.actor for row in executions}} if of_all else {}
    return [_row(row, actors[row.actor], prefix, at, link, actor_cells.get(row.actor, "")) for row in executions]


def _row(row: HistoryRow, actor: SeenActor, prefix: str, at: datetime, link: Link, actor_cell: str) -> Row:
    received = from_ms(row.received) if row.received else None
    is_linkable = is_id(actor.id) and is_id(row.id)
    url = f"{prefix}{actor.id}/executions/{row.id}/" if is_linkable else ""
    if row.outcome in ("finished", "unknown"):
        badge = status_badge(row.status)
    else:
        badge = outcome_badge(row.outcome, row.exit_code, row.status)
    age = ago_words(received, at) if received else "Not reported"
    received_exact = exact(received) if received else ""
    iso = received.isoformat() if received else ""
    ran = duration(row.ran / 1000) if row.ran is not None else NONE
    id_ = visible(row.id)
    when: str = age
    if received:
        at_hour = to_local(received)
        when = format_html(_WHEN, iso, received_exact, age, f"{at_hour.day} {at_hour:%b, %H:%M:%S}")
    executor = _cut(visible(row.executor), link("executor", row.executor)) if row.executor else _UNREAD
    cells = format_html(
        '<td class="pick">{pick}</td><td>{id}{forgotten}</td>{actor}<td data-label="Outcome">{outcome}</td>'
        '<td data-label="Sent by">{executor}</td><td data-label="Worker" class="mono dim">{worker}</td>'
        '<td data-label="Received" class="dim">{received}</td><td data-label="Queued" class="r num dim">{waited}</td>'
        '<td data-label="Duration" class="r num">{ran}</td>'
        '<td data-label="Exit code" class="r num dim">{exit_code}</td>',
        pick=_pick(actor.id, row.id) if is_linkable else "",
        id=format_html('<a class="name mono" href="{}">{}</a>', url, id_)
        if is_linkable
        else format_html('<span class="mono cut" title="{0}">{0}</span>', id_),
        forgotten="" if row.in_api else _FORGOTTEN,
        actor=actor_cell,
        outcome=format_html('<a class="bare" href="{}" title="Filter">{}</a>', link("outcome", row.outcome), badge)
        if row.outcome in OUTCOMES
        else badge,
        executor=executor,
        worker=_cut(visible(row.worker_id), link("worker", row.worker_id)) if row.worker_id else "",
        received=when,
        waited=duration(row.waited / 1000) if row.waited is not None else NONE,
        ran=ran,
        exit_code=NONE if row.exit_code is None else _cut(str(row.exit_code), link("exit_code", str(row.exit_code))),
    )
    return Row(
        pk=row.pk,
        id=id_,
        url=url,
        badge=badge,
        received=age,
        received_exact=received_exact,
        received_iso=iso,
        ran=ran,
        is_open=row.outcome in ("waiting", "running"),
        cells=cells,
    )


_WHEN = '<span class="when"><time datetime="{}" title="{}">{}</time><span class="sub num">{}</span></span>'
_IMAGE = '<a class="mono cut" href="{}" title="Filter by image {}">{}</a>'
_OWNER = '<a class="cut" href="{}" title="Filter by owner {}">of <bdi>{}</bdi></a>'
_UNREAD = format_html('<span class="dim">{}</span>', "—")
_FORGOTTEN = format_html(
    '<span class="chip" title="{}">{}</span>',
    "No longer in the API; shown from the portal's history.",
    "forgotten",
)


def _pick(actor_id: str, execution_id: str) -> SafeString:
    return format_html(
        '<input type="checkbox" name="pick" value="{}/{}" aria-label="Select execution {}">',
        actor_id,
        execution_id,
        execution_id,
    )


def _cut(text: str, href: str) -> SafeString:
    """Write a value as a filter where it can be one; a long one is cut, and whole on hover."""
    if not href:
        return format_html('<bdi class="cut" title="{0}">{0}</bdi>', text)
    return format_html('<a class="cut" href="{}" title="Filter by {}"><bdi>{}</bdi></a>', href, text, text)


def _actor_cell(actor: SeenActor, link: Link) -> SafeString:
    image_link = owner_link = ""
    if href := link("image", actor.image):
        image = visible(actor.image)
        image_link = format_html(_IMAGE, href, image, image)
    if href := link("owner", actor.owner):
        owner = visible(actor.owner)
        owner_link = format_html(_OWNER, href, owner, owner)
    return format_html(
        '<td data-label="Actor" class="whose"><span>{}<span class="sub">{}{}</span></span></td>',
        _cut(visible(actor.label), link("actor", actor.id)),
        image_link,
        owner_link,
    )
