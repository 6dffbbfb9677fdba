"""What a write did is a toast: it moves nothing, is announced, and is closed by a button, a key or a link."""

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Visit
from tests.e2e.looks import complaints

pytestmark = pytest.mark.browser
# Adds up what moved after it was drawn, and what was added to the live region.
WATCH = """
  window.moved = 0, window.announced = [];
  new PerformanceObserver((list) => list.getEntries().forEach((entry) => { window.moved += entry.value; }))
    .observe({ type: "layout-shift", buffered: true });
  document.addEventListener("DOMContentLoaded", () => new MutationObserver((changes) => {
    for (const { addedNodes } of changes) addedNodes.forEach((node) => window.announced.push(node.textContent.trim()));
  }).observe(document.getElementById("toasts"), { childList: true }));
"""


def save(page: Page) -> None:
    page.goto("/account/preferences/")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#toasts [data-toast]")).to_contain_text("Preferences saved.")


def test_a_toast_moves_nothing_and_is_announced(visit: Visit) -> None:
    for width, theme in ((1440, "light"), (390, "dark")):
        page = visit("demo", width=width, theme=theme)
        page.add_init_script(WATCH)
        save(page)
        page.wait_for_timeout(400)  # after which the script announces it
        assert page.evaluate("window.announced") == ["Preferences saved."]
        assert page.evaluate("window.moved") == 0
        assert complaints(page) == []
        at = page.locator("h1").bounding_box()
        page.get_by_role("button", name="Dismiss").press("Enter")
        expect(page.locator("#toasts [data-toast]")).to_have_count(0)
        assert page.evaluate("document.activeElement.id") == "main"
        assert page.locator("h1").bounding_box() == at


def test_escape_closes_a_toast_and_hovering_lets_it_stay(visit: Visit) -> None:
    page = visit("demo")
    page.clock.install()
    save(page)
    page.clock.run_for(500)
    note = page.locator("#toasts [data-toast]")
    note.hover()
    page.clock.run_for(60_000)
    expect(note).to_have_count(1)
    page.mouse.move(0, 0)
    page.clock.run_for(60_000)
    expect(note).to_have_count(0)
    page.evaluate("document.dispatchEvent(new CustomEvent('toast', { detail: { message: 'No.', level: 'error' } }))")
    page.clock.run_for(60_000)
    expect(note).to_have_text("No.")
    page.keyboard.press("Escape")
    expect(note).to_have_count(0)


def test_a_toast_needs_no_script(visit: Visit) -> None:
    page = visit("demo", script=False)
    save(page)
    page.get_by_role("link", name="Dismiss").click()
    expect(page.locator("#toasts [data-toast]")).to_have_count(0)
