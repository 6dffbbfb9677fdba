"""A page or a form of the portal as the call that it makes: for a shell, and for Python with agavepy.

The token is `$TOKEN`, a nonce `$NONCE`, and what may be a secret by its name or its value is a variable that has to be
set before anything is sent, so that no line that was pasted puts something else in a secret's place.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from actors_app.core.pages.curl import MAX_BODY, Curl
from actors_app.core.pages.snippet_secrets import Hidden
from actors_app.services.types.actors import is_no_queue

# Searches too: `getSearch` stands in its repository alone, and was never released.
NO_CALL = "# agavepy has no call for this in its newest release, 0.9.5; use curl."
# It takes the host out of the address that it is given, and asks that by https (agavepy resources/api_actors.json.j2).
NOT_PLAIN = "# agavepy speaks https alone, and this API is asked without TLS; use curl."
NOT_V2 = "# agavepy speaks v2 of the API, and this one does not; use curl."
_SEARCHES = (
    "execution-search",
    "executions-search",
    "search",
)  # their query has our names, with or without an operator


@dataclass(frozen=True, slots=True)
class Code:
    """What a page does, as two texts, and what it does in words; `id` is part of the texts' own ids in the page."""

    id: str
    title: str
    curl: str
    python: str
    secrets: tuple[str, ...] = ()  # the variables that stand in place of secrets


@dataclass(frozen=True, slots=True)
class _Operation:
    """An operation of the API: its words, its path with the names of ids in it, and agavepy's name for it."""

    title: str
    method: str
    path: tuple[str, ...] = ()
    agavepy: str = ""
    note: str = ""  # what surprises about agavepy's call
    part: str = ""  # the part of what agavepy gives that is the answer, where that is not all of it


_A, _E = "{actor_id}", "{execution_id}"
_ACTOR, _WORKER, _NONCE = (_A,), (_A, "workers", "{worker_id}"), (_A, "nonces", "{nonce_id}")
_ALIAS = ("aliases", "{alias}")
_EXECUTION = (_A, "executions", _E)
_RAISES = "# The call is done; agavepy then stumbles over its answer and raises."
_OLD = "# Only agavepy of before February 2018 has this call."

