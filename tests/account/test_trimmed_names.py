"""Blanks around a user name are no part of it: at the sign-in, in grants and in filters, on pages and for programs."""

import json
from typing import Any
from urllib.parse import parse_qs

import pytest
from django.test import Client

from tests.conftest import API
from tests.history.world import answering
from tests.support import payloads
from tests.support.audit import wrote
from tests.support.payloads import ACTOR_ID, actor_payload, alias_payload

PERMISSIONS = f"/actors/v2/{ACTOR_ID}/permissions"
TOKENS = {"access_token": "a", "refresh_token": "r", "expires_in": 14400, "token_type": "bearer"}
NAMES = ("ann ", " ann", "ann\t", "ann\xa0", "\u3000ann\u2003")


@pytest.mark.django_db
def test_at_the_sign_in(client: Client, api: API) -> None:
    for name in NAMES:
        api.wire.reset()
        api.post("/token", json=TOKENS)
        api.get("/profiles/v2/me", {"username": "ann"})
        assert client.post("/sign-in/", {"username": name, "password": " kept "}).status_code == 302, ascii(name)
        (sent,) = (parse_qs(one.body.decode()) for one in api.asked if one.url.endswith("/token"))
        assert (sent["username"], sent["password"]) == (["ann"], [" kept "])


def test_in_grants(signed_in: Client, api: API) -> None:
    for name in NAMES:
        api.wire.reset()
        api.get(PERMISSIONS, {"jdoe": "UPDATE"})
        api.post(PERMISSIONS, {"jdoe": "UPDATE", "ann": "READ"})
        page = signed_in.post(f"/actors/{ACTOR_ID}/permissions/", {"user": name, "level": "READ"})
        assert page.status_code == 302, ascii(name)
        program = signed_in.post(
            f"/api/v1/actors/{ACTOR_ID}/permissions/",
            json.dumps({"user": name.lstrip(), "level": "READ"}),
            content_type="application/json",
        )
        assert program.json()["user"] == "ann"
        bodies = [json.loads(one.body) for one in api.asked if one.method == "POST"]
        assert bodies == [{"user": "ann", "level": "READ"}] * 2


def test_in_filters(signed_in: Client) -> None:
    with answering() as world:
        world.actor(name="word-count", owner="ann")
        world.run("OfAnn1", executor="ann")
        world.run("OfBob1", executor="bob")
        wrote(username="ann")
        for name in NAMES:
            for url, field in (("/executions/", "executor"), ("/api/v1/executions/", "executor")):
                text = signed_in.get(url, {field: name, "window": "all"}).content.decode()
                assert "OfAnn1" in text, (url, ascii(name))
                assert "OfBob1" not in text
                assert "OfAnn1" in signed_in.get(url, {"owner": name, "window": "all"}).content.decode()
            assert signed_in.get("/api/v1/activity/", {"who": name}).json()["items"], ascii(name)


def test_in_the_list_of_aliases_for_programs(signed_in: Client, api: API) -> None:
    api.get("/actors/v2/aliases", [alias_payload(owner="ann"), alias_payload(alias="other", owner="bob")])
    found: Any = signed_in.get("/api/v1/aliases/", {"owner": "ann "}).json()
    assert [one["alias"] for one in found["items"]] == [payloads.alias_payload()["alias"]]


def test_in_the_list_of_actors(signed_in: Client, api: API) -> None:
    api.get("/actors/v2", [actor_payload(owner="ann", name="x"), actor_payload(id="other", owner="bob", name="y")])
    for url in ("/actors/", "/api/v1/actors/"):
        text = signed_in.get(url, {"q": "ann "}).content.decode()
        assert ACTOR_ID in text, url
