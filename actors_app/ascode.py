"""A page or a form of the portal as the call that it makes: for a shell, and for Python with agavepy.

No secret is in them: the token is `$TOKEN`, a nonce `$NONCE`, and what a variable's name calls a secret is masked.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from actors_app.curl import Curl
from actors_app.secret_names import MASK, is_secret_name, masked

NO_CALL = "# agavepy has no call for this; use curl."
_SEARCHES = ("execution-search", "executions-search")  # their query has our names, with or without an operator
_ENVIRONMENTS = ("default_environment", "defaultEnvironment")


@dataclass(frozen=True, slots=True)
class Code:
    """What a page does, as two texts, and what it does in words; `id` is part of the texts' own ids in the page."""

    id: str
    title: str
    curl: str
    python: str


@dataclass(frozen=True, slots=True)
class _Operation:
    """An operation of the API: its words, its path with the names of ids in it, and agavepy's name for it."""

    title: str
    method: str
    path: tuple[str, ...] = ()
    agavepy: str = ""
    note: str = ""  # what surprises about agavepy's call


_A, _E = "{actor_id}", "{execution_id}"
_ACTOR, _WORKER, _NONCE = (_A,), (_A, "workers", "{worker_id}"), (_A, "nonces", "{nonce_id}")
_ALIAS = ("aliases", "{alias}")
_EXECUTION = (_A, "executions", _E)
_RAISES = "# The call is done; agavepy then stumbles over its answer and raises."

OPERATIONS = {
    "actor-list": _Operation("List the actors", "GET", (), "list"),
    "actor-create": _Operation("Register the actor", "POST", (), "add"),
    "actor": _Operation("Read the actor", "GET", _ACTOR, "get"),
    "actor-update": _Operation("Replace the actor's definition", "PUT", _ACTOR, "update"),
    "actor-delete": _Operation("Delete the actor", "DELETE", _ACTOR, "delete"),
    "permissions": _Operation("Read who may do what", "GET", (_A, "permissions"), "getPermissions"),
    "message-count": _Operation("Count the messages that wait", "GET", (_A, "messages"), "getMessages"),
    "message-send": _Operation("Send the message", "POST", (_A, "messages"), "sendMessage"),
    "message-purge": _Operation("Empty the mailbox", "DELETE", (_A, "messages"), "deleteMessages", _RAISES),
    "worker-list": _Operation("List the workers", "GET", (_A, "workers"), "listWorkers"),
    "worker-add": _Operation("Ask for workers", "POST", (_A, "workers"), "addWorker", _RAISES),
    "worker": _Operation("Read the worker", "GET", _WORKER, "getWorker"),
    "worker-stop": _Operation("Stop the worker", "DELETE", _WORKER, "deleteWorker"),
    "nonce-list": _Operation("List the nonces", "GET", (_A, "nonces"), "listNonces"),
    "nonce-create": _Operation("Make a nonce", "POST", (_A, "nonces"), "addNonce"),
    "nonce": _Operation("Read the nonce", "GET", _NONCE, "getNonce"),
    "nonce-delete": _Operation("Delete the nonce", "DELETE", _NONCE, "deleteNonce"),
    "alias-list": _Operation("List the aliases", "GET", ("aliases",), "listAliases"),
    "alias-create": _Operation("Make the alias", "POST", ("aliases",), "addAlias"),
    "alias": _Operation("Read the alias", "GET", _ALIAS, "getAlias"),
    "alias-update": _Operation("Point the alias elsewhere", "PUT", _ALIAS),
    "alias-delete": _Operation("Delete the alias", "DELETE", _ALIAS, "deleteAlias"),
    "alias-nonce-list": _Operation("List the alias's nonces", "GET", (*_ALIAS, "nonces")),
    "alias-nonce-create": _Operation("Make a nonce of the alias", "POST", (*_ALIAS, "nonces")),
    "alias-nonce": _Operation("Read the nonce", "GET", (*_ALIAS, "nonces", "{nonce_id}")),
    "alias-nonce-delete": _Operation("Delete the nonce", "DELETE", (*_ALIAS, "nonces", "{nonce_id}")),
    "config-list": _Operation("List the configs", "GET", ("configs",)),
    "config-create": _Operation("Make the config", "POST", ("configs",)),
    "config-update": _Operation("Replace the config", "PUT", ("configs", "{config}")),
    "config-delete": _Operation("Delete the config", "DELETE", ("configs", "{config}")),
    "execution-list": _Operation("List the actor's executions", "GET", (_A, "executions"), "listExecutions"),
    "execution-search": _Operation("Search the actor's executions, as far as the API can", "GET", (_A, "executions")),
    "executions-search": _Operation(
        "Search the executions of all actors, as far as the API can", "GET", ("search", "executions")
    ),
    "execution": _Operation("Read the execution", "GET", _EXECUTION, "getExecution"),
    "execution-halt": _Operation("Halt the execution", "DELETE", _EXECUTION),
    "execution-register": _Operation("Register an execution", "POST", (_A, "executions"), "addExecution"),
    "log": _Operation("Read the log", "GET", (*_EXECUTION, "logs"), "getExecutionLogs"),
    "result": _Operation("Take the oldest result, which the API then forgets", "GET", (*_EXECUTION, "results")),
}

