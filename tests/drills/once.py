"""One write, once: double clicks, parallel sends, lost answers and killed processes, counted at the API.

A stand-in for the API counts the messages that reach it. The portal is real: gunicorn with two workers, on SQLite or on
the store that DATABASE_URL names. No trial may bring two messages, and each that stays without an answer must be on the
trail as a write of unknown outcome.
"""

import argparse
import http.server
import json
import os
import random
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import requests

ROOT = Path(__file__).resolve().parent.parent.parent
ACTOR = "zlVl01zOo4pXE"
SIGN_IN = {"access_token": "a", "refresh_token": "r", "expires_in": 14400}


class StandIn(http.server.ThreadingHTTPServer):
    """The API as far as sending a message needs it; `received` counts messages by their text."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.received: Counter[str] = Counter()
        self.lock = threading.Lock()
        self.when_received: Callable[[str], None] = lambda text: None
        self.url = f"http://127.0.0.1:{self.server_port}"
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of connections that the drill itself cuts."""


class Handler(http.server.BaseHTTPRequestHandler):
    """Answer one request."""

    protocol_version = "HTTP/1.1"
    server: StandIn

    def log_message(self, *_: Any) -> None:
        """Write no access log."""

    def do_GET(self) -> None:
        """Answer for the profile, the actor and its mailbox, and the search that shows how the API writes its names."""
        results: dict[str, Any] = {
            "/profiles/v2/me": {"username": "driller"},
            f"/actors/v2/{ACTOR}": {"id": ACTOR, "image": "a/b", "status": "READY"},
            f"/actors/v2/{ACTOR}/messages": {"messages": 0},
            "/actors/v2/search/actors": {"_metadata": {"totalCount": 0}, "search": []},
        }
        result = results.get(self.path.partition("?")[0], {})
        self.answer({"status": "success", "message": "", "version": "", "result": result})

    def do_POST(self) -> None:
        """Give tokens, or take a message and count it."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path == "/token":
            return self.answer(SIGN_IN)
        text = json.loads(body)["message"]
        with self.server.lock:
            self.server.received[text] += 1
        self.server.when_received(text)
        if text.startswith("lost"):
            self.connection.shutdown(socket.SHUT_RDWR)
            self.close_connection = True
            return None
        result = {"executionId": "PYaE7Gm5DRJAN", "msg": text}
        return self.answer({"status": "success", "message": "", "version": "", "result": result})

    def answer(self, value: Any) -> None:
        """Send a JSON answer."""
        data = json.dumps(value).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


class Portal:
    """A portal of two processes, and a visitor who is signed in."""

    def __init__(self, api: str, directory: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        self.env = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"} | {
            "SECRET_KEY": "drill-only-" + "d" * 50,
            "PORTAL_CREDENTIAL_KEYS": "ZHJpbGwtb25seS1rZXktMzItYnl0ZXMtbG9uZyEhISE=",
            "PORTAL_PLAIN_HTTP": "true",
            "ACTORS_API_URL": api,
            "ACTORS_API_CLIENT_KEY": "k",
            "ACTORS_API_CLIENT_SECRET": "s",
            "DATABASE_URL": os.environ.get("DATABASE_URL") or f"sqlite:///{directory / 'portal.sqlite3'}",
            "STATIC_ROOT": str(directory / "static"),
            "LOG_LEVEL": "ERROR",
        }
        for command in ("migrate -v0", "collectstatic --noinput -v0"):
            subprocess.run([sys.executable, "manage.py", *command.split()], cwd=ROOT, env=self.env, check=True)
        server = ["-m", "gunicorn", "-c", "portal/gunicorn_conf.py", "--log-level", "critical"]
        self.process = subprocess.Popen(
            [sys.executable, *server, "--bind", f"127.0.0.1:{port}", "portal.wsgi"],
            cwd=ROOT,
            env=self.env,
            stderr=subprocess.DEVNULL,
        )
        self.visitor = requests.Session()
        self.wait()
        page = self.visitor.get(f"{self.url}/sign-in/", timeout=20).text
        form = {"csrfmiddlewaretoken": self.token(page), "username": "driller", "password": "p"}
        answer = self.visitor.post(f"{self.url}/sign-in/", form, timeout=20, allow_redirects=False)
        assert answer.status_code == 302, answer.text

    @staticmethod
    def token(page: str) -> str:
        """Return the CSRF token of a page."""
        return re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', page)[0]

    def wait(self) -> None:
        """Wait until the portal answers."""
        for _ in range(200):
            try:
                if requests.get(f"{self.url}/livez", timeout=5).ok:
                    return
            except requests.RequestException:
                time.sleep(0.1)
        raise AssertionError("the portal does not answer")

    def form(self, text: str) -> dict[str, str]:
        """Open the page of messages and fill its form in."""
        page = self.visitor.get(f"{self.url}/actors/{ACTOR}/messages/", timeout=20).text
        key = re.findall(r'name="write_key" value="([0-9a-f]{32})"', page)[0]
        return {"csrfmiddlewaretoken": self.token(page), "write_key": key, "kind": "text", "message": text}

    def send(self, form: dict[str, str]) -> int:
        """Send the form as a browser would; return the status, or 0 where the connection broke."""
        try:
            address = f"{self.url}/actors/{ACTOR}/messages/"
            cookies = self.visitor.cookies.get_dict()
            return requests.post(address, form, cookies=cookies, timeout=40, allow_redirects=False).status_code
        except requests.RequestException:
            return 0

    def kill_workers(self) -> None:
        """Kill every worker process at once; gunicorn starts new ones."""
        listed = subprocess.run(["ps", "-o", "pid=", "--ppid", str(self.process.pid)], capture_output=True, text=True)
        for pid in listed.stdout.split():
            os.kill(int(pid), signal.SIGKILL)

    def trail(self) -> dict[str, int]:
        """Return how many writes are on the trail, by their outcome, and prove the chain."""
        program = (
            "from actors_app.models import AuditEntry as A;"
            "from actors_app.core.operations.trail import verify; import json;"
            "starts = A.objects.filter(kind='start'); ends = A.objects.filter(kind='end');"
            "print(json.dumps({'starts': starts.count(), 'done': ends.filter(outcome='done').count(),"
            " 'unknown': ends.filter(outcome='unknown').count() + starts.filter(end=None).count(),"
            " 'holds': verify().holds}))"
        )
        shell = [sys.executable, "manage.py", "shell", "-v0", "-c", program]
        ran = subprocess.run(shell, cwd=ROOT, env=self.env, capture_output=True, text=True, check=True)
        counts: dict[str, int] = json.loads(ran.stdout)
        return counts


def double_click(portal: Portal, api: StandIn, text: str) -> None:
    """Send the form twice, the second time before the first is answered."""
    form = portal.form(text)
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(portal.send, [form, form]))


def parallel(portal: Portal, api: StandIn, text: str) -> None:
    """Send the form six times at once."""
    form = portal.form(text)
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(portal.send, [form] * 6))


def back_and_resend(portal: Portal, api: StandIn, text: str) -> None:
    """Send the form, go back, and send it again."""
    form = portal.form(text)
    assert [portal.send(form), portal.send(form)] == [302, 302]


def lost_answer(portal: Portal, api: StandIn, text: str) -> None:
    """Send the form, get no answer from the API, and send it again."""
    form = portal.form(text)
    assert portal.send(form) in (502, 504)
    assert portal.send(form) in (502, 504)


def killed(portal: Portal, api: StandIn, text: str) -> None:
    """Kill the portal's processes once the API has the message, and send the form again."""
    form = portal.form(text)
    api.when_received = lambda _: portal.kill_workers()
    assert portal.send(form) == 0
    api.when_received = lambda _: None
    portal.wait()
    while (status := portal.send(form)) == 0:
        time.sleep(0.05)
    assert status == 409, status


