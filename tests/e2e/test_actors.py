"""The list of actors in a real browser: favorites, the selection, and what arrives after the first paint."""

import re

import pytest
from playwright.sync_api import Page, Route, expect

from tests.e2e.conftest import Portal, Visit
from tests.e2e.looks import complaints_by_shape

pytestmark = pytest.mark.browser


def widths(page: Page) -> list[float]:
    """Return the widths of the heads of the table."""
    lengths: list[float] = page.locator("table.actors th[scope=col]").evaluate_all(
        "heads => heads.map(head => head.getBoundingClientRect().width)"
    )
    return lengths


def test_the_cells_are_filled_after_the_first_paint_and_nothing_moves(visit: Visit) -> None:
    page = visit("demo")
    page.route(re.compile("poll=1"), lambda route: None)  # it is never answered
    page.goto("/actors/")
    row = page.locator("tbody tr").filter(has=page.get_by_role("link", name="rnaseq-ingest", exact=True))
    before, height = widths(page), row.evaluate("row => row.getBoundingClientRect().height")
    expect(row.locator("td.num").first).to_be_empty()
    page.unroute(re.compile("poll=1"))
    page.goto("/actors/")
    expect(row.locator("td.num").first).not_to_be_empty()
    expect(row.locator("svg.sparkline")).to_be_visible()
    expect(page.locator("#live-at")).to_have_text(re.compile(r"\d\d:\d\d"))
    assert widths(page) == before
    assert row.evaluate("row => row.getBoundingClientRect().height") == height
    assert complaints_by_shape(page) == {}


def test_a_star_makes_a_favorite_by_keyboard_and_it_comes_first(visit: Visit) -> None:
    page = visit("demo")
    page.goto("/actors/")
    star = page.get_by_role("button", name="Favorite word-count", exact=True)
    expect(star).to_have_attribute("aria-pressed", "false")
    star.press("Enter")
    expect(star).to_have_attribute("aria-pressed", "true")
    expect(star).to_be_focused()
    page.reload()
    expect(page.locator("tbody a.name").first).to_have_text("word-count")
    expect(page.get_by_role("rowheader", name=re.compile("Favorites 1"))).to_be_visible()
    page.get_by_label("Status", exact=True).get_by_role("link", name=re.compile("Favorites")).click()
    expect(page.locator("tbody a.name")).to_have_count(1)
    assert complaints_by_shape(page) == {}
    star.press("Space")
    expect(star).to_have_attribute("aria-pressed", "false")
    page.reload()
    expect(page.get_by_text("No favorites yet")).to_be_visible()
    assert complaints_by_shape(page) == {}


def test_an_update_requested_before_a_star_was_pressed_does_not_take_it_back(visit: Visit) -> None:
    page = visit("demo")
    pending: list[Route] = []
    page.route(re.compile(r"/actors/\?.*poll=1"), lambda route: pending.append(route))
    page.goto("/actors/")
    page.wait_for_function("document.querySelector('#actors-live.htmx-request')")
    former = pending[0].fetch()  # answered before the change
    star = page.get_by_role("button", name="Favorite word-count", exact=True)
    star.press("Enter")
    expect(star).to_have_attribute("aria-pressed", "true")
    pending[0].fulfill(response=former)
    expect(page.locator("tbody tr td.num").first).not_to_be_empty()
    expect(star).to_have_attribute("aria-pressed", "true")
    star.press("Enter")
    expect(star).to_have_attribute("aria-pressed", "false")


def test_a_star_works_without_script(visit: Visit) -> None:
    page = visit("demo", script=False)
    page.goto("/actors/?q=word")
    star = page.get_by_role("button", name="Favorite word-count", exact=True)
    star.click()
    page.wait_for_url("**/actors/?q=word")
    expect(star).to_have_attribute("aria-pressed", "true")
    star.click()
    expect(star).to_have_attribute("aria-pressed", "false")
    page.get_by_role("link", name="Load queued messages, workers and runs").click()
    expect(page.locator("tbody tr td.num").first).not_to_be_empty()


def test_the_bar_of_the_selection_floats_over_the_list_with_a_count(visit: Visit) -> None:
    page = visit("demo", height=600)
    page.goto("/actors/")
    bar = page.get_by_role("group", name="Bulk actions")
    expect(bar).to_be_hidden()
    expect(page.locator("tbody tr td.num").first).not_to_be_empty()
    boxes = page.locator("tbody input[name=pick]")
    boxes.nth(0).check()
    boxes.nth(2).check()
    expect(bar).to_be_in_viewport(ratio=1)
    expect(bar).to_contain_text("2 selected")
    assert complaints_by_shape(page) == {}
    boxes.nth(0).uncheck()
    boxes.nth(2).uncheck()
    expect(bar).to_be_hidden()


def test_filters_are_applied_named_and_removed(visit: Visit, portal: Portal) -> None:
    page = visit("demo")
    page.goto("/actors/")
    page.get_by_text("Owner", exact=True).first.click()
    page.locator("label").filter(has_text="team").get_by_role("checkbox").check()
    assert complaints_by_shape(page) == {}
    page.get_by_role("button", name="Apply").first.click()
    page.wait_for_url(re.compile("owner=team"))
    expect(page.get_by_role("list", name="Active filters")).to_contain_text("Owner is team")
    assert set(page.locator("tbody td.dim bdi").all_inner_texts()) == {"team"}
    page.get_by_role("link", name="Remove filter Owner team").click()
    expect(page.get_by_role("list", name="Active filters")).to_have_count(0)
