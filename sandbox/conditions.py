"""One condition of a search, `<field>[.<operator>]=<value>`, turned into SQL that agrees with Abaco's store.

There values are compared like with like: a text never equals a number. A dot leads into a field that holds an object
(`finalState.ExitCode`). `actorId` is kept with the tenant before it, so only `<TENANT>_<id>` equals it.
"""

import json
import re
from datetime import UTC, datetime
from typing import Any

from django.db import models
from django.db.models import F, Q, Value
from django.db.models.fields.json import KeyTransform
from django.db.models.functions import Cast, Concat

from sandbox.answers import Crash
from sandbox.dialect import V2

TIME_FIELDS = (  # finish_time is missing, as in Abaco: it cannot be searched by range.
    "start_time", "message_received_time", "last_execution_time", "last_update_time", "StartedAt", "FinishedAt",
    "create_time", "last_health_check_time",
)  # fmt: skip
INNER_TIMES = {"StartedAt": "start_time", "FinishedAt": "finish_time"}  # in `final_state`, where they are the same
COMPARISONS = {"eq": "", "gt": "__gt", "gte": "__gte", "lt": "__lt", "lte": "__lte"}
# In the order in which Abaco looks for them anywhere in a name: `state.index` asks for `$in`.
OPERATORS = ("neq", "eq", "lte", "lt", "gte", "gt", "nin", "in", "between", "nlike", "like")
WORDS = {"true": True, "false": False, "none": None}
TIME_FORMATS = {  # by the length of what may hold colons, which a time zone after it may not
    19: ("%Y-%m-%dT%H:%M:%S.%f%z", "%Y-%m-%dT%H:%M:%S.%f", "%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%dT%H:%M:%S",
         "%Y-%m-%dT%H:%M%z"),
    16: ("%Y-%m-%dT%H:%M", "%Y-%m-%dT%H%z"),
    13: ("%Y-%m-%dT%H", "%Y-%m-%dT%z", "%Y-%m-%dT"),
    0: ("%Y-%m-%d%z", "%Y-%m-%d", "%Y-%m%z", "%Y-%m", "%Y%z", "%Y"),
}  # fmt: skip
TIME_REFUSAL = (
    "Inputted datetime was in an incorrect format. Please refer to docs and follow ISO 8601 formatting. "
    "e.g. '2020-05-01T14:45:41.591Z'"
)
NO_COMMA = "Between must have two variables seperated by a comma. Ex. io.between=20,40"
TOO_MANY = "too many values to unpack (expected 2)"
BETWEEN_REFUSAL = "The values given to .between should be either float or ISO 8601 datetime."
NOTHING = Q(pk__in=[])
LARGEST = 1.7976931348623157e308
INNER, STORED, LISTED = "inner", "stored", "listed"


class Conditions:
    """Read the conditions of one search; `aliases` are the expressions that its query needs besides its columns."""

    def __init__(self, model: type[models.Model], dialect: V2) -> None:
        self._columns = {column.name: column for column in model._meta.fields}
        self._dialect = dialect
        self.aliases: dict[str, Any] = {}

    def read(self, name: str, text: str) -> Q:
        """Return one parameter as a condition; raise the 500 of a bad value."""
        first, dot, rest = name.partition(".")
        key = self._dialect.field(first) + dot + rest
        value = _guess(text, key)
        operator = next((each for each in OPERATORS if f".{each}" in key), "eq")
        column, kind = self._find(key.split(f".{operator}")[0])
        if operator in ("like", "nlike"):
            matches = _like(column, str(value), kind)
            return matches if operator == "like" else _all_but(column, matches, kind)
        if operator == "between":
            low, high = _bounds(value)
            return _compare(column, "gte", low, kind) & _compare(column, "lte", high, kind)
        if operator in ("in", "nin"):
            if not isinstance(value, list):
                raise Crash("pymongo.errors.OperationFailure", f"${operator} needs an array")
            one_of = NOTHING
            for each in value:
                one_of |= _compare(column, "eq", each, kind)
            return one_of if operator == "in" else _all_but(column, one_of, kind)
        if operator == "neq":
            if column is None and value is None:
                return NOTHING  # what no record has is null in all of them
            found = _compare(column, "eq", value, kind)
            return ~found if value is None else _all_but(column, found, kind)
        return _compare(column, operator, value, kind)

    def _find(self, path: str) -> tuple[str | None, Any]:
        """Return what to compare by its name in the query, and what kind it is."""
        field, *inner = path.split(".")
        tenant = f"{self._dialect.tenant}_"
        if field == "tenant" and not inner:
            return self._alias(Value(self._dialect.tenant)), STORED
        if field == "actor_id" and field in self._columns:
            return self._alias(Concat(Value(tenant), F("actor_id"))), STORED
        if field == "db_id" and "owner" in self._columns:
            return self._alias(Concat(Value(tenant), F("id"))), STORED
        if field == "logs" and "text" in self._columns:
            field = "text"
        column = self._columns.get(field)
        if not inner:
            if field == "hints":
                return self._alias(Cast("hints", models.TextField())), LISTED
            return (column.name if column else None), column
        if field == "final_state" and inner[-1] in INNER_TIMES:
            own = INNER_TIMES[inner[-1]]
            return (own, self._columns[own]) if own in self._columns else (None, None)
        if not isinstance(column, models.JSONField):
            return None, None
        transform: Any = field
        for key in inner:
            transform = KeyTransform(key, transform)
        return self._alias(transform), INNER

    def _alias(self, expression: Any) -> str:
        name = f"asked_{len(self.aliases)}"
        self.aliases[name] = expression
        return name


