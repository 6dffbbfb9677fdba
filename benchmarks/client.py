"""Visitors made of the standard library: one who asks again and again, and many who come when chance has it."""

import hashlib
import http.client
import queue
import random
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

PATIENCE = 60.0  # seconds


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer: its status, milliseconds to the first byte of its body and to the last, and the body's digest."""

    status: int
    first: float
    whole: float
    size: int
    digest: str
    retry_after: float = 0.0  # seconds


class Visitor:
    """One connection that is kept, as a browser keeps it."""

    def __init__(self, url: str, cookies: str = "") -> None:
        self._netloc, self._headers = urlsplit(url).netloc, {"Cookie": cookies} if cookies else {}
        self._connection = http.client.HTTPConnection(self._netloc, timeout=PATIENCE)

    def get(self, path: str) -> Answer:
        """Open a page; a connection that the server has closed meanwhile is made again."""
        began = time.perf_counter()
        try:
            self._connection.request("GET", path, headers=self._headers)
            answer = self._connection.getresponse()
        except (http.client.RemoteDisconnected, ConnectionError):
            self.close()
            self._connection.request("GET", path, headers=self._headers)
            answer = self._connection.getresponse()
        digest = hashlib.sha256()
        piece = answer.read(1)
        first, size = time.perf_counter() - began, len(piece)
        while piece:
            digest.update(piece)
            piece = answer.read(65536)
            size += len(piece)
        whole = time.perf_counter() - began
        wait = answer.getheader("Retry-After") or ""
        return Answer(
            answer.status, first * 1000, whole * 1000, size, digest.hexdigest(), float(wait) if wait.isdigit() else 0.0
        )

    def close(self) -> None:
        """Let the connection go; the next page makes another."""
        self._connection.close()


@dataclass
class Load:
    """What came of many visits: milliseconds from the moment each was due, and what was no page."""

    waits: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


def open_loop(
    url: str, cookies: str, paths: Sequence[str], rate: float, seconds: float, *, seed: int = 1, hands: int = 64
) -> Load:
    """Open pages at so many a second on average, whether or not earlier ones have come, and time them from when due."""
    chance = random.Random(seed)  # noqa: S311 - the same each time, which is the point
    due: list[tuple[float, str]] = []
    at = chance.expovariate(rate)
    while at < seconds:
        due.append((at, chance.choice(paths)))
        at += chance.expovariate(rate)
    waiting: queue.Queue[tuple[float, str] | None] = queue.Queue()
    load = Load()
    began = time.perf_counter() + 0.05

    def visit() -> None:
        visitor = Visitor(url, cookies)
        while (one := waiting.get()) is not None:
            moment, path = one
            try:
                status = visitor.get(path).status
            except (OSError, http.client.HTTPException) as problem:
                load.errors.append(type(problem).__name__)
                visitor.close()
                continue
            load.waits.append((time.perf_counter() - began - moment) * 1000)
            if status != 200:
                load.errors.append(str(status))
        visitor.close()

    threads = [threading.Thread(target=visit, daemon=True) for _ in range(hands)]
    for thread in threads:
        thread.start()
    for moment, path in due:
        if (left := began + moment - time.perf_counter()) > 0:
            time.sleep(left)
        waiting.put((moment, path))
    for _ in threads:
        waiting.put(None)
    for thread in threads:
        thread.join(PATIENCE)
    return load


class Crowd:
    """Many visitors who all want one page, and want it again as soon as they have it, or are told they may.

    Any who ask again at once, whatever they are told, would keep this process from looking at anything else.
    """

    def __init__(self, url: str, cookies: str, path: str, size: int) -> None:
        self._stop = threading.Event()
        self._url, self._cookies, self._path = url, cookies, path
        self.statuses: list[int] = []
        self._threads = [threading.Thread(target=self._want, daemon=True) for _ in range(size)]

    def __enter__(self) -> "Crowd":
        """Let them all come at once."""
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        """Send them home; who still waits for an answer is not waited for longer than that takes."""
        self._stop.set()
        for thread in self._threads:
            thread.join(PATIENCE)

    def _want(self) -> None:
        visitor = Visitor(self._url, self._cookies)
        while not self._stop.is_set():
            try:
                answer = visitor.get(self._path)
            except (OSError, http.client.HTTPException):
                visitor.close()
                self._stop.wait(0.1)
                continue
            self.statuses.append(answer.status)
            if answer.status != 200:
                self._stop.wait(answer.retry_after or 0.1)
        visitor.close()
