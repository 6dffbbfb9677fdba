"""Links and webhooks: who is told what, through real processes and a receiver that really listens."""

import ast
import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from sandbox.webhooks import may_be_posted_to
from tests.sandbox.contract_state import Store
from tests.sandbox.support import Person, start_sandbox

IMAGE = "abacosamples/test"


class Receiver(HTTPServer):
    """Take what is posted, and answer as told."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Hook)
        self.taken: list[dict[str, Any]] = []
        self.status = 200

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/hook?key=its-own"

    def after(self, number: int, seconds: float = 60) -> list[dict[str, Any]]:
        """Return what was posted, once it is `number` or more."""
        end = time.monotonic() + seconds
        while len(self.taken) < number:
            assert time.monotonic() < end, f"Only {self.taken} were posted."
            time.sleep(0.02)
        return self.taken


class Hook(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.taken.append(json.loads(body) | {"asked": self.path})
        self.send_response(self.server.status)
        self.send_header("Location", self.server.url)
        self.end_headers()

    def log_message(self, *words: object) -> None:
        pass


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield server
        server.shutdown()


def test_a_webhook_is_told_of_a_ready_actor_and_of_each_execution(receiver: Receiver, demo: Person) -> None:
    actor = demo.actor("sandbox/fail", webhook=receiver.url)
    ready = receiver.after(1)[0]
    assert (ready["event_type"], ready["status_message"], ready["asked"]) == ("ACTOR_READY", " ", "/hook?key=its-own")
    execution = demo.run(actor, "5")
    told = receiver.after(2)[1]
    assert told.pop("event_time_utc") == told.pop("event_time_display")
    assert told == {
        "event_type": "EXECUTION_COMPLETE",
        "execution_id": execution["id"],
        "status": "COMPLETE",
        "exit_code": 5,
        "tenant_id": "SANDBOX",
        "actor_id": actor,
        "actor_dbid": f"SANDBOX_{actor}",
        "_abaco_link": "",
        "_abaco_webhook": receiver.url,
        "_abaco_username": "Abaco Event",
        "_abaco_Content_Type": "application/json",
        "_abaco_api_server": demo.url,
        "asked": "/hook?key=its-own",
    }


@pytest.mark.parametrize("status", [302, 500])
def test_a_webhook_is_asked_once_whatever_it_answers(status: int, receiver: Receiver, demo: Person) -> None:
    receiver.status = status
    demo.actor(IMAGE, webhook=receiver.url)
    receiver.after(1)
    time.sleep(0.3)
    assert len(receiver.taken) == 1


def test_a_broken_actor_says_so(receiver: Receiver, demo: Person) -> None:
    actor = demo.actor("nosuch/image:3", webhook=receiver.url)
    told = receiver.after(1)[0]
    assert (told["event_type"], told["actor_id"]) == ("ACTOR_ERROR", actor)
    assert "Image nosuch/image:3 was not found" in told["status_message"]


def test_a_link_gets_events_as_messages(demo: Person) -> None:
    last = demo.actor(IMAGE)
    demo.post("/aliases", {"alias": "told-by-link", "actorId": last})
    first = demo.actor("abacosamples/wc", link="told-by-link")
    listing = demo.until(f"/{last}/executions", lambda found: found["totalExecutions"] == 1)
    executed = demo.run(first, "a b c")
    listing = demo.until(f"/{last}/executions", lambda found: found["totalExecutions"] == 2)
    told = [demo.ended(last, row["id"]) for row in listing["executions"]]
    assert [row["executor"] for row in told] == ["Abaco Event"] * 2
    variables = dict(line.split("=", 1) for line in demo.log(last, told[1]["id"]).splitlines() if "=" in line)
    event = ast.literal_eval(variables["MSG"])
    assert (event["event_type"], event["execution_id"]) == ("EXECUTION_COMPLETE", executed["id"])
    assert (event["_abaco_link"], event["exit_code"]) == (f"SANDBOX_{last}", 0)
    assert variables["_abaco_username"] == "Abaco Event"
    assert variables["_abaco_Content_Type"] == "application/json"
    assert "_abaco_username" not in event


def test_a_dead_link_does_not_keep_an_event_from_the_webhook(receiver: Receiver, demo: Person) -> None:
    last = demo.actor(IMAGE)
    actor = demo.actor("abacosamples/wc", link=last, webhook=receiver.url)
    receiver.after(1)
    demo.delete(f"/{last}")
    demo.run(actor, "x")
    assert receiver.after(2)[1]["_abaco_link"] == f"SANDBOX_{last}"


def test_a_webhook_nobody_answers_holds_up_nothing(demo: Person) -> None:
    actor = demo.actor("abacosamples/wc", webhook="http://127.0.0.1:9/")
    assert demo.run(actor, "x")["exitCode"] == 0


def test_events_that_waited_at_a_stop_go_out_in_order_at_the_next_start(receiver: Receiver, tmp_path: Path) -> None:
    first = start_sandbox(tmp_path, "none", SANDBOX_ENGINE="off")
    first.stop()
    store = Store(str(first.database))
    for number in range(3):
        store.insert("delivery", actor_id="anActorOfOld1", url=receiver.url, body=json.dumps({"number": number}))
    second = start_sandbox(tmp_path, "none")
    try:
        assert [event["number"] for event in receiver.after(3)] == [0, 1, 2]
        assert store.db.execute("SELECT count(*) FROM sandbox_delivery").fetchone() == (0,)
    finally:
        store.db.close()
        second.stop()


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://hooks.example.org/lab", True),
        ("http://127.0.0.1:8000/x", True),
        ("http://localhost/x", True),
        ("http://[::1]:8000/", True),
        ("http://hooks.example.org/lab", False),
        ("http://10.0.0.1/", False),
        ("http://127.0.0.1.example.org/", False),
        ("http://localhost@example.org/", False),
        ("http://[::1", False),
        ("https://", False),
        ("ftp://127.0.0.1/", False),
        ("", False),
    ],
)
def test_only_https_and_this_machine_are_posted_to(url: str, expected: bool) -> None:
    assert may_be_posted_to(url) is expected


def test_links_that_go_round_are_refused(demo: Person) -> None:
    first, second, third = (demo.actor(IMAGE) for _ in range(3))
    demo.post("/aliases", {"alias": "in-a-circle", "actorId": first})
    demo.put(f"/{second}", {"image": IMAGE, "link": "in-a-circle"})
    demo.put(f"/{third}", {"image": IMAGE, "link": second})
    refused = demo.refusal("PUT", f"/{first}", json={"image": IMAGE, "link": third})
    assert refused == (400, "Error: this update would result in a cycle of linked actors.")
    itself = "Invalid link parameter. An actor cannot link to itself."
    assert demo.refusal("PUT", f"/{first}", json={"image": IMAGE, "link": "in-a-circle"}) == (400, itself)
    assert demo.get(f"/{first}")["link"] == ""


def test_a_link_needs_an_actor_and_no_level_on_it(demo: Person, team: Person) -> None:
    target = demo.actor(IMAGE)
    assert team.refusal("GET", f"/{target}")[0] == 400
    assert team.get(f"/{team.actor(IMAGE, link=target)}")["link"] == target
    demo.delete(f"/{target}")
    status, message = team.refusal("POST", "", json={"image": IMAGE, "link": target})
    assert (status, message.endswith(f"Additional info: Actor SANDBOX_{target} does not exist")) == (400, True)
