"""Clients that send or read slowly, at the proxy as it is shipped and straight at gunicorn, while others sign in.

At the proxy there are five times as many as the portal has threads, from so many addresses that the limit of one does
not help; whoever is cut off comes again. Straight at gunicorn, where nobody but the proxy should come, they are as many
as the threads.
"""

import argparse
import contextlib
import os
import socket
import ssl
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import requests

from tests.drills.stall import check, say
from tests.sandbox.support import start_sandbox
from tests.support.load import percentile
from tests.support.proxied import proxy
from tests.support.running import running_portal

EACH = 64  # clients of each kind, as many as the portal has threads
PAUSE = 1.0  # seconds between two bytes of a client
HELD = 5.0  # seconds until the sign-in page straight at gunicorn, less than the 10 that each of them has
CUT = 15.0  # seconds after which the proxy is rid of whoever sends no head, or nothing of a body: 10, and some air
FORM = b"POST /sign-in/ HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n"
PAGE = b"GET /sign-in/ HTTP/1.1\r\nHost: localhost\r\n\r\n"


@dataclass
class Kind:
    """Clients of one kind: what each sends at once, what a byte at a time, and whether it reads as slowly."""

    name: str
    first: bytes
    then: bytes = b""
    reads: bool = False
    is_cut: bool = False  # whether the proxy must be rid of them, though each comes again
    lasted: list[float] = field(default_factory=list)  # seconds of those that were cut off


def kinds() -> list[Kind]:
    """Return every kind of slow client."""
    return [
        Kind("a head, a byte a second", b"GET /sign-in/ HTTP/1.1\r\nX-Slow: ", b"x", is_cut=True),
        Kind("half a head, and silence", b"GET /sign-in/ HTTP/1.1\r\nX-Slow: ", is_cut=True),
        Kind("a body, a byte a second", FORM + b"Content-Length: 60000\r\n\r\n", b"x"),
        Kind("no body, and silence", FORM + b"Content-Length: 60000\r\n\r\n", is_cut=True),
        Kind("a page, a byte a second", PAGE, reads=True),
    ]


def main(arguments: list[str]) -> int:
    """Run the drill; return 0 when every figure held."""
    parser = argparse.ArgumentParser(prog="python -m tests.drills slow_client", description=__doc__)
    parser.add_argument("--seconds", type=float, default=60, help="how long they come: 60, at least 20")
    options = parser.parse_args(arguments)
    say(f"load average {os.getloadavg()[0]:.1f}")
    with ExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        directory.chmod(0o755)  # the proxy's processes are somebody else
        sandbox = start_sandbox(directory, fill="none", SANDBOX_ENGINE="off")
        stack.callback(sandbox.stop)
        held = at_the_proxy(directory / "proxied", sandbox.url, options.seconds)
        held += straight_at_gunicorn(directory / "straight", sandbox.url)
    return 0 if all(held) else 1


def at_the_proxy(directory: Path, api: str, seconds: float) -> list[bool]:
    """Let all kinds come at once to the proxy's own configuration, and somebody ask for the sign-in page."""
    directory.mkdir()
    settings = {"PORTAL_PLAIN_HTTP": "false", "PORTAL_BEHIND_PROXY": "true"}
    with (
        running_portal(directory, api, **settings) as portal,
        proxy(directory, portal.url, portal.url) as (url, _, certificate),
        requests.Session() as nobody,
    ):
        secure = ssl.create_default_context(cafile=certificate)
        nobody.verify, nobody.trust_env = str(certificate), False
        every = kinds()
        with ExitStack() as slow:
            for number, kind in enumerate(every):
                slow.enter_context(coming(url, kind, secure, f"127.0.1.{number + 1}"))
            met, began = [], time.monotonic()
            while time.monotonic() < began + seconds:
                asked = time.monotonic()
                status = nobody.get(f"{url}/sign-in/", timeout=60).status_code
                met.append((status, time.monotonic() - asked))
                time.sleep(0.1)
        for kind in every:
            say(f"at the proxy, {kind.name}: {len(kind.lasted)} cut off, after {percentile(kind.lasted, 0.5):.1f} s")
        say(f"at the proxy: {len(met)} sign-in pages, p50 {percentile([each[1] for each in met], 0.5) * 1000:.0f} ms")
        return [
            check("at the proxy: sign-in pages that were refused", sum(status != 200 for status, _ in met), 0),
            check("at the proxy: p95 of the sign-in page, in s", percentile([each[1] for each in met], 0.95), 2),
            *(
                check(f"at the proxy, {kind.name}: longest in s", max(kind.lasted, default=99), CUT)
                for kind in every
                if kind.is_cut
            ),
            check("at the proxy: processes that are missing", 2 - len(portal.workers), 0),
        ]


def straight_at_gunicorn(directory: Path, api: str) -> list[bool]:
    """Let each kind hold all threads of a portal once, and see when somebody gets the sign-in page."""
    directory.mkdir()
    held = []
    with running_portal(directory, api) as portal:
        for kind in kinds()[:-1]:  # a page that nobody reads fits into the buffers of the connection
            with coming(portal.url, kind, None, "127.0.0.1", again=False):
                began = time.monotonic()
                status = requests.get(f"{portal.url}/sign-in/", timeout=120).status_code
                seconds = time.monotonic() - began
            assert status == 200
            held.append(check(f"straight at gunicorn, {kind.name}: sign-in page after s", seconds, HELD))
    return held


@contextmanager
def coming(
    url: str, kind: Kind, secure: ssl.SSLContext | None, address: str, *, again: bool = True, number: int = EACH
) -> Iterator[None]:
    """Let slow clients of a kind come from an address, and come again where they are cut off, until the block ends."""
    over = threading.Event()
    clients = [Client(url, kind, secure, address) for _ in range(number)]

    def go_on() -> None:
        while not over.wait(PAUSE):
            for place, client in enumerate(clients):
                if over.is_set():
                    return
                if not client.goes_on() and again:
                    with contextlib.suppress(OSError):
                        clients[place] = Client(url, kind, secure, address)

    thread = threading.Thread(target=go_on, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
        for client in clients:
            client.connection.close()


class Client:
    """One slow client, which has sent the first of what it sends."""

    def __init__(self, url: str, kind: Kind, secure: ssl.SSLContext | None, address: str) -> None:
        host, _, port = url.partition("://")[2].partition(":")
        self._kind, self._began, self._is_over = kind, time.monotonic(), False
        plain = socket.create_connection((host, int(port)), timeout=30, source_address=(address, 0))
        if kind.reads:
            plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        self.connection = secure.wrap_socket(plain, server_hostname=host) if secure else plain
        self.connection.sendall(kind.first)
        self.connection.settimeout(0)

    def goes_on(self) -> bool:
        """Send or read a byte; return whether the connection is still there."""
        if self._is_over:
            return False
        try:
            if self._kind.then:
                self.connection.send(self._kind.then)
            # Whoever sends reads only to see whether it was answered, which is the end of it.
            self._is_over = not self.connection.recv(1) or not self._kind.reads
        except (ssl.SSLWantReadError, ssl.SSLWantWriteError, BlockingIOError):
            return True
        except OSError:
            self._is_over = True
        if self._is_over:
            self._kind.lasted.append(time.monotonic() - self._began)
            self.connection.close()
        return not self._is_over
