"""The one way to the network: how a call is sent and how its answer is read, within limits of time and size.

It is the only module that imports requests or urllib3. It knows HTTP; what the calls mean is the business
of the resources, and which error an answer is that of `classify.py`.
"""

import http.client
import logging
import math
import random
import re
import socket
import ssl
import time
from collections.abc import Iterator
from http.cookiejar import DefaultCookiePolicy
from typing import Any
from urllib.parse import urlencode, urlsplit

import requests
from requests.adapters import HTTPAdapter
from requests.utils import DEFAULT_CA_BUNDLE_PATH
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    NameResolutionError,
    NewConnectionError,
    ReadTimeoutError,
)
from urllib3.util import Retry

from actors_app.services.breaker import Breaker, breaker_of
from actors_app.services.calls import Call, Limits, Reply
from actors_app.services.classify import MAX_ERROR_BODY, classify, too_large_for_api
from actors_app.services.connecting import connect
from actors_app.services.deadline import Attempt, DeadlineSocket, DeadlineSSLSocket, goes_once
from actors_app.services.dialects import DIALECTS
from actors_app.services.errors import AbacoError, BadAnswer, CallError, ServiceFailed, SignedOut, TimedOut, Unreachable
from actors_app.services.gunzip import Gunzip
from actors_app.services.instrumentation import watched

POOL_SIZE = 96  # 32 threads of a worker, and what their gathers fan out to
CHUNK = 65536  # bytes
IDLE = 1.0  # seconds; servers close what lay idle for longer, some of them after two
CERTIFICATES = DEFAULT_CA_BUNDLE_PATH  # of the authorities that are trusted where none are named

# urllib3 writes the path of each call at DEBUG, and its whole address at WARNING where a header is broken; a nonce's
# path holds the nonce. So nothing of it is written, whatever levels are set.
for _name in ("urllib3", "urllib3.connection", "urllib3.connectionpool", "urllib3.response", "urllib3.util.retry"):
    logging.getLogger(_name).addFilter(lambda record: False)

_PLAIN_HEADERS = {"Accept", "Accept-Encoding", "User-Agent", "Content-Type", "Content-Length", "Connection"}
_HEADER = re.compile(r"(?:[A-Za-z]+ )?[\x21-\x7e]+", re.ASCII)


class _Silence(Exception):  # noqa: N818 - not an error yet: the call may be made once more
    """A call got no answer, or one from a gateway that has none; `error` is what it is when it stays so."""

    def __init__(self, error: CallError) -> None:
        self.error = error
        super().__init__()


class _AllAddresses:
    """A connection that is made to whichever address of its host answers first."""

    host: str
    port: int
    timeout: Any
    socket_options: Any
    _dns_host: str

    def _new_conn(self) -> DeadlineSocket:
        try:
            return DeadlineSocket.adopt(connect(self._dns_host, self.port, self.timeout, self.socket_options or ()))
        except (socket.gaierror, UnicodeError) as caught:
            raise NameResolutionError(self.host, self, caught) from caught  # type: ignore[arg-type]
        except TimeoutError as caught:
            raise ConnectTimeoutError(self, "no address answered in time") from caught
        except OSError as caught:
            raise NewConnectionError(self, "no address can be connected to") from caught  # type: ignore[arg-type]


class _Connection(_AllAddresses, HTTPConnection):
    pass


class _SecureConnection(_AllAddresses, HTTPSConnection):
    pass


class _FreshForWrites:
    """A pool that sends what goes out once over no connection that lay idle.

    The other side may be closing it at this moment, and then nobody knows whether it heard what was sent.
    """

    def _put_conn(self, conn: Any) -> None:
        if conn:
            conn.idle_since = time.monotonic()
        super()._put_conn(conn)  # type: ignore[misc]  # of the class beside it

    def _make_request(self, conn: Any, *args: Any, **kwargs: Any) -> Any:
        if goes_once() and time.monotonic() - getattr(conn, "idle_since", math.inf) > IDLE:
            conn.close()  # it opens anew by itself
        return super()._make_request(conn, *args, **kwargs)  # type: ignore[misc]  # of the class beside it


class _Pool(_FreshForWrites, HTTPConnectionPool):
    ConnectionCls = _Connection