def _all_but(column: str | None, condition: Q, kind: Any) -> Q:
    # What is not there differs from everything; Django sees to that for columns, not for expressions.
    return ~condition | Q(**{f"{column}__isnull": True}) if kind == INNER else ~condition


def _like(column: str | None, text: str, kind: Any) -> Q:
    try:
        re.compile(text)
    except re.error:
        raise Crash("pymongo.errors.OperationFailure", "Regular expression is invalid") from None
    if column is None or not (kind in (INNER, STORED, LISTED) or isinstance(kind, models.CharField | models.TextField)):
        return NOTHING
    return Q(**{f"{column}__isnull": False, f"{column}__regex": text})


def _bounds(value: Any) -> tuple[Any, Any]:
    if isinstance(value, bool | float | None):
        raise Crash("TypeError", f"argument of type '{type(value).__name__}' is not iterable")
    if isinstance(value, list):
        if not value:
            raise Crash("IndexError", "list index out of range")
        if not all(isinstance(bound, datetime) for bound in value):
            raise Crash("ValueError", BETWEEN_REFUSAL)
        return value[0], value[1]
    low, high = _halves(value)
    try:
        return float(low), float(high)
    except ValueError:
        raise Crash("ValueError", BETWEEN_REFUSAL) from None


def _halves(value: Any) -> list[str]:
    if "," not in value:
        raise Crash("ValueError", NO_COMMA)
    halves = str(value).split(",")
    if len(halves) > 2:
        raise Crash("ValueError", TOO_MANY)
    return halves


def _guess(text: str, key: str) -> Any:
    if text.lower() in WORDS:
        return WORDS[text.lower()]
    if any(field in key for field in TIME_FIELDS):
        return [_read_time(half) for half in _halves(text)] if ".between" in key else _read_time(text)
    try:
        return float(text)
    except ValueError:
        pass
    try:
        return json.loads(text.replace("'", '"'))
    except ValueError:
        return text


def _read_time(text: str) -> datetime:
    text = text.replace("Z", "")
    for start, forms in TIME_FORMATS.items():
        plain = text[:start] + text[start:].replace(":", "")
        for form in forms:
            try:
                moment = datetime.strptime(plain, form)
            except ValueError:
                continue
            return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment
    raise Crash("ValueError", TIME_REFUSAL)


def _compare(column: str | None, operator: str, value: Any, kind: Any) -> Q:
    if column is None:
        return Q() if operator == "eq" and value is None else NOTHING
    if kind == LISTED:
        # A list equals each of its items, in Abaco's store.
        return Q(**{f"{column}__contains": json.dumps(value)}) if operator == "eq" else NOTHING
    if value is None:
        missing = Q(**{f"{column}__isnull": True})
        if kind == INNER:
            missing |= Q(**{column: None})
        return missing if operator == "eq" else NOTHING
    condition = Q(**{column + COMPARISONS[operator]: value})
    if kind == INNER:
        return condition & _of_the_same_kind(column, operator, value)
    return condition if _comparable(kind, value) else NOTHING


def _of_the_same_kind(column: str, operator: str, value: Any) -> Q:
    # SQLite puts every number before every text.
    if operator == "eq":
        return Q()
    if isinstance(value, str):
        return Q(**{f"{column}__gte": ""})
    return Q(**{f"{column}__lte": LARGEST}) if isinstance(value, int | float) else NOTHING


def _comparable(kind: Any, value: Any) -> bool:
    # `finish_time` equals nothing but null: its values are not read as times.
    if isinstance(kind, models.DateTimeField):
        return isinstance(value, datetime)
    if isinstance(kind, models.BooleanField):
        return isinstance(value, bool)
    if isinstance(kind, models.IntegerField):
        return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 2**63
    if isinstance(kind, models.JSONField):
        return True
    return isinstance(value, str)
