"""The schema as a page shows it: operations by what they are about, their fields as rows of a table."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from actors_app.core.api.schema import schema
from actors_app.core.pages.errors import TITLES as API_TITLES
from actors_app.core.problems import CONTENT_TYPE, TITLES

_EVERYWHERE = ("X-Portal-Tenant", "Idempotency-Key")


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a body, or a parameter."""

    name: str
    kind: str
    is_required: bool
    about: SafeString


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A method of an address."""

    id: str
    method: str
    path: str
    summary: str
    about: tuple[SafeString, ...]
    parameters: tuple[Field, ...]
    takes: tuple[Field, ...]
    example: str
    gives: tuple[Field, ...]
    status: str
    media_types: tuple[str, ...]
    problems: str


@dataclass(frozen=True, slots=True)
class Group:
    """The operations that are about the same thing."""

    name: str
    operations: tuple[Endpoint, ...]


@cache
def groups() -> tuple[Group, ...]:
    """Return every operation of the schema, by what it is about."""
    found: dict[str, list[Endpoint]] = {}
    for path, methods in schema()["paths"].items():
        for method, said in methods.items():
            found.setdefault(said["tags"][0], []).append(_operation(path, method, said))
    return tuple(Group(name, tuple(operations)) for name, operations in sorted(found.items()))


def kinds() -> list[tuple[str, str]]:
    """Return every kind of problem and its title."""
    return sorted({**API_TITLES, **TITLES}.items())


def _operation(path: str, method: str, said: Mapping[str, Any]) -> Endpoint:
    status = next(code for code in said["responses"] if code.startswith("2"))
    answer = said["responses"][status].get("content", {})
    problems = [code for code, one in said["responses"].items() if CONTENT_TYPE in one.get("content", {})]
    return Endpoint(
        id=said["operationId"],
        method=method.upper(),
        path=path,
        summary=said.get("summary", ""),
        about=tuple(map(_marked, filter(None, said.get("description", "").split("\n\n")))),
        parameters=tuple(
            Field(one["name"], _kind(one["schema"]), bool(one.get("required")), _marked(one.get("description", "")))
            for one in said.get("parameters", ())
            if one["name"] not in _EVERYWHERE and one["in"] != "path"
        ),
        takes=tuple(_fields(_shape(said.get("requestBody", {}).get("content", {})))),
        example=_example(said.get("requestBody", {}).get("content", {})),
        gives=tuple(_fields(_shape(answer))),
        status=status,
        media_types=tuple(answer),
        problems=", ".join(problems),
    )


def _marked(text: str) -> SafeString:
    """Return a text with what stands between backticks as code."""
    pieces = enumerate(text.split("`"))
    return format_html_join("", "{}", ((format_html("<code>{}</code>", one) if at % 2 else one,) for at, one in pieces))


def _example(content: Mapping[str, Any]) -> str:
    examples = content.get("application/json", {}).get("examples", {})
    return next((json.dumps(one["value"], indent=2) for one in examples.values()), "")


def _shape(content: Mapping[str, Any]) -> Mapping[str, Any]:
    return _named(content.get("application/json", {}).get("schema", {}))


def _named(shape: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a shape itself where another is named in its place."""
    if "allOf" in shape:
        return _named(shape["allOf"][0])
    if "oneOf" in shape:
        return {
            "properties": {name: one for each in shape["oneOf"] for name, one in _named(each)["properties"].items()}
        }
    if "$ref" not in shape:
        return shape
    found: Mapping[str, Any] = schema()["components"]["schemas"][shape["$ref"].rpartition("/")[2]]
    return found


def _fields(shape: Mapping[str, Any], before: str = "") -> Iterator[Field]:
    required = shape.get("required", ())
    for name, one in shape.get("properties", {}).items():
        whole = _named(one)
        yield Field(before + name, _kind(whole), name in required, _marked(one.get("description", "")))
        if whole.get("type") == "array" and (inner := _named(whole["items"])).get("properties"):
            yield from _fields(inner, f"{before}{name}[].")


def _kind(shape: Mapping[str, Any]) -> str:
    """Say in a few words what a value is."""
    if shape.get("enum"):
        return "one of " + ", ".join(str(one) for one in shape["enum"] if one is not None)
    words = {"string": "text", "integer": "whole number", "number": "number", "boolean": "true or false"}
    kind = words.get(shape.get("type", ""), shape.get("type") or "any JSON")
    if shape.get("format") == "date-time":
        kind = "moment"
    if kind == "array":
        kind = f"list of {_kind(_named(shape['items']))}"
    limits = [
        f"{word} {shape[name]:,}"
        for name, word in (("minimum", "from"), ("maximum", "to"), ("maxLength", "up to"))
        if name in shape
    ]
    kind += (", " + " ".join(limits) + (" characters" if "maxLength" in shape else "")) if limits else ""
    return kind + (" or null" if shape.get("nullable") else "")