KINDS = {
    "double click": (double_click, "done"),
    "parallel": (parallel, "done"),
    "back and resend": (back_and_resend, "done"),
    "lost answer": (lost_answer, "unknown"),
    "killed": (killed, "unknown"),
}


def main(arguments: list[str]) -> int:
    """Run the trials and say what was found; 0 when no message came twice and every unknown is on the trail."""
    parser = argparse.ArgumentParser(prog="python -m tests.drills once", description=__doc__)
    parser.add_argument("--trials", type=int, default=1000, help="how many in all; one in ten kills the processes")
    chosen = parser.parse_args(arguments)
    killing = chosen.trials // 10
    others = [kind for kind in KINDS if kind != "killed"]
    plan = ["killed"] * killing + [others[index % len(others)] for index in range(chosen.trials - killing)]
    random.Random(7).shuffle(plan)
    began = time.monotonic()
    api = StandIn()
    with tempfile.TemporaryDirectory() as directory:
        portal = Portal(api.url, Path(directory))
        try:
            for index, kind in enumerate(plan):
                prefix = "lost" if kind == "lost answer" else "sent"
                KINDS[kind][0](portal, api, f"{prefix} {index}")
            trail = portal.trail()
        finally:
            portal.process.terminate()
            portal.process.wait(timeout=30)
    twice = [text for text, count in api.received.items() if count > 1]
    never = chosen.trials - len(api.received)
    unknown = sum(KINDS[kind][1] == "unknown" for kind in plan)
    print(f"{chosen.trials} trials in {time.monotonic() - began:.0f} s: {dict(Counter(plan))}")
    print(f"messages at the API: {sum(api.received.values())}, twice: {len(twice)}, never: {never}")
    print(f"trail: {trail}; of unknown outcome expected: {unknown}")
    good = not twice and not never and trail["holds"] and trail["starts"] == chosen.trials
    return 0 if good and trail["unknown"] == unknown else 1
