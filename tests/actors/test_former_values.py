"""Former values of a definition: the owner, UPDATE and administrators see them; others see that something changed."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from actors_app.actors.definition import Difference
from actors_app.actors.former_values import FormerReader, Sight
from actors_app.actors.models import KeptDefinition
from actors_app.core.clock import now_ms
from actors_app.core.security.models import Readable
from actors_app.history.models import ActorHistory
from tests.conftest import API
from tests.core.test_tapis import snake
from tests.support.audit import wrote
from tests.support.payloads import ACTOR_ID, actor_payload
from tests.support.payloads import API as API_URL

pytestmark = pytest.mark.store(full=True)

PAGE, EDIT, ONE = f"/actors/{ACTOR_ID}/revisions/", f"/actors/{ACTOR_ID}/edit/", f"/api/v1/actors/{ACTOR_ID}/"
SECRETS = ("former-pin", "former-word", "former-link", "former-hook", "former-hint", "former/image", "7 hours")
FORMER = {
    "defaultEnvironment": {"PIN": "former-pin", "stays": "the-same", "gone": ""},
    "description": "former-word",
    "link": "https://former-link.example.org",
    "webhook": "https://example.org/?t=former-hook",
    "hints": ["former-hint"],
    "image": "former/image",
    "cronSchedule": "2026-11-22 10 + 7 hours",
}
NOW = {
    "defaultEnvironment": {"PIN": "new-pin", "stays": "the-same"},
    "revision": 3,
    "lastUpdateTime": "2026-11-24T10:00:00.000Z",
}
ADMIN, OTHER = ("No alias found: admin-role-probe.", 404), ("Abaco Admin role required.", 400)
SEES = [
    ({"jdoe": "UPDATE"}, None),
    ({"ABACO_WORLD": "UPDATE"}, None),
    ({"jdoe": "READ"}, ADMIN),
    (None, ADMIN),
]
SEES_NOT = [
    ({"jdoe": "READ"}, OTHER, "withheld"),
    ({"jdoe": "EXECUTE"}, OTHER, "withheld"),
    ({"ABACO_WORLD": "READ"}, OTHER, "withheld"),
    ({"j.doe": "UPDATE", "jdoe": "READ"}, OTHER, "withheld"),
    ({"jdoe": "READ"}, ("Something else.", 500), "unknown"),
    (None, OTHER, "unknown"),
    (None, ("Something else.", 500), "unknown"),
]


class Wire:
    """The API in one of its versions, for an actor of somebody else that changed once."""

    def __init__(self, api: API, version: str) -> None:
        self.api, self.version = api, version
        self.root = "/v3/actors" if version == "v3" else "/actors/v2"

    def shows(self, browser: Client, owner: str = "mvaughn") -> None:
        """Let the portal see the former definition, and then let the API show that of now."""
        for changes in (FORMER, NOW):
            payload = actor_payload(owner=owner, **changes)
            cache.clear()
            self.api.wire.remove("GET", f"{API_URL}{self.root}/{ACTOR_ID}")
            self.api.get(f"{self.root}/{ACTOR_ID}", snake(payload) if self.version == "v3" else payload)
            if changes is FORMER:
                browser.get(PAGE)

    def says(self, levels: dict[str, str] | None, role: tuple[str, int] | None) -> None:
        """Let the API tell the levels, or fail at them, and what it says of the role."""
        self.api.wire.assert_all_requests_are_fired = False
        path = f"{self.root}/{ACTOR_ID}/permissions"
        if levels is None:
            self.api.refuse("GET", path, "Something else.", 500)
        else:
            self.api.get(path, levels)
        if role is not None:
            self.api.refuse("GET", f"{self.root}/aliases/admin-role-probe", *role)


@pytest.fixture(params=["v2", "v3"])
def wire(request: pytest.FixtureRequest, api: API, settings: Any) -> Wire:
    settings.TENANTS = {"default": replace(settings.TENANTS["default"], version=request.param)}
    return Wire(api, request.param)


def everywhere(browser: Client) -> tuple[str, dict[str, Any], dict[str, Any]]:
    """Return the page, the former definition and the difference of the JSON API."""
    page = browser.get(PAGE).content.decode()
    key = KeptDefinition.objects.get(is_newest=False).pk
    return (
        page,
        browser.get(f"{ONE}revisions/{key}/", secure=True).json(),
        browser.get(f"{ONE}revisions/difference/", secure=True).json(),
    )


def is_all_there(browser: Client) -> None:
    page, whole, difference = everywhere(browser)
    for text in (page, str(whole), str(difference)):
        assert [secret for secret in SECRETS if secret not in text] == []
    assert (whole["former_values"], whole["withheld"]) == ("shown", [])
    assert "not shown" not in page
    assert "Restore" in page
    key = whole["id"]
    assert "former-pin" in browser.get(f"{EDIT}?back={key}").content.decode()


@pytest.mark.store
def test_the_owner_sees_them_and_nobody_is_asked(signed_in: Client, wire: Wire) -> None:
    wire.shows(signed_in, owner="jdoe")
    is_all_there(signed_in)
    assert {request.url for request in wire.api.asked} == {f"{API_URL}{wire.root}/{ACTOR_ID}"}


@pytest.mark.parametrize(("levels", "role"), SEES)
def test_update_and_administrators_see_them(signed_in: Client, wire: Wire, levels: Any, role: Any) -> None:
    wire.shows(signed_in)
    wire.says(levels, role)
    is_all_there(signed_in)


@pytest.mark.parametrize(("levels", "role", "sight"), SEES_NOT)
def test_others_see_that_something_changed(signed_in: Client, wire: Wire, levels: Any, role: Any, sight: str) -> None:
    wire.shows(signed_in)
    wire.says(levels, role)
    page, whole, difference = everywhere(signed_in)
    back = signed_in.get(f"{EDIT}?back={whole['id']}")
    assert back.status_code == 403
    for text in (page, str(whole), str(difference), back.content.decode()):
        assert [secret for secret in SECRETS if secret in text] == []
    assert ("could not be checked" in page) is (sight == "unknown")
    assert ("could not be checked" in back.content.decode()) is (sight == "unknown")
    assert "Changed outside the portal</span> between" in page
    assert "Restore" not in page.partition("<main")[2].partition("</main>")[0]
    assert "new-pin" in page, "what the API shows now"
    assert (whole["former_values"], difference["former_values"]) == (sight, sight)
    withheld = {(one["name"], one["variable"]): one["digest"] for one in whole["withheld"]}
    assert set(withheld) >= {("default_environment", "PIN"), ("description", None), ("hints", None), ("webhook", None)}
    assert ("default_environment", "stays") not in withheld
    assert "default_environment" not in whole["definition"], "half of it would be sent back"
    assert whole["definition"]["type"] == "none", "what the actor still has"
    found = {one["name"]: one for one in difference["differences"]}
    assert found["default_environment"]["before"] == {"stays": "the-same", "gone": ""}
    assert found["default_environment"]["after"] == {"PIN": "new-pin", "stays": "the-same"}
    assert (found["description"]["before"], found["description"]["after"]) == (None, "Counts words.")
    digest = withheld["description", None]
    assert found["description"]["before_withheld"] == [{"name": "description", "variable": None, "digest": digest}]
    assert digest in page


def test_a_digest_cannot_be_guessed_and_is_of_one_field_of_one_actor(
    signed_in: Client, wire: Wire, settings: Any
) -> None:
    wire.shows(signed_in)
    wire.says({"jdoe": "READ"}, OTHER)
    digest = everywhere(signed_in)[1]["withheld"][0]["digest"]
    assert everywhere(signed_in)[1]["withheld"][0]["digest"] == digest
    assert len({one["digest"] for one in everywhere(signed_in)[1]["withheld"]}) > 5
    settings.SECRET_KEY = "another"
    one = Difference("description", "Description", "x", "y")
    digests = set()
    for actor in ("one", "other"):
        ((_, before), _) = FormerReader(Sight.WITHHELD, "default", actor, {}).sides(one)
        digests.add(before[0].digest)
    settings.SECRET_KEY = "a third"
    ((_, before), _) = FormerReader(Sight.WITHHELD, "default", "one", {}).sides(one)
    assert len(digests | {before[0].digest}) == 3


@pytest.mark.parametrize(
    ("owner", "writer", "sees"), [("jdoe", "team", True), ("team", "jdoe", True), ("x", "y", False)]
)
@pytest.mark.parametrize("action", ["actor.update", "actor.create", "schedule.update"])
def test_the_trail_shows_what_others_wrote_to_the_owner_alone(
    signed_in: Client, api: API, action: str, owner: str, writer: str, sees: bool
) -> None:
    before = {"description": "former-word", "hints": ["former-hint"], "webhook": ""}
    entry = wrote(action, username=writer, details={"before": before, "after": {"link": "former-link"}})
    api.get(f"/actors/v2/{ACTOR_ID}", actor_payload(owner=owner))
    api.get("/actors/v2", [actor_payload(owner=owner)])
    for address in (
        f"/activity/{entry.pk}/",
        f"/actors/{ACTOR_ID}/activity/?format=csv",
        "/activity/?format=jsonl",
        f"/api/v1/activity/{entry.pk}/",
        "/api/v1/activity/",
        f"{ONE}activity/",
        "/api/v1/activity/export/?format=csv",
    ):
        answer: Any = signed_in.get(address, secure=True)
        content = b"".join(answer) if answer.streaming else answer.content
        assert answer.status_code == 200, address
        assert b"description" in content, "that it changed"
        for secret in (b"former-word", b"former-hint", b"former-link"):
            assert (secret in content) is sees, address


@pytest.mark.parametrize("owner", ["jdoe", "mvaughn"])
def test_while_the_api_is_silent_the_owner_alone_sees_them(signed_in: Client, wire: Wire, owner: str) -> None:
    wire.shows(signed_in, owner=owner)
    wire.says({"jdoe": "UPDATE"}, ADMIN)
    signed_in.get(PAGE)
    keys = f"[{ActorHistory.objects.get().pk}]"
    Readable.objects.create(tenant="default", username="jdoe", actors=keys, checked=now_ms())
    cache.clear()
    wire.api.wire.remove("GET", f"{API_URL}{wire.root}/{ACTOR_ID}")
    wire.api.is_silent("GET", f"{wire.root}/{ACTOR_ID}")
    page, whole, _ = everywhere(signed_in)
    assert ("former-pin" in page) is (owner == "jdoe")
    assert ("former-pin" in str(whole)) is (owner == "jdoe")
    assert ("could not be checked" in page) is (owner != "jdoe")


def test_an_administrator_sees_those_of_a_deleted_actor(
    signed_in: Client, sign_in: Callable[..., Client], wire: Wire
) -> None:
    wire.shows(signed_in, owner="jdoe")
    signed_in.get(PAGE)
    cache.clear()
    wire.api.wire.remove("GET", f"{API_URL}{wire.root}/{ACTOR_ID}")
    wire.api.refuse("GET", f"{wire.root}/{ACTOR_ID}", f"Actor TACC-PROD_{ACTOR_ID} does not exist", 404)
    wire.says(None, ADMIN)
    somebody = sign_in(username="somebody", access_token="another-token")
    assert "former-pin" in somebody.get(PAGE).content.decode()
