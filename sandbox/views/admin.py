"""`/actors/admin`, `/actors/admin/workers`, `/actors/admin/executions`: everything of everybody, for admins only.

Times stand here as the store's own, nulls stay, and nothing has links.
"""

from typing import Any

from django.db.models import Count, Min, Sum
from django.http import HttpResponse

from sandbox import times
from sandbox.answers import Crash
from sandbox.dialect import Record
from sandbox.endpoint import Call, open_to_all_signed_in
from sandbox.models import Actor, Execution, Message, Worker
from sandbox.records import ACTOR_FIELDS, REQUEST_FIELDS, WORKER_FIELDS, worker_record
from sandbox.views.utilization import actors_ever

SUMMED = {"executions": Count("id"), "cpu": Sum("cpu"), "io": Sum("io"), "runtime": Sum("runtime")}
COUNTED = {"READY": "ready", "REQUESTED": "requested", "ERROR": "error", "BUSY": "busy"}


def actor_list(call: Call) -> HttpResponse:
    """Answer every actor with its workers and what its mailbox and its history come to."""
    waiting = _number_by_actor(Message.objects.filter(taken=False))
    history = {row["actor_id"]: row for row in _history()}
    workers: dict[str, list[Record]] = {}
    for worker in Worker.objects.order_by("create_time", "id"):
        workers.setdefault(worker.actor_id, []).append(_worker(worker, call))
    records = []
    for actor in Actor.objects.order_by("create_time", "id"):
        record: Record = {name: getattr(actor, name) for name in ACTOR_FIELDS}
        record |= {
            "tenant": call.dialect.tenant,
            "api_server": call.dialect.api_server,
            "db_id": call.dialect.dbid(actor.id),
            "create_time": times.rfc1123(actor.create_time),
            "last_update_time": times.rfc1123(actor.last_update_time),
            "messages": waiting.get(actor.id, 0),
            "executions": history.get(actor.id, {}).get("executions", 0),
            "runtime": history.get(actor.id, {}).get("runtime", 0),
            "workers": workers.get(actor.id, []),
        }
        records.append(call.dialect.record(call.dialect.actor(record), keep_nulls=True))
    return call.answer("Actors retrieved successfully.", records)


def worker_list(call: Call) -> HttpResponse:
    """Answer every worker, and how many there are in each status."""
    rows = list(Worker.objects.order_by("create_time", "id"))
    summary = {"total_workers": len(rows)}
    for status, name in COUNTED.items():
        summary[f"{name}_workers"] = sum(row.status == status for row in rows)
    summary["actors_no_workers"] = Actor.objects.count() - len({row.actor_id for row in rows})
    records = [
        worker_record(row, call.dialect, keep_nulls=True)
        | call.dialect.record({"actor_id": row.actor_id, "actor_dbid": call.dialect.dbid(row.actor_id)})
        for row in rows
    ]
    return call.answer("Workers retrieved successfully.", {"summary": call.dialect.record(summary), "workers": records})


def execution_list(call: Call) -> HttpResponse:
    """Answer the totals of every actor that has executions and still exists, and those of all that ever did."""
    history = _history()
    actors = {row.id: row for row in Actor.objects.all()}
    existing = [row for row in history if row["actor_id"] in actors]
    if existing and call.dialect.miscounts_executions:
        raise Crash("ValueError", "too many values to unpack (expected 2)")
    summary = _totals(history, "all") | _totals(existing, "existing")
    summary |= {"total_actors_all": actors_ever(), "total_actors_existing": len(actors)}
    records = [
        call.dialect.record(
            {
                "actor_id": row["actor_id"],
                "owner": actors[row["actor_id"]].owner,
                "image": actors[row["actor_id"]].image,
                "total_executions": row["executions"],
                "total_execution_cpu": row["cpu"],
                "total_execution_io": row["io"],
                "total_execution_runtime": row["runtime"],
            },
            keep_nulls=True,
        )
        for row in existing
    ]
    return call.answer(
        "Executions retrieved successfully.", {"summary": call.dialect.record(summary), "actors": records}
    )


def _history() -> list[dict[str, Any]]:
    rows = Execution.objects.values("actor_id").annotate(first=Min("message_received_time"), **SUMMED)
    return [dict(row) for row in rows.order_by("first", "actor_id")]


def _totals(history: list[dict[str, Any]], which: str) -> dict[str, int]:
    totals = {
        f"total_{name}_{which}": sum(row[column] for row in history)
        for name, column in (
            ("executions", "executions"),
            ("execution_cpu", "cpu"),
            ("execution_io", "io"),
            ("execution_runtime", "runtime"),
        )
    }
    return totals | {f"total_actors_{which}_with_executions": len(history)}


def _number_by_actor(rows: Any) -> dict[str, int]:
    return dict(rows.values_list("actor_id").annotate(number=Count("id")))


def _worker(row: Worker, call: Call) -> Record:
    record: Record = {name: getattr(row, name) for name in WORKER_FIELDS}
    for name in ("create_time", "last_execution_time", "last_health_check_time"):
        record[name] = times.rfc1123(getattr(row, name))
    record |= {"tenant": call.dialect.tenant, "actor_id": call.dialect.dbid(row.actor_id)}
    if row.host_id is None:
        record = {name: record[name] for name in (*REQUEST_FIELDS, "tenant")}
    return call.dialect.record(record, keep_nulls=True)


actors = open_to_all_signed_in(GET=actor_list)
workers = open_to_all_signed_in(GET=worker_list)
executions = open_to_all_signed_in(GET=execution_list)
