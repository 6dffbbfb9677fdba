"""The forms in which a message may come, and what becomes of each."""

from typing import Any

import pytest

from tests.sandbox.support import Person

UNREADABLE = "message POST body could not be serialized. Pass JSON data or use the message attribute."
JSON = {"Content-Type": "application/json"}
TEXT = {"Content-Type": "text/plain"}
BINARY = {"Content-Type": "application/octet-stream"}


@pytest.fixture(scope="module")
def actor(demo: Person) -> str:
    return demo.actor("abacosamples/test")


@pytest.mark.parametrize(
    ("sent", "echo", "arrives"),
    [
        ({"json": {"message": 5, "other": 1}}, "5", "5"),
        ({"json": {"message": [1, 2]}}, "1", "1"),
        ({"json": {"message": 0}}, "0", "0"),
        ({"json": {"message": False}}, "False", "False"),
        ({"json": {"message": {}}}, "{}", "{}"),
        ({"json": {"message": []}}, {"message": []}, "{'message': []}"),
        ({"json": {"message": ""}, "params": {"message": "asked"}}, {"message": ""}, "{'message': ''}"),
        ({"json": {"message": [], "a": 1}, "params": {"message": "asked"}}, "asked", "asked"),
        ({"data": '{"a": 1}', "headers": {"Content-Type": "application/vnd.x+json"}}, {"a": 1}, "{'a': 1}"),
        ({"data": b"\0", "headers": BINARY, "params": {"message": "asked"}}, "asked", "asked"),
        ({"json": {"a": [True, None]}}, {"a": [True, None]}, "{'a': [True, None]}"),
        ({"data": '[["a", "b"]]', "headers": JSON}, [["a", "b"]], "[['a', 'b']]"),
        ({"data": "[1, 2]", "headers": TEXT}, [1, 2], "[1, 2]"),
        ({"data": {"message": "from a form"}}, "from a form", "from a form"),
        ({"files": {"message": (None, "in parts")}}, "in parts", "in parts"),
        ({"json": {"a": 1}, "params": {"message": "asked"}}, "asked", "asked"),
    ],
)
def test_a_message_is_read_and_runs(sent: dict[str, Any], echo: Any, arrives: str, actor: str, demo: Person) -> None:
    result = demo.ask("POST", f"/{actor}/messages", **sent).json()["result"]
    assert result["msg"] == echo
    demo.ended(actor, result["executionId"])
    assert demo.log(actor, result["executionId"]).startswith(f"Contents of MSG: {arrives}\n")


@pytest.mark.parametrize(
    ("sent", "status", "said"),
    [
        ({"data": "not json", "headers": TEXT}, 400, UNREADABLE),
        ({"data": {"text": "no message"}}, 400, UNREADABLE),
        ({"files": {"text": (None, "no message")}}, 400, UNREADABLE),
        ({"data": b"\0\1", "headers": {"Content-Type": "application/octet-stream; charset=utf-8"}}, 400, UNREADABLE),
        ({"data": "[1]", "headers": JSON}, 500, "TypeError"),
        ({"data": '"text"', "headers": JSON}, 500, "ValueError"),
        ({"data": '{"a": NaN}', "headers": JSON}, 500, "BadRequest"),
    ],
)
def test_a_message_in_no_form_is_refused(
    sent: dict[str, Any], status: int, said: str, actor: str, demo: Person
) -> None:
    answer = demo.refusal("POST", f"/{actor}/messages", **sent)
    assert answer[0] == status
    assert said in answer[1]


def test_the_senders_variables_do_not_replace_abacos_own(actor: str, demo: Person) -> None:
    query = {"_abaco_actor_id": "forged", "MSG": "forged", "odd=name": "dropped"}
    execution = demo.run(actor, "real", params=query)["id"]
    log = demo.log(actor, execution)
    assert "forged" not in log
    assert "odd" not in log
    assert "MSG=real" in log


def test_a_path_with_admin_in_it_is_for_admins_once_its_name_is_resolved(demo: Person, admin: Person) -> None:
    for person in (demo, admin):
        assert person.refusal("GET", "/myadmintool") == (404, "Actor with identifier 'myadmintool' not found")
    demo.post("/aliases", {"alias": "myadmintool", "actorId": demo.actor("abacosamples/test")})
    assert demo.refusal("GET", "/myadmintool") == (400, "Abaco Admin role required.")
    assert admin.get("/myadmintool")["owner"] == "demo"
