"""The execution before another one, the success before it, or the one after it: from memory, else from the API.

Used for somebody whom the API has just let read that other one, of the same actor.
"""

from collections.abc import Iterable

from actors_app.core.clock import DAY, HOUR, api_time, to_ms
from actors_app.core.pages.converters import is_id
from actors_app.history.models import ExecutionRecord
from actors_app.services import Abaco
from actors_app.services.executions import MAX_SEARCH
from actors_app.services.types import Execution, ExecutionRow

# How far before it is looked, in milliseconds. The search has no order, so that a span must be read whole: one that
# holds more than a page is made shorter, and an empty one longer, in so many steps.
FIRST_SPAN, LAST_SPAN = HOUR, 3650 * DAY
STEPS = 6
TRIED = 8  # of those that ended before, one by one, where the search shows nothing


def earlier(abaco: Abaco, tenant: str, execution: Execution, *, success: bool) -> str:
    """Return the id of the newest execution of the same actor that was received before; empty where there is none."""
    received = to_ms(execution.message_received_time)
    if received is None or not execution.actor_id:
        return ""
    return (
        _remembered(tenant, execution.actor_id, received, success=success)
        or _searched(abaco, execution, received, success=success)
        or _listed(abaco, execution, success=success)
    )


def later(abaco: Abaco, tenant: str, execution: Execution) -> str:
    """Return the id of the oldest execution of the same actor that was received after; empty where there is none."""
    received = to_ms(execution.message_received_time)
    if received is None or not execution.actor_id:
        return ""
    later_id, is_shown = _remembered_after(tenant, execution.actor_id, received), False
    if not later_id:
        later_id, is_shown = _searched_after(abaco, execution, received)
    if later_id or is_shown:
        return later_id
    return next(iter(_oldest(abaco.executions.list(execution.actor_id).executions, execution)), "")


def _remembered(tenant: str, actor_id: str, received: int, *, success: bool) -> str:
    """Look in the portal's own memory, where it knows of everything up to that one."""
    rows = ExecutionRecord.objects.filter(
        actor__tenant=tenant, actor__actor_id=actor_id, received__lt=received, actor__until__gte=received
    )
    if success:
        rows = rows.filter(outcome="succeeded")
    row = rows.select_related("actor").order_by("-received", "-id").first()
    is_known = row is not None and row.actor.since is not None and row.received >= row.actor.since
    return row.execution_id if row is not None and is_known else ""


def _remembered_after(tenant: str, actor_id: str, received: int) -> str:
    """Look in the portal's own memory, where it knows of everything from that one to the one after it."""
    rows = ExecutionRecord.objects.filter(actor__tenant=tenant, actor__actor_id=actor_id, received__gt=received)
    row = rows.select_related("actor").order_by("received", "id").first()
    if row is None or row.actor.since is None or row.actor.until is None:
        return ""
    return row.execution_id if row.actor.since <= received and row.received <= row.actor.until else ""


def _searched(abaco: Abaco, execution: Execution, received: int, *, success: bool) -> str:
    ended = {"status": "COMPLETE", "exit_code": "0"} if success else {}
    span, best = FIRST_SPAN, ""
    for _ in range(STEPS):
        since, until = api_time(max(0, received - span)), api_time(received)
        filters = {"message_received_time.gte": since, "message_received_time.lt": until, **ended}
        page = abaco.executions.search(execution.actor_id, MAX_SEARCH, 0, filters)
        newest = _newest([row for row in page.executions if not success or row.outcome == "succeeded"], execution)
        is_whole = (page.total or 0) <= len(page.executions)
        best = newest[0] if newest else best
        if (is_whole and best) or (is_whole and span >= LAST_SPAN):
            break
        span = min(span * 40, LAST_SPAN) if is_whole else span // 10
    return best


def _searched_after(abaco: Abaco, execution: Execution, received: int) -> tuple[str, bool]:
    """Search from that one on; tell too whether the search shows that one, so that finding no other means something."""
    span, best, is_shown = FIRST_SPAN, "", False
    for _ in range(STEPS):
        filters = {
            "message_received_time.gte": api_time(received),
            "message_received_time.lt": api_time(received + span),
        }
        page = abaco.executions.search(execution.actor_id, MAX_SEARCH, 0, filters)
        is_shown = is_shown or any(row.id == execution.id for row in page.executions)
        oldest = _oldest(page.executions, execution)
        is_whole = (page.total or 0) <= len(page.executions)
        best = oldest[0] if oldest else best
        if is_whole and (best or span >= LAST_SPAN):
            break
        span = min(span * 40, LAST_SPAN) if is_whole else span // 10
    return best, is_shown


def _listed(abaco: Abaco, execution: Execution, *, success: bool) -> str:
    """Look through the whole listing: who may read an actor without being named in its permissions finds nothing."""
    rows = abaco.executions.list(execution.actor_id).executions
    ids = _newest([row for row in rows if not success or row.status == "COMPLETE"], execution)[:TRIED]
    if not success:
        return ids[0] if ids else ""
    answers = abaco.gather(**{id_: lambda id_=id_: abaco.executions.get(execution.actor_id, id_) for id_ in ids})
    return next((id_ for id_ in ids if (earlier := answers[id_].value) and earlier.outcome == "succeeded"), "")


def _newest(rows: Iterable[Execution | ExecutionRow], execution: Execution) -> list[str]:
    """Return the ids of those that were received before, the newest first."""
    limit = execution.message_received_time
    before = [
        (row.message_received_time, row.id)
        for row in rows
        if limit and row.message_received_time and row.message_received_time < limit and is_id(row.id)
    ]
    return [execution_id for _, execution_id in sorted(before, reverse=True) if execution_id != execution.id]


def _oldest(rows: Iterable[Execution | ExecutionRow], execution: Execution) -> list[str]:
    """Return the ids of those that were received after, the oldest first."""
    limit = execution.message_received_time
    after = [
        (row.message_received_time, row.id)
        for row in rows
        if limit and row.message_received_time and row.message_received_time > limit and is_id(row.id)
    ]
    return [execution_id for _, execution_id in sorted(after)]
