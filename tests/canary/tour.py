"""A full tour of the portal: every route of the resolver, every form found on it, and all that was seen; no test."""

import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, resolve, reverse

from actors_app.nonces.notes import nonce_handle
from actors_app.services.breaker import breaker_of
from tests.canary.forms import Form, forms_of
from tests.canary.secrets import LISTED_NONCE, PASSWORD
from tests.support.payloads import ACTOR_ID, EXECUTION_ID, WORKER_ID

VALUES: dict[str, Any] = {
    "actor_id": ACTOR_ID,
    "config": "my-config",
    "alias": ACTOR_ID,  # so that a nonce's handle is the same for both
    "execution_id": EXECUTION_ID,
    "worker_id": WORKER_ID,
    "handle": nonce_handle(ACTOR_ID, LISTED_NONCE),
}
LEAVE = ("sign-out",)  # it would end the tour
NOT_SENT = (*LEAVE, "session-end", "session-read-only")  # after these no other form would be taken
HTMX = {"HX-Request": "true"}


@dataclass(frozen=True)
class Seen:
    """One thing that came out of the portal: where, and its text."""

    where: str
    text: str


@dataclass
class Tour:
    """One visitor's way through the portal; `seen` is all that came back, `statuses` how.

    With `parts`, each page is asked for once more as a part of one.
    """

    client: Client
    mode: str
    parts: bool = True
    seen: list[Seen] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    forms: list[Form] = field(default_factory=list)

    def sign_in(self, user: str) -> None:
        """Sign in with a password, as everybody does."""
        self.ask("POST", "/sign-in/", {"username": user, "password": PASSWORD})

    def pages(self) -> None:
        """Open every route, as a page and as a part of one, and note the forms on it."""
        for address in addresses():
            page = self.ask("GET", address)
            names = [(form, resolve(form.action.partition("?")[0] or "/").url_name) for form in forms_of(page)]
            self.forms += [form for form, name in names if name not in NOT_SENT]
            if self.parts and self.mode in ("ok", "echo"):
                self.ask("GET", address, htmx=True)

    def send(self, forms: list[Form]) -> None:
        """Send forms by each of their buttons, and once those that such an answer brings, as a review does."""
        known: set[tuple[str, str]] = set()
        for form in forms:
            for data in form.submissions():
                mark = (form.action, str(sorted(name for name in data)))
                if mark in known:
                    continue
                known.add(mark)
                answer = self.ask("POST", form.action, data)
                for second in forms_of(answer):
                    if second.action == form.action:
                        for again in second.submissions():
                            self.ask("POST", second.action, again)

    def ask(self, method: str, address: str, data: dict[str, Any] | None = None, htmx: bool = False) -> str:
        """Make one request, keep all that comes back, and return its body."""
        breaker_of.cache_clear()  # here each page is to meet the fault itself
        headers = HTMX if htmx else {}
        answer: Any = (
            self.client.get(address, headers=headers) if method == "GET" else self.client.post(address, data or {})
        )
        content = b"".join(answer.streaming_content) if answer.streaming else answer.content
        answer.close()
        where = f"{self.mode} {method} {resolve(address.partition('?')[0]).view_name.removeprefix('actors:')}"
        body = unpacked(content).decode("utf-8", "replace")
        self.statuses.append(answer.status_code)
        self.seen += [
            Seen(f"{where} body", body),
            Seen(f"{where} headers", str(dict(answer.headers))),
            Seen(f"{where} cookies", answer.cookies.output()),
            Seen(f"{where} address", address),
        ]
        return body


def unpacked(content: bytes) -> bytes:
    """Return what came, and of a ZIP what is in its files too."""
    if not content.startswith(b"PK\x03\x04"):
        return content
    with zipfile.ZipFile(io.BytesIO(content)) as pack:
        return content + b"".join(pack.read(name) for name in pack.namelist())


def addresses() -> Iterator[str]:
    """Return the address of every route, with ids of things that exist where it names some."""
    log = reverse("actors:execution-logs", args=[ACTOR_ID, EXECUTION_ID])
    yield from (
        f"{log}?{query}" for query in ("download=1", "find=token", "line=2&at=0", "level=error", "poll=1&tail=1")
    )
    yield f"{reverse('actors:search')}?kind=logs&q=token"
    yield f"{reverse('api:search-logs')}?q=token"
    for name, pattern in _routes(get_resolver(), ""):
        kwargs = {
            key: VALUES.get(key, 1 if type(converter).__name__ == "IntConverter" else "x")
            for key, converter in pattern.items()
        }
        if name.rpartition(":")[2] not in LEAVE:
            yield reverse(name, kwargs=kwargs)


def _routes(resolver: URLResolver, namespace: str, above: dict[str, Any] | None = None) -> Iterator[tuple[str, Any]]:
    for entry in resolver.url_patterns:
        keys = (above or {}) | entry.pattern.converters
        if isinstance(entry, URLPattern):
            assert entry.name, f"The route {entry.pattern} has no name."
            yield namespace + entry.name, keys
        else:
            inner = f"{entry.namespace}:" if entry.namespace else namespace
            yield from _routes(entry, inner, keys)
