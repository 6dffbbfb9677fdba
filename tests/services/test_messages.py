"""What Abaco would refuse or change without a word is not sent to it."""

import json

import pytest
import responses

from actors_app.services import Abaco
from actors_app.services.errors import InvalidRequest
from actors_app.services.messages import PRIVILEGED_KEYS
from tests.services.conftest import ROOT


@pytest.mark.parametrize("value", [[1, 2], [], "text", 7, 1.5, True, None])
def test_only_an_object_is_sent_as_json(abaco: Abaco, value: object) -> None:
    with pytest.raises(InvalidRequest) as caught:
        abaco.messages.send_json("a", value)
    assert "object" in caught.value.user_message


@responses.activate
@pytest.mark.parametrize("key", sorted(PRIVILEGED_KEYS))
def test_a_privileged_key_is_the_api_s_business(abaco: Abaco, key: str) -> None:
    sent = {"status": "success", "message": "", "result": {"executionId": "e"}}
    responses.post(f"{ROOT}/actors/v2/a/messages", json=sent)
    abaco.messages.send_json("a", {"x": 1, key: "big"})
    assert json.loads(responses.calls[0].request.body) == {"x": 1, key: "big"}


@pytest.mark.parametrize("message", ["x", 0, False, {}])  # the API sends 0, False and {} as texts
def test_a_message_key_that_would_eat_the_others_is_explained(abaco: Abaco, message: object) -> None:
    with pytest.raises(InvalidRequest) as caught:
        abaco.messages.send_json("a", {"message": message, "other": 1})
    assert "message" in caught.value.user_message


@pytest.mark.parametrize("value", [{"n": float("nan")}, {"n": float("inf")}, {"n": {1}}, {"n": b"x"}])
def test_what_json_cannot_hold_is_not_sent(abaco: Abaco, value: object) -> None:
    with pytest.raises(InvalidRequest):
        abaco.messages.send_json("a", value)


@responses.activate
@pytest.mark.parametrize(
    "value",
    [{}, {"message": ""}, {"message": []}, {"message": None}, {"queue": "", "maxWorkers": 0}, {"in": {"queue": "x"}}],
)
def test_an_object_that_abaco_keeps_is_sent(abaco: Abaco, value: dict[str, object]) -> None:
    answer = {"status": "success", "message": "", "result": {"executionId": "e"}}
    responses.post("https://api.example.org/actors/v2/a/messages", json=answer)
    assert abaco.messages.send_json("a", value).execution_id == "e"


def test_an_empty_text_is_not_sent(abaco: Abaco) -> None:
    with pytest.raises(InvalidRequest):
        abaco.messages.send_text("a", "")


@pytest.mark.parametrize(
    "name",
    [
        "message",
        "Message",
        "x-nonce",
        "X-Nonce",
        " x-nonce ",
        "_abaco_synchronous",
        "_ABACO_USERNAME",
        "",
        "  ",
        "A=B",
        "A\0",
    ],
)
def test_a_reserved_variable_is_not_sent(abaco: Abaco, name: str) -> None:
    for send in (
        lambda: abaco.messages.send_text("a", "x", {name: "v"}),
        lambda: abaco.messages.send_json("a", {}, {name: "v"}),
        lambda: abaco.messages.send_binary("a", b"x", {name: "v"}),
    ):
        with pytest.raises(InvalidRequest) as caught:
            send()
        assert caught.value.field == "environment"


def test_an_empty_state_is_not_sent(abaco: Abaco) -> None:
    for value in ({}, [], "", 0, False, None):
        with pytest.raises(InvalidRequest) as caught:
            abaco.state.set("a", value)
        assert caught.value.field == "state"
