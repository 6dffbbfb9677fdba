"""Lines for a shell that do what a page does, for people who go on without the portal.

They hold `$TOKEN` in place of the visitor's token; only a nonce that was just made stands in them in full.
"""

import json
import shlex
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote, urlencode

from django.http import HttpRequest

from actors_app.core.security import credentials
from actors_app.services.dialects import DIALECTS, Dialect
from actors_app.services.errors import SignedOut

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