class _SecurePool(_FreshForWrites, HTTPSConnectionPool):
    ConnectionCls = _SecureConnection


class _Adapter(HTTPAdapter):
    """An adapter with our connections and one TLS context that always verifies."""

    def __init__(self, ca_bundle: str | None) -> None:
        self._context = ssl.create_default_context(cafile=ca_bundle or CERTIFICATES)
        self._context.minimum_version = ssl.TLSVersion.TLSv1_2
        self._context.sslsocket_class = DeadlineSSLSocket
        retries = Retry(0, read=False, redirect=False, respect_retry_after_header=False)
        super().__init__(pool_connections=1, pool_maxsize=POOL_SIZE, max_retries=retries)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _Pool, "https": _SecurePool}

    def build_connection_pool_key_attributes(
        self, request: requests.PreparedRequest, verify: Any, cert: Any = None
    ) -> Any:
        host, _ = super().build_connection_pool_key_attributes(request, verify, cert)
        return host, {"ssl_context": self._context} if host["scheme"] == "https" else {}

    def cert_verify(self, conn: Any, url: Any, verify: Any, cert: Any) -> None:
        """Leave the connection to its own TLS context; requests would load the bundle again for each."""


class _Session(requests.Session):
    def get_redirect_target(self, resp: requests.Response) -> None:
        """Find no redirect in any answer, so that none is followed or even read."""


