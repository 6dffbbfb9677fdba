"""Every page, in both themes and at both widths: accessible, within its width, and never without a way on."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.e2e.conftest import Portal, Visit
from tests.sandbox.support import Person

pytestmark = pytest.mark.browser
SHAPES = [(1440, "light"), (1440, "dark"), (390, "light"), (390, "dark")]


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
    worker = demo.until(f"/{actors['word-count']}/workers", lambda found: found)[0]["id"]
    counted = f"/actors/{actors['word-count']}/"
    return [
        "/",
        "/account/",
        "/nowhere/",
        "/actors/",
        "/actors/?q=nothing+has+this+name",
        "/actors/new/",
        f"/actors/{full}/",
        f"/actors/{full}/configuration/",
        f"/actors/{full}/edit/",
        f"/actors/{full}/delete/",
        f"/actors/{full}/executions/",
        f"/actors/{full}/executions/?status=error",
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
        f"{counted}executions/new/",
        f"{counted}executions/{ran['id']}/",
        f"{counted}executions/{ran['id']}/logs/",
        f"{counted}executions/{ran['id']}/halt/",
        f"{counted}executions/nosuchexecution/",
        "/actors/nosuchactor/",
    ]


def complaints(page: Page) -> list[str]:
    """Return what axe has against the page, and whether it is wider than the window."""
    found = [f"{one['id']}: {one['nodes'][0]['html'][:160]}" for one in Axe().run(page).response["violations"]]
    if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
        found.append("wider than the window")
    if page.get_by_role("heading", level=1).count() != 1:
        found.append("not exactly one first heading")
    return found


@pytest.mark.parametrize(("width", "theme"), SHAPES, ids=[f"{width}-{theme}" for width, theme in SHAPES])
def test_every_page_is_well_made(visit: Visit, places: list[str], width: int, theme: str) -> None:
    page = visit("demo", width=width, theme=theme)
    found = {}
    for place in places:
        page.goto(place)
        if wrong := complaints(page):
            found[place] = wrong
    assert found == {}


@pytest.mark.parametrize(("width", "theme"), SHAPES, ids=[f"{width}-{theme}" for width, theme in SHAPES])
def test_signing_in_is_well_made(visit: Visit, width: int, theme: str) -> None:
    page = visit("", width=width, theme=theme)
    page.goto("/sign-in/")
    page.get_by_text("Use an access token instead").click()
    assert complaints(page) == []
    page.get_by_label("User name").fill("demo")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_text("The user name or the password is wrong.").wait_for()
    assert complaints(page) == []


def test_the_keyboard_reaches_everything(visit: Visit) -> None:
    page = visit("demo")
    page.goto("/actors/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to content"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    for _ in range(40):
        page.keyboard.press("Tab")
        outline = page.evaluate(
            "(() => { const s = getComputedStyle(document.activeElement);"
            " return s.outlineStyle !== 'none' || document.activeElement === document.body; })()"
        )
        assert outline, page.evaluate("document.activeElement.outerHTML").partition(">")[0]


def test_a_theme_can_be_chosen_without_script(visit: Visit) -> None:
    page = visit("demo", script=False)
    page.goto("/account/")
    page.get_by_role("button", name="Dark", exact=True).click()
    assert page.locator("html").get_attribute("data-theme") == "dark"
    page.get_by_role("button", name="As the system").click()
    assert page.locator("html").get_attribute("data-theme") is None
