"""Changing the schedule of an actor, with all else of it kept."""

from django.http import HttpRequest

from actors_app.actors.archive import record_saved
from actors_app.actors.definition import full_update
from actors_app.core.cron import Schedule
from actors_app.core.operations.perform import CommandResult, Outcome, perform
from actors_app.schedules.operations import UPDATE_SCHEDULE
from actors_app.services import Abaco
from actors_app.services.types import Actor


def update(
    request: HttpRequest, abaco: Abaco, actor: Actor, schedule: Schedule, *, is_on: bool, actor_id: str, page: str
) -> CommandResult[Actor]:
    """Save a schedule; `page` is where it is shown. `PUT /actors/{id}`."""
    changes: dict[str, object] = {"cron_on": is_on}
    # The API refuses a start that is past, also where the schedule is turned off: one that stays as it was is not sent.
    if schedule != Schedule.parse(actor.cron_schedule) or (is_on and schedule.start is None):
        changes["cron_schedule"] = schedule.text
    result = perform(
        request,
        UPDATE_SCHEDULE,
        lambda: abaco.actors.update(actor_id, full_update(actor, changes)),
        lambda _: Outcome(_message(schedule, is_on=is_on), page),
        actor_id=actor_id,
        details={"before": {"cron_schedule": actor.cron_schedule, "cron_on": actor.cron_on}, "after": changes},
    )
    if result.value is not None:
        record_saved(request, UPDATE_SCHEDULE, result.value, actor_id=actor_id)
    return result


def _message(schedule: Schedule, *, is_on: bool) -> str:
    return f"Schedule saved: runs {schedule.words}." if is_on else "Schedule saved (disabled)."
