"""Writing down what the API said of executions: once each, with the tallies that the charts are drawn from."""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, transaction
from django.db.models import F

from actors_app.core.clock import DAY, HOUR, MINUTE, from_ms, now_ms, to_ms
from actors_app.core.pages.formatting import storable
from actors_app.history.models import ActorHistory, ExecutionRecord
from actors_app.services.types import Execution, ExecutionRow
from actors_app.services.types.executions import without_secrets

UNFINISHED = ("waiting", "running")
SEEN_AGAIN = 10 * MINUTE  # milliseconds after which it is worth a write that an unchanged execution was seen again
_AT_ONCE = 200  # ids in one question to the store
_LONGEST = 128
_LARGEST = 2**63 - 1

_FIELDS = (
    "executor",
    "status",
    "outcome",
    "exit_code",
    "worker_id",
    "received",
    "started",
    "finished",
    "waited",
    "ran",
    "runtime",
    "cpu",
    "io",
    "final_state",
    "is_sketch",
    "last_seen",
    "in_api",
)
_TALLY = """
    INSERT INTO portal_execution_tally (actor_id, span, start, outcome, count) VALUES (%s, %s, %s, %s, %s)
    ON CONFLICT (actor_id, span, start, outcome)
    DO UPDATE SET count = portal_execution_tally.count + excluded.count
"""


def record(actor: ActorHistory, executions: Iterable[Execution | ExecutionRow]) -> int:
    """Write down an actor's executions as the API describes them now; return how many are new.

    A row of the listing, which knows no exit code, never replaces what is known better. Those who write at the same
    time wait for one another, so that the tallies stay true.
    """
    by_id = {
        execution.id: execution
        for execution in executions
        if 0 < len(execution.id) <= _LONGEST and "\x00" not in execution.id
    }
    new = 0
    ids = list(by_id)
    for start in range(0, len(ids), _AT_ONCE):
        new += _record_some(actor, [by_id[id_] for id_ in ids[start : start + _AT_ONCE]])
    return new


def _record_some(actor: ActorHistory, executions: Sequence[Execution | ExecutionRow]) -> int:
    at, tallies, changed = now_ms(), Counter[tuple[int, str]](), []
    with transaction.atomic():
        # Locked, since what is added to the tallies depends on what was there before.
        ActorHistory.objects.select_for_update().only("pk").get(pk=actor.pk)
        records = ExecutionRecord.objects.filter(actor=actor, execution_id__in=[item.id for item in executions])
        before = {row.execution_id: row for row in records}
        new = 0
        for execution in executions:
            old, row = before.get(execution.id), row_of(actor, execution, at)
            if old is not None and not _replaces(old, row):
                continue
            changed.append(row)
            if old is None:
                new += 1
            else:
                row.first_seen = old.first_seen
                tallies[old.received, old.outcome] -= 1
            tallies[row.received, row.outcome] += 1
        ExecutionRecord.objects.bulk_create(
            changed, update_conflicts=True, unique_fields=["actor", "execution_id"], update_fields=_FIELDS
        )
        _add(actor.pk, tallies)
        if changed:
            ActorHistory.objects.filter(pk=actor.pk).update(known=F("known") + new, changed=at)
    return new


def _replaces(old: ExecutionRecord, new: ExecutionRecord) -> bool:
    """Whether what was just read says more than, or something else than, what is known."""
    if old.status == "COMPLETE" and new.status != "COMPLETE":
        return False  # an answer that was overtaken
    if new.is_sketch and not old.is_sketch:
        return False  # it would lose the executor and the worker; what is unfinished is asked for as a whole
    if any(getattr(old, name) != getattr(new, name) for name in _FIELDS if name != "last_seen"):
        return True
    return new.last_seen - old.last_seen > SEEN_AGAIN


