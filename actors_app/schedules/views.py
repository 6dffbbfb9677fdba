"""Schedules: those of all actors on one page, and one actor's, in words, with the hours at which it comes round."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from actors_app.core.addresses import page_of
from actors_app.core.cron import Schedule, next_hours, read_hour, this_hour
from actors_app.core.htmx import render_page
from actors_app.core.operations.perform import answered
from actors_app.core.pages import csv_lists
from actors_app.core.pages.decorators import abaco_page, page
from actors_app.core.pages.formatting import now, visible
from actors_app.core.pages.forms import form_page
from actors_app.core.pages.timezones import reader_zone
from actors_app.core.security.credentials import abaco_for
from actors_app.schedules import commands
from actors_app.schedules.forms import ScheduleForm
from actors_app.schedules.operations import UPDATE_SCHEDULE
from actors_app.services import Abaco
from actors_app.services.errors import AbacoError
from actors_app.services.types import Actor


@dataclass(frozen=True, slots=True)
class ScheduleRow:
    """One actor that has a schedule; `words` is empty where the API keeps something that is none."""

    actor_id: str
    label: str
    url: str
    schedule: str
    description: str
    is_on: bool
    next: datetime | None


@page("GET")
def schedule_list(request: HttpRequest) -> HttpResponse:
    """Show all schedules of the actors that the visitor may read, the next one first (`GET /actors`)."""
    show = request.GET.get("show", "")
    context: dict[str, Any] = {
        "section": "schedules",
        "show": show if show in ("on", "off") else "",
        "zone": reader_zone(request),
    }
    try:
        actors = abaco_for(request).actors.list()
    except AbacoError as error:
        return render_page(request, "schedules/list.html", context | {"error": error}, status=error.status)
    at = now()
    all_rows = sorted((_row(actor, at) for actor in actors if actor.cron_schedule), key=_order)
    rows = [row for row in all_rows if not context["show"] or row.is_on == (show == "on")]
    if csv_lists.is_asked(request):
        return csv_lists.csv_of("schedules", csv_lists.SCHEDULES, rows)
    context |= {"rows": rows, "total": len(all_rows), "on": sum(row.is_on for row in all_rows), "at": at}
    return render_page(request, "schedules/list.html", context, partial="schedules/_table.html")


def _row(actor: Actor, at: datetime) -> ScheduleRow:
    schedule = Schedule.parse(actor.cron_schedule)
    hours = next_hours(actor, at, 1)
    return ScheduleRow(
        actor_id=actor.id,
        label=visible(actor.label),
        url=page_of("schedule-update", actor.id),
        schedule=visible(actor.cron_schedule or ""),
        description=schedule.words if schedule else "",
        is_on=actor.cron_on,
        next=hours[0] if hours else None,
    )


def _order(row: ScheduleRow) -> tuple[bool, float, str]:
    return (row.next is None, row.next.timestamp() if row.next else 0.0, row.label.casefold())


@abaco_page("GET", "POST")
def schedule_update(request: HttpRequest, abaco: Abaco, actor_id: str) -> HttpResponse:
    """Show an actor's schedule with its next hours, and change it, with all else kept (`PUT /actors/{id}`)."""
    context: dict[str, Any] = {"actor_id": actor_id, "actor": None, "section": "actors", "tab": "", "counts": {}}
    context["zone"] = reader_zone(request)
    if request.method != "POST":
        actor = abaco.actors.get(actor_id)
        schedule = Schedule.parse(actor.cron_schedule)
        context |= {
            "actor": actor,
            "schedule": schedule,
            "hours": next_hours(actor, now()),
            "form": ScheduleForm.of(schedule, actor.cron_on, read_hour(actor.cron_next_ex)),
        }
        return render_page(request, "schedules/update.html", context)
    form = ScheduleForm(request.POST)
    context["form"] = form
    if not form.is_valid():
        return render_page(request, "schedules/update.html", context, partial="schedules/_preview.html", status=422)
    typed: Schedule = form.cleaned_data["schedule"]
    context |= {"typed": typed, "typed_hours": typed.after(typed.start or this_hour(now())), "is_preview": True}
    if request.POST.get("step") != "save":
        return render_page(request, "schedules/update.html", context, partial="schedules/_preview.html")
    if earlier := answered(request, UPDATE_SCHEDULE, actor_id=actor_id):
        return earlier.go(request)
    with form.catch_refusal():
        actor = abaco.actors.get(actor_id)
        is_on, page = form.cleaned_data["on"], reverse("actors:schedule-update", args=[actor_id])
        return commands.update(request, abaco, actor, typed, is_on=is_on, actor_id=actor_id, page=page).go(request)
    return form_page(request, "schedules/update.html", context)
