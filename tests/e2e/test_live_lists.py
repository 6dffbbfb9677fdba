"""A list that updates itself: with the search that the address has then, until it is paused."""

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import Portal, Visit

pytestmark = pytest.mark.browser


def test_a_list_updates_itself_with_its_search_and_can_be_paused(portal: Portal, visit: Visit) -> None:
    page = visit(user="demo")
    page.goto(portal.url + "/aliases/")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/aliases/" in request.url else None)
    page.get_by_role("searchbox").first.fill("nothing-has-this-name")
    page.wait_for_url("**q=nothing-has-this-name**")
    table = page.locator("#aliases-table")
    person = portal.sandbox.sign_in("demo")
    actor = person.actor("abacosamples/test", name="named-by-an-alias")
    person.post("/aliases", {"alias": "nothing-has-this-name-yet", "actorId": actor})
    asked.clear()
    page.get_by_role("searchbox").first.blur()
    expect(table).to_contain_text("nothing-has-this-name-yet", timeout=45_000)
    assert asked
    assert all("q=nothing-has-this-name" in url for url in asked)
    page.get_by_role("button", name="Pause updates").click()
    expect(page.locator("[data-live]")).to_have_class("live needs-script paused")
