"""Every image of the catalogue, run for real."""

import hashlib
import json

import pytest

from sandbox.images import PROGRAMS, find_program
from tests.sandbox.support import Person

CANNOT_START = ("sandbox/nostart", "sim/nostart")
PNG = b"\x89PNG\r\n\x1a\n"


def test_test_prints_the_message_and_then_the_environment(demo: Person) -> None:
    actor = demo.actor("abacosamples/test", name="env", defaultEnvironment={"COLOUR": "blue", "NUMBER": 3})
    execution = demo.run(actor, "hello", params={"COLOUR": "green"})
    lines = demo.log(actor, execution["id"]).splitlines()
    assert lines[:2] == ["Contents of MSG: hello", "Environment:"]
    variables = dict(line.split("=", 1) for line in lines[2:])
    expected = {
        "MSG": "hello",
        "COLOUR": "green",
        "NUMBER": "3",
        "_abaco_actor_id": actor,
        "_abaco_actor_dbid": f"SANDBOX_{actor}",
        "_abaco_actor_name": "env",
        "_abaco_actor_state": "{}",
        "_abaco_actor_revision": "1",
        "_abaco_container_repo": "abacosamples/test",
        "_abaco_worker_id": execution["workerId"],
        "_abaco_execution_id": execution["id"],
        "_abaco_access_token": "",
        "_actor_configs": "{}",
        "_abaco_api_server": demo.url,
        "_abaco_username": "demo",
        "_abaco_Content_Type": "str",
        "_abaco_jwt_header_name": "X-Jwt-Assertion-Sandbox",
    }
    assert variables.items() >= expected.items()
    assert set(variables) - expected.keys() == {
        "PATH",
        "HOME",
        "HOSTNAME",
        "LANG",
        "LC_CTYPE",
        "_abaco_results_sock",
    } & set(variables)


def test_an_object_arrives_as_a_python_literal(demo: Person) -> None:
    actor = demo.actor("abacosamples/test")
    sent = demo.post(f"/{actor}/messages", {"k": None, "on": True})
    demo.ended(actor, sent["executionId"])
    assert "MSG={'k': None, 'on': True}" in demo.log(actor, sent["executionId"])


def test_wc_counts_words(demo: Person) -> None:
    actor = demo.actor("abacosamples/wc:1.0")
    execution = demo.run(actor, "three short words")
    assert "Number of words: 3" in demo.log(actor, execution["id"])


def test_sleep_loop_sleeps_as_often_as_it_is_told(demo: Person) -> None:
    actor = demo.actor("abacosamples/sleep_loop:latest", defaultEnvironment={"sleep": "0.05", "iterations": "2"})
    assert "Iteration 2 of 2." in demo.log(actor, demo.run(actor, "go")["id"])
    sent = demo.post(f"/{actor}/messages", {"sleep": 0.05, "iterations": 3})
    demo.ended(actor, sent["executionId"])
    assert "Iteration 3 of 3." in demo.log(actor, sent["executionId"])


def test_py3_func_sends_what_its_function_returns(demo: Person) -> None:
    actor = demo.actor("abacosamples/py3_func")
    sent = demo.post(f"/{actor}/messages", {"func": "add", "args": [1, 2, 39]})
    demo.ended(actor, sent["executionId"])
    result = demo.ask("GET", f"/{actor}/executions/{sent['executionId']}/results")
    assert result.json() == {"result": 42}
    assert demo.run(actor, "no function")["exitCode"] == 1


def test_binary_message_classifier_knows_a_picture(demo: Person) -> None:
    actor = demo.actor("abacosamples/binary_message_classifier")
    data = PNG + bytes(range(256)) * 40
    headers = {"Content-Type": "application/octet-stream"}
    answer = demo.ask("POST", f"/{actor}/messages", data=data, headers=headers).json()["result"]
    assert answer["msg"] == "binary - omitted"
    demo.ended(actor, answer["executionId"])
    result = demo.ask("GET", f"/{actor}/executions/{answer['executionId']}/results").json()
    assert result == {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest(), "type": "image/png"}
    assert demo.run(actor, "text")["exitCode"] == 1


def test_fail_exits_with_the_code_it_is_sent(demo: Person) -> None:
    actor = demo.actor("sandbox/fail")
    execution = demo.run(actor, "17")
    assert (execution["status"], execution["exitCode"], execution["finalState"]["ExitCode"]) == ("COMPLETE", 17, 17)
    assert "Traceback (most recent call last):" in demo.log(actor, execution["id"])
    assert demo.run(actor, "no number")["exitCode"] == 3


def test_chatty_is_cut_as_abaco_cuts_a_log(demo: Person) -> None:
    actor = demo.actor("sandbox/chatty")
    log = demo.log(actor, demo.run(actor, "1100000")["id"])
    suffix = " LOG LIMIT EXCEEDED; this execution log was TRUNCATED!"
    assert len(log) == 1_000_000 + len(suffix)
    assert log.endswith(suffix)
    assert "\x1b[32mINFO" in log
    short = demo.log(actor, demo.run(actor, "500")["id"])
    assert 500 <= len(short) < 700


def test_results_are_read_once_each_and_in_order(demo: Person) -> None:
    actor = demo.actor("sandbox/results")
    execution = demo.run(actor, "tiles")
    path = f"/{actor}/executions/{execution['id']}/results"
    answers = [demo.ask("GET", path) for _ in range(4)]
    assert {answer.headers["Content-Type"] for answer in answers} == {"application/octet-stream"}
    assert json.loads(answers[0].content)["message"] == "tiles"
    assert answers[1].text.startswith("Tiles written")
    assert answers[2].content.startswith(PNG)
    assert answers[3].content == b""


def test_counter_keeps_its_count_in_the_state(demo: Person) -> None:
    actor = demo.actor("sandbox/counter", stateless=False, token=True)
    for count in (1, 2):
        assert demo.run(actor, "count")["exitCode"] == 0
        assert demo.get(f"/{actor}/state") == {"state": {"count": count}}
    tokenless = demo.actor("sandbox/counter", stateless=False)
    assert demo.run(tokenless, "count")["exitCode"] == 1


def test_progress_returns_to_the_start_of_its_line(demo: Person) -> None:
    actor = demo.actor("sandbox/progress")
    execution = demo.send(actor, "go")
    partial = demo.until(f"/{actor}/executions/{execution}/logs", lambda log: "%" in log["logs"])["logs"]
    assert "100 %" not in partial
    assert demo.get(f"/{actor}/executions/{execution}")["status"] == "RUNNING"
    demo.ended(actor, execution)
    assert demo.log(actor, execution).count("\r") == 20


def test_memory_is_killed_at_its_limit(demo: Person, admin: Person) -> None:
    actor = admin.actor("sandbox/memory", memLimit="64m")
    execution = admin.run(actor, "go")
    assert execution["exitCode"] == 137
    assert execution["finalState"]["OOMKilled"] is True
    assert "Holding 16 MiB." in admin.log(actor, execution["id"])


@pytest.mark.parametrize("image", PROGRAMS)
def test_every_image_has_its_program(image: str) -> None:
    found = find_program(f"{image}:2.1")
    assert found is not None
    assert found.is_file() == (image not in CANNOT_START)


def test_an_unknown_image_has_none() -> None:
    assert find_program("tacc/nothing:latest") is None
    assert find_program(None) is None
