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
    endpoints: dict[str, list[Endpoint]] = {}
    for path, methods in schema()["paths"].items():
        for method, spec in methods.items():
            endpoints.setdefault(spec["tags"][0], []).append(_operation(path, method, spec))
    return tuple(Group(name, tuple(operations)) for name, operations in sorted(endpoints.items()))


def kinds() -> list[tuple[str, str]]:
    """Return every kind of problem and its title."""
    return sorted({**API_TITLES, **TITLES}.items())


def _operation(path: str, method: str, spec: Mapping[str, Any]) -> Endpoint:
    status = next(code for code in spec["responses"] if code.startswith("2"))
    answer = spec["responses"][status].get("content", {})
    problems = [code for code, response in spec["responses"].items() if CONTENT_TYPE in response.get("content", {})]
    return Endpoint(
        id=spec["operationId"],
        method=method.upper(),
        path=path,
        summary=spec.get("summary", ""),
        about=tuple(map(_marked, filter(None, spec.get("description", "").split("\n\n")))),
        parameters=tuple(
            Field(item["name"], _kind(item["schema"]), bool(item.get("required")), _marked(item.get("description", "")))
            for item in spec.get("parameters", ())
            if item["name"] not in _EVERYWHERE and item["in"] != "path"
        ),
        takes=tuple(_fields(_shape(spec.get("requestBody", {}).get("content", {})))),
        example=_example(spec.get("requestBody", {}).get("content", {})),
        gives=tuple(_fields(_shape(answer))),
        status=status,
        media_types=tuple(answer),
        problems=", ".join(problems),
    )


def _marked(text: str) -> SafeString:
    """Return a text with what stands between backticks as code."""
    pieces = enumerate(text.split("`"))
    return format_html_join(
        "", "{}", ((format_html("<code>{}</code>", piece) if at % 2 else piece,) for at, piece in pieces)
    )


def _example(content: Mapping[str, Any]) -> str:
    examples = content.get("application/json", {}).get("examples", {})
    return next((json.dumps(entry["value"], indent=2) for entry in examples.values()), "")


def _shape(content: Mapping[str, Any]) -> Mapping[str, Any]:
    return _named(content.get("application/json", {}).get("schema", {}))


def _named(shape: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a shape itself where another is named in its place."""
    if "allOf" in shape:
        return _named(shape["allOf"][0])
    if "oneOf" in shape:
        return {
            "properties": {
                name: field for option in shape["oneOf"] for name, field in _named(option)["properties"].items()
            }
        }
    if "$ref" not in shape:
        return shape
    component: Mapping[str, Any] = schema()["components"]["schemas"][shape["$ref"].rpartition("/")[2]]
    return component


def _fields(shape: Mapping[str, Any], before: str = "") -> Iterator[Field]:
    required = shape.get("required", ())
    for name, field in shape.get("properties", {}).items():
        whole = _named(field)
        yield Field(before + name, _kind(whole), name in required, _marked(field.get("description", "")))
        if whole.get("type") == "array" and (inner := _named(whole["items"])).get("properties"):
            yield from _fields(inner, f"{before}{name}[].")


def _kind(shape: Mapping[str, Any]) -> str:
    """Say in a few words what a value is."""
    if shape.get("enum"):
        return "one of " + ", ".join(str(value) for value in shape["enum"] if value is not None)
    names = {"string": "text", "integer": "whole number", "number": "number", "boolean": "true or false"}
    kind = names.get(shape.get("type", ""), shape.get("type") or "any JSON")
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
