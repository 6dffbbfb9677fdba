"""`/actors/{actor}/executions` and one of them: the whole history with totals, register, read, halt."""

import json
from typing import Any

from django.db.models import Count, Sum
from django.http import HttpResponse

from sandbox import engine, search, times
from sandbox.answers import Crash, Refusal, write_json
from sandbox.bodies import Field, read_fields
from sandbox.endpoint import Call, of_actor
from sandbox.ids import new_id
from sandbox.models import Execution
from sandbox.records import execution_record

REGISTER_FIELDS = (
    Field("runtime", "str", "Runtime, in milliseconds, of the execution.", required=True),
    Field("cpu", "str", "CPU usage, in user jiffies, of the execution.", required=True),
    Field(
        "io",
        "str",
        "Block I/O usage, in number of 512-byte sectors read from and written to, by the execution.",
        required=True,
    ),
    Field("executor", "str", "The user who ran the execution."),
    Field("status", "str", "Status of the execution."),
)
ROW_TIMES = ("message_received_time", "start_time", "finish_time")
PLACE = "@rows@"


def execution_list(call: Call) -> HttpResponse:
    """Answer the totals and every execution of an actor, unpaged; any query parameter asks for a search instead."""
    if search.wanted(call.request):
        return call.answer("Executions search completed successfully.", search.run("executions", call.request, call))
    actor = call.actor()
    rows = Execution.objects.filter(actor_id=actor.id)
    totals = rows.aggregate(
        total_executions=Count("id"), total_cpu=Sum("cpu"), total_io=Sum("io"), total_runtime=Sum("runtime")
    )
    summary: dict[str, Any] = call.dialect.sums({name: total or 0 for name, total in totals.items()})
    summary |= {
        "actor_id": actor.id,
        "api_server": call.dialect.api_server,
        "owner": actor.owner,
        "executions": PLACE,
    }
    summary["_links"] = {
        "self": call.dialect.link(actor.id, "executions"),
        "owner": call.dialect.owner_link(actor.owner),
    }
    message = "Actor executions retrieved successfully."
    body = write_json(call.dialect.envelope(message, call.dialect.record(summary), "success"))
    # Five thousand rows are written from one pattern: a general JSON writer would take most of the time.
    return HttpResponse(body.replace(f'"{PLACE}"', _rows(call, rows)), "application/json")


def _rows(call: Call, rows: Any) -> str:
    names = [json.dumps(call.dialect.name(name)) for name in ("id", "status", *ROW_TIMES)]
    pattern = "{{" + ", ".join(f"{name}: {{}}" for name in names) + "}}"
    known: dict[Any, str] = {None: "null"}

    def shown(moment: Any) -> str:
        second = moment and moment.replace(microsecond=0)
        if second not in known:
            known[second] = json.dumps(times.rfc1123(second))
        return known[second]

    values = rows.order_by("message_received_time", "id").values_list("id", "status", *ROW_TIMES)
    ended = call.dialect.finish_time
    written = (
        pattern.format(f'"{id_}"', json.dumps(status), shown(received), shown(started), shown(ended(finished)))
        for id_, status, received, started, finished in values.iterator(5000)
    )
    return "[" + ",\n".join(written) + "]"


def execution_register(call: Call) -> HttpResponse:
    """Register an execution that ran elsewhere, as documented, and answer it; Abaco itself always refuses."""
    actor = call.actor()
    values = read_fields(call.request, call.dialect, REGISTER_FIELDS, "Invalid actor execution description")
    try:
        numbers = {name: int(values[name]) for name in ("runtime", "cpu", "io")}
    except ValueError:
        # So Abaco fails over the words in which it means to refuse.
        reason = f"{call.dialect.errors}.__init__() got an unexpected keyword argument 'message'"
        raise Crash("TypeError", reason) from None
    except TypeError as error:
        raise Crash.of(error) from None
    moment = times.stored(times.now())
    execution = Execution.objects.create(
        id=new_id(),
        actor_id=actor.id,
        executor=values["executor"] or call.caller.user,
        status=values["status"] or "COMPLETE",
        message_received_time=moment,
        **numbers,
    )
    return call.answer("Actor execution added successfully.", execution_record(execution, call.dialect))


def execution_get(call: Call, execution: str) -> HttpResponse:
    """Answer one execution."""
    found = find_execution(call, execution)
    return call.answer("Actor execution retrieved successfully.", execution_record(found, call.dialect))


def execution_halt(call: Call, execution: str) -> HttpResponse:
    """Halt a running execution: its processes are killed, and it ends as COMPLETE."""
    found = find_execution(call, execution)
    if found.status != "RUNNING":
        raise Refusal(
            f"Cannot force quit an execution not in RUNNING status. Execution was found in status: {found.status}"
        )
    engine.halt(found.id)
    return call.answer(f"Issued force quit command for execution {found.id}.")


def find_execution(call: Call, execution_id: str) -> Execution:
    """Return an execution of the call's actor; raise the 400 of an unknown one."""
    found = Execution.objects.filter(id=execution_id, actor_id=call.actor_id).first()
    if found is None:
        raise Refusal(f"No executions found with actor id of {call.identifier} and execution id of {execution_id}.")
    return found


collection = of_actor("executions", GET=execution_list, POST=execution_register)
item = of_actor("executions", GET=execution_get, DELETE=execution_halt)
