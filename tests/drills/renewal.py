"""One renewal for fifty: parallel requests in two processes meet an expired token that can be renewed only once.

The authority takes each refresh token once and is slow to answer. The portal is real: two servers with one process
each and one store, on SQLite or PostgreSQL. Each round must bring one renewal and fifty pages, and nobody may be
signed out. At the end, a process is killed in the middle of its renewal, and the other must take over.
"""

import argparse
import json
import os
import random
import signal
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import requests

from tests import postgresql
from tests.support.running import RunningPortal, running_portal

REQUESTS = 50
LONGEST_STALL = 10  # seconds for which a process that died may hold the others up
ENVIRONMENT = {
    "SECRET_KEY": "drill-only-" + "d" * 50,
    "PORTAL_CREDENTIAL_KEYS": "ZHJpbGwtb25seS1rZXktMzItYnl0ZXMtbG9uZyEhISE=",
    "PORTAL_PLAIN_HTTP": "true",
    "PORTAL_PAGES_AT_ONCE": "64",  # the drill asks for more pages at once than a process usually takes
    "LOG_LEVEL": "ERROR",
    "GUNICORN_CMD_ARGS": "--workers 1",
}


class Authority(ThreadingHTTPServer):
    """An API with a token endpoint: the newest access token is good, and each refresh token is, once."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.lock = threading.Lock()
        self.renewals = self.reused = 0
        self.delay = 0.0
        self.stall = False
        self.asked = threading.Event()
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def tokens(self) -> dict[str, Any]:
        """Return the tokens that are good now."""
        return {
            "access_token": f"access-{self.renewals}",
            "refresh_token": f"refresh-{self.renewals}",
            "expires_in": 14400,
        }

    def renew(self, form: str) -> tuple[int, dict[str, Any]]:
        """Answer a token request."""
        self.asked.set()
        if self.stall:
            time.sleep(60)
        time.sleep(self.delay)
        with self.lock:
            if f"refresh_token={self.tokens['refresh_token']}&" not in form + "&":
                self.reused += 1
                return 400, {"error": "invalid_grant"}
            self.renewals += 1
            return 200, self.tokens

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of connections that the drill itself cuts."""


class Handler(BaseHTTPRequestHandler):
    """Answer one request."""

    protocol_version = "HTTP/1.1"
    server: Authority

    def log_message(self, *_: Any) -> None:
        """Write no access log."""

    def do_GET(self) -> None:
        """Answer with an empty list, or refuse an old token."""
        if self.headers["Authorization"] == f"Bearer {self.server.tokens['access_token']}":
            self.answer(200, {"status": "success", "message": "", "version": "", "result": []})
        else:
            self.answer(401, {"fault": {"code": 900904, "message": "Invalid Credentials"}})

    def do_POST(self) -> None:
        """Renew."""
        self.answer(*self.server.renew(self.rfile.read(int(self.headers["Content-Length"])).decode()))

    def answer(self, status: int, value: Any) -> None:
        """Send a JSON answer."""
        data = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


def read_the_store(environment: dict[str, str], authority: Authority) -> None:
    """Let this process read and write the portal's store as the portal does."""
    import django

    os.environ.update(environment, DJANGO_SETTINGS_MODULE="portal.settings", ACTORS_API_URL=authority.url)
    django.setup()


class Visitor:
    """Somebody who is signed in, as the store and as the browser know them."""

    def __init__(self, authority: Authority) -> None:
        from django.test import RequestFactory

        from actors_app.core.security import credentials
        from actors_app.core.security.sessions import SessionStore

        request = RequestFactory().get("/")
        request.session = SessionStore()
        first = authority.tokens
        credentials.sign_in(
            request,
            credentials.Credentials("default", "driller", first["access_token"], first["refresh_token"], 0.0),
        )
        self.key = request.session.session_key or ""

    def expire(self, *, by_the_clock: bool) -> None:
        """Make the access token an old one, so that the portal sees it in time or learns it by a 401."""
        from actors_app.core.security import credentials
        from actors_app.core.security.models import PortalSession

        held = credentials.SessionCredentials(self.key).current
        assert held, "the visitor is signed out"
        old = replace(held, access_token="expired", expires_at=1.0 if by_the_clock else 0.0)
        PortalSession.named(self.key).update(credential=credentials._encrypt(self.key, old))

    def holds(self, authority: Authority) -> bool:
        """Whether the store has the newest tokens."""
        from actors_app.core.security import credentials

        held = credentials.SessionCredentials(self.key).current
        return bool(held) and held.refresh_token == authority.tokens["refresh_token"]

    def ask(self, portal: RunningPortal) -> tuple[int, float]:
        """Open a page; return its status, 302 being the way to sign in, and the seconds it took."""
        began = time.monotonic()
        try:
            answer = requests.get(
                f"{portal.url}/actors/", cookies={"portal-session": self.key}, timeout=60, allow_redirects=False
            )
        except requests.RequestException:
            return 0, time.monotonic() - began
        return answer.status_code, time.monotonic() - began


