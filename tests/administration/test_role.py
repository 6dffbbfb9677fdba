"""What rests on the administrator role: for an administrator, for others, and where it is not known."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from requests.exceptions import ConnectionError as Reset

from tests.administration.support import URL, WORKERS
from tests.conftest import API
from tests.support.payloads import (
    ACTOR_ID,
    actor_payload,
    admin_actor_payload,
    refusal,
    respelled,
    search_payload,
    snake,
    totals_payload,
    utilization_payload,
    worker_payload,
)

pytestmark = [pytest.mark.django_db, pytest.mark.store(full=True)]

RECORDINGS = Path(__file__).resolve().parents[1] / "recordings"
CLOSED = "Abaco Admin role required."
UNKNOWN = "Your role is unknown"
TENANT_ACTOR, OWN_WORKER = "of-the-tenant", "OwnWorker"


def recorded(folder: str, name: str) -> dict[str, Any]:
    """Return a recorded answer as `responses` takes it."""
    answer = json.loads((RECORDINGS / folder / f"{name}.json").read_text())["response"]
    body = json.dumps(answer["body"]) if answer["body_is_json"] else answer["raw_text"]
    return {"status": answer["status"], "body": body}


OTHERS: dict[str, Callable[[str], dict[str, Any]]] = {
    who: lambda version, who=who: recorded(f"{version}-nginx", f"route_aliases_admin_role_probe_{who}")  # type: ignore[misc]
    for who in ("plain", "privileged", "limited")
}
UNKNOWNS: dict[str, dict[str, Any]] = {
    "HTML 500": recorded("v2-nginx", "route_admin_role_probe_admin"),
    "502 of nginx": recorded("v3-nginx", "nginx_502_backend_down_get"),
    "404 of another kind": recorded("v2-nginx", "route_role_admin_probe_plain"),
    "HTML 200": {"status": 200, "body": "<html>"},
    "silence": {"body": Reset("reset")},
}


class Tenant:
    """An API of one version, as somebody with or without the role sees it."""

    def __init__(self, api: API, version: str) -> None:
        self.api, self.version = api, version
        self.root = {"v2": "/actors/v2", "v3": "/v3/actors"}[version]

    def named(self, payload: dict[str, Any]) -> dict[str, Any]:
        return snake(payload) if self.version == "v3" else payload

    def role(self, answer: dict[str, Any]) -> None:
        self.api.answer("GET", f"{self.root}/aliases/admin-role-probe", **answer)

    def utilization(self) -> None:
        self.api.get(f"{self.root}/utilization", self.named(utilization_payload()))

    def lists(self, *, for_admin: bool) -> None:
        """Answer for the admin lists, which are read together with the list of actors."""
        of_admin = {
            "": [self.named(admin_actor_payload(name=TENANT_ACTOR))],
            "/workers": {"summary": {}, "workers": [self.named(worker_payload(id="TenantWorker", actorId=ACTOR_ID))]},
            "/executions": self.named(totals_payload()),
        }
        for path, result in of_admin.items():
            if for_admin:
                self.api.get(f"{self.root}/admin{path}", result)
            else:
                self.api.refuse("GET", f"{self.root}/admin{path}", CLOSED)
        self.api.get(self.root, [self.named(actor_payload())])

    def lists_fail(self) -> None:
        for path in ("", "/workers", "/executions"):
            self.api.answer("GET", f"{self.root}/admin{path}", **UNKNOWNS["HTML 500"])
        self.api.get(self.root, [self.named(actor_payload())])

    def search(self) -> None:
        found = search_payload(worker_payload(id=OWN_WORKER, actorId=ACTOR_ID))
        self.api.get(f"{self.root}/search/workers", respelled(found) if self.version == "v3" else found)


@pytest.fixture(params=["v2", "v3"])
def tenant(request: pytest.FixtureRequest, api: API, settings: Any) -> Tenant:
    settings.TENANTS = {"default": replace(settings.TENANTS["default"], version=request.param)}
    return Tenant(api, request.param)


# Administrators --------------------------------------------------------------------------------------------------


def test_an_administrator_has_the_tenant_everywhere(tenant: Tenant, signed_in: Client) -> None:
    tenant.role({"status": 404, "json": refusal("No alias found: admin-role-probe.")})
    tenant.utilization()
    tenant.lists(for_admin=True)
    assert TENANT_ACTOR in signed_in.get(URL).content.decode()
    page = signed_in.get(WORKERS).content.decode()
    assert "TenantWorker" in page
    assert UNKNOWN not in page
    assert signed_in.get("/api/v1/administration/").json()["actors"] == 1
    found = signed_in.get("/api/v1/workers/").json()
    assert ([one["id"] for one in found["items"]], found["of_tenant"]) == (["TenantWorker"], True)


# Others ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", OTHERS)
def test_everybody_else_has_what_is_theirs(tenant: Tenant, signed_in: Client, who: str) -> None:
    tenant.role(OTHERS[who](tenant.version))
    tenant.utilization()
    tenant.search()
    tenant.api.get(tenant.root, [tenant.named(actor_payload())])
    answer = signed_in.get(URL)
    assert answer.status_code == 200
    assert "Administrators only" in answer.content.decode()
    page = signed_in.get(WORKERS).content.decode()
    assert OWN_WORKER in page
    assert UNKNOWN not in page
    assert signed_in.get("/api/v1/administration/").status_code == 403
    assert signed_in.get("/api/v1/workers/").json()["of_tenant"] is False
    assert not [one for one in tenant.api.asked if f"{tenant.root}/admin" in one.path_url.partition("?")[0]]


# Unknown ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("why", UNKNOWNS)
def test_where_the_role_is_unknown_the_lists_themselves_tell(tenant: Tenant, signed_in: Client, why: str) -> None:
    tenant.role(UNKNOWNS[why])
    tenant.utilization()
    tenant.lists(for_admin=True)
    page = signed_in.get(URL).content.decode()
    assert TENANT_ACTOR in page
    assert "Administrators only" not in page
    assert "TenantWorker" in signed_in.get(WORKERS).content.decode()
    assert signed_in.get("/api/v1/workers/").json()["of_tenant"] is True


@pytest.mark.parametrize("why", UNKNOWNS)
def test_whom_they_refuse_is_none(tenant: Tenant, signed_in: Client, why: str) -> None:
    tenant.role(UNKNOWNS[why])
    tenant.utilization()
    tenant.lists(for_admin=False)
    tenant.search()
    answer = signed_in.get(URL)
    assert answer.status_code == 200
    assert "Administrators only" in answer.content.decode()
    assert OWN_WORKER in signed_in.get(WORKERS).content.decode()
    assert signed_in.get("/api/v1/administration/").status_code == 403


@pytest.mark.parametrize("why", UNKNOWNS)
def test_unknown_is_shown_as_unknown_and_asked_again(tenant: Tenant, signed_in: Client, why: str) -> None:
    tenant.role(UNKNOWNS[why])
    tenant.utilization()
    tenant.lists_fail()
    tenant.search()
    answer = signed_in.get(URL)
    page = answer.content.decode()
    assert answer.status_code == 502
    assert "Could not load tenant data" in page
    assert UNKNOWN in page
    assert "Administrators only" not in page
    page = signed_in.get(WORKERS).content.decode()
    assert OWN_WORKER in page
    assert f"{UNKNOWN}: the API did not respond." in page
    answer = signed_in.get("/api/v1/administration/")
    assert answer.status_code == 502
    assert answer.json()["advice"].startswith(f"{UNKNOWN}. ")
    assert signed_in.get("/api/v1/workers/").json()["of_tenant"] is None
    asked = len([one for one in tenant.api.asked if one.path_url.endswith("/admin-role-probe")])
    assert asked >= 4  # once for each of these; silence and 502 are tried twice


def test_what_another_read_is_not_shown_to_somebody_whose_role_is_unknown(
    tenant: Tenant, sign_in: Callable[..., Client]
) -> None:
    admin, other = sign_in(username="admin"), sign_in(username="other", access_token="another-token")
    probe = f"https://api.example.org{tenant.root}/aliases/admin-role-probe"
    tenant.utilization()
    tenant.role({"status": 404, "json": refusal("No alias found: admin-role-probe.")})
    tenant.lists(for_admin=True)
    assert TENANT_ACTOR in admin.get(URL).content.decode()
    tenant.api.wire.remove("GET", probe)
    tenant.role(UNKNOWNS["HTML 500"])
    for path in ("", "/workers", "/executions"):
        tenant.api.wire.remove("GET", f"https://api.example.org{tenant.root}/admin{path}")
    tenant.lists_fail()
    tenant.search()
    for address in (URL, WORKERS, "/api/v1/administration/actors/", "/api/v1/workers/"):
        assert TENANT_ACTOR not in other.get(address).content.decode(), address
        assert "TenantWorker" not in other.get(address).content.decode(), address


# Permissions and what stands disabled ----------------------------------------------------------------------------


@pytest.mark.store
@pytest.mark.parametrize("why", UNKNOWNS)
def test_an_unknown_role_disables_nothing(tenant: Tenant, signed_in: Client, why: str) -> None:
    actor = f"{tenant.root}/{ACTOR_ID}"
    tenant.role(UNKNOWNS[why])
    tenant.api.get(actor, tenant.named(actor_payload(owner="sue")))
    tenant.api.get(f"{actor}/permissions", {"jdoe": "READ", "sue": "UPDATE"})
    tenant.api.get(f"{actor}/nonces", [])
    tenant.api.get(f"{tenant.root}/aliases", [])
    page = signed_in.get(f"/actors/{ACTOR_ID}/permissions/").content.decode()
    assert "Your own role is unknown." in page
    assert "Granting access requires UPDATE on this actor" not in page
    assert 'aria-disabled="true"' not in page
    found = signed_in.get(f"/api/v1/actors/{ACTOR_ID}/permissions/").json()
    assert found["may_not"] == ""
    page = signed_in.get(f"/actors/{ACTOR_ID}/permissions/change/?user=jdoe&level=READ").content.decode()
    assert "Unless you are an administrator, you will not be able to restore it" in page
    tenant.api.get(f"{actor}/workers", [])
    assert 'aria-disabled="true"' not in signed_in.get(f"/actors/{ACTOR_ID}/workers/").content.decode()


@pytest.mark.parametrize("who", OTHERS)
def test_a_role_that_is_none_disables(tenant: Tenant, signed_in: Client, who: str) -> None:
    actor = f"{tenant.root}/{ACTOR_ID}"
    tenant.role(OTHERS[who](tenant.version))
    tenant.api.get(actor, tenant.named(actor_payload(owner="sue")))
    tenant.api.get(f"{actor}/permissions", {"jdoe": "READ", "sue": "UPDATE"})
    tenant.api.get(f"{actor}/nonces", [])
    tenant.api.get(f"{tenant.root}/aliases", [])
    page = signed_in.get(f"/actors/{ACTOR_ID}/permissions/").content.decode()
    assert "Granting access requires UPDATE on this actor; you have READ." in page
    tenant.api.get(f"{actor}/workers", [])
    page = signed_in.get(f"/actors/{ACTOR_ID}/workers/").content.decode()
    assert "Starting workers is limited to API administrators, whatever your access level." in page


# Signing in ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "role"),
    [({"status": 404, "json": refusal("No alias found: admin-role-probe.")}, "admin")]
    + [({"status": 400, "json": refusal(CLOSED)}, "other")]
    + [(answer, None) for answer in UNKNOWNS.values()],
    ids=["administrator", "another", *UNKNOWNS],
)
def test_signing_in_remembers_what_was_said(api: API, db: None, answer: dict[str, Any], role: str | None) -> None:
    browser = Client()
    api.answer("POST", "/token", json={"access_token": "token-of-jdoe", "expires_in": 3600})
    api.get("/profiles/v2/me", {"username": "jdoe"})
    Tenant(api, "v2").role(answer)
    assert browser.post("/sign-in/", {"username": "jdoe", "password": "secret"}).status_code == 302
    assert browser.session.get("admin_role") == role
