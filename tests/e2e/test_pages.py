"""Every page, in both themes and at both widths: accessible, within its width, and never without a way on."""

import pytest

from tests.e2e.conftest import Portal, Visit
from tests.e2e.looks import SHAPES, complaints
from tests.sandbox.support import Person

pytestmark = pytest.mark.browser


@pytest.fixture(scope="session")
def places(portal: Portal) -> list[str]:
    """Return the address of each kind of page, full and empty, good and failing."""
    demo: Person = portal.sandbox.sign_in("demo")
    actors = {actor["name"]: actor["id"] for actor in demo.get("")}
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
    return [
        "/",
        "/account/",
        "/account/preferences/",
        "/nowhere/",
        "/actors/",
        "/actors/?q=nothing+has+this+name",
        "/activity/",
        "/activity/?outcome=unknown&from=yesterday",
        "/activity/?who=nobody",
        "/actors/new/",
        f"/actors/{full}/",
        f"/actors/{full}/configuration/",
        f"/actors/{full}/edit/",
        f"/actors/{full}/revisions/",
        f"/actors/new/?from={full}",
        f"/actors/{full}/delete/",
        f"/actors/{full}/executions/",
        f"/actors/{full}/executions/?window=all&outcome=failed,error,oom",
        f"/actors/{full}/executions/?outcome=wonderful",
        "/executions/?window=all",
        f"/actors/{full}/executions/{done}/",
        f"/actors/{broken}/",
        f"/actors/{broken}/messages/",
        f"/actors/{empty}/",
        f"/actors/{empty}/executions/",
        f"/actors/{empty}/nonces/",
        f"/actors/{empty}/workers/",
        f"{counted}messages/",
        f"{counted}messages/purge/",
        f"{counted}workers/",
        f"{counted}workers/{worker}/",
        f"{counted}workers/{worker}/stop/",
        f"{counted}nonces/",
        f"/actors/{full}/permissions/",
        f"/actors/{full}/permissions/?q=nobody",
        f"/actors/{full}/permissions/?show=none",
        f"/actors/{full}/permissions/change/?user=team",
        f"/actors/{full}/permissions/change/?user=demo&level=NONE",
        f"/actors/{full}/permissions/change/?user=ABACO_WORLD",
        f"{shared}permissions/",
        f"{shared}permissions/change/?user=ABACO_WORLD",
        "/aliases/tiler/permissions/",
        "/configs/lab-channel/permissions/",
        f"{counted}activity/",
        f"{counted}executions/new/",
        f"{counted}executions/{ran['id']}/",
        f"{counted}executions/{ran['id']}/logs/",
        f"{counted}executions/{ran['id']}/halt/",
        f"{counted}executions/nosuchexecution/",
        f"{counted}executions/{ran['id']}/results/",
        f"{counted}workers/nosuchworker/",
        "/aliases/",
        "/aliases/?q=nothing+has+this+name",
        "/new/alias/",
        "/aliases/page-test/",
        "/aliases/page-test/edit/",
        "/aliases/page-test/delete/",
        "/aliases/page-test/nonces/",
        "/aliases/nosuchalias/",
        f"/actors/{actors['run-counter']}/state/",
        f"/actors/{actors['run-counter']}/state/edit/",
        f"/actors/{actors['run-counter']}/state/reset/",
        f"{counted}state/",
        "/schedules/",
        "/schedules/?show=off",
        f"/actors/{full}/schedule/",
        "/links/",
        "/search/",
        "/search/?kind=actors&f1=name&o1=contains&v1=a",
        "/search/?kind=executions&f1=exit_code&o1=is&v1=x",
        "/nonces/",
        "/nonces/?show=orphan",
        "/schedules/?zone=Europe/Berlin",
        "/administration/",
        "/bulk/",
        f"/bulk/actors/?act=delete&pick={full}&pick={actors['word-count']}&pick={actors['license-check']}",
        f"/bulk/actors/?act=stop&pick={actors['word-count']}&pick=nosuchactor",
        f"/bulk/actors/?act=purge&pick={broken}",
        f"/bulk/actors/?act=purge&pick={empty}",
        "/bulk/actors/?act=delete",
        "/workers/",
        "/workers/?q=nothing+has+this+name",
        "/configs/",
        "/configs/?q=nothing+has+this+name",
        "/new/config/",
        "/configs/page-test/",
        "/configs/page-test/edit/",
        "/configs/page-test/delete/",
        "/places/",
        "/mailboxes/",
        "/help/",
        "/help/?of=history",
        "/api/v1/docs/",
        "/actors/nosuchactor/",
        "/actors/nosuchactor/nonces/",
    ]


@pytest.mark.parametrize("width", [1440, 390])
def test_every_page_is_well_made(visit: Visit, places: list[str], width: int) -> None:
    page = visit("demo", width=width)
    found = {}
    for place in places:
        page.goto(place)
        if (code := page.locator("details.as-code > summary")).count():
            code.click()
        for theme in ("light", "dark"):  # which is the style sheet's alone: the page needs no second answer
            page.emulate_media(color_scheme=theme)
            if wrong := complaints(page):
                found[place, theme] = wrong
    assert found == {}


@pytest.mark.parametrize(("width", "theme"), SHAPES, ids=[f"{width}-{theme}" for width, theme in SHAPES])
def test_what_only_administrators_see_is_well_made(visit: Visit, width: int, theme: str) -> None:
    page = visit("admin", width=width, theme=theme)
    for place in ("/administration/", "/administration/?q=nothing+has+this+name", "/workers/"):
        page.goto(place)
        assert page.get_by_role("link", name="Read again").is_visible()
        assert complaints(page) == [], place


# axe passes over the colours of what is disabled, so it is shown them on something else.
