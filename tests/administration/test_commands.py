"""Acting on many from the administration."""

import re

import pytest
from django.test import Client

from actors_app.core.security.models import PortalSession
from tests.administration.support import URL, WORKERS, is_admin, lists, minutes_ago
from tests.conftest import API
from tests.support.payloads import ACTOR_ID, WORKER_ID, admin_actor_payload, utilization_payload, worker_payload

pytestmark = pytest.mark.django_db


def test_actors_and_workers_can_be_ticked(api: API, signed_in: Client) -> None:
    api.get("/actors/v2/utilization", utilization_payload())
    is_admin(api)
    lists(api, admin_actor_payload(), admin_actor_payload(id="../x"), workers=[worker_payload(actorId=ACTOR_ID)])
    page = signed_in.get(URL + "?status=READY").content.decode()
    assert re.findall(r'name="pick" value="([^"]*)"', page) == [ACTOR_ID]
    assert '<input type="hidden" name="query" value="status=READY">' in page
    assert re.findall(r'name="act" value="(\w+)"', page) == ["stop", "purge", "delete"]
    page = signed_in.get(WORKERS).content.decode()
    assert re.findall(r'name="pick" value="([^"]*)"', page) == [f"{ACTOR_ID}/{WORKER_ID}"]
    assert re.findall(r'name="act" value="(\w+)"', page) == ["stop"]


def test_what_is_stuck_can_be_acted_on_at_once(api: API, signed_in: Client) -> None:
    api.get("/actors/v2/utilization", utilization_payload())
    is_admin(api)
    stuck = worker_payload(actorId=ACTOR_ID, status="REQUESTED", createTime=minutes_ago(9))
    lists(api, admin_actor_payload(messages=3), workers=[stuck])
    page = signed_in.get(URL).content.decode().partition('id="stuck-title"')[2].partition("<table")[0]
    assert re.findall(r'name="(\w+)" value="([^"]*)"', page) == [
        ("place", "administration"),
        ("pick", ACTOR_ID),
        ("act", "purge"),
        ("place", "administration"),
        ("pick", f"{ACTOR_ID}/{WORKER_ID}"),
        ("act", "stop"),
    ]
    PortalSession.objects.update(read_only=True)
    page = signed_in.get(URL).content.decode()
    assert len(re.findall(r'name="act" value="\w+" form="none" aria-disabled="true" title="[^"]', page)) == 5
