"""What the history knows of an actor, for its own page and its row in the list of actors; the API is not asked."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from actors_app.core.clock import DAY, HOUR, from_ms, now_ms
from actors_app.core.pages.formatting import address_time, now
from actors_app.core.pages.timezones import to_local, zone_here, zone_words
from actors_app.history import counts as history_counts
from actors_app.history import query, visibility
from actors_app.history.charts import Panel, spans, sparkline
from actors_app.history.charts.links import Links
from actors_app.history.charts.over_time import over_time
from actors_app.history.charts.spans import local
from actors_app.history.filters import FAILED, Filters
from actors_app.history.forms import HistoryForm
from actors_app.history.models import ActorHistory
from actors_app.history.rows import Row, table_rows

DAYS = 14
RECENT = 10


@dataclass(frozen=True, slots=True)
class Number:
    """How many executions there are, in what, and the list of them; the `note` is the share of failures."""

    label: str
    number: int
    href: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Summary:
    """How many executions of an actor are known, the newest, those of the last days as a chart, and as of when."""

    recent: list[Row]
    panel: Panel
    total: int
    numbers: tuple[Number, ...]
    looked: datetime | None
    is_partial: bool  # whether these days are not all read yet


def summary(key: int) -> Summary | None:
    """Return what is known of an actor's executions; None while its history was never read.

    The API has allowed the caller to read the actor.
    """
    actor = ActorHistory.objects.filter(pk=key).first()
    if actor is None or actor.until is None:
        return None
    at = now_ms()
    zone = zone_here()
    buckets, _ = history_counts.in_spans(Filters(), [key], [], spans(at - (DAYS - 1) * DAY, at, DAY, zone))
    start, counts = buckets[0][0], [by_outcome for _, _, by_outcome in buckets]
    address = reverse("actors:execution-list", args=[actor.actor_id])
    form = HistoryForm({"from": address_time(local([start], zone)[0])})
    links = Links(lambda **changes: f"{address}?{form.query(**changes)}")
    since = at - at % HOUR - 23 * HOUR
    of_day = history_counts.over_time(Filters(), [key], [], start=since, end=since + DAY, step=DAY).counts[0]
    in_day, failed = sum(of_day.values()), sum(of_day.get(outcome, 0) for outcome in FAILED)
    total = max(actor.known, actor.total or 0)
    return Summary(
        recent=table_rows(
            query.page(Filters(), [key], number=RECENT).rows,
            visibility.seen_actors(actor.tenant, [key]),
            HistoryForm({"window": "all"}),
        ),
        panel=over_time(buckets, links, zone, zone_words(to_local(now()))),
        total=total,
        numbers=(
            Number("Executions (24 h)", in_day, address),
            Number(
                "Failed (24 h)",
                failed,
                f"{address}?outcome={','.join(FAILED)}",
                f"{100 * failed / in_day:.1f}%" if failed else "",
            ),
            Number("Last 14 days", sum(sum(by_outcome.values()) for by_outcome in counts), f"{address}?{form.query()}"),
            Number("All executions", total, f"{address}?window=all"),
        ),
        looked=from_ms(actor.looked) if actor.looked else None,
        is_partial=not actor.is_whole and (actor.since is None or actor.since > start),
    )


@dataclass(frozen=True, slots=True)
class LastRun:
    """The newest execution that is known of an actor and was begun; moments in milliseconds.

    `received` is 0 where none is. All since `since` are known: 0 for all there ever were, None where that is unknown.
    """

    received: int = 0
    outcome: str = ""
    status: str = ""
    exit_code: int | None = None
    since: int | None = None


@dataclass(frozen=True, slots=True)
class Recent:
    """How many executions of an actor the last 24 hours had, None where that is unknown, and a drawing of 14 days."""

    last_day: int | None
    drawing: SafeString


def last_runs(tenant: str, actor_ids: Collection[str]) -> dict[str, LastRun]:
    """Return the newest execution of each actor whose history was read, but for waiting ones; one query.

    The API has allowed the caller to read the actors.
    """
    return {
        actor_id: LastRun(received or 0, outcome or "", status or "", exit_code, 0 if is_whole else since)
        for actor_id, since, is_whole, received, outcome, status, exit_code in history_counts.newest_of_each(
            tenant, actor_ids
        )
    }


def recent(tenant: str, actor_ids: Sequence[str], prefix: str) -> dict[str, Recent]:
    """Return what ran of late of each actor whose history was read today, the drawing as a link; three queries.

    The API has allowed the caller to read the actors.
    """
    at = now_ms()
    histories = ActorHistory.objects.filter(
        tenant=tenant, actor_id__in=actor_ids, until__isnull=False, looked__gt=at - DAY
    )
    rows = list(histories.values_list("pk", "actor_id", "since", "is_whole"))
    keys = [key for key, *_ in rows]
    in_day, in_days = history_counts.of_last_day(keys, at), history_counts.of_last_days(keys, at, DAYS)
    items = {}
    for key, actor_id, since, is_whole in rows:
        is_covered = is_whole or (since is not None and since <= at - DAY)
        if any(count for count, _ in in_days[key]):
            picture = sparkline(in_days[key], f"{DAYS} days")
            picture = format_html('<a class="bare" href="{}{}/executions/">{}</a>', prefix, actor_id, picture)
        else:
            picture = format_html('<span class="dim" title="{}">{}</span>', f"{DAYS} days: 0 executions", "\N{EM DASH}")
        items[actor_id] = Recent(in_day.get(key, 0) if is_covered else None, picture)
    return items
