"""What a page looks like on the way: refused forms, what was made, what one may not do, and without script."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.e2e import looks
from tests.e2e.conftest import Portal, Visit
from tests.e2e.looks import complaints, complaints_by_shape, in_each_shape, send

pytestmark = pytest.mark.browser


AS_IF_ALIVE = """document.querySelectorAll("main [aria-disabled=true]").forEach((one) => {
  const { color, backgroundColor } = getComputedStyle(one);
  one.removeAttribute("aria-disabled");
  one.dataset.disabled = "";
  Object.assign(one.style, { color, backgroundColor });
})"""
DISABLED_AGAIN = """document.querySelectorAll("[data-disabled]").forEach((one) => {
  one.setAttribute("aria-disabled", "true");
  one.removeAttribute("data-disabled");
  one.removeAttribute("style");
})"""


def complaints_as_if_alive(page: Page) -> dict[str, list[str]]:
    """Return what is wrong with a page by shape, with the colours of what is disabled, which axe passes over."""
    wrong = {}
    for shape in in_each_shape(page):
        page.evaluate(AS_IF_ALIVE)
        if reasons := complaints(page, shape):
            wrong[shape] = reasons
        page.evaluate(DISABLED_AGAIN)
    return wrong


def open_where_the_level_is_known(page: Page, actor: str, place: str) -> None:
    """Open a page of an actor in a process that has seen its permissions: each remembers them for itself."""
    for _ in range(10):
        page.goto(f"/actors/{actor}/")
        page.goto(f"/actors/{actor}/{place}")
        if page.locator("main [aria-disabled=true]").count():
            return


def test_what_one_may_not_do_is_well_made(visit: Visit, portal: Portal) -> None:
    """Everything stands there disabled, as legible as the rest, and says why to whoever comes by keyboard."""
    demo = portal.sandbox.sign_in("demo")
    actor = demo.actor("abacosamples/wc", name="only-read")
    demo.post(f"/{actor}/permissions", {"user": "team", "level": "READ"})
    demo.post(f"/{actor}/nonces", {"level": "READ", "maxUses": 3})
    page = visit("team")
    wrong = {}
    others = ("messages/", "workers/", "permissions/", "configuration/", "edit/", "delete/")
    for place in ("", "nonces/", *(others if looks.whole else ())):
        open_where_the_level_is_known(page, actor, place)
        edit = page.get_by_role("link", name="Edit").first
        if place == "":
            reason = "You have read access to this actor; editing it requires UPDATE. Ask the owner (demo)."
            expect(edit).to_have_attribute("title", reason)
            edit.focus()
            drawn = "getComputedStyle(document.activeElement, '::after').content"
            assert "editing it requires UPDATE" in page.evaluate(drawn)
        expect(page.locator("main [aria-disabled=true]").first).to_be_visible()
        if place == "nonces/":
            page.get_by_role("button", name="Create nonce").dispatch_event("click")
        if reasons := complaints_as_if_alive(page):
            wrong[place] = reasons
    assert len(demo.get(f"/{actor}/nonces")) == 1, "a button that stands disabled sends nothing"
    assert not page.locator("#new-nonce").count()
    demo.delete(f"/{actor}")
    assert wrong == {}


def wrong_forms(page: Page, actor: str, portal: Portal) -> Iterator[str]:
    """Bring up forms as they look when something in them cannot be, with `--full` all; yield the name of each."""
    error = page.locator("main .error, main [data-alert]").first
    rows: tuple[tuple[str, str, str, str, dict[str, str]], ...] = (
        ("actor-create", "/actors/new/", ".form-card", "Register actor", {"image": "", "env_name": "MSG"}),
        ("actor-update", f"{actor}edit/", ".form-card", "Review changes", {"image": "two words"}),
        ("actor-delete", f"{actor}delete/", "main form", "Delete actor", {"confirm": "another"}),
        ("message-create", f"{actor}messages/", "#message-form", "Send message", {"env_name": "MSG"}),
        ("message-purge", f"{actor}messages/purge/", "#purge form", "Purge mailbox", {"confirm": "x"}),
        ("worker-list", f"{actor}workers/", "#scale form", "Start workers", {"num": "0"}),
        ("nonce-list", f"{actor}nonces/", "#nonce-create form", "Create nonce", {"max_uses": "0"}),
        ("permission-list", f"{actor}permissions/", "#grant form", "Grant access", {"user": "first.last"}),
        (
            "permission-change",
            f"{actor}permissions/change/?user=ABACO_WORLD",
            "#change form",
            "Share with everyone",
            {"confirm": "world"},
        ),
        ("execution-create", f"{actor}executions/new/", "main form", "Register execution", {"runtime": "-1"}),
    )
    for name, path, form, button, typed in rows if looks.whole else rows[::4]:
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
    send(page, "#nonce-create form", "Create nonce", description="for a look")
    page.locator("#new-nonce").wait_for()
    yield "nonce-made"
    page.locator("#nonces-table a.name").first.click()
    page.locator("#nonce-title").wait_for()
    yield "nonce-detail"
    nonce = page.url
    page.goto(f"{nonce}note/")
    yield "nonce-note"
    page.locator("textarea[name=text]").fill("the observatory\nMs Ramirez")
    page.get_by_role("button", name="Save recipients").click()
    page.get_by_text("Ms Ramirez").wait_for()
    yield "nonce-noted"
    page.goto(f"{nonce}replace/")
    yield "nonce-replace"
    page.goto(nonce)
    page.get_by_role("main").get_by_role("link", name="Delete").last.click()
    page.locator("#delete-title").wait_for()
    yield "nonce-delete"
    page.goto(f"{actor}edit/")
    send(page, ".form-card", "Review changes", description="Something else.")
    page.get_by_role("button", name=re.compile("^Save")).wait_for()
    yield "edit-review"
    demo.put("/" + actor.split("/")[2], {"image": "abacosamples/wc", "description": "By somebody else."})
    page.get_by_role("button", name=re.compile("^Save")).click()
    page.get_by_text("By somebody else.").first.wait_for()
    yield "edit-conflict"
    page.goto(f"{actor}edit/")
    page.eval_on_selector("[name=seen]", "input => { input.value = 'forged'; }")
    send(page, ".form-card", "Review changes")
    page.get_by_text("form is out of date").wait_for()
    yield "edit-outdated"


@pytest.mark.parametrize("bring_up", [wrong_forms, states])
def test_every_state_is_well_made(
    visit: Visit, portal: Portal, bring_up: Callable[[Page, str, Portal], Iterator[str]]
) -> None:
    actor = portal.sandbox.sign_in("demo").actor("abacosamples/wc", name="looked-at")
    # Asking for workers is for administrators; for anybody else its form stands disabled.
    page = visit("admin" if bring_up is wrong_forms else "demo")
    wrong = {}
    for name in bring_up(page, f"/actors/{actor}/", portal):
        if reasons := complaints_by_shape(page):
            wrong[name] = reasons
    portal.sandbox.sign_in("demo").delete(f"/{actor}")
    assert wrong == {}


def test_signing_in_is_well_made(visit: Visit) -> None:
    page = visit("")
    page.goto("/sign-in/")
    page.get_by_text("Sign in with an access token").click()
    assert complaints_by_shape(page) == {}
    page.get_by_label("Username").fill("demo")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Sign in", exact=True).first.click()
    page.get_by_text("Incorrect username or password.").wait_for()
    assert complaints_by_shape(page) == {}


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
    page.get_by_role("button", name="Save").click()
    assert page.locator("html").get_attribute("data-theme") == "dark"
    page.goto("/account/preferences/")
    page.get_by_role("radio", name="System").check()
    page.get_by_role("button", name="Save").click()
    assert page.locator("html").get_attribute("data-theme") is None


def test_a_line_of_the_activity_is_well_made(visit: Visit, portal: Portal) -> None:
    actor = portal.sandbox.sign_in("demo").actor("abacosamples/test", name="watched-by-axe")
    page = visit("demo")
    page.goto(f"/actors/{actor}/edit/")
    page.get_by_label("Description").fill("Is watched.")
    page.get_by_role("button", name="Review").click()
    expect(page.locator(".review .changes ins")).to_have_count(1)
    page.get_by_role("button", name="Save changes").click()
    page.goto(f"/actors/{actor}/activity/")
    assert complaints_by_shape(page) == {}
    page.get_by_role("link", name="Details").first.click()
    page.get_by_role("heading", name="demo edited the actor watched-by-axe").wait_for()
    assert "Is watched." in page.content()
    assert complaints_by_shape(page) == {}
    page.goto(f"{page.url}check/")
    page.get_by_text("Your changes were saved.").wait_for()
    assert complaints_by_shape(page) == {}