OPERATIONS = {
    "actor-list": _Operation("List the actors", "GET", (), "list"),
    "actor-create": _Operation("Register the actor", "POST", (), "add"),
    "actor": _Operation("Read the actor", "GET", _ACTOR, "get"),
    "actor-update": _Operation("Replace the actor's definition", "PUT", _ACTOR, "update"),
    "actor-delete": _Operation("Delete the actor", "DELETE", _ACTOR, "delete"),
    "permissions": _Operation("Read who may do what", "GET", (_A, "permissions"), "getPermissions"),
    "permission-grant": _Operation("Grant a level", "POST", (_A, "permissions"), "updatePermissions"),
    "alias-permissions": _Operation("Read who may use the alias", "GET", ("aliases", "{alias}", "permissions")),
    "alias-permission-grant": _Operation("Grant a level", "POST", ("aliases", "{alias}", "permissions")),
    "config-permissions": _Operation("Read who may use the config", "GET", ("configs", "{config}", "permissions")),
    "config-permission-grant": _Operation("Grant a level", "POST", ("configs", "{config}", "permissions")),
    "message-count": _Operation("Count the messages that wait", "GET", (_A, "messages"), "getMessages"),
    "message-send": _Operation("Send the message", "POST", (_A, "messages"), "sendMessage"),
    "message-send-file": _Operation("Send the file", "POST", (_A, "messages"), "sendBinaryMessage"),
    "message-purge": _Operation("Empty the mailbox", "DELETE", (_A, "messages"), "deleteMessages", _RAISES),
    "worker-list": _Operation("List the workers", "GET", (_A, "workers"), "listWorkers"),
    "worker-add": _Operation("Ask for workers", "POST", (_A, "workers"), "addWorker", _RAISES),
    "worker": _Operation("Read the worker", "GET", _WORKER, "getWorker"),
    "worker-stop": _Operation("Stop the worker", "DELETE", _WORKER, "deleteWorker"),
    "nonce-list": _Operation("List the nonces", "GET", (_A, "nonces"), "listNonces"),
    "nonce-create": _Operation("Make a nonce", "POST", (_A, "nonces"), "addNonce"),
    "nonce": _Operation("Read the nonce", "GET", _NONCE, "getNonce"),
    "nonce-delete": _Operation("Delete the nonce", "DELETE", _NONCE, "deleteNonce"),
    "state": _Operation("Read the state", "GET", (_A, "state"), "getState"),
    "state-update": _Operation("Replace the state", "POST", (_A, "state"), "updateState"),
    "alias-list": _Operation("List the aliases", "GET", ("aliases",), "listAliases"),
    "alias-create": _Operation("Make the alias", "POST", ("aliases",), "addAlias"),
    "alias": _Operation("Read the alias", "GET", _ALIAS, "getAlias"),
    "alias-update": _Operation("Point the alias elsewhere", "PUT", _ALIAS),
    "alias-delete": _Operation("Delete the alias", "DELETE", _ALIAS, "deleteAlias"),
    "alias-nonce-list": _Operation("List the alias's nonces", "GET", (*_ALIAS, "nonces")),
    "alias-nonce-create": _Operation("Make a nonce of the alias", "POST", (*_ALIAS, "nonces")),
    "alias-nonce": _Operation("Read the nonce", "GET", (*_ALIAS, "nonces", "{nonce_id}")),
    "alias-nonce-delete": _Operation("Delete the nonce", "DELETE", (*_ALIAS, "nonces", "{nonce_id}")),
    "utilization": _Operation("Read how full the server is", "GET", ("utilization",)),
    "admin-actors": _Operation("List the actors of all tenants, as an administrator", "GET", ("admin",)),
    "admin-workers": _Operation("List the workers of all tenants, as an administrator", "GET", ("admin", "workers")),
    "admin-executions": _Operation("Add up all executions, as an administrator", "GET", ("admin", "executions")),
    "workers-search": _Operation("Search the workers of all actors", "GET", ("search", "workers")),
    "config-list": _Operation("List the configs", "GET", ("configs",)),
    "config-create": _Operation("Make the config", "POST", ("configs",)),
    "config-update": _Operation("Replace the config", "PUT", ("configs", "{config}")),
    "config-delete": _Operation("Delete the config", "DELETE", ("configs", "{config}")),
    "execution-list": _Operation("List the actor's executions", "GET", (_A, "executions"), "listExecutions"),
    "search": _Operation("Search", "GET", ("search", "{kind}")),
    "execution-search": _Operation("Search the actor's executions, as far as the API can", "GET", (_A, "executions")),
    "executions-search": _Operation(
        "Search the executions of all actors, as far as the API can", "GET", ("search", "executions")
    ),
    "execution": _Operation("Read the execution", "GET", _EXECUTION, "getExecution"),
    "execution-halt": _Operation("Halt the execution", "DELETE", _EXECUTION),
    "execution-register": _Operation("Register an execution", "POST", (_A, "executions"), "addExecution", _OLD),
    "log": _Operation("Read the log", "GET", (*_EXECUTION, "logs"), "getExecutionLogs"),
    "result": _Operation(
        "Take the oldest result, which the API then forgets",
        "GET",
        (*_EXECUTION, "results"),
        "getOneExecutionResult",
        "# agavepy gives the whole answer of HTTP; its content is the result, as bytes.",
        ".content",
    ),
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
    "state-update": {"count": 1},
    "config-create": {"name": "my-config", "value": "VALUE", "is_secret": False, "actors": "ACTOR_ID"},
    "config-update": {"name": "my-config", "value": "VALUE", "is_secret": False, "actors": "ACTOR_ID"},
    "permission-grant": {"user": "jdoe", "level": "READ"},
    "alias-permission-grant": {"user": "jdoe", "level": "READ"},
    "config-permission-grant": {"user": "jdoe", "level": "READ"},
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

    `body` has our names, as forms give them, but that of a message, a state and an actor's environment goes as it is;
    `query` is what goes into the address: for a message its environment, for a search its filter. A nonce needs no id.
    Raises SignedOut.
    """
    known, curl, hidden = OPERATIONS[operation], Curl(request), Hidden()
    is_file = operation == "message-send-file"
    # A config says itself that its value is a secret.
    secret = ("value",) if operation.startswith("config-") and (body or {}).get("is_secret") else ()
    sent = None if body is None or is_file else hidden.of(_named(curl, body, operation), always=secret)
    if known.method == "POST" and sent is None and operation != "nonce-create" and not is_file:
        sent = {}
    asked = hidden.of({name: str(value) for name, value in (query or {}).items()}, always=("x-nonce",))
    if operation in _SEARCHES:
        asked = {_field(curl, name): value for name, value in asked.items()}
    path = [_filled(part, ids) for part in known.path]
    more = " --output result.bin" if operation == "result" else ""
    line, variables = hidden.in_shell(curl.call(known.method, path, query=asked, body=sent, file=is_file, more=more))
    if not known.agavepy:
        python = NO_CALL + "\n"
    elif not curl.dialect.has_agavepy:
        python = NOT_V2 + "\n"
    elif not curl.server.lower().startswith("https://"):
        python = NOT_PLAIN + "\n"
    else:
        python = hidden.in_python(_python(curl.server, known, ids, _body(sent, is_file=is_file), asked))
    return Code(f"code-{operation}", known.title, line, python, variables)


def _field(curl: Curl, name: str) -> str:
    field, dot, operator = name.partition(".")
    return curl.dialect.name(field) + dot + operator


def _filled(part: str, ids: Mapping[str, str]) -> str:
    if part == "{nonce_id}":
        return "$NONCE"
    return ids[part[1:-1]] if part.startswith("{") else part


def _named(curl: Curl, body: Mapping[str, Any], operation: str) -> dict[str, Any]:
    """Return a body by the API's names, without what has no value."""
    if operation in ("message-send", "state-update"):
        return dict(body)
    return {
        curl.dialect.name(name): value
        for name, value in body.items()
        if value is not None and not is_no_queue(name, value)
    }


def _body(sent: Mapping[str, Any] | None, *, is_file: bool) -> dict[str, str]:
    """Return what agavepy is given as the body, each as source."""
    if is_file:
        return {
            "message": 'open("FILE", "rb").read()',
            "headers": '{"Content-Type": "application/octet-stream"}',
        }
    if sent is None:
        return {}
    source = _literal(sent)
    return {"body": 'json.load(open("body.json"))' if len(source) > MAX_BODY else source}


_NAMES = {
    "{actor_id}": "actorId",
    "{execution_id}": "executionId",
    "{worker_id}": "workerId",
    "{nonce_id}": "nonceId",
    "{alias}": "alias",
}


def _python(
    server: str, known: _Operation, ids: Mapping[str, str], body: Mapping[str, str], query: Mapping[str, str]
) -> str:
    given = []
    for part in known.path:
        if part == "{nonce_id}":
            given.append('nonceId=os.environ["NONCE"]')
        elif part in _NAMES:
            given.append(f"{_NAMES[part]}={_filled(part, ids)!a}")
    given += [f"{name}={source}" for name, source in body.items()]
    if query:
        given.append(f"environment={_literal(dict(query))}")
    call = f"ag.actors.{known.agavepy}({', '.join(given)})"
    if len(call) > 80 and given:
        inner = "".join(f"    {_indented(one)},\n" for one in given)
        call = f"ag.actors.{known.agavepy}(\n{inner})"
    lines = [
        *(["import json"] if "json.load(" in body.get("body", "") else []),
        "import os",
        "",
        "from agavepy.agave import Agave",
        "",
        f'ag = Agave(api_server={server!a}, token=os.environ["TOKEN"])',
        *([known.note] if known.note else []),
        f"print({call}{known.part})" if known.method == "GET" else f"answer = {call}",
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
