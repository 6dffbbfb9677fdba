"""A page or a form of the portal as the call that it makes: for a shell, and for Python with agavepy.

The token is `$TOKEN`, a nonce `$NONCE`, and what may be a secret by its name or its value is a variable that has to be
set before anything is sent, so that no line that was pasted puts something else in a secret's place.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from actors_app.core.operations.operation import Operation, operation_named
from actors_app.core.pages.curl import MAX_BODY, Curl
from actors_app.core.pages.snippet_secrets import Hidden
from actors_app.services.types.actors import is_no_queue

# Searches too: `getSearch` stands in its repository alone, and was never released.
NO_CALL = "# agavepy has no call for this in its newest release, 0.9.5; use curl."
# It takes the host out of the address that it is given, and asks that by https (agavepy resources/api_actors.json.j2).
NOT_PLAIN = "# agavepy speaks https alone, and this API is asked without TLS; use curl."
NOT_V2 = "# agavepy speaks v2 of the API, and this one does not; use curl."


@dataclass(frozen=True, slots=True)
class Code:
    """What a page does, as two texts, and what it does in words; `id` is part of the texts' own ids in the page."""

    id: str
    title: str
    curl: str
    python: str
    secrets: tuple[str, ...] = ()  # the variables that stand in place of secrets


def code_of(
    request: HttpRequest,
    operation: str,
    *,
    query: Mapping[str, str] | None = None,
    body: Mapping[str, Any] | None = None,
    **ids: str,
) -> Code:
    """Return an operation as code, with the ids that its path names.

    `body` has our names, as forms give them, but that of a message, a state and an actor's environment goes as it is;
    `query` is what goes into the address: for a message its environment, for a search its filter. A nonce needs no id.
    Raises SignedOut.
    """
    record, curl, hidden = operation_named(operation), Curl(request), Hidden()
    # A config says itself that its value is a secret.
    secret = ("value",) if record.kind == "config" and (body or {}).get("is_secret") else ()
    sent = None if body is None or record.has_file else hidden.of(_named(curl, body, record), always=secret)
    if record.method == "POST" and sent is None and record.needs_body and not record.has_file:
        sent = {}
    params = hidden.of({name: str(value) for name, value in (query or {}).items()}, always=("x-nonce",))
    if record.has_filter:
        params = {_field(curl, name): value for name, value in params.items()}
    path = [_filled(part, ids) for part in record.segments]
    call = curl.call(record.method, path, query=params, body=sent, file=record.has_file, options=record.curl_options)
    line, variables = hidden.in_shell(call)
    if not record.agavepy:
        python = NO_CALL + "\n"
    elif not curl.dialect.has_agavepy:
        python = NOT_V2 + "\n"
    elif not curl.server.lower().startswith("https://"):
        python = NOT_PLAIN + "\n"
    else:
        python = hidden.in_python(_python(curl.server, record, ids, _body(sent, is_file=record.has_file), params))
    return Code(f"code-{record.name.replace('.', '-')}", record.title, line, python, variables)


def _field(curl: Curl, name: str) -> str:
    field, dot, operator = name.partition(".")
    return curl.dialect.name(field) + dot + operator


def _filled(part: str, ids: Mapping[str, str]) -> str:
    if part == "{nonce_id}":
        return "$NONCE"
    return ids[part[1:-1]] if part.startswith("{") else part


def _named(curl: Curl, body: Mapping[str, Any], operation: Operation) -> dict[str, Any]:
    """Return a body by the API's names, without what has no value."""
    if operation.has_raw_body:
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
    server: str, operation: Operation, ids: Mapping[str, str], body: Mapping[str, str], query: Mapping[str, str]
) -> str:
    arguments = []
    for part in operation.segments:
        if part == "{nonce_id}":
            arguments.append('nonceId=os.environ["NONCE"]')
        elif part in _NAMES:
            arguments.append(f"{_NAMES[part]}={_filled(part, ids)!a}")
    arguments += [f"{name}={source}" for name, source in body.items()]
    if query:
        arguments.append(f"environment={_literal(dict(query))}")
    call = f"ag.actors.{operation.agavepy}({', '.join(arguments)})"
    if len(call) > 80 and arguments:
        inner = "".join(f"    {_indented(argument)},\n" for argument in arguments)
        call = f"ag.actors.{operation.agavepy}(\n{inner})"
    lines = [
        *(["import json"] if "json.load(" in body.get("body", "") else []),
        "import os",
        "",
        "from agavepy.agave import Agave",
        "",
        f'ag = Agave(api_server={server!a}, token=os.environ["TOKEN"])',
        *([operation.agavepy_note] if operation.agavepy_note else []),
        f"print({call}{operation.agavepy_part})" if operation.method == "GET" else f"answer = {call}",
    ]
    return "\n".join(lines) + "\n"


def _literal(value: Any) -> str:
    """Write a value as Python, in ASCII; a large object has a line for each of its members."""
    if isinstance(value, Mapping) and len(ascii(dict(value))) > 60:
        inner = "".join(f"    {str(name)!a}: {_indented(_literal(member))},\n" for name, member in value.items())
        return f"{{\n{inner}}}"
    return ascii(dict(value) if isinstance(value, Mapping) else value)


def _indented(text: str) -> str:
    return text.replace("\n", "\n    ")
