"""An actor's definition as a file: the JSON object that `POST /actors` takes, which `tapis` and agavepy take too.

Nothing here asks the API and nothing draws a page.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from actors_app.actors.definition import Definition, definition_of
from actors_app.core.pages.form_fields import has_unseen
from actors_app.core.pages.formatting import visible
from actors_app.core.sizes import variable_excess
from actors_app.services.dialects import DIALECTS, V2
from actors_app.services.types import Actor
from actors_app.services.types.actor_fields import FIELD, FIELDS, Type

# What the API says of an actor and lets nobody set; a file that was saved from its answer has them too.
SET_BY_THE_API = frozenset(
    (
        "id",
        "owner",
        "status",
        "status_message",
        "revision",
        "create_time",
        "last_update_time",
        "cron_next_ex",
        "mounts",
        "uid",
        "gid",
        "tasdir",
        "_links",
        "executions",
    )
)


class NoDefinition(ValueError):  # noqa: N818  it names what was found, as the errors of the services do
    """What was imported is no definition; its words are sentences for the visitor."""

    def __init__(self, *sentences: str) -> None:
        super().__init__(" ".join(sentences))
        self.sentences = sentences


@dataclass(frozen=True, slots=True)
class Imported:
    """What a file said, by our names, and the names in it that nothing is done with.

    `taken` says what was taken out of a file that holds more than a definition; empty where it holds nothing else.
    """

    definition: Definition
    unknown: tuple[str, ...]
    left_out: tuple[str, ...]  # which the API sets itself
    origin: str = ""

    def for_version(self, version: str) -> "Imported":
        """Return it without what this version of the API does not know."""
        if DIALECTS[version]().runs_as_executor:
            return self
        foreign = tuple(name for name in self.definition if FIELD[name].only_where_runs_as_executor)
        supported = {name: value for name, value in self.definition.items() if name not in foreign}
        return replace(self, definition=supported, unknown=(*self.unknown, *foreign))


def export_definition(actor: Actor, version: str) -> dict[str, Any]:
    """Return a definition under the names of this version of the API; what the actor does not have is left out.

    A null would be no such thing: the API fails on some.
    """
    dialect = DIALECTS[version]()
    definition = {"name": actor.name or "", **definition_of(actor)}
    if actor.stateless and not definition["state"]:
        del definition["state"]
    for name in (field.name for field in FIELDS if field.omits_false):
        if not definition[name]:
            # Saying no needs no right; yet the API may ask for the privileged role of whoever says anything.
            del definition[name]
    return {
        dialect.name(name): definition[name]
        for name in FIELD
        if name in definition and definition[name] is not None and (definition[name] != "" or name == "description")
    }


def as_text(definition: Mapping[str, Any]) -> str:
    """Return a definition as JSON for people; signs that cannot be seen are written in their numbers, as JSON lets."""
    text = json.dumps(definition, indent=2, ensure_ascii=False)
    return "".join(json.dumps(sign)[1:-1] if sign != "\n" and has_unseen(sign) else sign for sign in text) + "\n"


def parse_definition(content: object) -> Imported:
    """Read what a file holds, under the names of either version of the API; raise NoDefinition with what is wrong.

    It is a definition, a list of one, or the API's whole answer with either in it, as curl saves it.
    """
    value, origin = _unwrapped(content)
    if not isinstance(value, dict):
        raise NoDefinition('Enter a JSON object, e.g. {"image": "abacosamples/test"}.')
    names = {key: name for name in (*FIELD, *SET_BY_THE_API) for key in (name, V2().name(name))}
    definition: Definition = {}
    unknown, left_out, problems = [], [], []
    for key, item in value.items():
        name = names.get(key)
        if name is None:
            unknown.append(key)
        elif name in SET_BY_THE_API:
            left_out.append(key)
        elif name in definition:
            problems.append(f"“{key}” is specified twice, under two names.")
        elif item is not None:
            kind, test = _kind(name)
            if test(item):
                definition[name] = _plain(name, item)
            else:
                problems.append(f"“{key}” must be {kind}.")
    environment = definition.get("default_environment", {})
    problems += [f"“{name}”: {excess}" for name, item in environment.items() if (excess := variable_excess(name, item))]
    if problems:
        raise NoDefinition(*problems)
    if definition.get("queue") in ("", "default"):
        del definition["queue"]
    if not definition:
        raise NoDefinition("No actor fields found: “image” is required.")
    return Imported(definition, tuple(unknown), tuple(left_out), origin)


def _unwrapped(value: object) -> tuple[object, str]:
    """Return what a file holds without what stands around it, and what was taken, in words."""
    where = ""
    if isinstance(value, dict) and "result" in value and "image" not in value:
        if value.get("status") == "error":
            message = value.get("message") if isinstance(value.get("message"), str) else ""
            reason = f", “{visible(message[:200])}”" if message else ""
            raise NoDefinition(f"This is an error response from the API{reason}, not an actor.")
        value, where = value["result"], " in the API's response"
        if isinstance(value, dict) and isinstance(value.get("search"), list):
            value = value["search"]
    if isinstance(value, list):
        if len(value) > 1:
            raise NoDefinition(f"This is a list of {len(value)} actors{where}. Keep only one.")
        if not value:
            raise NoDefinition(f"The list{where} is empty.")
        return value[0], f"the only actor of the list{where}"
    return value, f"the actor{where}" if where else ""


def _plain(name: str, value: Any) -> Any:
    """Return a value as the form has it: the API takes one hint for a list, and `"false"` for false."""
    if name == "hints" and isinstance(value, str):
        return [value]
    if _kind(name) is _TRUTH and isinstance(value, str):
        return value == "true"
    return int(value) if _kind(name) is _NUMBER else value


def _is_number(value: object) -> bool:
    if isinstance(value, str):
        return value.isascii() and value.isdecimal() and len(value) <= 20
    return isinstance(value, int) and not isinstance(value, bool)


Kind = tuple[str, Callable[[Any], bool]]
_TEXT: Kind = "text in quotes", lambda value: isinstance(value, str)
_TRUTH: Kind = "true or false", lambda value: isinstance(value, bool) or value in ("true", "false")
_NUMBER: Kind = "a whole number", _is_number
_OBJECT: Kind = "an object in braces", lambda value: isinstance(value, dict)
_LIST: Kind = (
    "a list of text values",
    lambda value: isinstance(value, str) or (isinstance(value, list) and all(isinstance(item, str) for item in value)),
)
_ANY: Kind = "any JSON", lambda value: True
_KINDS: dict[Type, Kind] = {
    "text": _TEXT,
    "choice": _TEXT,
    "truth": _TRUTH,
    "number": _NUMBER,
    "object": _OBJECT,
    "list": _LIST,
    "json": _ANY,
}


def _kind(name: str) -> Kind:
    """Return what a file may hold under the name of a field."""
    return _KINDS[FIELD[name].type]
