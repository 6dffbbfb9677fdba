"""Schedules: those of all actors, and one actor's, read and set."""

from typing import Any

from django import forms
from django.urls import reverse
from rest_framework.request import Request
from rest_framework.response import Response

from actors_app.core.api.base import Resource
from actors_app.core.api.exceptions import not_valid
from actors_app.core.api.schema import operation, page_of
from actors_app.core.cron import Schedule, next_hours
from actors_app.core.operations.perform import answered
from actors_app.core.pages.formatting import now
from actors_app.core.pages.forms_cron import check_schedule
from actors_app.schedules import commands, serializers
from actors_app.schedules.operations import UPDATE_SCHEDULE
from actors_app.services.types import Actor

TAG = "Schedules"


def schedule_data(actor: Actor) -> dict[str, Any]:
    """Return the schedule of an actor as it goes out."""
    schedule = Schedule.parse(actor.cron_schedule)
    values = {
        "actor_id": actor.id,
        "actor_name": actor.name,
        "cron_schedule": actor.cron_schedule or None,
        "cron_on": actor.cron_on,
        "words": schedule.words if schedule else "",
        "next": next_hours(actor, now()),
    }
    return dict(serializers.Schedule(values).data)


class ScheduleList(Resource):
    """`/schedules/`."""

    @operation(
        "List schedules",
        tag=TAG,
        upstream="actor.list",
        query=serializers.SchedulesQuery,
        gives=page_of(serializers.Schedule),
    )
    def get(self, request: Request) -> Response:
        """Answer with a page of those of the actors that the caller may read, the next one first."""
        show = self.params.get("show")
        schedules = [
            schedule_data(actor)
            for actor in self.abaco.actors.list()
            if actor.cron_schedule and (show is None or actor.cron_on == (show == "on"))
        ]
        return self.page(serializers.Schedule, schedules, lambda row: ((row["next"] or ["~"])[0], row["actor_id"]))


class ActorSchedule(Resource):
    """`/actors/<actor>/schedule/`."""

    @operation("Get the schedule of an actor", tag=TAG, upstream="actor.get", gives=serializers.Schedule)
    def get(self, request: Request, actor_id: str) -> Response:
        """Answer with it, and the hours at which it comes round."""
        return Response(schedule_data(self.abaco.actors.get(actor_id)))

    @operation(
        UPDATE_SCHEDULE,
        tag=TAG,
        takes=serializers.NewSchedule,
        example={"cron_schedule": "now + 6 hours"},
        gives=serializers.Schedule,
        about="Changes no other field of the actor. Schedules use whole hours, in UTC.",
    )
    def put(self, request: Request, actor_id: str) -> Response:
        """Set it."""
        data = self.body(serializers.NewSchedule)
        schedule = _parse(data["cron_schedule"], is_on=data["cron_on"])
        saved = answered(self.http, UPDATE_SCHEDULE, actor_id=actor_id)
        if saved is None:
            actor, page = self.abaco.actors.get(actor_id), reverse("actors:schedule-update", args=[actor_id])
            saved = commands.update(
                self.http, self.abaco, actor, schedule, is_on=data["cron_on"], actor_id=actor_id, page=page
            )
        return self.command_response(saved, lambda actor, _: schedule_data(actor))


def _parse(text: str, *, is_on: bool) -> Schedule:
    """Read a schedule; a start that is past is refused where it is on, since the API refuses it."""
    try:
        schedule = Schedule.parse(check_schedule(text))
    except forms.ValidationError as problem:
        schedule = None if is_on else Schedule.parse(text)
        if schedule is None:
            raise not_valid({"cron_schedule": problem.messages}) from None
    if schedule is None:
        raise not_valid({"cron_schedule": ["Enter a start and an interval, e.g. “now + 6 hours”."]})
    return schedule
