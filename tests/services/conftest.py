"""What the tests of the door share: a visitor's credentials, the facade, and a server of raw bytes."""

import socket
import threading
from collections.abc import Callable, Iterator

import pytest

from actors_app.services import Abaco, AbacoClient
from actors_app.services.calls import Limits
from actors_app.services.errors import CallError, SignedOut
from actors_app.services.naming import naming_of

ROOT = "https://api.example.org"
TOKEN = "token-canary-7f3a"


class Visitor:
    """Credentials that know one token and, if given, the ones that follow it."""

    def __init__(self, *tokens: str) -> None:
        self.tokens = list(tokens or (TOKEN,))
        self.renewals: list[str] = []
        self.threads: set[int] = set()

    def access_token(self) -> str:
        self.threads.add(threading.get_ident())
        return self.tokens[0]

    def renew(self, rejected: str) -> str:
        self.threads.add(threading.get_ident())
        self.renewals.append(rejected)
        if len(self.tokens) == 1:
            raise SignedOut
        self.tokens.pop(0)
        return self.tokens[0]


@pytest.fixture
def visitor() -> Visitor:
    return Visitor()


@pytest.fixture
def client() -> AbacoClient:
    return AbacoClient(ROOT, limits=Limits(pause=0.0))


@pytest.fixture
def abaco(client: AbacoClient, visitor: Visitor) -> Abaco:
    return Abaco(client, visitor)


class RawServer:
    """A server on loopback that hands each connection to a function and remembers what it was sent."""

    def __init__(self, handle: Callable[["RawServer", socket.socket], None]) -> None:
        self._handle = handle
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._open: list[socket.socket] = []
        self.requests: list[bytes] = []
        self.connections = 0
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            self._open.append(connection)
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        try:
            with connection:
                self._handle(self, connection)
        except OSError:
            pass  # The client has hung up, which is what most of these tests are about.

    def read_request(self, connection: socket.socket) -> bytes:
        """Read one whole request and remember it; empty when the client has hung up."""
        data = b""
        while b"\r\n\r\n" not in data:
            piece = connection.recv(65536)
            if not piece:
                return b""
            data += piece
        head, _, body = data.partition(b"\r\n\r\n")
        length = next(
            (int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")), 0
        )
        while len(body) < length:
            body += connection.recv(65536)
        self.requests.append(head + b"\r\n\r\n" + body)
        return self.requests[-1]

    def close(self) -> None:
        self._listener.close()
        for connection in self._open:
            connection.close()


@pytest.fixture
def raw() -> Iterator[Callable[[Callable[[RawServer, socket.socket], None]], RawServer]]:
    """Start servers of raw bytes; they are closed after the test."""
    started: list[RawServer] = []

    def start(handle: Callable[[RawServer, socket.socket], None]) -> RawServer:
        started.append(RawServer(handle))
        return started[-1]

    yield start
    for server in started:
        server.close()


def http(body: bytes, *headers: bytes, status: bytes = b"200 OK") -> bytes:
    """Return an HTTP answer with a true length."""
    lines = [b"HTTP/1.1 " + status, b"Content-Length: %d" % len(body), *headers]
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


def envelope(result: bytes) -> bytes:
    """Return a success's envelope around a result."""
    return b'{"message": "OK", "result": ' + result + b', "status": "success", "version": "dev"}'


def reach(server: RawServer, **limits: float) -> Abaco:
    """Return the facade over a server of raw bytes, with short limits."""
    return Abaco(known(AbacoClient(server.url, limits=Limits(**{"pause": 0.0, **limits}))), Visitor())


def known(client: AbacoClient) -> AbacoClient:
    """Return a client whose API has shown its names, as it has in a portal that runs."""
    naming_of(client.root, client.dialect.version).confirm()
    return client


Start = Callable[[Callable[[RawServer, socket.socket], None]], RawServer]
LIST = envelope(b'[{"id": "a"}]')


def answering(*answers: bytes) -> Callable[[RawServer, socket.socket], None]:
    """Return a handler that gives each request on any connection the next answer, the last one again and again."""
    left = list(answers)

    def handle(server: RawServer, connection: socket.socket) -> None:
        while server.read_request(connection):
            connection.sendall(left.pop(0) if len(left) > 1 else left[0])

    return handle


class pouring:  # noqa: N801  # used as `answering` is
    """A handler that answers with a head and a body without an end, and counts the bytes it got rid of."""

    def __init__(self, head: bytes) -> None:
        self._head = head
        self.sent = 0

    def __call__(self, server: RawServer, connection: socket.socket) -> None:
        server.read_request(connection)
        connection.sendall(self._head + b"\r\nTransfer-Encoding: chunked\r\n\r\n")
        while True:
            connection.sendall(b"10000\r\n" + b"x" * 65536 + b"\r\n")
            self.sent += 65536


def failure_of(act: Callable[[], object]) -> CallError:
    with pytest.raises(CallError) as caught:
        act()
    error = caught.value
    # Neither the address nor the token may hang on to an error, in its text or in what it was made from.
    assert error.__cause__ is None
    assert error.__context__ is None
    assert "127.0.0.1" not in f"{error!r} {error.detail} {error.user_message} {error.advice}"
    return error
