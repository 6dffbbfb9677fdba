"""The command palette, by keyboard, by mouse and without script."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import Visit
from tests.e2e.looks import complaints_by_shape

pytestmark = pytest.mark.browser


def test_the_palette_leads_to_an_actor_by_keyboard(visit: Visit) -> None:
    page = visit("team")
    page.goto("/account/")
    page.keyboard.press("Control+k")
    field = page.get_by_role("combobox", name="Search or jump to")
    expect(field).to_be_focused()
    entries = page.get_by_role("listbox", name="Results").get_by_role("option")
    expect(entries.first).to_have_attribute("aria-selected", "true")
    assert complaints_by_shape(page) == {}
    page.keyboard.type("preferen")
    expect(entries.first).to_contain_text("Preferences")
    page.keyboard.press("ArrowUp")
    expect(entries.last).to_have_attribute("aria-selected", "true")
    expect(field).to_have_attribute("aria-activedescendant", str(entries.last.get_attribute("id")))
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/account/preferences/")

    page.keyboard.press("Control+k")
    page.keyboard.press("Escape")
    expect(field).to_be_hidden()
    page.keyboard.press("/")  # this page has no search of its own
    expect(field).to_be_focused()
    first = page.get_by_role("group", name="Recent actors").get_by_role("option").first
    name = first.locator("bdi").first.inner_text()
    page.keyboard.type(name)
    expect(page.get_by_role("group", name="Actions").get_by_role("option").first).to_have_text(
        re.compile(rf"Send message to {re.escape(name)}")
    )
    page.get_by_role("group", name="Actors", exact=True).get_by_role("option").first.click()
    page.wait_for_url(re.compile(r"/actors/\w+/$"))