def row_of(actor: ActorHistory, execution: Execution | ExecutionRow, at: int) -> ExecutionRecord:
    """Return an execution as it is written down; `at` is when the API said so, in milliseconds."""
    is_sketch = isinstance(execution, ExecutionRow)
    if isinstance(execution, ExecutionRow):
        execution = Execution(
            id=execution.id,
            status=execution.status,
            message_received_time=execution.message_received_time,
            start_time=execution.start_time,
            finish_time=execution.finish_time,
        )
    received, started = to_ms(execution.message_received_time), to_ms(execution.start_time)
    finished = to_ms(execution.finish_time)
    ran = finished - started if finished is not None and started is not None else None
    if ran is None and execution.is_finished and execution.runtime:
        ran = execution.runtime * 1000
    return ExecutionRecord(
        actor_id=actor.pk,
        execution_id=execution.id,
        executor=storable(execution.executor)[:255],
        status=storable(execution.status)[:64],
        outcome=execution.outcome,
        exit_code=_small(execution.exit_code),
        worker_id=storable(execution.worker_id or "")[:_LONGEST],
        received=received or 0,
        started=started,
        finished=finished,
        waited=max(0, started - received) if started is not None and received is not None else None,
        ran=_bounded(max(0, ran)) if ran is not None else None,
        runtime=_in_range(execution.runtime),
        cpu=_in_range(execution.cpu),
        io=_in_range(execution.io),
        final_state=storable(json.dumps(execution.final_state)) if execution.final_state else "",
        is_sketch=is_sketch,
        first_seen=at,
        last_seen=at,
        in_api=True,
    )


def execution_of(row: ExecutionRecord, actor_id: str) -> Execution:
    """Return what was written down as the API's own type, as it stood when it was last seen."""
    final: Any = json.loads(row.final_state) if row.final_state else {}
    final = without_secrets(final) if isinstance(final, dict) else {}  # written before the portal masked them
    return Execution(
        id=row.execution_id,
        actor_id=actor_id,
        executor=row.executor,
        status=row.status,
        message_received_time=from_ms(row.received) if row.received else None,
        start_time=from_ms(row.started),
        finish_time=from_ms(row.finished),
        runtime=row.runtime,
        cpu=row.cpu,
        io=row.io,
        worker_id=row.worker_id or None,
        exit_code=row.exit_code,
        final_state=final,
    )


def forget_in_api(actor: ActorHistory, ids: Iterable[str]) -> None:
    """Note that the API has these executions no more; what is remembered of them stays."""
    ExecutionRecord.objects.filter(actor=actor, execution_id__in=list(ids), in_api=True).update(in_api=False)


def remove(rows: Sequence[ExecutionRecord]) -> None:
    """Take executions of one actor out of the history and its tallies, in one transaction."""
    if not rows:
        return
    actor_id = rows[0].actor_id
    with transaction.atomic():
        ActorHistory.objects.select_for_update().only("pk").get(pk=actor_id)
        ExecutionRecord.objects.filter(pk__in=[row.pk for row in rows]).delete()
        tallies = Counter[tuple[int, str]]()
        for row in rows:
            tallies[row.received, row.outcome] -= 1
        _add(actor_id, tallies)
        ActorHistory.objects.filter(pk=actor_id).update(known=F("known") - len(rows), changed=now_ms())


def _add(actor_id: int, changes: Counter[tuple[int, str]]) -> None:
    """Add to the tallies of hours and days."""
    sums = Counter[tuple[int, int, str]]()
    for (received, outcome), count in changes.items():
        for span in (HOUR, DAY):
            sums[span, received - received % span, outcome] += count
    rows = [(actor_id, *key, count) for key, count in sorted(sums.items()) if count]
    if rows:
        with connection.cursor() as cursor:
            cursor.executemany(_TALLY, rows)


def _small(code: object) -> int | None:
    """Return an exit code, or None for the word `undetermined` and for what no process ends with."""
    return code if isinstance(code, int) and abs(code) < 2**31 else None


def _in_range(number: int | None) -> int | None:
    return number if number is not None and abs(number) <= _LARGEST else None


def _bounded(number: int) -> int:
    return min(number, _LARGEST)
