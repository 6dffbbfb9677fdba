"""Getting about by single keys, and switching them off."""

import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import Visit

pytestmark = pytest.mark.browser


def test_single_keys_lead_about_until_they_are_switched_off(visit: Visit) -> None:
    page = visit("team")
    page.goto("/")
    page.keyboard.press("g")
    page.keyboard.press("a")
    page.wait_for_url("**/actors/")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    first = page.locator("main .table tbody a.name").first
    expect(first).to_be_focused()

    page.keyboard.press("/")
    search = page.get_by_role("searchbox")
    expect(search).to_be_focused()
    page.keyboard.type("?/gajk")
    expect(search).to_have_value("?/gajk")
    search.fill("")
    search.blur()
    for held in ("Control+j", "Alt+g", "Meta+/"):
        page.keyboard.press(held)
    assert urlsplit(page.url).path == "/actors/"  # what was searched for may still be on its way into the query

    page.goto("/actors/")  # a late answer to what was searched for would take the focus with the rows

    page.keyboard.press("?")
    help_ = page.get_by_role("dialog", name="About this page")
    expect(help_).to_contain_text("All actors you can access.")
    page.keyboard.press("j")
    expect(first).not_to_be_focused()
    page.keyboard.press("Escape")
    expect(help_).to_be_hidden()

    page.locator("body").press("j")
    expect(first).to_be_focused()
    page.keyboard.press("o")
    page.wait_for_url(re.compile(r"/actors/\w+/$"))

    page.goto("/account/preferences/")
    page.get_by_label("Enable keyboard shortcuts").uncheck()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Preferences saved.")).to_be_visible()
    for key in ("g", "a", "?", "/", "j"):
        page.keyboard.press(key)
    assert page.url.endswith("/account/preferences/")
    expect(help_).to_be_hidden()
    page.get_by_label("Enable keyboard shortcuts").check()  # others sign in as this person, too
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Preferences saved.")).to_be_visible()


def test_on_a_phone_the_focus_is_always_seen(visit: Visit) -> None:
    page = visit("team", width=390, height=640)
    page.goto("/actors/")
    for _ in range(40):
        page.keyboard.press("Tab")
        hidden = page.evaluate(
            """() => {
                const focus = document.activeElement;
                const box = focus.getBoundingClientRect();
                const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
                return !focus.matches("a, button, input") || focus.contains(top) ? "" : focus.outerHTML;
            }"""
        )
        assert hidden == ""


def test_a_variable_that_is_removed_leaves_the_preview_and_hands_on_the_focus(visit: Visit) -> None:
    page = visit("demo")
    page.goto("/actors/")
    page.get_by_role("link", name="word-count").first.click()
    page.get_by_role("link", name="Send message").first.click()
    page.locator("textarea[name=message]").fill("one two")
    page.get_by_role("button", name="Add variable").press("Enter")
    page.keyboard.type("FIRST_GOES")
    page.keyboard.press("Tab")
    page.keyboard.type("away")
    preview = page.locator("#message-preview")
    expect(preview).to_contain_text("FIRST_GOES")
    page.get_by_role("button", name="Remove variable").last.press("Enter")
    expect(page.get_by_role("button", name="Remove variable").last).to_be_focused()
    expect(preview).not_to_contain_text("FIRST_GOES")
