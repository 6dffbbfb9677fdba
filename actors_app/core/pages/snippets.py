"""A page or a form of the portal as the call that it makes: for a shell, and for Python with agavepy.

The token is `$TOKEN`, a nonce `$NONCE`, and what may be a secret by its name or its value is a variable that has to be
set before anything is sent, so that no line that was pasted puts something else in a secret's place.
"""

import json
import re
import secrets
import shlex
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from django.http import HttpRequest

from actors_app.core.operations.operation import Operation, operation_named
from actors_app.core.security import credentials
from actors_app.masking import is_secret_name, may_hold_secret
from actors_app.services.dialects import DIALECTS, Dialect
from actors_app.services.errors import SignedOut
from actors_app.services.types.actors import is_no_queue

MAX_BODY = 4000  # characters of a message that still make a line to be read


class Curl:
    """curl lines at the API where this visitor is signed in, for one actor or for all."""

    def __init__(self, request: HttpRequest, actor_id: str = "") -> None:
        user = credentials.load(request)
        if user is None:
            raise SignedOut
        tenant = credentials.tenant_of(user)
        self.server = tenant.url
        self.dialect: Dialect = DIALECTS[tenant.version]()
        self._root = "/".join([tenant.url, *self.dialect.actors_root])
        self._actor = f"{self._root}/{quote(actor_id, safe='')}"

    def call(
        self,
        method: str,
        path: Iterable[str] = (),
        *,
        query: Mapping[str, str] | None = None,
        body: object = None,
        file: bool = False,
        options: str = "",
    ) -> str:
        """Return the line that makes a call of a path under the root of the actors, with a JSON body, a file or none.

        A part of the path that begins with `$` is a variable of the shell; `options` go to the end of the line. A body
        that is too long to be read, and for some shells to be run, is to be put into the file `body.json`.
        """
        segments = list(path)
        variables = [word for word in segments if word.startswith("$")]
        address = "/".join([self._root, *(word if word in variables else quote(word, safe="") for word in segments)])
        if query:
            address += "?" + urlencode(query)
        # curl itself posts whatever has a body, and gets everything else.
        verb = [] if method == ("GET" if body is None and not file else "POST") else [f"-X {method}"]
        parts = ["curl -sS", *verb, *self._token()]
        if file:
            parts += ['-H "Content-Type: application/octet-stream"', "--data-binary @FILE"]
        elif body is not None:
            text = json.dumps(body)
            data = shlex.quote(text if len(text) <= MAX_BODY else "@body.json")
            parts += ['-H "Content-Type: application/json"', f"--data-binary {data}"]
        parts.append(f'"{address}"' if variables else shlex.quote(address))
        return " \\\n  ".join(parts) + options

    def message(self, kind: str, value: Any, environment: Mapping[str, str]) -> str:
        """Return the line that sends a message: a text, a JSON object, or (as None) a file."""
        query = "?" + urlencode(environment) if environment else ""
        return self._post(kind, value, f"{self._actor}/messages{query}", self._token())

    def message_with_nonce(self, nonce_id: str) -> str:
        """Return the line that sends a message with a nonce and no account."""
        return self._post("text", "hello", f"{self._actor}/messages?{urlencode({'x-nonce': nonce_id})}", [])

    def actor_with_nonce(self, nonce_id: str) -> str:
        """Return the line that reads the actor with a nonce and no account."""
        return f"curl -sS {shlex.quote(f'{self._actor}?' + urlencode({'x-nonce': nonce_id}))}"

    def _token(self) -> list[str]:
        return [f'-H "{name}: {text}"' for name, text in self.dialect.auth_headers("$TOKEN").items()]

    def _post(self, kind: str, value: Any, address: str, headers: list[str]) -> str:
        if kind == "file":
            body, content_type = "@FILE", "application/octet-stream"
        else:
            # ASCII only, so that whatever was typed shows and is copied as it is.
            text = json.dumps(value if kind == "json" else {"message": value})
            body, content_type = (text if len(text) <= MAX_BODY else "@message.json"), "application/json"
        parts = [*headers, f'-H "Content-Type: {content_type}"', f"--data-binary {shlex.quote(body)}"]
        return " \\\n  ".join(["curl -sS", *parts, shlex.quote(address)])