def a_round(visitor: Visitor, authority: Authority, portals: list[RunningPortal]) -> dict[str, Any]:
    """Ask for fifty pages at once, half of each process; return what came of it."""
    renewals = authority.renewals
    with ThreadPoolExecutor(REQUESTS) as pool:
        turns = [portals[number % len(portals)] for number in range(REQUESTS)]
        answers = list(pool.map(visitor.ask, turns))
    return {
        "statuses": [status for status, _ in answers],
        "slowest": max(seconds for _, seconds in answers),
        "renewals": authority.renewals - renewals,
        "held": visitor.holds(authority),
    }


def stall_after_a_death(visitor: Visitor, authority: Authority, portals: list[RunningPortal]) -> tuple[int, float]:
    """Kill a process that is renewing; return the status and the seconds of a request to the other."""
    visitor.expire(by_the_clock=False)
    authority.stall, authority.delay = True, 0.0
    authority.asked.clear()
    with ThreadPoolExecutor(1) as pool:
        pool.submit(visitor.ask, portals[0])
        assert authority.asked.wait(20), "nobody renewed"
        for worker in portals[0].workers:
            os.kill(worker, signal.SIGKILL)
        authority.stall = False
        return visitor.ask(portals[1])


def main(arguments: list[str]) -> int:
    """Run the rounds and say what was found; 0 when each brought one renewal and fifty pages."""
    parser = argparse.ArgumentParser(prog="python -m tests.drills renewal", description=__doc__)
    parser.add_argument("--store", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--delay", type=float, default=3.0, help="seconds the authority takes at most")
    parser.add_argument("--seed", type=int, default=7)
    chosen = parser.parse_args(arguments)
    chance = random.Random(chosen.seed)
    authority = Authority()
    with ExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        url = f"sqlite:///{directory / 'portal.sqlite3'}"
        if chosen.store == "postgresql":
            url = stack.enter_context(postgresql.running()).url
        environment = ENVIRONMENT | {"DATABASE_URL": url}
        portals = []
        for name in ("a", "b"):
            (directory / name).mkdir()
            portals.append(stack.enter_context(running_portal(directory / name, authority.url, **environment)))
        read_the_store(environment, authority)
        visitor = Visitor(authority)
        began = time.monotonic()
        rounds = []
        for number in range(chosen.rounds):
            visitor.expire(by_the_clock=number % 2 == 0)
            authority.delay = chance.uniform(0, chosen.delay)
            rounds.append(a_round(visitor, authority, portals))
        seconds = time.monotonic() - began
        death = stall_after_a_death(visitor, authority, portals)
        from django.db import connection

        connection.close()
    pages = sum(found["statuses"].count(200) for found in rounds)
    others = sorted({status for found in rounds for status in found["statuses"]} - {200})
    once = sum(found["renewals"] == 1 for found in rounds)
    print(f"{chosen.store}: {chosen.rounds} rounds of {REQUESTS} requests in {seconds:.0f} s, 2 processes")
    print(f"rounds with exactly one renewal: {once}; refresh tokens used twice: {authority.reused}")
    print(f"pages: {pages} of {chosen.rounds * REQUESTS}; other statuses: {others or 'none'}")
    print(f"rounds after which the visitor was signed in with the newest tokens: {sum(r['held'] for r in rounds)}")
    print(f"slowest page: {max(found['slowest'] for found in rounds):.1f} s")
    print(f"after a death in the middle of a renewal: status {death[0]} in {death[1]:.1f} s")
    good = once == chosen.rounds == sum(r["held"] for r in rounds) and pages == chosen.rounds * REQUESTS
    return 0 if good and not authority.reused and death[0] == 200 and death[1] <= LONGEST_STALL + 0.5 else 1
