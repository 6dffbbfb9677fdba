"""Making calls as one visitor: the token, its one renewal, and the envelope around every answer of Abaco.

Every answer that becomes records passes `heard`, which refuses the names of another version of the API.
"""

import json
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from dataclasses import replace
from typing import Any, Literal, Protocol, TypeVar

from actors_app.services.calls import Call, Reply
from actors_app.services.classify import classify
from actors_app.services.client import AbacoClient
from actors_app.services.errors import (
    AbacoError,
    BadAnswer,
    CallError,
    InvalidRequest,
    InvalidToken,
    NamingMismatch,
    SignedOut,
    TokenRenewed,
)
from actors_app.services.jsons import TooMuchJSON, UnreadableJSON, dump_json, load_json
from actors_app.services.naming import check, naming_of
from actors_app.services.observer import NullObserver, Observer
from actors_app.services.urls import Segment, UpstreamPath, upstream_url

T = TypeVar("T")

# In a gather nobody renews: the store of the credentials belongs to the thread that started it.
in_gather: ContextVar[bool] = ContextVar("in_gather", default=False)


class Credentials(Protocol):
    """Where a visitor's token comes from."""

    def access_token(self) -> str:
        """Return a token that should work now; raise SignedOut when there is none."""
        ...

    def renew(self, rejected: str, /) -> str:
        """Return a newer token than the rejected one; raise SignedOut when there is none."""
        ...


class Caller:
    """The client and one visitor's credentials, for as long as one request of the portal lasts."""

    def __init__(
        self,
        client: AbacoClient,
        credentials: Credentials,
        within: float | None = None,
        observer: Observer | None = None,
    ) -> None:
        self.client = client
        self.dialect = client.dialect
        self.observer: Observer = observer or NullObserver()
        self._naming = naming_of(client.root, client.dialect.version)
        self._credentials = credentials
        self._within = within
        self._token: str | None = None

    def path(self, *segments: str | Segment) -> UpstreamPath:
        """Return the path of fixed words and checked ids under the root of the actors."""
        return upstream_url(*self.dialect.actors_root, *segments)

    def token(self) -> str:
        """Return the token in use; the credentials are asked for it once."""
        if self._token is None:
            self._token = self._credentials.access_token()
        return self._token

    def renew(self, rejected: str) -> None:
        """Get a newer token than the one that was rejected; raise SignedOut when there is none."""
        self._token = self._credentials.renew(rejected)

    def result(self, call: Call) -> Any:
        """Make a call and return the `result` of its envelope; raise a CallError for anything else."""
        return self._result_of(call, self.reply(call))

    def object(self, call: Call) -> dict[str, Any]:
        """Make a call and return its result, which must be an object."""
        return _object(call, self.result(call))

    def levels(self, call: Call) -> dict[str, Any]:
        """Make a call and return its result, an object under the names of people, which say nothing of the API's."""
        envelope = open_envelope(call, self.reply(call))
        levels = _object(call, _result(call, envelope))
        self.heard(call, None, has_metadata="metadata" in envelope)
        return levels

    def rows(self, call: Call) -> list[dict[str, Any]]:
        """Make a call and return its result, which must be a list; what is no object in it is left out."""
        return self.rows_of(call, self.reply(call))

    def rows_of(self, call: Call, reply: Reply) -> list[dict[str, Any]]:
        """Return the result of an answer, which must be a list; what is no object in it is left out."""
        result = self._result_of(call, reply)
        if not isinstance(result, list):
            raise unreadable(call, "a result that is no list")
        return [row for row in result if isinstance(row, dict)]

    def message(self, call: Call) -> str:
        """Make a call and return the `message` of its envelope, the API's own words on what it did."""
        message = self.envelope(call, self.reply(call)).get("message")
        return message if isinstance(message, str) else ""

    def envelope(self, call: Call, reply: Reply) -> dict[str, Any]:
        """Return an answer's envelope; raise BadAnswer without one, and what it means where it says `error`."""
        envelope = open_envelope(call, reply)
        self.heard(call, envelope.get("result"), has_metadata="metadata" in envelope)
        return envelope

    def reply(self, call: Call) -> Reply:
        """Make a call and return its answer as it came."""
        if call.goes_once:
            self._learn_names()
        call = self._in_time(call)
        return self._signed(call, lambda auth: self.client.send(call, auth))

    def stream(self, call: Call) -> Iterator[bytes]:
        """Make a call and return its answer's pieces as they come."""
        self._learn_names()
        call = self._in_time(call)
        return self._signed(call, lambda auth: self.client.stream(call, auth))

    def heard(self, call: Call, result: Any, *, has_metadata: bool) -> None:
        """Look at the names of an answer; raise NamingMismatch where they are those of another version.

        After an answer that shows none, the API is asked for some, unless another has shown them lately.
        """
        if self._is_told(call, result, has_metadata=has_metadata) or call.is_write:
            return
        try:
            self._learn_names()
        except NamingMismatch:
            raise
        except CallError:
            pass  # what was answered has no names that could be read wrongly

    def confirm_names(self) -> None:
        """Note that an answer has the names of the dialect, where it was read without a look at them."""
        self._naming.confirm()

    def _result_of(self, call: Call, reply: Reply) -> Any:
        envelope = open_envelope(call, reply)
        result = _result(call, envelope)
        self.heard(call, result, has_metadata="metadata" in envelope)
        return result

    def _is_told(self, call: Call, result: Any, *, has_metadata: bool) -> bool:
        try:
            is_told = check(call, self.dialect, result, has_metadata)
        except NamingMismatch:
            self._naming.doubt()
            raise
        if is_told:
            self._naming.confirm()
        return is_told

    def _learn_names(self) -> None:
        """Ask for names unless some were shown lately; raise an AbacoError where they are not those of the dialect.

        A write goes out in the dialect's names, and of what a server does not know it takes no notice. Every search
        has names, whatever it finds; this one finds nothing. `GET /actors/search/actors?id=-&limit=1`.
        """
        if self._naming.is_known:
            return
        call = Call("GET", self.path("search", "actors"), query=(("id", "-"), ("limit", "1")))
        envelope = open_envelope(call, self.reply(call))
        if not self._is_told(call, envelope.get("result"), has_metadata="metadata" in envelope):
            raise unreadable(call, "a search without names that are known")

    def _in_time(self, call: Call) -> Call:
        return replace(call, within=self._within) if self._within else call

    def _signed(self, call: Call, make: Callable[[dict[str, str]], T]) -> T:
        token = self.token()
        refusal: SignedOut | None = None
        try:
            return make(self.dialect.auth_headers(token))
        except SignedOut as caught:
            refusal = caught
        if in_gather.get():
            raise refusal
        try:
            self.renew(token)
        except SignedOut as ended:
            # There is no newer one: what is wrong with this one says more.
            raise (refusal if isinstance(refusal, InvalidToken) else ended) from None
        if call.is_write:
            raise TokenRenewed(refusal.detail)
        return make(self.dialect.auth_headers(self.token()))


