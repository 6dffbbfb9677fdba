"""How many clicks an errand takes, and how many keys lead from an actor to its message."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Portal, Visit

pytestmark = pytest.mark.browser
# Counts what a pointer does on every page of a tab; `fill` of Playwright types without a pointer, as Tab and keys do.
_COUNT = """addEventListener("pointerup", () => {
  sessionStorage.clicks = Number(sessionStorage.clicks || 0) + 1;
}, true)"""


def counted(page: Page, address: str) -> Callable[[], int]:
    """Open a page and return a function that says how many clicks were made since."""
    page.add_init_script(_COUNT)
    page.goto(address)
    return lambda: int(page.evaluate("sessionStorage.clicks || 0"))


def test_an_actor_is_registered_and_its_log_read_in_four_clicks(visit: Visit) -> None:
    page = visit("demo")
    clicks = counted(page, "/")
    page.get_by_role("link", name="Register actor").click()
    page.locator("input[name=image]").fill("abacosamples/test")
    page.locator("input[name=name]").fill("four-clicks")
    page.get_by_role("button", name="Register actor").click()
    page.get_by_role("link", name="Send message").first.click()
    page.locator("[name=message]").fill("hello")
    page.locator("[name=env_name]").first.fill("CITY")
    page.locator("[name=env_value]").first.fill("Austin")
    page.get_by_role("button", name="Send message").click()
    expect(page.locator(".log")).to_contain_text("Austin")
    assert clicks() <= 4


def test_an_actor_in_error_is_repaired_in_three_clicks(visit: Visit, portal: Portal) -> None:
    demo = portal.sandbox.sign_in("demo")
    actor = demo.actor("sandbox/no-such-image", name="three-clicks")
    page = visit("demo")
    page.goto(f"/actors/{actor}/")
    expect(page.locator("#actor-status")).to_contain_text("Error")
    clicks = counted(page, f"/actors/{actor}/")
    page.get_by_role("link", name="Edit", exact=True).click()
    page.locator("input[name=image]").fill("abacosamples/wc")
    page.get_by_role("button", name="Review changes").click()
    page.get_by_role("button", name=re.compile("^Save")).click()
    expect(page.locator("#actor-status")).to_contain_text("Ready")
    assert clicks() <= 3


def test_a_nonce_with_its_command_takes_three_clicks(visit: Visit) -> None:
    page = visit("demo")
    clicks = counted(page, "/actors/?q=word-count")
    page.get_by_role("main").get_by_role("link", name="word-count").first.click()
    page.get_by_role("navigation", name="Actor sections").get_by_role("link", name="Nonces").click()
    page.get_by_role("button", name="Create nonce").click()
    expect(page.locator("#curl-message")).to_contain_text("x-nonce=")
    assert clicks() <= 3


def test_one_click_says_which_actor_is_stuck_and_why(visit: Visit, portal: Portal) -> None:
    actors = portal.sandbox.sign_in("demo").get("")
    why = next(actor["statusMessage"] for actor in actors if actor["name"] == "cloud-mask-rc")
    page = visit("demo")
    clicks = counted(page, "/account/")
    page.get_by_role("navigation", name="Main", exact=True).get_by_role("link", name="Overview").click()
    problem = page.locator(".problems li").filter(has=page.get_by_role("link", name="cloud-mask-rc", exact=True))
    assert why
    expect(problem.locator(".why")).to_contain_text(why[:40])
    assert clicks() <= 1


def test_a_worker_is_stopped_and_its_stopper_named_in_four_clicks(visit: Visit, portal: Portal) -> None:
    demo = portal.sandbox.sign_in("demo")
    actor = demo.actor("abacosamples/wc", name="stopped-in-four")
    demo.run(actor, "hello")  # its worker stays
    page = visit("demo")
    clicks = counted(page, f"/actors/{actor}/")
    page.get_by_role("navigation", name="Actor sections").get_by_role("link", name="Workers").click()
    page.get_by_role("link", name=re.compile("^Stop…")).first.click()
    page.get_by_role("button", name="Stop worker").click()
    page.wait_for_url(f"**/actors/{actor}/workers/")
    page.get_by_role("navigation", name="Actor sections").get_by_role("link", name="Audit log").click()
    expect(page.locator("main tbody tr").first).to_contain_text(re.compile("demo.*stop", re.IGNORECASE | re.DOTALL))
    assert clicks() <= 4


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_the_message_of_an_actor_is_at_most_eight_tabs_away(visit: Visit, portal: Portal, script: bool) -> None:
    actor = portal.sandbox.sign_in("demo").actor("abacosamples/wc", name="eight-tabs")
    page = visit("demo", script=script)
    page.goto(f"/actors/{actor}/")
    focused = page.locator("a:focus")
    tabs = 1
    page.keyboard.press("Tab")
    expect(focused).to_have_text("Skip to content")
    page.keyboard.press("Enter")
    while "Send message" not in focused.all_inner_texts():
        page.keyboard.press("Tab")
        tabs += 1
        assert tabs <= 8
    page.keyboard.press("Enter")
    page.wait_for_url("**/messages/#id_message")
    while not page.locator("[name=message]:focus").count():
        page.keyboard.press("Tab")
        tabs += 1
        assert tabs <= 8


def test_the_tabs_of_an_actor_keep_their_order(visit: Visit, portal: Portal) -> None:
    """On every width and page, and the current one is in view."""
    actor = portal.sandbox.sign_in("demo").actor("abacosamples/wc", name="same-tabs")
    orders = set()
    for width in (390, 1440):
        page = visit("demo", width=width)
        for place in ("", "executions/", "messages/", "workers/", "nonces/", "permissions/", "activity/", "schedule/"):
            page.goto(f"/actors/{actor}/{place}")
            tabs = page.get_by_role("navigation", name="Actor sections").get_by_role("link")
            boxes = [(tab.bounding_box() or {}).get("x", 0) for tab in tabs.all()]
            assert boxes == sorted(boxes)
            orders.add(tuple(re.sub(r"[\d\s]+$", "", words) for words in tabs.all_inner_texts()))
            current = page.locator(".tabs [aria-current]")
            if current.count():
                expect(current).to_be_in_viewport(ratio=0.9)
    assert len(orders) == 1


def test_popovers_of_the_head_close_by_escape_and_by_a_press_outside(visit: Visit, portal: Portal) -> None:
    actor = portal.sandbox.sign_in("demo").actor("abacosamples/wc", name="popovers")
    page = visit("demo")
    page.goto(f"/actors/{actor}/")
    button, panel = page.locator(".as-code summary"), page.locator(".as-code .panel")
    button.click()
    expect(panel.locator(".in-curl").first).to_be_visible()
    panel.get_by_text("Python").click()
    expect(panel.locator(".in-curl").first).to_be_hidden()
    expect(panel.locator(".in-python").first).to_be_visible()
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    expect(button).to_be_focused()
    page.get_by_label("More actions").first.click()
    expect(page.get_by_role("link", name="Delete actor…")).to_be_visible()
    page.get_by_role("heading", level=1).click()
    expect(page.get_by_role("link", name="Delete actor…")).to_be_hidden()
