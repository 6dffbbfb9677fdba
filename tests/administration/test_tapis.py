"""The administration and the workers over v3."""

import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from tests.administration.support import RECORDINGS, URL, WORKERS
from tests.conftest import API
from tests.support.payloads import actor_payload, admin_actor_payload, snake
from tests.support.recorded import result_at

pytestmark = pytest.mark.django_db


V3 = "/v3/actors"


@pytest.fixture
def tapis(settings: Any) -> None:
    """Let the tenant be one of v3."""
    settings.TENANTS = {"default": replace(settings.TENANTS["default"], version="v3")}


def recorded(name: str) -> Any:
    """Return the result of an answer that was recorded, by the names of v3."""
    return json.loads((RECORDINGS / f"{name}.json").read_text())["response"]["body"]["result"]


def test_over_v3_workers_that_stay_stopping_are_stuck(api: API, signed_in: Client, tapis: None) -> None:
    workers = result_at("admin_workers", "v3-nginx", datetime(2026, 11, 30, 23, tzinfo=UTC))
    stopping = {one["id"] for one in workers["workers"] if one["status"] == "SHUTDOWN_REQUESTED"}
    api.refuse("GET", f"{V3}/aliases/admin-role-probe", "No alias found: admin-role-probe.", 404)
    api.get(f"{V3}/utilization", recorded("utilization"))
    api.get(f"{V3}/admin", [])
    api.get(f"{V3}/admin/workers", workers)
    api.refuse("GET", f"{V3}/admin/executions", "Unrecognized exception type", 500)
    api.get(V3, [])
    page = signed_in.get(URL).content.decode()
    rows = re.findall(r'<tr data-standstill="worker-stopping">.*?<span class="mono">(\w+)</span>', page)
    assert set(rows) == stopping
    assert len(stopping) > 1


def test_over_v3_an_administrator_sees_the_tenant(api: API, signed_in: Client, tapis: None) -> None:
    workers = recorded("admin_workers")
    of_one = workers["workers"][0]
    nothing = dict.fromkeys(("link", "webhook", "max_workers", "mem_limit", "log_ex", "cron_schedule"))
    actor = snake(admin_actor_payload(id=of_one["actor_id"], name="first", messages=2, workers=[of_one])) | nothing
    broken = snake(admin_actor_payload(id="Broken1", name=None, status="ERROR", statusMessage="no <image>", messages=3))
    api.refuse("GET", f"{V3}/aliases/admin-role-probe", "No alias found: admin-role-probe.", 404)
    api.get(f"{V3}/utilization", recorded("utilization"))
    api.get(f"{V3}/admin", [actor, broken])
    api.get(f"{V3}/admin/workers", workers)
    api.refuse("GET", f"{V3}/admin/executions", "Unrecognized exception type", 500)
    api.get(V3, [snake(actor_payload(id=of_one["actor_id"]))])
    page = signed_in.get(URL).content.decode()
    assert "Actors (server)</dt><dd>310<" in page
    assert ">first<" in page
    assert ">Broken1<" in page
    assert "no &lt;image&gt;" in page
    assert "Not available in API v3." in page
    assert re.search(r"Queued messages</dt><dd>5<", page)
    page = signed_in.get(f"{WORKERS}?q={of_one['id']}").content.decode()
    assert f'href="/actors/{of_one["actor_id"]}/workers/{of_one["id"]}/"' in page
    assert f'name="pick" value="{of_one["actor_id"]}/{of_one["id"]}"' in page
    assert f"of {len(workers['workers'])} workers" in signed_in.get(WORKERS).content.decode()


def test_over_v3_others_see_what_the_search_gives(api: API, signed_in: Client, tapis: None) -> None:
    api.refuse("GET", f"{V3}/aliases/admin-role-probe", "Abaco Admin role required.")
    api.get(f"{V3}/utilization", recorded("utilization"))
    api.get(
        f"{V3}/search/workers", {"_metadata": {"total_count": 9}, "search": recorded("admin_workers")["workers"][:2]}
    )
    api.get(V3, [])
    assert "Administrators only" in signed_in.get(URL).content.decode()
    page = signed_in.get(WORKERS).content.decode()
    assert "7 more are not shown" in page
    assert len(re.findall(r'name="pick"', page)) == 2
