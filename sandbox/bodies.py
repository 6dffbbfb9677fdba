"""Request bodies: the fields of a JSON, form or query-string request, checked and coerced as Abaco's parser does.

What the fields mean is in the views; the message body, which follows its own rules, is in `views/messages.py`.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, QueryDict

from sandbox.answers import BrokenJson, Crash, Refusal
from sandbox.dialect import V2, V2_DIALECT

GIVEN_UP = "sandbox.body_given_up"
TRUE_WORDS = {"true": True, "1": True, "false": False, "0": False}


@dataclass(frozen=True)
class Field:
    """One field of a request: its snake_case name, its kind and help text.

    A kind is `str`, `int`, `bool`, `dict`, `list` (of texts), `items` (what can be counted through), or `truth`, which
    asks any value whether it is true.
    """

    name: str
    kind: str
    help: str
    required: bool = False
    default: Any = None


def load_json(data: bytes) -> Any:
    """Parse JSON; raise ValueError for what is none, `NaN` and `Infinity` included, which the store cannot hold."""

    def refuse(word: str) -> None:
        raise ValueError(word)

    return json.loads(data, parse_constant=refuse)


def says_json(request: HttpRequest) -> bool:
    """Say whether a request calls its body JSON: `application/json`, or `application/…+json`."""
    kind = request.content_type or ""
    return kind == "application/json" or (kind.startswith("application/") and kind.endswith("+json"))


def read_json(request: HttpRequest, dialect: V2 = V2_DIALECT, silent: bool = False) -> Any:
    """Return the JSON of a body that says it is JSON, or None for any other; raise BrokenJson for one that is none.

    Where v3 looks at a body `silent`ly it reads nothing of a broken one, and whoever reads it after that does neither.
    """
    if not says_json(request):
        return None
    try:
        return load_json(request.body)
    except ValueError:
        if silent and dialect.takes_broken_json:
            request.META[GIVEN_UP] = True
        if GIVEN_UP in request.META:
            return None
        raise BrokenJson from None


def read_form(request: HttpRequest) -> QueryDict:
    """Return the fields of a form body."""
    if request.method == "PUT" and request.content_type == "application/x-www-form-urlencoded":
        return QueryDict(request.body)
    return request.POST


def read_values(request: HttpRequest, dialect: V2) -> dict[str, list[Any]]:
    """Return all values of each field: those of the JSON first, then of the query, then of a form.

    A list in the JSON is so many values of its field, an empty one none: the field is then absent.
    """
    values: dict[str, list[Any]] = {}
    for name, value in _pairs(read_json(request, dialect)):
        values.setdefault(name, []).append(value)
    for source in (request.GET, read_form(request)):
        for name, texts in source.lists():
            values.setdefault(str(name), []).extend(texts)
    return values


def _pairs(value: Any) -> Iterator[tuple[str, Any]]:
    # What is neither an object nor a list of pairs is a 500, as in Abaco.
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from ((name, each) for each in (inner if isinstance(inner, list) else [inner]))
    elif value is not None:
        try:
            yield from [(str(name), inner) for name, inner in value]
        except (TypeError, ValueError) as error:
            raise Crash.of(error) from None


def read_fields(
    request: HttpRequest, dialect: V2, fields: Sequence[Field], thing: str, whole_reason: bool = False
) -> dict[str, Any]:
    """Read the named fields of a request; unknown ones are ignored.

    Returns every field by its snake_case name, absent ones with their default. Raises a 400 with one field's help
    text, `<thing>: {'<field>': '<help>'}`, for the first that is missing or has a wrong type, and one for a body that
    says it is JSON and is not, with Flask's words where `whole_reason` is asked for.
    """
    try:
        values = read_values(request, dialect)
    except BrokenJson as broken:
        reason = f": {broken.reason}" if whole_reason else ""
        raise Refusal(f"{thing}: Unable to process the JSON description.{reason}") from None
    result: dict[str, Any] = {}
    for field in fields:
        shown = dialect.name(field.name)
        refusal = Refusal(f"{thing}: { {shown: field.help} }")
        try:
            coerced = [coerce(value, field.kind) for value in values.get(shown, ())]
        except (TypeError, ValueError, AttributeError, KeyError, OverflowError):
            raise refusal from None
        if field.required and not coerced:
            raise refusal
        if field.kind == "list" and coerced:
            result[field.name] = coerced
        else:
            result[field.name] = coerced[0] if coerced else field.default
    return result


def coerce(value: Any, kind: str) -> Any:
    """Make a given value into a field's kind, null but for itself; raise an exception where it cannot be."""
    if value is None:
        return None
    if kind == "int":
        return int(value)
    if kind == "bool":
        return value if isinstance(value, bool) else TRUE_WORDS[value.lower()]
    if kind == "dict":
        return dict(value)
    if kind == "items":
        return list(value)
    return bool(value) if kind == "truth" else str(value)


def check_storable(value: Any) -> None:
    """Raise OverflowError for a whole number that no store can hold, however deep in a value it stands."""
    if isinstance(value, int) and not -(2**63) <= value < 2**63:
        raise OverflowError
    if isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            check_storable(inner)