class AbacoClient:
    """The connections to one tenant of the Actors API, shared by all threads of a process.

    `url` is the tenant's root, `version` a key of `DIALECTS`, `ca_bundle` a file of certificates to trust
    instead of the usual ones. Raises ValueError for a root that is no plain http or https address, or an
    unknown version.
    """

    def __init__(
        self, url: str, version: str = "v2", *, ca_bundle: str | None = None, limits: Limits | None = None
    ) -> None:
        parts = urlsplit(url)
        is_plain = parts.scheme in ("http", "https") and parts.hostname and "@" not in parts.netloc
        if not is_plain or parts.query or parts.fragment:
            raise ValueError("The address of the Actors API must be https://HOST, without user, query or fragment.")
        if version not in DIALECTS:
            raise ValueError(f"The version of the Actors API must be one of: {', '.join(DIALECTS)}.")
        self.dialect = DIALECTS[version]()
        self.limits = limits or Limits()
        self._root = url.rstrip("/")
        self._origin = f"{parts.scheme}://{parts.netloc.lower()}"
        self._session = _Session()
        self._session.trust_env = False
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        self._session.mount("https://", _Adapter(ca_bundle))
        self._session.mount("http://", _Adapter(ca_bundle))

    @property
    def root(self) -> str:
        """The tenant's root, without a slash at its end."""
        return self._root

    def send(self, call: Call, auth: dict[str, str]) -> Reply:
        """Make a call and return its whole answer; raise a CallError for anything but a success.

        A body larger than the server takes is not sent.
        """
        if call.body and len(call.body) > self.limits.body:
            raise too_large_for_api(f"{call} was not sent: {len(call.body)} bytes")
        with watched(self._origin, call):
            attempt = self._attempt(call)
            response = self._open(call, auth, attempt)
            cap = self.limits.streamed if call.is_large else self.limits.whole
            return Reply(response.status_code, b"".join(self._pieces(call, response, attempt, cap)))

    def stream(self, call: Call, auth: dict[str, str]) -> Iterator[bytes]:
        """Make a call and return its answer's pieces as they come; the call is made before this returns.

        The time that the caller takes between two pieces does not count. Close the iterator to give up early.
        """
        attempt = self._attempt(call)
        with watched(self._origin, call):
            response = self._open(call, auth, attempt)
        return self._pieces(call, response, attempt, self.limits.streamed)

    def _attempt(self, call: Call) -> Attempt:
        limits = self.limits
        seconds = limits.delete if call.is_slow else limits.token if call.is_brief else limits.answer
        return Attempt(min(seconds, call.within or seconds), limits.gap, once=call.goes_once)

    def _open(self, call: Call, auth: dict[str, str], attempt: Attempt) -> requests.Response:
        """Send the call unless the API is left alone; return a success whose body is still unread."""
        request = self._prepare(call, auth)
        breaker = self._breaker(call)
        breaker.enter(call)
        error: CallError
        try:
            response = self._open_twice(call, request, attempt)
        except _Silence as silence:
            is_ill, error = silence.error.kind != "untrusted-tls", silence.error
        except CallError as caught:
            is_ill, error = isinstance(caught, TimedOut), caught
        else:
            breaker.answered()
            return response
        # A refusal is an answer too: only silence, and a gateway that gets none either, count as failures. Whoever
        # gave up early does not know.
        if not (call.within and isinstance(error, TimedOut)):
            (breaker.failed if is_ill else breaker.answered)()
        raise error

    def _breaker(self, call: Call) -> Breaker:
        """Return the breaker that a call counts for: tokens have one of their own, so that they stop nothing else."""
        return breaker_of(f"{self._origin} tokens" if call.is_for_tokens else self._origin)

    def _open_twice(self, call: Call, request: requests.PreparedRequest, attempt: Attempt) -> requests.Response:
        """Send the call, once more where that is allowed and may help; raise _Silence when that did not."""
        pause = random.uniform(0, self.limits.pause)  # noqa: S311 - it spreads calls and protects nothing
        try:
            return self._open_once(call, request, attempt)
        except _Silence:
            if call.goes_once or attempt.remaining <= pause:
                raise
        with attempt.running():
            time.sleep(pause)
        return self._open_once(call, request, attempt)

    def _prepare(self, call: Call, auth: dict[str, str]) -> requests.PreparedRequest:
        if not all(_HEADER.fullmatch(value) for value in auth.values()):
            raise SignedOut("a token with characters that no header can carry")
        headers = {"Accept": call.accept, "Accept-Encoding": "gzip", "User-Agent": "actors-portal", **auth}
        if call.content_type:
            headers["Content-Type"] = call.content_type
        query = "?" + urlencode(call.query) if call.query else ""
        return requests.Request(call.method, self._root + call.path.path + query, headers, data=call.body).prepare()

    def _open_once(self, call: Call, request: requests.PreparedRequest, attempt: Attempt) -> requests.Response:
        attempt.opened = attempt.sent = False
        remaining = max(attempt.remaining, 0.01)  # a nap before this may have taken a little more than its time
        timeout = (min(self.limits.connect, remaining), min(self.limits.gap, remaining))
        failure: requests.RequestException | None = None
        with attempt.running():
            try:
                response = self._session.send(
                    request, stream=True, timeout=timeout, proxies={}, allow_redirects=False, verify=True
                )
            except requests.RequestException as caught:
                failure = caught
        # Raised outside the handler, so that no exception that holds the address hangs on to ours.
        if failure:
            error: CallError = _no_answer(call, failure, attempt)
            raise _Silence(error) if type(error) is Unreachable or _is_connecting(failure) else error
        if not 200 <= response.status_code < 300:
            error = self._refusal(call, response, attempt)
            raise _Silence(error) if type(error) is ServiceFailed and response.status_code != 500 else error
        if response.headers.get("Content-Encoding", "").strip().lower() not in (
            "",
            "identity",
            "gzip",
            "x-gzip",
        ):
            response.close()
            raise _done(call, BadAnswer(f"{call} was answered in an encoding that was not asked for"))
        return response

    def _refusal(self, call: Call, response: requests.Response, attempt: Attempt) -> CallError:
        body = b""
        try:
            for piece in self._pieces(call, response, attempt, MAX_ERROR_BODY):
                body += piece
        except AbacoError:
            pass  # The status has said it; the words are a courtesy.
        for secret in _secrets(call, response.request):
            body = body.replace(secret, b"...")  # an API may quote what it was sent, and its words are shown
        return classify(response.status_code, response.headers, body, method=call.method, label=call.path.label)

    def _pieces(self, call: Call, response: requests.Response, attempt: Attempt, cap: int) -> Iterator[bytes]:
        """Yield an answer's body, unpacked, then give the connection back; raise at the cap."""
        gunzip = Gunzip() if "gzip" in response.headers.get("Content-Encoding", "").lower() else None
        packed = response.raw.stream(CHUNK, decode_content=False)
        total = 0
        try:
            while True:
                piece = self._next(call, packed, attempt)
                if piece is None:
                    break
                for plain in gunzip.feed(piece) if gunzip else (piece,):
                    total += len(plain)
                    if total > cap:
                        raise _done(call, BadAnswer.too_large(f"{call} was answered with more than {cap} bytes"))
                    yield plain
            if gunzip and not gunzip.is_whole:
                raise _done(call, _cut_off(f"{call} was answered with broken gzip"))
        finally:
            response.close()

    def _next(self, call: Call, packed: Iterator[bytes], attempt: Attempt) -> bytes | None:
        failure: Exception | None = None
        with attempt.running():
            try:
                return next(packed, None)
            except (HTTPError, OSError, http.client.HTTPException) as caught:
                failure = caught
        if isinstance(failure, ReadTimeoutError | TimeoutError):
            if not call.within:
                self._breaker(call).failed()
            raise _done(call, TimedOut(f"{call} was not answered whole in time"))
        raise _done(call, _cut_off(f"{call} was cut off in the middle of its answer"))


