"""Request bodies: the fields of a JSON, form or query-string request, checked and coerced as Abaco's parser does.

What the fields mean is in the views; the message body, which follows its own rules, is in `views/messages.py`.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, QueryDict

from sandbox.answers import BrokenJson, Crash, Refusal
from sandbox.dialect import V2, V2_DIALECT

GIVEN_UP = "sandbox.body_given_up"
TRUE_WORDS = {"true": True, "1": True, "false": False, "0": False}


@dataclass(frozen=True)
class Field:
    """One field of a request: its snake_case name, its kind (`str`, `int`, `bool`, `dict`, `list`) and help text."""

    name: str
    kind: str
    help: str
    required: bool = False
    default: Any = None
    nullable: bool = True


def load_json(data: bytes) -> Any:
    """Parse JSON; raise ValueError for what is none, `NaN` and `Infinity` included, which the store cannot hold."""

    def refuse(word: str) -> None:
        raise ValueError(word)

    return json.loads(data, parse_constant=refuse)


def read_json(request: HttpRequest, dialect: V2 = V2_DIALECT, silent: bool = False) -> Any:
    """Return the JSON of a body that says it is JSON, or None for any other; raise BrokenJson for one that is none.

    Where v3 looks at a body `silent`ly it reads nothing of a broken one, and whoever reads it after that does neither.
    """
    if request.content_type != "application/json":
        return None
    try:
        return load_json(request.body)
    except ValueError:
        if silent and dialect.takes_broken_json:
            request.META[GIVEN_UP] = True
        if GIVEN_UP in request.META:
            return None
        raise BrokenJson from None


def read_form(request: HttpRequest) -> dict[str, Any]:
    """Return the first values of a form body."""
    form = request.POST
    if request.method == "PUT" and request.content_type == "application/x-www-form-urlencoded":
        form = QueryDict(request.body)
    return first_values(form)


def first_values(values: QueryDict) -> dict[str, Any]:
    """Return the first value of each name."""
    return {name: values.getlist(name)[0] for name in values}


def read_values(request: HttpRequest, dialect: V2) -> dict[str, Any]:
    """Return what a request says: by its query string, over it by its form, over both by its JSON."""
    return first_values(request.GET) | read_form(request) | pairs(read_json(request, dialect))


def pairs(value: Any) -> dict[str, Any]:
    """Take a JSON value as fields; what is neither an object nor pairs is a 500, as in Abaco."""
    if value is None:
        return {}
    if isinstance(value, dict):
        return value
    try:
        return {str(key): item for key, item in value}
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
        given = read_values(request, dialect)
    except BrokenJson as broken:
        reason = f": {broken.reason}" if whole_reason else ""
        raise Refusal(f"{thing}: Unable to process the JSON description.{reason}") from None
    values: dict[str, Any] = {}
    for field in fields:
        shown = dialect.name(field.name)
        refusal = Refusal(f"{thing}: {{{shown!r}: {field.help!r}}}")
        if shown not in given:
            if field.required:
                raise refusal
            values[field.name] = field.default
            continue
        try:
            values[field.name] = coerce(given[shown], field)
        except (TypeError, ValueError):
            raise refusal from None
    return values


def coerce(value: Any, field: Field) -> Any:
    """Make a given value into the field's kind; raise ValueError or TypeError where it cannot be."""
    if field.kind == "list":
        return ["None" if item is None else str(item) for item in (value if isinstance(value, list) else [value])]
    if isinstance(value, list) and field.kind != "dict":
        value = value[0] if value else None
    if value is None:
        if not field.nullable:
            raise TypeError
        return None
    if field.kind == "int":
        return int(value)
    if field.kind == "bool":
        if isinstance(value, bool):
            return value
        if not isinstance(value, str) or value.lower() not in TRUE_WORDS:
            raise ValueError
        return TRUE_WORDS[value.lower()]
    if field.kind == "dict":
        if not isinstance(value, dict):
            raise TypeError
        return value
    return str(value)
