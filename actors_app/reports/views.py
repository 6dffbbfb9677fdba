"""The page of an audit report, and its files."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from actors_app.audit.activity import Reader
from actors_app.core.clock import from_ms
from actors_app.core.htmx import render_page
from actors_app.core.pages.badges import outcome_words
from actors_app.core.pages.decorators import abaco_page
from actors_app.core.pages.formatting import address_time, duration, now
from actors_app.core.pages.timezones import zone_here
from actors_app.core.security.credentials import signed_in
from actors_app.history.aggregates import Tally
from actors_app.history.chart_data import chart_data
from actors_app.history.charts import Links, over_time
from actors_app.history.facets import window_words
from actors_app.history.filters import EXACT, OUTCOMES
from actors_app.history.forms import HistoryForm
from actors_app.history.periods import periods
from actors_app.history.query_context import QueryContext, query_context_of
from actors_app.history.refresh import bring_up_to_date, is_known
from actors_app.reports.files import file_of
from actors_app.reports.report import MOST_ACTORS, MOST_ROWS, Report, access_changes, access_of, report_of
from actors_app.services import Abaco
from actors_app.services.errors import AbacoError


@abaco_page("GET")
def report(request: HttpRequest, abaco: Abaco) -> HttpResponse:
    """Show the audit report of a filter (`GET /actors`, `GET /actors/{id}/permissions`), or send its numbers."""
    form = HistoryForm(request.GET)
    context: dict[str, Any] = {"form": form, "section": "activity", "list_query": form.query()}
    if form.errors:
        return render_page(request, "reports/report.html", context, status=422)
    try:
        ctx = query_context_of(request, abaco, form=form)
    except AbacoError as error:
        return render_page(request, "reports/report.html", {**context, "error": error}, status=error.status)
    silence = ctx.error or bring_up_to_date(abaco, ctx, "", ctx.filters.since or 0)
    if silence and not is_known(ctx):
        return render_page(request, "reports/report.html", {**context, "error": silence}, status=silence.status)
    result = report_of(ctx)
    if kind := form.cleaned_data.get("format"):
        return file_of(result, ctx, kind)
    context |= {
        "report": result,
        "coverage": result.coverage,
        "as_of": from_ms(result.coverage.looked or None),
        "error_now": silence,
        "role": ctx.role,
        "span_words": window_words(form, ctx),
        "zone": str(zone_here()),
        "periods": _periods(form),
        "fields": [form[name] for name in ("actor", "executor", "image", "outcome", *EXACT)],
        "panel": _panel(ctx),
        "gaps": [(ctx.by_key[gap.actor].label, gap) for gap in result.coverage.gaps],
        "most_rows": MOST_ROWS,
        "cut": f":{MOST_ROWS}",
        **_tables(result, form),
        **_access(request, abaco, ctx),
        **_sync(form, result.coverage.incomplete),
    }
    return render_page(request, "reports/report.html", context)


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table: what it counts, and the executions that it counts."""

    label: str
    href: str
    tally: Tally

    @property
    def run_words(self) -> str:
        """Return the time for which its executions ran, together."""
        return duration(self.tally.ran / 1000)

    @property
    def cpu_words(self) -> str:
        """Return the CPU time of its executions, together."""
        return duration(self.tally.cpu / 1e9)


def _tables(result: Report, form: HistoryForm) -> dict[str, Any]:
    """Return the rows of the tables; each leads to the list of its executions."""
    history = reverse("actors:history")

    def rows(name: str, items: Sequence[tuple[str, str, Tally]]) -> list[Row]:
        return [Row(label, f"{history}?{form.query(**{name: value})}", tally) for label, value, tally in items]

    return {
        "outcomes": [
            (
                outcome,
                outcome_words(outcome),
                result.whole.outcomes[outcome],
                f"{history}?{form.query(outcome=outcome)}",
            )
            for outcome in OUTCOMES
            if outcome in result.whole.outcomes
        ],
        "users": rows("executor", [(user or "Unknown", user, tally) for user, tally in result.users]),
        "actors": rows("actor", [(actor.label, actor.id, tally) for actor, tally in result.actors]),
        "images": rows("image", [(image or "Unknown", image, tally) for image, tally in result.images]),
        "months": [
            Row(
                f"{start:%b %Y}",
                f"{history}?{form.query(**{'from': address_time(start), 'to': address_time(end)})}",
                tally,
            )
            for start, end, tally in result.months
        ],
    }


def _access(request: HttpRequest, abaco: Abaco, ctx: QueryContext) -> dict[str, Any]:
    """Return who may use the actors now, and how that changed; of many actors neither, as each would be a call."""
    if len(ctx.actors) > MOST_ACTORS:
        return {"is_access_omitted": True, "most_actors": MOST_ACTORS}
    reader = Reader.of(signed_in(request), [actor.as_actor() for actor in ctx.actors])
    return {"access": access_of(abaco, ctx.actors), "changes": access_changes(ctx, reader)}


def _panel(ctx: QueryContext) -> Any:
    data, zone = chart_data(ctx), zone_here()
    links = Links(lambda **changes: "?" + ctx.form.query(**changes))
    return over_time(data.over_time, links, zone, str(zone), is_partial=data.is_partial, shades=data.shades)


def _periods(form: HistoryForm) -> list[dict[str, Any]]:
    selected = {name: str(form.data.get(name, "")) for name in EXACT}
    return [
        {"label": period.label, "href": "?" + form.query(**period.bounds), "is_current": period.bounds == selected}
        for period in periods(now())
    ]


def _sync(form: HistoryForm, incomplete: int) -> dict[str, Any]:
    """Return what lets the page go on with the sync, by the poll of the list of executions."""
    query = form.query()
    poll = f"{query}&poll=1&filling=1" if query else "poll=1&filling=1"
    return {"is_all": True, "first_url": f"?{query}", "step": poll if incomplete else ""}
