"""Search: `GET /actors/search/{type}` and the list routes with query parameters, turned into SQL.

Parameters and their guessed values follow `TACC/abaco actors/models.py` (`limit` 100 by default, `skip`, `search`,
`exactsearch`, `<field>.<op>`). A field that does not exist is an equality test that finds nothing, as there.
"""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.http import HttpRequest

from sandbox.answers import Crash
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
TIME_FIELDS = {  # finish_time is missing, as in Abaco: it cannot be searched by range.
    "start_time", "message_received_time", "last_execution_time", "last_update_time", "create_time",
    "last_health_check_time",
}  # fmt: skip
COMPARISONS = {"eq": "", "gt": "__gt", "gte": "__gte", "lt": "__lt", "lte": "__lte"}
WORDS = {"true": True, "false": False, "none": None}
TIME_FORM = re.compile(r"\d{4}(-\d{2}(-\d{2}([T ]\d{2}(:\d{2}(:\d{2}(\.\d{1,6})?)?)?)?)?)?(Z|[+-]\d{2}:?\d{2})?")
TIME_REFUSAL = (
    "Inputted datetime was in an incorrect format. Please refer to docs and follow ISO 8601 formatting. "
    "e.g. '2020-05-01T14:45:41.591Z'"
)
NOTHING = Q(pk__in=[])


def wanted(request: HttpRequest) -> bool:
    """Say whether a list request asks for a search: any query parameter but a lone `x-nonce` does."""
    return bool(set(request.GET) - {"x-nonce"})


def run(kind: str, request: HttpRequest, call: Call, execution_id: str = "") -> Record:
    """Answer a search of one kind as `{_metadata, search}`.

    On a route of an actor only that actor's records count, named as the path names it: with an alias there, Abaco
    finds nothing. Raises the 500 of a bad argument.
    """
    parameters = {name: request.GET.getlist(name)[0] for name in request.GET if name != "x-nonce"}
    limit, skip = _count(parameters, "limit", 100), _count(parameters, "skip", 0)
    # A personal entry at any level makes visible; ABACO_WORLD and the admin role do not.
    visible = Permission.objects.filter(user=call.caller.user).values("subject")
    conditions = Q(**{f"{ACTOR_COLUMN[kind]}__in": visible})
    if call.identifier:
        conditions &= Q(**{ACTOR_COLUMN[kind]: call.identifier})
    if execution_id:
        conditions &= Q(execution_id=execution_id)
    for name, text in parameters.items():
        conditions &= _text_condition(kind, name, text) or _condition(kind, name, text, call)
    found = KINDS[kind]._default_manager.filter(conditions).order_by(ORDER[kind], "pk")
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
        "workers": lambda row: worker_record(row, call.dialect, settings.SANDBOX_TENANT, in_search=True),
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


def _condition(kind: str, name: str, text: str, call: Call) -> Q:
    shown, _, operator = name.partition(".")
    operator = operator or "eq"
    field = call.dialect.field(shown)
    columns = {column.name: column for column in KINDS[kind]._meta.fields}
    column = columns.get({"logs": "text"}.get(field, field)) if kind == "logs" else columns.get(field)
    if operator in ("like", "nlike"):
        return _like(column, text, operator)
    if operator in ("in", "nin"):
        values = _guess(text, field)
        if not isinstance(values, list):
            raise Crash("pymongo.errors.OperationFailure", f"${operator} needs an array")
        one_of = Q()
        for value in values:
            one_of |= _compare(column, field, "eq", value)
        one_of = one_of if values else NOTHING
        return one_of if operator == "in" else ~one_of
    if operator == "between":
        if "," not in text:
            raise Crash("TypeError", "argument of type 'float' is not iterable")
        low, _, high = text.partition(",")
        return _compare(column, field, "gte", _guess(low, field)) & _compare(column, field, "lte", _guess(high, field))
    value = _guess(text, field)
    if operator == "neq":
        return ~_compare(column, field, "eq", value)
    if operator not in COMPARISONS:
        return NOTHING
    return _compare(column, field, operator, value)


def _like(column: "models.Field[Any, Any] | None", text: str, operator: str) -> Q:
    try:
        re.compile(text)
    except re.error:
        raise Crash("pymongo.errors.OperationFailure", "Regular expression is invalid") from None
    matches = NOTHING
    if isinstance(column, models.CharField | models.TextField):
        matches = Q(**{f"{column.name}__isnull": False, f"{column.name}__regex": text})
    return matches if operator == "like" else ~matches


def _guess(text: str, field: str) -> Any:
    if text.lower() in WORDS:
        return WORDS[text.lower()]
    if field in TIME_FIELDS:
        return _read_time(text)
    for read in (float, json.loads):
        try:
            return read(text)
        except ValueError:
            continue
    return text


def _read_time(text: str) -> datetime:
    if not TIME_FORM.fullmatch(text):
        raise Crash("ValueError", TIME_REFUSAL)
    zone = re.search(r"(Z|(?<=\d)[+-]\d{2}:?\d{2})$", text[10:]) if len(text) > 10 else None
    bare = text[: 10 + zone.start()] if zone else text
    padded = bare + "0000-01-01"[len(bare) :] if len(bare) < 10 else bare
    padded += ":00" if len(bare) == 13 else ""
    try:
        moment = datetime.fromisoformat(padded + (zone[0] if zone else ""))
    except ValueError:
        raise Crash("ValueError", TIME_REFUSAL) from None
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment


def _compare(column: "models.Field[Any, Any] | None", field: str, operator: str, value: Any) -> Q:
    if column is None:
        return Q() if operator == "eq" and value is None else NOTHING
    if value is None:
        return Q(**{f"{column.name}__isnull": True}) if operator == "eq" else NOTHING
    if not _comparable(column, field, value):
        return NOTHING
    return Q(**{column.name + COMPARISONS[operator]: value})


def _comparable(column: "models.Field[Any, Any]", field: str, value: Any) -> bool:
    # The store compares like with like: a text never equals a number, and finish_time equals nothing but null.
    if isinstance(column, models.DateTimeField):
        return isinstance(value, datetime)
    if isinstance(column, models.BooleanField):
        return isinstance(value, bool)
    if isinstance(column, models.IntegerField):
        return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 2**63
    if isinstance(column, models.JSONField):
        return True
    return isinstance(value, str)
