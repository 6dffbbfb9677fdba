"""What the history knows of an actor, for its own page and its row in the list of actors; the API is not asked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from actors_app.core.clock import DAY, HOUR, from_ms, now_ms
from actors_app.core.pages.formatting import address_time, ago_words, now
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
class Summary:
    """How many executions of an actor are known, the newest, those of the last days as a chart, and as of when."""

    recent: list[Row]
    panel: Panel
    total: int
    in_days: int
    failed: int
    looked: datetime | None
    is_partial: bool  # whether these days are not all read yet


def summary(key: int) -> Summary | None:
    """Return what is known of an actor's executions; None while its history was never read.

    Whoever asks has been let read the actor by the API.
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
    return Summary(
        recent=table_rows(
            query.page(Filters(), [key], number=RECENT).rows,
            visibility.seen_actors(actor.tenant, [key]),
            HistoryForm({"window": "all"}),
        ),
        panel=over_time(buckets, links, zone, zone_words(to_local(now()))),
        total=max(actor.known, actor.total or 0),
        in_days=sum(sum(by_outcome.values()) for by_outcome in counts),
        failed=sum(by_outcome.get(outcome, 0) for by_outcome in counts for outcome in FAILED),
        looked=from_ms(actor.looked) if actor.looked else None,
        is_partial=not actor.is_whole and (actor.since is None or actor.since > start),
    )


def last_days(tenant: str, actor_ids: Sequence[str], prefix: str) -> dict[str, SafeString]:
    """Return the last 24 hours of each actor whose history was read in that time, as a small drawing that is a link.

    It costs two questions to the store, however many actors there are.
    """
    at = now_ms()
    histories = ActorHistory.objects.filter(tenant=tenant, actor_id__in=actor_ids, until__isnull=False)
    rows = list(histories.values_list("pk", "actor_id", "looked"))
    hours = history_counts.last_day([key for key, _, looked in rows if at - looked < DAY], at)
    sparklines = {}
    for key, actor_id, looked in rows:
        moment = from_ms(looked)
        if moment is None or key not in hours:
            sparklines[actor_id] = format_html('<span class="dim">{}</span>', "Not synced today")
            continue
        as_of = f" as of {ago_words(moment, now())}" if at - looked > HOUR else ""
        picture = sparkline(hours[key], f"24 h{as_of}")
        sparklines[actor_id] = (
            format_html('<a class="bare" href="{}{}/executions/">{}</a>', prefix, actor_id, picture)
            if any(count for count, _ in hours[key])
            else picture
        )
    return sparklines
