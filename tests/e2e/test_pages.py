"""Every page, in both themes and at both widths: accessible, within its width, and never without a way on."""

from dataclasses import dataclass

import pytest
from playwright.sync_api import Page

from tests.e2e.conftest import Portal, Visit
from tests.e2e.looks import complaints, complaints_by_shape
from tests.sandbox.support import Person

pytestmark = pytest.mark.browser


@dataclass(frozen=True)
class Places:
    """The address of a page of each kind, and of more states of the same pages: empty, filtered, failing."""

    kinds: list[str]
    states: list[str]


@pytest.fixture(scope="module")
def places(portal: Portal) -> Places:
    demo: Person = portal.sandbox.sign_in("demo")
    actors = {actor.get("name"): actor["id"] for actor in demo.get("")}
    full, broken = actors["rnaseq-ingest"], actors["cloud-mask-rc"]
    empty = demo.actor("abacosamples/test", name="has-nothing-yet")
    executions = demo.get(f"/{full}/executions")["executions"]
    done = next(row["id"] for row in executions if row["status"] == "COMPLETE")
    ran = demo.run(actors["word-count"], "one two three")
    demo.post(f"/{actors['word-count']}/nonces", {"level": "READ", "maxUses": 3})
    demo.post("/configs", {"name": "page-test", "value": "v", "isSecret": False, "actors": actors["word-count"]})
    demo.post("/aliases", {"alias": "page-test", "actorId": actors["word-count"]})
    worker = demo.until(f"/{actors['word-count']}/workers", lambda found: found)[0]["id"]
    counted = f"/actors/{actors['word-count']}/"
    shared = f"/actors/{actors['image-classifier']}/"
    kinds = [
        "/",
        "/account/",
        "/account/preferences/",
        "/nowhere/",
        "/actors/",
        "/activity/",
        "/evidence/",
        "/actors/new/",
        f"/actors/{full}/",
        f"/actors/{full}/configuration/",
        f"/actors/{full}/edit/",
        f"/actors/{full}/revisions/",
        f"/actors/{full}/delete/",
        f"/actors/{full}/executions/",
        f"/actors/{full}/executions/{done}/",
        f"/actors/{empty}/",
        f"{counted}messages/",
        f"{counted}messages/purge/",
        f"{counted}workers/",
        f"{counted}workers/{worker}/",
        f"{counted}workers/{worker}/stop/",
        f"{counted}nonces/",
        f"/actors/{full}/permissions/",
        f"/actors/{full}/permissions/change/?user=ABACO_WORLD",
        f"{counted}executions/new/",
        f"{counted}executions/{ran['id']}/logs/",
        f"{counted}executions/{ran['id']}/halt/",
        f"{counted}executions/{ran['id']}/results/",
        "/aliases/",
        "/new/alias/",
        "/aliases/page-test/",
        "/aliases/page-test/delete/",
        "/aliases/page-test/nonces/",
        f"/actors/{actors['run-counter']}/state/",
        f"/actors/{actors['run-counter']}/state/edit/",
        f"/actors/{actors['run-counter']}/state/reset/",
        "/schedules/",
        f"/actors/{full}/schedule/",
        "/links/",
        "/search/?kind=actors&f1=name&o1=contains&v1=a",
        "/nonces/",
        "/administration/",
        "/bulk/",
        f"/bulk/actors/?act=delete&pick={full}&pick={actors['word-count']}&pick={actors['license-check']}",
        "/workers/",
        "/configs/",
        "/new/config/",
        "/configs/page-test/",
        "/places/",
        "/mailboxes/",
        "/help/",
        "/api/v1/docs/",
    ]
    states = [
        "/actors/?q=nothing+has+this+name",
        f"/actors/{full}/executions/?outcome=wonderful",
        f"/actors/{broken}/",
        f"/actors/{empty}/executions/",
        f"/actors/{full}/permissions/change/?user=team",
        "/aliases/tiler/permissions/",
        f"{counted}executions/nosuchexecution/",
        f"/bulk/actors/?act=purge&pick={broken}",
        "/actors/nosuchactor/",
        "/search/",
        "/activity/?outcome=unknown&from=yesterday",
        "/activity/?who=nobody",
        f"/actors/new/?from={full}",
        f"/actors/{full}/executions/?window=all&outcome=failed,error,oom",
        "/executions/?window=all",
        f"/actors/{broken}/messages/",
        f"/actors/{empty}/nonces/",
        f"/actors/{empty}/workers/",
        f"/actors/{full}/permissions/?q=nobody",
        f"/actors/{full}/permissions/?show=none",
        f"/actors/{full}/permissions/change/?user=demo&level=NONE",
        f"{shared}permissions/",
        f"{shared}permissions/change/?user=ABACO_WORLD",
        "/configs/lab-channel/permissions/",
        f"{counted}activity/",
        f"{counted}executions/{ran['id']}/",
        f"{counted}workers/nosuchworker/",
        "/aliases/?q=nothing+has+this+name",
        "/aliases/page-test/edit/",
        "/aliases/nosuchalias/",
        f"{counted}state/",
        "/schedules/?show=off",
        "/search/?kind=actors&f1=revision&o1=is&v1=x",
        "/nonces/?show=orphan",
        f"/bulk/actors/?act=stop&pick={actors['word-count']}&pick=nosuchactor",
        f"/bulk/actors/?act=purge&pick={empty}",
        "/bulk/actors/?act=delete",
        "/workers/?q=nothing+has+this+name",
        "/configs/?q=nothing+has+this+name",
        "/configs/page-test/edit/",
        "/configs/page-test/delete/",
        "/help/?of=history",
        "/actors/nosuchactor/nonces/",
    ]
    return Places(kinds, states)


def look_at(page: Page, places: list[str]) -> dict[str, dict[str, list[str]]]:
    """Return what is wrong with pages, by their address and shape."""
    wrong = {}
    for place in places:
        page.goto(place)
        if (code := page.locator("details.as-code > summary")).count():
            code.click()
        if reasons := complaints_by_shape(page):
            wrong[place] = reasons
    return wrong


def test_every_page_is_well_made(visit: Visit, places: Places) -> None:
    assert look_at(visit("demo"), places.kinds) == {}


@pytest.mark.full
def test_every_state_of_a_page_is_well_made(visit: Visit, places: Places) -> None:
    assert look_at(visit("demo"), places.states) == {}


@pytest.mark.full
def test_every_page_that_is_opened_on_a_phone_is_well_made(visit: Visit, places: Places) -> None:
    page = visit("demo", width=390, theme="dark")
    wrong = {}
    for place in places.kinds + places.states:
        page.goto(place)
        if reasons := complaints(page):
            wrong[place] = reasons
    assert wrong == {}


def test_what_only_administrators_see_is_well_made(visit: Visit) -> None:
    page = visit("admin")
    for place in ("/administration/", "/administration/?q=nothing+has+this+name", "/workers/"):
        page.goto(place)
        assert page.get_by_role("link", name="Refresh").is_visible()
        assert complaints_by_shape(page) == {}, place
