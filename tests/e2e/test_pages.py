"""Every page, in both themes and at both widths: accessible, within its width, and never without a way on."""

import re
from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

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
        "/aliases/new/",
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
        "/configs/new/",
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
        if (code := page.locator("details.as-code > summary")).count():
            code.click()
        if wrong := complaints(page):
            found[place] = wrong
    assert found == {}


@pytest.mark.parametrize(("width", "theme"), SHAPES, ids=[f"{width}-{theme}" for width, theme in SHAPES])
def test_what_only_administrators_see_is_well_made(visit: Visit, width: int, theme: str) -> None:
    page = visit("admin", width=width, theme=theme)
    for place in ("/administration/", "/administration/?q=nothing+has+this+name", "/workers/"):
        page.goto(place)
        assert page.get_by_role("link", name="Read again").is_visible()
        assert complaints(page) == [], place


# axe passes over the colours of what is disabled, so it is shown them on something else.
AS_IF_ALIVE = """document.querySelectorAll("main [aria-disabled=true]").forEach((one) => {
  const { color, backgroundColor } = getComputedStyle(one);
  one.removeAttribute("aria-disabled");
  Object.assign(one.style, { color, backgroundColor });
})"""


@pytest.mark.parametrize(("width", "theme"), SHAPES[::3], ids=["1440-light", "390-dark"])
def test_what_one_may_not_do_is_well_made(visit: Visit, portal: Portal, width: int, theme: str) -> None:
    """Everything stands there disabled, as legible as the rest, and says why to whoever comes by keyboard."""
    demo = portal.sandbox.sign_in("demo")
    actor = demo.actor("abacosamples/wc", name=f"only-read-{width}")
    demo.post(f"/{actor}/permissions", {"user": "team", "level": "READ"})
    demo.post(f"/{actor}/nonces", {"level": "READ", "maxUses": 3})
    page = visit("team", width=width, theme=theme)
    found = {}
    for place in ("", "messages/", "workers/", "nonces/", "permissions/", "configuration/", "edit/", "delete/"):
        page.goto(f"/actors/{actor}/{place}")
        edit = page.get_by_role("link", name="Edit").first
        if place == "":
            reason = "You may read this actor; editing it needs UPDATE. Its owner is “demo”."
            expect(edit).to_have_attribute("title", reason)
            edit.focus()
            drawn = "getComputedStyle(document.activeElement, '::after').content"
            assert "editing it needs UPDATE" in page.evaluate(drawn)
        expect(page.locator("main [aria-disabled=true]").first).to_be_visible()
        if place == "nonces/":
            page.get_by_role("button", name="Make the nonce").dispatch_event("click")
        page.evaluate(AS_IF_ALIVE)
        if wrong := complaints(page):
            found[place] = wrong
    assert len(demo.get(f"/{actor}/nonces")) == 1, "a button that stands disabled sends nothing"
    assert not page.locator("#new-nonce").count()
    demo.delete(f"/{actor}")
    assert found == {}


def send(page: Page, form: str, button: str, **typed: str) -> None:
    """Fill a form and send it, past the browser's own checks, so that the portal's are seen."""
    for name, value in typed.items():
        page.locator(f"{form} [name={name}]").first.fill(value)
    page.eval_on_selector(form, "form => { form.noValidate = true; }")
    page.locator(form).get_by_role("button", name=button).click()


def wrong_forms(page: Page, actor: str, portal: Portal) -> Iterator[str]:
    """Bring up each form as it looks when something in it cannot be; yield its name when it is there."""
    error = page.locator("main .error, main [data-alert]").first
    for name, path, form, button, typed in (
        ("actor-create", "/actors/new/", ".form-card", "Register the actor", {"image": "", "env_name": "MSG"}),
        ("actor-update", f"{actor}edit/", ".form-card", "Review the changes", {"image": "two words"}),
        ("actor-delete", f"{actor}delete/", "main form", "Delete the actor for good", {"confirm": "another"}),
        ("message-create", f"{actor}messages/", "#message-form", "Send message", {"env_name": "MSG"}),
        ("message-purge", f"{actor}messages/purge/", "#purge form", "Drop all waiting messages", {"confirm": "x"}),
        ("worker-list", f"{actor}workers/", "#scale form", "Start what is missing", {"num": "0"}),
        ("nonce-list", f"{actor}nonces/", "#nonce-create form", "Make the nonce", {"max_uses": "0"}),
        ("permission-list", f"{actor}permissions/", "#grant form", "Grant the level", {"user": "first.last"}),
        (
            "permission-change",
            f"{actor}permissions/change/?user=ABACO_WORLD",
            "#change form",
            "Share with everybody",
            {"confirm": "world"},
        ),
        ("execution-create", f"{actor}executions/new/", "main form", "Register the execution", {"runtime": "-1"}),
    ):
        page.goto(path)
        send(page, form, button, **typed)
        error.wait_for()
        yield name


