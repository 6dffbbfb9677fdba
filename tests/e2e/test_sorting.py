"""Sorting a list by its own links: the heads of its table, and on a phone the links above its cards."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import Visit

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(
    ("user", "place", "column", "sort"),
    [
        ("demo", "/actors/", "Owner", "owner"),
        ("demo", "/executions/?window=all", "Ran", "ran"),
        ("admin", "/administration/", "Owner", "owner"),
    ],
    ids=["actors", "executions", "administration"],
)
def test_a_list_is_sorted_on_a_phone(visit: Visit, user: str, place: str, column: str, sort: str) -> None:
    page = visit(user, width=390)
    page.goto(place)
    links = page.get_by_role("navigation", name="Sort by")
    expect(page.locator("[data-picks] thead")).to_be_hidden()
    orders = set()
    for _ in range(2):  # the second time in reverse
        links.get_by_role("link", name=column).click()
        page.wait_for_url(re.compile(rf"sort=-?{sort}\b"))
        current = links.locator("[aria-current]")
        expect(current).to_contain_text(column)
        orders.add(current.text_content())
    assert len(orders) == 2

    page.set_viewport_size({"width": 1440, "height": 900})
    expect(links).to_be_hidden()
    expect(page.locator("[data-picks] thead")).to_be_visible()
