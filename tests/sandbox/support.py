"""Start a real sandbox as a process of its own and talk to it, for the tests here and the browser tests."""

import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests

ROOT = Path(__file__).resolve().parent.parent.parent
CLIENT = ("sandbox", "sandbox")
PATIENCE = 120.0  # seconds until something is taken for lost: far more than a busy machine needs


@dataclass
class Sandbox:
    """A running sandbox: where it answers, and where its store lies."""

    url: str
    database: Path
    process: "subprocess.Popen[bytes]" = field(repr=False)

    def stop(self, sign: int = signal.SIGTERM) -> None:
        """End the sandbox and wait for it; other signals than SIGTERM go to all its processes, as Ctrl-C does."""
        if sign == signal.SIGTERM:
            self.process.terminate()
        else:
            os.killpg(self.process.pid, sign)
        self.process.wait(timeout=PATIENCE)

    def sign_in(self, name: str, version: str = "v2") -> "Person":
        """Return somebody who is signed in, by their name, which is their password."""
        form = {"grant_type": "password", "username": name, "password": name, "scope": "PRODUCTION"}
        if version == "v3":
            answer = requests.post(f"{self.url}/v3/oauth2/tokens", json=form, auth=CLIENT, timeout=PATIENCE)
            token = result_of(answer)["access_token"]["access_token"]
            return Person(self.url, token, "v3/actors", {"X-Tapis-Token": token})
        answer = requests.post(f"{self.url}/token", form, auth=CLIENT, timeout=PATIENCE)
        assert answer.status_code == 200, answer.text
        return Person(self.url, answer.json()["access_token"])


@dataclass
class Person:
    """Somebody who asks the sandbox with a token."""

    url: str
    token: str = field(repr=False)
    root: str = "actors/v2"
    headers: dict[str, str] = field(repr=False, default_factory=dict)

    def ask(self, method: str, path: str, **more: Any) -> requests.Response:
        """Send one request under the actors root, with the token."""
        mine = self.headers or {"Authorization": f"Bearer {self.token}"}
        headers = mine | more.pop("headers", {})
        return requests.request(method, f"{self.url}/{self.root}{path}", headers=headers, timeout=PATIENCE, **more)

    def get(self, path: str, **more: Any) -> Any:
        """Return the result of a GET that must succeed."""
        return result_of(self.ask("GET", path, **more))

    def post(self, path: str, body: Any = None, **more: Any) -> Any:
        """Return the result of a POST of JSON that must succeed."""
        return result_of(self.ask("POST", path, json=body, **more))

    def put(self, path: str, body: Any) -> Any:
        """Return the result of a PUT of JSON that must succeed."""
        return result_of(self.ask("PUT", path, json=body))

    def delete(self, path: str) -> Any:
        """Return the result of a DELETE that must succeed."""
        return result_of(self.ask("DELETE", path))

    def refusal(self, method: str, path: str, **more: Any) -> tuple[int, str]:
        """Return status and message of a request that must be refused."""
        answer = self.ask(method, path, **more)
        assert answer.status_code >= 400, answer.text
        return answer.status_code, answer.json()["message"]

    def actor(self, image: str, **fields: Any) -> str:
        """Register an actor and return its id."""
        return str(self.post("", {"image": image} | fields)["id"])

    def send(self, actor: str, message: Any, **more: Any) -> str:
        """Send a text message and return the id of its execution."""
        return str(self.post(f"/{actor}/messages", {"message": message}, **more)["executionId"])

    def run(self, actor: str, message: Any, **more: Any) -> dict[str, Any]:
        """Send a message and return its execution once it has ended."""
        return self.ended(actor, self.send(actor, message, **more))

    def ended(self, actor: str, execution: str, seconds: float = PATIENCE) -> dict[str, Any]:
        """Return an execution once it has ended."""
        return self.until(
            f"/{actor}/executions/{execution}", lambda row: row["status"] in ("COMPLETE", "ERROR"), seconds
        )

    def until(self, path: str, wanted: Any, seconds: float = PATIENCE) -> Any:
        """Return the result of a GET once it is as wanted."""
        end = time.monotonic() + seconds
        while True:
            result = self.get(path)
            if wanted(result):
                return result
            assert time.monotonic() < end, f"{path} is still {result}"
            time.sleep(0.05)

    def log(self, actor: str, execution: str) -> str:
        """Return the log of an execution."""
        return str(self.get(f"/{actor}/executions/{execution}/logs")["logs"])


def result_of(answer: requests.Response) -> Any:
    """Return the result of an answer that must be a success."""
    assert answer.status_code == 200, answer.text
    return answer.json()["result"]


def free_port() -> int:
    """Return a port that nothing listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start_sandbox(directory: Path, fill: str = "small", port: int | None = None, **environment: str) -> Sandbox:
    """Start a sandbox with its store in `directory` and return it once it answers.

    `environment` adds to what the sandbox reads, as `SANDBOX_ENGINE="off"`. Whoever starts it stops it.
    """
    port = port or free_port()
    database = directory / "sandbox.sqlite3"
    variables = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    variables |= {
        "SANDBOX_DATABASE": str(database),
        "SANDBOX_FILL": fill,
        "SANDBOX_PORT": str(port),
    } | environment
    process = subprocess.Popen(
        [sys.executable, "-m", "sandbox"], cwd=ROOT, env=variables, stdout=subprocess.DEVNULL, start_new_session=True
    )
    certificate = environment.get("SANDBOX_CERTIFICATE")
    sandbox = Sandbox(f"{'https' if certificate else 'http'}://127.0.0.1:{port}", database, process)
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        assert process.poll() is None, "The sandbox ended instead of starting."
        try:
            requests.get(sandbox.url, timeout=PATIENCE, verify=certificate)
        except requests.ConnectionError:
            time.sleep(0.05)
            continue
        return sandbox
    sandbox.stop(signal.SIGKILL)
    raise AssertionError(f"The sandbox did not answer within {PATIENCE:.0f} seconds.")
