"""What leads back to a list, after a search that changed its address while the page stayed."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import Visit

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(
    ("user", "place", "button"),
    [("demo", "/actors/?sort=-owner", "Refresh"), ("admin", "/administration/", "Read again")],
    ids=["actors", "administration"],
)
def test_refreshing_and_the_theme_keep_what_was_searched_for(visit: Visit, user: str, place: str, button: str) -> None:
    page = visit(user)
    page.goto(place)
    search = page.locator("#q")
    search.fill("word")
    page.wait_for_url("**q=word*")
    page.get_by_role("link", name=button).click()
    page.wait_for_load_state()
    assert "q=word" in page.url
    assert ("sort=-owner" in page.url) == ("sort" in place)
    expect(search).to_have_value("word")

    search.fill("word-")
    page.wait_for_url(re.compile(r"q=word-"))
    for theme in ("dark", "light", None):  # the last is the one that it began with
        page.locator(".theme button").click()
        expect(page.locator(f"html[data-theme={theme}]" if theme else "html:not([data-theme])")).to_be_attached()
        expect(search).to_have_value("word-")