def states(page: Page, actor: str, portal: Portal) -> Iterator[str]:
    """Bring up what is seen only on the way through a change; yield its name when it is there."""
    demo = portal.sandbox.sign_in("demo")
    page.goto(f"{actor}messages/")
    page.locator("[name=message]").fill("one two three")
    page.locator("#message-curl").wait_for()
    yield "message-preview"
    page.goto(f"{actor}nonces/")
    send(page, "#nonce-create form", "Make the nonce", description="for a look")
    page.locator("#new-nonce").wait_for()
    yield "nonce-made"
    page.locator("#nonces-table a.name").first.click()
    page.locator("#nonce-title").wait_for()
    yield "nonce-detail"
    nonce = page.url
    page.goto(f"{nonce}note/")
    yield "nonce-note"
    page.get_by_label("Handed out to").fill("the observatory\nMs Ramirez")
    page.get_by_role("button", name="Save the note").click()
    page.get_by_text("Ms Ramirez").wait_for()
    yield "nonce-noted"
    page.goto(f"{nonce}replace/")
    yield "nonce-replace"
    page.goto(nonce)
    page.get_by_role("main").get_by_role("link", name="Delete").last.click()
    page.locator("#delete-title").wait_for()
    yield "nonce-delete"
    page.goto(f"{actor}edit/")
    send(page, ".form-card", "Review the changes", description="Something else.")
    page.get_by_role("button", name=re.compile("^Save")).wait_for()
    yield "edit-review"
    demo.put("/" + actor.split("/")[2], {"image": "abacosamples/wc", "description": "By somebody else."})
    page.get_by_role("button", name=re.compile("^Save")).click()
    page.get_by_text("By somebody else.").first.wait_for()
    yield "edit-conflict"
    page.goto(f"{actor}edit/")
    page.eval_on_selector("[name=seen]", "input => { input.value = 'forged'; }")
    send(page, ".form-card", "Review the changes")
    page.get_by_text("does not say which definition").wait_for()
    yield "edit-outdated"


@pytest.mark.parametrize("bring_up", [wrong_forms, states])
@pytest.mark.parametrize(("width", "theme"), SHAPES, ids=[f"{width}-{theme}" for width, theme in SHAPES])
def test_every_state_is_well_made(
    visit: Visit, portal: Portal, bring_up: Callable[[Page, str, Portal], Iterator[str]], width: int, theme: str
) -> None:
    actor = portal.sandbox.sign_in("demo").actor("abacosamples/wc", name=f"looked-at-{width}-{theme}")
    # Asking for workers is for administrators; for anybody else its form stands disabled.
    page = visit("admin" if bring_up is wrong_forms else "demo", width=width, theme=theme)
    found = {}
    for name in bring_up(page, f"/actors/{actor}/", portal):
        if wrong := complaints(page):
            found[name] = wrong
    portal.sandbox.sign_in("demo").delete(f"/{actor}")
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
    page.goto("/account/preferences/")
    page.get_by_role("radio", name="Dark").check()
    page.get_by_role("button", name="Keep").click()
    assert page.locator("html").get_attribute("data-theme") == "dark"
    page.goto("/account/preferences/")
    page.get_by_role("radio", name="As the system").check()
    page.get_by_role("button", name="Keep").click()
    assert page.locator("html").get_attribute("data-theme") is None


@pytest.mark.parametrize(("width", "theme"), SHAPES[::3], ids=["1440-light", "390-dark"])
def test_a_line_of_the_activity_is_well_made(visit: Visit, portal: Portal, width: int, theme: str) -> None:
    actor = portal.sandbox.sign_in("demo").actor("abacosamples/test", name=f"watched-{width}")
    page = visit("demo", width=width, theme=theme)
    page.goto(f"/actors/{actor}/edit/")
    page.get_by_label("Description").fill("Is watched.")
    page.get_by_role("button", name="Review").click()
    page.get_by_role("button", name="Save 1 change").click()
    page.goto(f"/actors/{actor}/activity/")
    assert complaints(page) == []
    page.get_by_role("link", name="Details").first.click()
    page.get_by_role("heading", name=f"demo edited the actor watched-{width}").wait_for()
    assert "Is watched." in page.content()
    assert complaints(page) == []
    page.goto(f"{page.url}check/")
    page.get_by_text("is as you saved it.").wait_for()
    assert complaints(page) == []