# What a form is shown to send before anything is typed into it.
EXAMPLES: Mapping[str, Mapping[str, Any]] = {
    "actor-create": {"image": "abacosamples/test"},
    "message-send": {"message": "hello"},
    "worker-add": {"num": 1},
    "nonce-create": {"level": "EXECUTE", "max_uses": 1, "description": ""},
    "alias-nonce-create": {"level": "EXECUTE", "max_uses": 1, "description": ""},
    "alias-create": {"alias": "my-alias", "actor_id": "ACTOR_ID"},
    "alias-update": {"actor_id": "ACTOR_ID"},
    "config-create": {"name": "my-config", "value": "VALUE", "is_secret": False, "actors": "ACTOR_ID"},
    "config-update": {"name": "my-config", "value": "VALUE", "is_secret": False, "actors": "ACTOR_ID"},
    "execution-register": {"runtime": 0, "cpu": 0, "io": 0},
}


def code_of(
    request: HttpRequest,
    operation: str,
    *,
    query: Mapping[str, str] | None = None,
    body: Mapping[str, Any] | None = None,
    **ids: str,
) -> Code:
    """Return an operation of OPERATIONS as code, with the ids that its path names.

    `body` has our names, as forms give them, but that of a message and of an actor's environment goes as it is;
    `query` is what goes into the address: for a message its environment, for a search its filter. A nonce needs no id.
    Raises SignedOut.
    """
    known, curl = OPERATIONS[operation], Curl(request)
    sent = _named(curl, body, operation) if body is not None else None
    if known.method == "POST" and sent is None and operation != "nonce-create":
        sent = {}
    asked = {name: MASK if name.lower() == "x-nonce" else value for name, value in masked(query or {}).items()}
    if operation in _SEARCHES:
        asked = {_field(curl, name): value for name, value in asked.items()}
    path = [_filled(part, ids) for part in known.path]
    more = " --output result.bin" if operation == "result" else ""
    line = curl.call(known.method, path, query=asked, body=sent, more=more)
    if curl.dialect.version != "v2" or not known.agavepy:
        python = NO_CALL + "\n"
    else:
        python = _python(curl.server, known, ids, sent, asked)
    return Code(f"code-{operation}", known.title, line, python)


def _field(curl: Curl, name: str) -> str:
    field, dot, operator = name.partition(".")
    return curl.dialect.name(field) + dot + operator


def _filled(part: str, ids: Mapping[str, str]) -> str:
    if part == "{nonce_id}":
        return "$NONCE"
    return ids[part[1:-1]] if part.startswith("{") else part


def _named(curl: Curl, body: Mapping[str, Any], operation: str) -> dict[str, Any]:
    """Return a body by the API's names, without what has no value and without secrets."""
    if operation == "message-send":
        return dict(body)
    found = {}
    for name, value in body.items():
        if value is None or (name, value) == ("queue", ""):
            continue
        if name in _ENVIRONMENTS and isinstance(value, Mapping):
            value = masked(value)
        elif name != "token" and is_secret_name(name):
            value = MASK
        found[curl.dialect.name(name)] = value
    return found


_NAMES = {
    "{actor_id}": "actorId",
    "{execution_id}": "executionId",
    "{worker_id}": "workerId",
    "{nonce_id}": "nonceId",
    "{alias}": "alias",
}


def _python(
    server: str, known: _Operation, ids: Mapping[str, str], body: Mapping[str, Any] | None, query: Mapping[str, str]
) -> str:
    given = []
    for part in known.path:
        if part == "{nonce_id}":
            given.append('nonceId=os.environ["NONCE"]')
        elif part in _NAMES:
            given.append(f"{_NAMES[part]}={_filled(part, ids)!a}")
    if body is not None:
        given.append(f"body={_literal(body)}")
    if query:
        given.append(f"environment={_literal(dict(query))}")
    call = f"ag.actors.{known.agavepy}({', '.join(given)})"
    if len(call) > 80 and given:
        inner = "".join(f"    {_indented(one)},\n" for one in given)
        call = f"ag.actors.{known.agavepy}(\n{inner})"
    lines = [
        "import os",
        "",
        "from agavepy.agave import Agave",
        "",
        f'ag = Agave(api_server={server!a}, token=os.environ["TOKEN"])',
        *([known.note] if known.note else []),
        f"print({call})" if known.method == "GET" else f"answer = {call}",
    ]
    return "\n".join(lines) + "\n"


def _literal(value: Any) -> str:
    """Write a value as Python, in ASCII; a large object has a line for each of its members."""
    if isinstance(value, Mapping) and len(ascii(dict(value))) > 60:
        inner = "".join(f"    {str(name)!a}: {_indented(_literal(one))},\n" for name, one in value.items())
        return f"{{\n{inner}}}"
    return ascii(dict(value) if isinstance(value, Mapping) else value)


def _indented(text: str) -> str:
    return text.replace("\n", "\n    ")
