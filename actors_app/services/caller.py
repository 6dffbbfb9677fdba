"""Making calls as one visitor: the token, its one renewal, and the envelope around every answer of Abaco."""

import json
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from dataclasses import replace
from typing import Any, Literal, Protocol, TypeVar

from actors_app.services.calls import Call, Reply
from actors_app.services.classify import classify
from actors_app.services.client import AbacoClient
from actors_app.services.errors import AbacoError, BadAnswer, InvalidRequest, InvalidToken, SignedOut
from actors_app.services.hearing import Listener, Nobody
from actors_app.services.jsons import TooMuchJSON, UnreadableJSON, dump_json, load_json
from actors_app.services.urls import Segment, UpstreamPath, upstream_url

T = TypeVar("T")

# In a wave nobody renews: the store of the credentials belongs to the thread that started it.
in_wave: ContextVar[bool] = ContextVar("in_wave", default=False)


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
        listener: Listener | None = None,
    ) -> None:
        self.client = client
        self.dialect = client.dialect
        self.listener: Listener = listener or Nobody()
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
        """Make a call and return the `result` of its envelope; raise an AbacoError for anything else."""
        return _result(call, self._envelope(call))

    def object(self, call: Call) -> dict[str, Any]:
        """Make a call and return its result, which must be an object."""
        result = self.result(call)
        if not isinstance(result, dict):
            raise unreadable(call, "a result that is no object")
        return result

    def rows(self, call: Call) -> list[dict[str, Any]]:
        """Make a call and return its result, which must be a list; what is no object in it is left out."""
        return rows_of(call, self.reply(call))

    def message(self, call: Call) -> str:
        """Make a call and return the `message` of its envelope, the API's own words on what it did."""
        message = self._envelope(call).get("message")
        return message if isinstance(message, str) else ""

    def reply(self, call: Call) -> Reply:
        """Make a call and return its answer as it came."""
        call = self._in_time(call)
        return self._signed(call, lambda auth: self.client.send(call, auth))

    def stream(self, call: Call) -> Iterator[bytes]:
        """Make a call and return its answer's pieces as they come."""
        call = self._in_time(call)
        return self._signed(call, lambda auth: self.client.stream(call, auth))

    def _in_time(self, call: Call) -> Call:
        return replace(call, within=self._within) if self._within else call

    def _envelope(self, call: Call) -> dict[str, Any]:
        return open_envelope(call, self.reply(call))

    def _signed(self, call: Call, make: Callable[[dict[str, str]], T]) -> T:
        token = self.token()
        refusal: SignedOut | None = None
        try:
            return make(self.dialect.auth_headers(token))
        except SignedOut as caught:
            refusal = caught
        if in_wave.get():
            raise refusal
        try:
            self.renew(token)
        except SignedOut as ended:
            # There is no newer one: what is wrong with this one says more.
            raise (refusal if isinstance(refusal, InvalidToken) else ended) from None
        if call.is_write:
            raise SignedOut.after_renewal(refusal.detail)
        return make(self.dialect.auth_headers(self.token()))


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
    raise InvalidRequest(f"{method} {path.label} with {reason}", user_message="JSON cannot hold this value.")


def open_envelope(call: Call, reply: Reply) -> dict[str, Any]:
    """Return Abaco's envelope; raise BadAnswer without one, and what it means where it says `error`."""
    if not reply.body.strip():
        raise unreadable(call, "nothing at all", "The Actors API gave an empty answer.")
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


def rows_of(call: Call, reply: Reply) -> list[dict[str, Any]]:
    """Return the result of an answer, which must be a list; what is no object in it is left out."""
    result = _result(call, open_envelope(call, reply))
    if not isinstance(result, list):
        raise unreadable(call, "a result that is no list")
    return [row for row in result if isinstance(row, dict)]


def _result(call: Call, envelope: dict[str, Any]) -> Any:
    if "result" not in envelope:
        raise unreadable(call, "an envelope without a result")
    return envelope["result"]


def check_envelope(call: Call, status: int, word: object, message: object) -> None:
    """Raise what an envelope means that says `error`, whatever its HTTP status was, or neither word."""
    if word == "error":
        body = json.dumps({"message": message if isinstance(message, str) else None}).encode()
        raise classify(status, {}, body, method=call.method, label=call.path.label)
    if word != "success":
        raise unreadable(call, "an envelope without a status")


def unreadable(call: Call, what: str, user_message: str | None = None) -> AbacoError:
    """Return the error of an answer that says success and cannot be read; a write was done all the same."""
    error = BadAnswer(f"{call} was answered with {what}", user_message=user_message)
    return error.mark_changed("yes") if call.is_write else error
