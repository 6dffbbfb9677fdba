"""Names of variables: new ones must be such as a shell takes; those that an actor has stay, whatever they are."""

import json
from typing import Any

import pytest
from django.test import Client

from actors_app.core.pages.forms_environment import problem
from tests.conftest import API
from tests.support.payloads import ACTOR_ID, actor_payload

TAKEN = ("A", "a1", "_", "_1", "PATH", "lower_Case", "LD_PRELOAD", "x" * 300)
NOT_TAKEN = (
    "1A",
    "9",
    "A B",
    "A\xa0B",
    " A",
    "A-B",
    "a.b",
    "Ä",
    "ключ",
    "A\u200b",
    "$(id)",
    "a&b",
    "A;",
    "A'",
    "\u0661A",
)
BLANK = ("", " ", "\xa0", "\u3000", "  ")
ACTOR = f"/actors/v2/{ACTOR_ID}"
SENTENCE = "Use letters, digits and underscores only"


def test_which_names_a_shell_takes() -> None:
    assert [name for name in TAKEN if problem(name, "x")] == []
    assert [name for name in NOT_TAKEN if SENTENCE not in problem(name, "x")] == []
    assert [name for name in BLANK if "Enter a name" not in problem(name, "x")] == []


@pytest.mark.parametrize("name", ["1A", "A B", " "])
def test_a_new_one_is_refused_on_pages_and_for_programs(name: str, signed_in: Client, api: API) -> None:
    words = SENTENCE if name.strip() else "Enter a name"
    row = {"env_name": name, "env_value": "x"}
    as_json = {"environment_mode": "json", "default_environment": json.dumps({name: "x"})}
    for url, form in (
        ("/actors/new/", {"image": "a/b", **row}),
        ("/actors/new/", {"image": "a/b", **as_json}),
        (f"/actors/{ACTOR_ID}/messages/", {"message": "x", **row}),
    ):
        page = signed_in.post(url, form)
        assert page.status_code == 422, url
        assert words in page.content.decode()
    for url, body in (
        ("/api/v1/actors/", {"image": "a/b", "default_environment": {name: "x"}}),
        (f"/api/v1/actors/{ACTOR_ID}/messages/", {"text": "x", "environment": {name: "x"}}),
    ):
        answer = signed_in.post(url, json.dumps(body), content_type="application/json")
        assert answer.status_code == 422, url
        assert words in answer.content.decode()
    assert not api.asked


def test_those_that_an_actor_has_survive_an_edit_and_may_have_other_values(signed_in: Client, api: API) -> None:
    had = {"1A": "x", "A B": "y", " ": "blank", "": "none", "ключ": "z"}
    url = f"/api/v1/actors/{ACTOR_ID}/"
    api.get(ACTOR, actor_payload(defaultEnvironment=had))
    api.put(ACTOR, actor_payload(defaultEnvironment=had))

    def sent(change: dict[str, Any]) -> Any:
        answer = signed_in.patch(url, json.dumps(change), content_type="application/json")
        assert answer.status_code == 200, answer.content.decode()
        return json.loads(next(one.body for one in reversed(api.asked) if one.method == "PUT"))["defaultEnvironment"]

    assert sent({"description": "another"}) == had
    assert sent({"default_environment": {**had, "1A": "new"}}) == {**had, "1A": "new"}
    more = json.dumps({"default_environment": {**had, "2A": "x"}})
    refused = signed_in.patch(url, more, content_type="application/json")
    assert (refused.status_code, SENTENCE in refused.content.decode()) == (422, True)
