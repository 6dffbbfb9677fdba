"""Configs at the JSON API: a secret goes in and never comes out."""

import json
from typing import Any

import pytest

from actors_app.core.operations.models import AuditEntry, KeptAnswer
from actors_app.core.security.crypto import decrypt
from tests.conftest import API
from tests.support.json_api import Caller, problem
from tests.support.payloads import ACTOR_ID, config_payload

pytestmark = pytest.mark.django_db
URL = "/api/v1/configs/"
LIST = "/actors/v2/configs"
SENT = {"name": "key", "value": "pa55word", "is_secret": True, "actors": [ACTOR_ID, "my-alias"]}


def test_the_list_has_no_ciphertext(caller: Caller, api: API) -> None:
    api.get(LIST, [config_payload(name="b", value="gAAAA-cipher", isSecret=True), config_payload(name="A")])
    answer = caller.get(URL)
    assert [(one["name"], one["value"], one["is_secret"]) for one in answer.json()["items"]] == [
        ("A", "v1", False),
        ("b", None, True),
    ]
    assert b"cipher" not in answer.content
    assert caller.get(f"{URL}?q=cipher").json()["total"] == 0
    assert caller.get(f"{URL}?q=V1&actor={ACTOR_ID}").json()["total"] == 1
    assert answer.headers["Cache-Control"] == "no-store"


def test_one_is_read_from_the_list(caller: Caller, api: API) -> None:
    api.get(LIST, [config_payload()])
    assert caller.get(f"{URL}my-config/").json()["actors"] == [ACTOR_ID]
    problem(caller.get(f"{URL}other/"), 404, "gone")


def test_a_secret_is_made_and_kept_nowhere(caller: Caller, api: API) -> None:
    api.post(LIST, config_payload(name="key", value="gAAAA-cipher", isSecret=True))
    answers = [caller.post(URL, SENT, Idempotency_Key="k") for _ in range(2)]
    assert (answers[0].status_code, answers[0].headers["Location"]) == (201, f"{URL}key/")
    assert answers[0].json() == answers[1].json()
    assert answers[0].json()["value"] is None
    assert json.loads(api.asked[0].body) == {
        "name": "key",
        "value": "pa55word",
        "isSecret": True,
        "actors": f"{ACTOR_ID}, my-alias",
    }

    kept = decrypt("first response", bytes(KeptAnswer.objects.get().content)).decode()
    for text in (kept, *AuditEntry.objects.values_list("details", flat=True)):
        assert "pa55word" not in text
        assert "cipher" not in text


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": "a b"}, "name"),
        ({"name": "permissions_x"}, "name"),
        ({"name": "new"}, "name"),
        ({"value": ""}, "value"),
        ({"value": 5}, "value"),
        ({"value": "x" * 131_072}, "value"),
        ({"is_secret": "yes"}, "is_secret"),
        ({"actors": []}, "actors"),
        ({"actors": "a, b"}, "actors"),
        ({"actors": ["a,b"]}, "actors"),
        ({"actors": ["a/b"]}, "actors"),
        ({"other": 1}, "other"),
    ],
)
def test_what_the_form_refuses_is_refused(change: Any, field: str, caller: Caller, api: API) -> None:
    found = problem(caller.post(URL, SENT | change), 422, "not-valid")["errors"]
    assert {name.partition(".")[0] for name in found} == {field}
    assert "pa55word" not in str(found)
    assert api.asked == []


def test_one_is_replaced_and_deleted(caller: Caller, api: API) -> None:
    one = {name: value for name, value in SENT.items() if name != "name"}
    api.put(f"{LIST}/key", config_payload(name="key", isSecret=True))
    assert caller.ask("PUT", f"{URL}key/", one | {"value": " v\r\n "}).json()["value"] is None
    assert json.loads(api.asked[0].body)["name"] == "key"
    api.delete(f"{LIST}/key", message="Config deleted.")
    assert caller.delete(f"{URL}key/").json() == {"message": "Config key deleted."}


def test_what_only_administrators_may_is_said(caller: Caller, api: API) -> None:
    api.refuse("DELETE", f"{LIST}/key", "Unexpected error.", 500)
    answer = caller.delete(f"{URL}key/")
    problem(answer, answer.status_code, answer.json()["kind"], answer.json()["changed"])
    assert answer.status_code >= 400