_OTHER = re.compile(r"[^A-Za-z0-9]+")
_LONGEST = 40  # characters of a variable's name that come from the secret's
_SETTING = "token"  # sounds like a secret, and is a setting of an actor
_READ = {"s": "{}", "i": "int({})", "f": "float({})"}  # how Python makes of a variable what stood there


class Hidden:
    """The secrets of one call. Each is first a mark that no quoting changes, and in the text a variable.

    A mark is letters and digits that nobody can foresee, so that nothing that was typed passes for one.
    """

    def __init__(self) -> None:
        self._mark = f"h{secrets.token_hex(12)}"
        self._names: list[str] = []

    def of(self, value: Mapping[str, Any], always: Collection[str] = ()) -> dict[str, Any]:
        """Return a body or a query with a mark in place of each secret, at any depth; `always` are secrets too."""
        return {
            name: member
            if name == _SETTING and isinstance(member, bool)
            else self._masked(member, is_secret=is_secret_name(name) or name.casefold() in always, name=name)
            for name, member in value.items()
        }

    def in_shell(self, line: str) -> tuple[str, tuple[str, ...]]:
        """Return a line with its variables, and their names; a shell runs no line of which one is not set.

        A mark stands in single quotes, as everything that was typed: they are closed before it, and opened after it.
        """
        if not self._names:
            return line, ()
        variables: list[str] = []

        def variable(mark: re.Match[str]) -> str:
            variables.append(self._names[int(mark[2] or mark[4])])
            return f"'\"${{{variables[-1]}:?}}\"'"

        text = re.sub(rf'"{self._mark}([if])(\d+)z"|{self._mark}(s)(\d+)z', variable, line)
        return text, tuple(dict.fromkeys(variables))

    def in_python(self, text: str) -> str:
        """Return a text in Python with its variables; it stops where one of them is not set."""
        if not self._names:
            return text

        def variable(mark: re.Match[str]) -> str:
            return _READ[mark[1]].format(f'os.environ["{self._names[int(mark[2])]}"]')

        return re.sub(rf"'{self._mark}([sif])(\d+)z'", variable, text)

    def _masked(self, value: Any, *, is_secret: bool, name: str) -> Any:
        if isinstance(value, Mapping):
            return {
                str(key): self._masked(member, is_secret=is_secret or is_secret_name(str(key)), name=str(key))
                for key, member in value.items()
            }
        if isinstance(value, list | tuple):
            return [self._masked(member, is_secret=is_secret, name=name) for member in value]
        # A switch is no secret, and neither is nothing.
        if value is None or isinstance(value, bool) or value == "" or not (is_secret or may_hold_secret("", value)):
            return value
        return self._hidden(name, "f" if isinstance(value, float) else "i" if isinstance(value, int) else "s")

    def _hidden(self, name: str, kind: str) -> str:
        stem = "SECRET_" + (_OTHER.sub("_", name)[:_LONGEST].strip("_").upper() or "VALUE")
        number = len(self._names)
        self._names.append(stem if stem not in self._names else f"{stem}_{number}")
        return f"{self._mark}{kind}{number}z"


# Searches too: `getSearch` stands in its repository alone, and was never released.
NO_CALL = "# agavepy 0.9.5, the latest release, has no call for this; use curl."
# It takes the host out of the address that it is given, and asks that by https (agavepy resources/api_actors.json.j2).
NOT_PLAIN = "# agavepy requires HTTPS, but this API is used without TLS; use curl."
NOT_V2 = "# agavepy supports only v2 of the API; use curl."


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
    if record.method == "POST" and sent is None and record.sends_empty_body and not record.has_file:
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
