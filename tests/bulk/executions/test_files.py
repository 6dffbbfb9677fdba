"""Executions that were picked, as a file."""

import json
from typing import Any

import pytest
from django.test import Client

from actors_app.history.models import ActorHistory
from tests.conftest import API
from tests.support.payloads import ACTOR_ID

pytestmark = [pytest.mark.store, pytest.mark.django_db]


def rows_of(answer: Any) -> list[dict[str, Any]]:
    return [json.loads(line) for line in answer.getvalue().splitlines()]


def test_what_is_ticked_goes_into_a_file(signed_in: Client, history: ActorHistory) -> None:
    picks = [f"{ACTOR_ID}/{one}" for one in ("done1", "run0", "nosuch0")] + ["secret0actor/theirs0"]
    asked = {"window": "all", "format": "jsonl", "pick": picks}
    answer = signed_in.get("/executions/picked/", asked)
    assert answer.status_code == 200
    assert [row["execution_id"] for row in rows_of(answer)] == ["done1", "run0"]
    assert answer["Content-Disposition"].startswith("attachment")
    page = signed_in.get("/executions/picked/", {"format": "jsonl", "scope": "page", "outcome": "failed"})
    assert [row["execution_id"] for row in rows_of(page)] == ["done0", "done1"]
    elsewhere = signed_in.get("/executions/picked/", {**asked, "owner": "alice"})
    assert rows_of(elsewhere) == []


def test_all_that_match_go_into_a_file_by_the_address_of_the_list(signed_in: Client, api: API) -> None:
    answer = signed_in.get("/executions/picked/", {"scope": "all", "format": "csv", "outcome": "failed", "pick": "a/b"})
    assert (answer.status_code, answer["Location"]) == (302, "/executions/?outcome=failed&format=csv")
    refused = signed_in.get("/executions/picked/", {"scope": "picked"})
    assert refused.status_code == 422
    assert "Nothing selected." in refused.content.decode()
