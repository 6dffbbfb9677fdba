"""Visitors who keep asking a running portal, so many times a second whatever it answers, and what they met."""

import random
import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import requests

THREADS = 320  # 20 a second that wait 15 seconds each, and some air
PATIENCE = 60.0  # seconds a visitor waits


@dataclass(frozen=True)
class Met:
    """One request: its kind, when it was sent, how long its answer took, and the status; 0 is no answer at all."""

    kind: str
    at: float
    seconds: float
    status: int
    path: str


@dataclass
class Visitor:
    """Somebody signed in, as the cookies and the form token of a browser."""

    url: str
    cookies: dict[str, str] = field(default_factory=dict)
    token: str = ""

    @classmethod
    def signed_in(cls, url: str, name: str) -> "Visitor":
        """Sign somebody of the sandbox in, whose name is the password."""
        with requests.Session() as session:
            page = session.get(f"{url}/sign-in/", timeout=PATIENCE)
            found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.text)
            assert found, page.text[:500]
            form = {"csrfmiddlewaretoken": found[1], "username": name, "password": name, "next": "/"}
            answer = session.post(f"{url}/sign-in/", form, timeout=PATIENCE, allow_redirects=False)
            assert answer.status_code == 302, answer.text
            return cls(url, dict(session.cookies), found[1])

    def ask(self, kind: str, path: str, form: dict[str, str] | None = None, fragment: bool = False) -> Met:
        """Make one request and say what came of it."""
        at = time.monotonic()
        headers = {"HX-Request": "true"} if fragment else {}
        if form is not None:
            form = {"csrfmiddlewaretoken": self.token} | form
        try:
            answer = requests.request(
                "GET" if form is None else "POST",
                self.url + path,
                data=form,
                headers=headers,
                cookies=self.cookies,
                timeout=PATIENCE,
                allow_redirects=False,
            )
        except requests.RequestException:
            return Met(kind, at, time.monotonic() - at, 0, path)
        return Met(kind, at, time.monotonic() - at, answer.status_code, path)


Act = Callable[[], Met]


class Crowd:
    """Make the acts of a list, by weight and at random, `rate` times a second until it is told to stop."""

    def __init__(self, acts: Iterable[tuple[int, Act]], rate: float) -> None:
        weights, self._acts = zip(*acts, strict=True)
        self._weights = list(weights)
        self._pause = 1 / rate
        self._random = random.Random(20)
        self._stop = threading.Event()
        self.met: list[Met] = []

    def __enter__(self) -> "Crowd":
        self._threads = ThreadPoolExecutor(THREADS)
        self._clock = threading.Thread(target=self._send, daemon=True)
        self._clock.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._clock.join()
        self._threads.shutdown(wait=True)

    def _send(self) -> None:
        due = time.monotonic()
        while not self._stop.is_set():
            act = self._random.choices(self._acts, self._weights)[0]
            self._threads.submit(lambda act=act: self.met.append(act()))
            due += self._pause
            time.sleep(max(0.0, due - time.monotonic()))


def percentile(seconds: Iterable[float], share: float) -> float:
    """Return the time that this share of them stayed within; 0 when there are none."""
    ordered = sorted(seconds)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0


def table(met: Iterable[Met]) -> str:
    """Return a line for each kind: how many, how long, and with which statuses."""
    rows = []
    by_kind: dict[str, list[Met]] = {}
    for one in met:
        by_kind.setdefault(one.kind, []).append(one)
    for kind, ones in sorted(by_kind.items()):
        times = [one.seconds for one in ones]
        p50, p95, most = (percentile(times, share) * 1000 for share in (0.5, 0.95, 1))
        statuses = ", ".join(
            f"{status}: {number}" for status, number in sorted(Counter(o.status for o in ones).items())
        )
        rows.append(f"  {kind:10} {len(ones):6}  p50 {p50:6.0f}  p95 {p95:6.0f}  max {most:6.0f} ms   {statuses}")
    return "\n".join(rows)
