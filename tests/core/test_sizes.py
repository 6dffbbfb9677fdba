"""What would block a worker or break an actor is refused before the call, by the bytes that the container gets."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from actors_app.core.sizes import file_excess, message_excess, variable_excess
from tests.conftest import API
from tests.support.payloads import ACTOR_ID, EXECUTION_ID

pytestmark = pytest.mark.django_db
RECORDED = Path(__file__).resolve().parents[1] / "recordings"
MESSAGES = f"/actors/{ACTOR_ID}/messages/"
UPSTREAM = f"/actors/v2/{ACTOR_ID}/messages"
TYPED = {"image": "abacosamples/test", "stateless": "true"}


def recorded(folder: str, name: str) -> dict[str, Any]:
    (path,) = (RECORDED / folder).glob(f"{name}*.json")
    found: dict[str, Any] = json.loads(path.read_text())
    return found


def length(recording: dict[str, Any], mark: str) -> int:
    found = re.search(rf"<(\d+) {mark} in all>", str(recording["request"]["body"]))
    assert found
    return int(found[1])


@pytest.mark.parametrize("folder", ["v2-nginx", "v3-nginx"])
def test_the_limits_lie_between_what_ran_and_what_broke(folder: str) -> None:
    frame = len('{"message": ""}')
    broke = length(recorded(folder, "longtext_05"), "chars") - frame
    assert message_excess("text", "x" * broke)
    assert not message_excess("text", "x" * (broke - 1))
    assert "ERROR" in str(recorded(folder, "longtext_07_actor_in_error")["response"]["body"])
    assert file_excess(length(recorded(folder, "binary_06"), "bytes"))
    ran = length(recorded("v2-nginx", "binary_03"), "bytes")
    assert not file_excess(ran)


def test_the_longest_text_that_is_taken_ran() -> None:
    ran = length(recorded("v2-nginx", "longtext_03"), "chars") - len('{"message": ""}')
    assert not message_excess("text", "x" * ran)
    assert recorded("v2-nginx", "longtext_04")["response"]["body"]["result"]["status"] == "COMPLETE"


@pytest.mark.parametrize(
    ("value", "size"),
    [
        ({"a": None}, len("{'a': None}")),
        ({"a": [True, 1.50, 10**20]}, len("{'a': [True, 1.5, 100000000000000000000]}")),
        ({"it's": 'a "quote"'}, len("""{"it's": 'a "quote"'}""")),
        ({"both": "'\""}, len(r"""{'both': '\'"'}""")),
        ({"n": "\n\x00"}, len(r"{'n': '\n\x00'}")),
        ({"é": "🎭"}, len("{'é': '🎭'}".encode())),
        ({"u": "\u2028"}, len(r"{'u': '\u2028'}")),
    ],
)
def test_json_counts_as_python_writes_it(value: Any, size: int, settings: Any) -> None:
    settings.MAX_VARIABLE_BYTES = len("MSG=") + size + 1
    assert not message_excess("json", value)
    settings.MAX_VARIABLE_BYTES -= 1
    assert f"has {size:,} bytes in its Python representation; the limit is {size - 1:,}" in message_excess(
        "json", value
    )


def test_a_variable_counts_its_name_and_its_end() -> None:
    assert not variable_excess("NÄME", "x" * (131_072 - len("NÄME=".encode()) - 1))
    assert variable_excess("NÄME", "x" * (131_072 - len("NÄME=".encode())))


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"message": "x" * 131_068}, "131,068 bytes; the limit is 131,067"),
        ({"message": "é" * 65_534}, "131,068 bytes"),
        ({"kind": "json", "message": json.dumps({"x": "é" * 65_530})}, "131,069 bytes in its Python representation"),
        ({"kind": "file", "file": b"x" * 65_537}, "65,537 bytes; the limit is 65,536"),
    ],
)
def test_the_form_refuses_it_and_keeps_what_was_typed(
    sent: dict[str, Any], sentence: str, signed_in: Client, api: API
) -> None:
    data = {name: SimpleUploadedFile("a", value) if name == "file" else value for name, value in sent.items()}
    answer = signed_in.post(MESSAGES, data)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert sentence in page
    assert "Store the data elsewhere" in page
    assert "file" in sent or sent["message"][:20].replace('"', "&quot;") in page
    assert api.asked == []


def test_the_largest_are_sent(signed_in: Client, api: API) -> None:
    api.post(UPSTREAM, {"executionId": EXECUTION_ID, "msg": "x"})
    assert signed_in.post(MESSAGES, {"message": "x" * 131_067}).status_code == 302
    assert signed_in.post(MESSAGES, {"file": SimpleUploadedFile("a", b"x" * 65_536)}).status_code == 302


def test_an_operator_can_raise_the_limits(signed_in: Client, api: API, settings: Any) -> None:
    settings.MAX_VARIABLE_BYTES, settings.MAX_BINARY_BYTES = 200_000, 100_000
    api.post(UPSTREAM, {"executionId": EXECUTION_ID, "msg": "x"})
    assert signed_in.post(MESSAGES, {"message": "x" * 199_995}).status_code == 302
    assert signed_in.post(MESSAGES, {"message": "x" * 199_996}).status_code == 422
    assert signed_in.post(MESSAGES, {"file": SimpleUploadedFile("a", b"x" * 100_000)}).status_code == 302


@pytest.mark.parametrize(
    "typed",
    [
        {"env_name": "LONG", "env_value": "x" * 131_067},
        {"environment_mode": "json", "default_environment": json.dumps({"LONG": "x" * 131_067})},
        {"stateless": "false", "state": json.dumps({"x": "y" * 131_050})},
    ],
)
def test_an_actor_that_no_container_could_start_for_is_not_registered(
    typed: dict[str, str], signed_in: Client, api: API
) -> None:
    answer = signed_in.post("/actors/new/", TYPED | typed)
    assert answer.status_code == 422
    assert "the limit of the variable" in answer.content.decode()
    assert api.asked == []


def test_a_request_larger_than_the_server_takes_is_not_sent(signed_in: Client, api: API) -> None:
    typed = TYPED | {"env_name": [f"N{n}" for n in range(9)], "env_value": ["x" * 120_000] * 9}
    answer = signed_in.post("/actors/new/", typed)
    assert answer.status_code == 422
    assert "larger than the Actors API accepts" in answer.content.decode()
    assert api.asked == []
