"""Search: `GET /actors/search/{type}` and the list routes with query parameters, turned into SQL.

Parameters and their guessed values follow `TACC/abaco actors/models.py` (`limit` 100 by default, `skip`, `search`,
`exactsearch`, `<field>.<op>`). A field that does not exist is an equality test that finds nothing, as there.
"""

from collections.abc import Callable
from typing import Any

from django.db import models
from django.db.models import Q
from django.http import HttpRequest

from sandbox import times
from sandbox.answers import Crash
from sandbox.conditions import Conditions
from sandbox.dialect import Record
from sandbox.endpoint import Call
from sandbox.models import Actor, Execution, Log, Permission, Worker
from sandbox.records import actor_record, execution_record, worker_record

KINDS: dict[str, type[models.Model]] = {
    "actors": Actor,
    "executions": Execution,
    "workers": Worker,
    "logs": Log,
}
ORDER = {
    "actors": "create_time",
    "executions": "message_received_time",
    "workers": "create_time",
    "logs": "pk",
}
ACTOR_COLUMN = {"actors": "id", "executions": "actor_id", "workers": "actor_id", "logs": "actor_id"}
TEXTS = {
    "actors": ("id", "name", "description", "image", "owner", "status", "link", "webhook"),
    "executions": ("id", "actor_id", "executor", "status", "worker_id"),
    "workers": ("id", "actor_id", "status", "image", "location", "ch_name"),
    "logs": ("text",),
}


def wanted(request: HttpRequest) -> bool:
    """Say whether a list request asks for a search: any query parameter but a lone `x-nonce` does."""
    return bool(set(request.GET) - {"x-nonce"})


def run(kind: str, request: HttpRequest, call: Call, execution_id: str = "") -> Record:
    """Answer a search of one kind as `{_metadata, search}`.

    On a route of an actor only that actor's records count, named as the path names it: with an alias there, Abaco
    finds nothing, and a parameter `actorId` takes the place of the path. Raises the 500 of a bad argument.
    """
    parameters = {name: request.GET.getlist(name)[0] for name in request.GET if name != "x-nonce"}
    limit, skip = _count(parameters, "limit", 100), _count(parameters, "skip", 0)
    # A personal entry at any level makes visible; ABACO_WORLD and the admin role do not.
    visible = Permission.objects.filter(user=call.caller.user).values("subject")
    conditions = Q(**{f"{ACTOR_COLUMN[kind]}__in": visible})
    if call.identifier and "actor_id" not in {call.dialect.field(name) for name in parameters}:
        conditions &= Q(**{ACTOR_COLUMN[kind]: call.identifier})
    if execution_id:
        conditions &= Q(execution_id=execution_id)
    if kind == "logs":
        conditions &= Q(expires_at__gt=times.now())
    asked = Conditions(KINDS[kind], call.dialect)
    for name, text in parameters.items():
        conditions &= _text_condition(kind, name, text) or asked.read(name, text)
    table = KINDS[kind]._default_manager.alias(**asked.aliases)
    found = table.filter(conditions).order_by(ORDER[kind], "pk")
    rows = list(found[skip : skip + limit])
    metadata = {
        "total_count": found.count(),
        "records_skipped": skip,
        "record_limit": limit,
        "count_returned": len(rows),
    }
    return {"_metadata": call.dialect.record(metadata), "search": _shown(kind, rows, call)}


def _shown(kind: str, rows: list[Any], call: Call) -> list[Record]:
    if kind == "logs":
        executors = dict(
            Execution.objects.filter(id__in=[row.execution_id for row in rows]).values_list("id", "executor")
        )
        return [_log_record(row, executors, call) for row in rows]
    writers: dict[str, Callable[[Any], Record]] = {
        "actors": lambda row: actor_record(row, call.dialect, keep_nulls=True),
        "executions": lambda row: execution_record(row, call.dialect, in_search=True),
        "workers": lambda row: worker_record(row, call.dialect, in_search=True),
    }
    return [writers[kind](row) for row in rows]


def _log_record(row: Log, executors: dict[str, str], call: Call) -> Record:
    here = (row.actor_id, "executions", row.execution_id)
    links = {
        "self": call.dialect.link(*here, "logs"),
        "owner": call.dialect.owner_link(executors.get(row.execution_id, "")),
        "execution": call.dialect.link(*here),
    }
    return {"logs": row.text, "_links": links}


def _count(parameters: dict[str, str], name: str, default: int) -> int:
    text = parameters.pop(name, str(default))
    try:
        number = int(text)
    except ValueError:
        raise Crash("ValueError", f'Inputted "{name}" paramater must be an int. Received: {text}') from None
    if number < 0:
        raise Crash("ValueError", f'Inputted "{name}" must be positive. Received: {text}')
    return number


def _text_condition(kind: str, name: str, text: str) -> Q | None:
    if name not in ("search", "exactsearch"):
        return None
    condition = Q()
    for word in [text] if name == "exactsearch" else text.split():
        for column in TEXTS[kind]:
            condition |= Q(**{f"{column}__icontains": word})
    return condition