class Service:
    """The calls of one resource of the API, made as one visitor."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller


def json_call(
    method: Literal["POST", "PUT"],
    path: UpstreamPath,
    value: object,
    query: tuple[tuple[str, str], ...] = (),
) -> Call:
    """Return a write with a JSON body; raise InvalidRequest for a value that JSON cannot hold."""
    try:
        body = dump_json(value)
    except UnreadableJSON as caught:
        reason = str(caught)
    else:
        return Call(method, path, query=query, body=body, content_type="application/json")
    raise InvalidRequest(
        f"{method} {path.label} with {reason}", user_message="This value cannot be represented in JSON."
    )


def open_envelope(call: Call, reply: Reply) -> dict[str, Any]:
    """Return Abaco's envelope; raise BadAnswer without one, and what it means where it says `error`."""
    if not reply.body.strip():
        raise unreadable(call, "nothing at all", "The Actors API sent an empty response.")
    reason, envelope = "", None
    is_too_much = False
    try:
        envelope = load_json(reply.body)
    except UnreadableJSON as caught:
        reason, is_too_much = str(caught), isinstance(caught, TooMuchJSON)
    if is_too_much:
        raise BadAnswer.too_large(f"{call} was answered with {reason}")
    if not isinstance(envelope, dict):
        raise unreadable(call, reason or "JSON that is no envelope")
    check_envelope(call, reply.status, envelope.get("status"), envelope.get("message"))
    return envelope


def _result(call: Call, envelope: dict[str, Any]) -> Any:
    if "result" not in envelope:
        raise unreadable(call, "an envelope without a result")
    return envelope["result"]


def _object(call: Call, result: Any) -> dict[str, Any]:
    if not isinstance(result, dict):
        raise unreadable(call, "a result that is no object")
    return result


def check_envelope(call: Call, status: int, word: object, message: object) -> None:
    """Raise what an envelope means that says `error`, whatever its HTTP status was, or neither word."""
    if word == "error":
        body = json.dumps({"message": message if isinstance(message, str) else None}).encode()
        raise classify(status, {}, body, method=call.method, label=call.path.label)
    if word != "success":
        raise unreadable(call, "an envelope without a status")


def unreadable(call: Call, content: str, user_message: str | None = None) -> AbacoError:
    """Return the error of an answer that says success and cannot be read; a write was done all the same."""
    error = BadAnswer(f"{call} was answered with {content}", user_message=user_message)
    return error.mark_changed("yes") if call.is_write else error