def _secrets(call: Call, request: requests.PreparedRequest) -> list[bytes]:
    """Return what a call carried that nobody may see again: its token, and a nonce in its path."""
    headers = [value for name, value in request.headers.items() if name not in _PLAIN_HEADERS]
    secrets = [str(value).rpartition(" ")[2] for value in headers]
    segments = zip(call.path.path.split("/"), call.path.label.split("/"), strict=True)
    secrets += [text for text, label in segments if label == "{nonce}"]
    return [form.encode("latin-1") for text in secrets for form in (text, text.replace("/", "\\/")) if text]


def _done(call: Call, error: AbacoError) -> AbacoError:
    """Say of a write whose answer began with success that it was done, though its answer is of no use."""
    return error.mark_changed("yes") if call.is_write else error


def _cut_off(detail: str) -> BadAnswer:
    return BadAnswer(detail, kind="cut-off", user_message="The response of the Actors API was cut off.")


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an exception and all it was made from, wherever requests and urllib3 keep that."""
    while error is not None:
        yield error
        inner = [error.__cause__, getattr(error, "reason", None), *error.args, error.__context__]
        error = next((cause for cause in inner if isinstance(cause, BaseException)), None)


def _is_connecting(failure: requests.RequestException) -> bool:
    return isinstance(failure, requests.ConnectTimeout) or any(
        isinstance(cause, NewConnectionError) for cause in _causes(failure)
    )


def _no_answer(call: Call, failure: requests.RequestException, attempt: Attempt) -> AbacoError:
    """Return what a call without an answer is, and whether it may have done something."""
    error = _silence(call, failure, attempt)
    # On a connection just made, nothing was done unless a byte was sent; of an older one we know less.
    was_sent = attempt.sent or not (attempt.opened or _is_connecting(failure))
    if isinstance(failure, requests.exceptions.SSLError) and not attempt.sent:
        was_sent = False
    return error.mark_changed("unknown") if call.is_write and was_sent else error


def _silence(call: Call, failure: requests.RequestException, attempt: Attempt) -> AbacoError:
    causes = list(_causes(failure))
    if isinstance(failure, requests.exceptions.SSLError) and not attempt.sent:
        return Unreachable(
            f"{call}: the certificate or the TLS of the API is not trusted",
            kind="untrusted-tls",
            user_message="The connection to the Actors API is not trusted, so nothing was sent.",
            advice="Contact your portal administrator.",
        )
    if any(isinstance(cause, NameResolutionError) for cause in causes):
        return Unreachable(
            f"{call}: the host name of the API cannot be resolved",
            user_message="Cannot reach the Actors API: its host name was not found.",
        )
    if _is_connecting(failure) and not isinstance(failure, requests.ConnectTimeout):
        return Unreachable(f"{call}: the connection was refused")
    if any(isinstance(cause, requests.Timeout | TimeoutError) for cause in causes):
        return TimedOut(f"{call} was not answered in time")
    if any(isinstance(cause, ConnectionError) for cause in causes):
        return Unreachable(
            f"{call}: the connection was closed before an answer",
            user_message="The Actors API closed the connection before it responded.",
        )
    if any(isinstance(cause, http.client.HTTPException) for cause in causes):
        return BadAnswer(f"{call} was answered in something that is not HTTP")
    return Unreachable(f"{call} got no answer")
