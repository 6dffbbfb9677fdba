"""Acts on many executions or actors, and saved views, in a real browser over the real sandbox."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e import looks
from tests.e2e.conftest import Portal, Visit
from tests.e2e.looks import complaints, complaints_by_shape
from tests.sandbox.support import Person

pytestmark = pytest.mark.browser


@pytest.fixture
def sleepers(portal: Portal) -> Callable[..., tuple[str, list[str]]]:
    """Return a function that lets executions sleep and names their actor and them."""
    demo: Person = portal.sandbox.sign_in("demo")

    def begin(number: int, name: str) -> tuple[str, list[str]]:
        actor = demo.actor("abacosamples/sleep_loop", name=name)
        demo.until(f"/{actor}", lambda row: row["status"] == "READY")
        admin = portal.sandbox.sign_in("admin")
        admin.post(f"/{actor}/workers", {"num": number})
        ids = [demo.send(actor, '{"sleep": 1, "iterations": 100}') for _ in range(number)]
        for one in ids:
            demo.until(f"/{actor}/executions/{one}", lambda row: row["status"] == "RUNNING", 30)
        return actor, ids

    return begin


def open_list(page: Page, actor: str) -> None:
    page.goto(f"/actors/{actor}/executions/?window=all")
    expect(page.get_by_role("heading", name=re.compile(r"^\d+ executions?, "))).to_be_visible()


def test_ticked_ones_are_halted_with_a_result_for_each(
    visit: Visit, sleepers: Callable[..., tuple[str, list[str]]]
) -> None:
    actor, ids = sleepers(2, "sleeps-in-bulk")
    page = visit()
    open_list(page, actor)
    page.get_by_label(f"Select execution {ids[0]}").check()
    expect(page.get_by_text("1 selected")).to_be_visible()
    page.get_by_label("Select all executions on this page").check()
    expect(page.get_by_text("2 selected")).to_be_visible()
    assert complaints_by_shape(page) == {}
    page.get_by_role("button", name="Halt…").click()
    expect(page.get_by_role("heading", name="Halt 2 executions?")).to_be_visible()
    assert complaints(page) == []
    page.get_by_label("Reason").fill("trying what halting does")
    page.get_by_role("button", name="Halt 2 executions").click()
    expect(page.get_by_text("Finished")).to_be_visible()
    expect(page.locator("tbody tr").filter(has_text="Halt requested.")).to_have_count(2)
    assert complaints(page) == []
    page.reload()
    expect(page.locator("tbody tr").filter(has_text="Halt requested.")).to_have_count(2)
    expect(page.get_by_text("trying what halting does")).to_be_visible()


@pytest.mark.full
def test_without_script_each_press_moves_it_on(visit: Visit, sleepers: Callable[..., tuple[str, list[str]]]) -> None:
    actor, _ = sleepers(1, "sleeps-without-script")
    page = visit(script=False, width=390)
    open_list(page, actor)
    page.get_by_label("Apply to").select_option("all")
    page.get_by_role("button", name="Halt…").click()
    page.get_by_label("Reason").fill("no script")
    page.get_by_role("button", name="Halt 1 execution").click()
    page.get_by_role("button", name="Resume").click()
    expect(page.get_by_text("Finished")).to_be_visible()
    expect(page.get_by_text("Halt requested.").last).to_be_visible()


@pytest.mark.full
def test_messages_sent_here_are_sent_again(visit: Visit, portal: Portal) -> None:
    demo: Person = portal.sandbox.sign_in("demo")
    actor = demo.actor("abacosamples/wc", name="counts-in-bulk")
    demo.until(f"/{actor}", lambda row: row["status"] == "READY")
    elsewhere = demo.run(actor, "sent elsewhere")["id"]
    page = visit()
    for words in ("one", "one two"):
        page.goto(f"/actors/{actor}/messages/")
        page.get_by_label("Message", exact=True).fill(words)
        page.get_by_role("button", name="Send", exact=False).last.click()
        page.wait_for_url("**/executions/*/")
        demo.ended(actor, page.url.rstrip("/").rpartition("/")[2])
    open_list(page, actor)
    page.get_by_label("Select all executions on this page").check()
    page.get_by_label("Apply to").select_option("page")
    page.get_by_role("button", name="Resend…").click()
    expect(page.get_by_role("heading", name="Resend 2 messages?")).to_be_visible()
    left = page.locator("tr.left-out")
    expect(left).to_have_count(1)
    expect(left).to_contain_text(elsewhere)
    expect(left).to_contain_text("was not sent through this portal")
    page.get_by_label("Reason").fill("the input was late")
    page.get_by_role("button", name="Resend 2 messages").click()
    expect(page.get_by_text("Finished")).to_be_visible()
    expect(page.get_by_text(re.compile("Resent. New execution"))).to_have_count(2)
    assert len(demo.get(f"/{actor}/executions")["executions"]) == 5


def test_a_range_of_rows_is_ticked_with_shift(visit: Visit) -> None:
    page = visit()
    page.goto("/executions/?window=all")
    boxes = page.locator('tbody input[name="pick"]')
    boxes.nth(1).click()
    boxes.nth(5).click(modifiers=["Shift"])
    expect(page.get_by_text("5 selected")).to_be_visible()
    boxes.nth(3).click()
    expect(page.get_by_text("4 selected")).to_be_visible()


def test_the_pages_are_well_made(visit: Visit) -> None:
    page = visit()
    page.goto("/executions/?window=all")
    page.get_by_text("Saved filters", exact=True).click()
    page.get_by_label("Save these filters as").fill("everything")
    page.get_by_role("button", name="Save filter").click()
    expect(page.get_by_text("saved.")).to_be_visible()
    assert complaints_by_shape(page) == {}
    others = (
        "/bulk/executions/?act=resend&window=all&outcome=failed",
        "/bulk/executions/?act=halt&scope=picked",
        "/bulk/",
    )
    for address in (
        "/executions/views/",
        "/bulk/executions/?act=halt&window=all",
        *(others if looks.whole else ()),
    ):
        page.goto(address)
        assert complaints_by_shape(page) == {}, address


@pytest.mark.full
def test_a_view_is_shared_by_its_link(visit: Visit) -> None:
    own = visit()
    own.goto("/executions/?window=7d&outcome=failed")
    own.get_by_text("Saved filters", exact=True).click()
    own.get_by_label("Save these filters as").fill("Failed this week")
    own.get_by_role("button", name="Save filter").click()
    own.goto("/executions/views/")
    card = own.get_by_role("article", name="Filter Failed this week")
    link = card.locator("code.link").inner_text()
    other = visit("team")
    other.goto(link)
    expect(other.get_by_text("Shared by demo")).to_be_visible()
    other.get_by_role("button", name="Add to my filters").click()
    expect(other.get_by_text("saved.")).to_be_visible()
    other.get_by_text("Saved filters", exact=True).click()
    expect(other.get_by_label("Saved filters").get_by_role("link", name="Failed this week")).to_have_attribute(
        "aria-current", "true"
    )
    card.locator("summary").click()
    card.get_by_label("New name").fill("Broken this week")
    card.get_by_role("button", name="Rename", exact=True).click()
    own.get_by_role("article", name="Filter Broken this week").get_by_role("button", name="Delete").click()
    expect(own.get_by_text("was deleted")).to_be_visible()


def test_actors_are_deleted_at_once_with_a_result_for_each(visit: Visit, portal: Portal) -> None:
    demo, team = portal.sandbox.sign_in("demo"), portal.sandbox.sign_in("team")
    mine = [demo.actor("abacosamples/wc", name=f"goes-at-once-{number}") for number in range(2)]
    theirs = team.actor("abacosamples/wc", name="goes-at-once-not")
    team.post(f"/{theirs}/permissions", {"user": "demo", "level": "READ"})
    demo.post("/aliases", {"alias": "goes-at-once", "actorId": mine[0]})
    page = visit()
    page.goto("/actors/")
    page.get_by_role("searchbox").fill("goes-at-once")
    expect(page.locator("tbody [name=pick]")).to_have_count(3)
    page.get_by_label("Select all actors on this page").check()
    expect(page.get_by_text("3 selected")).to_be_visible()
    assert complaints_by_shape(page) == {}
    page.get_by_role("button", name="Delete…").click()
    expect(page.get_by_role("heading", name="Delete 2 actors?")).to_be_visible()
    expect(page.get_by_text("1 alias will be broken:")).to_be_visible()
    expect(page.locator("tr.left-out")).to_contain_text("Requires UPDATE on the actor; you have READ.")
    assert complaints(page) == []
    page.get_by_label("Number").fill("3")
    page.get_by_label("Reason").fill("nobody needs them")
    page.get_by_role("button", name="Delete 2 actors permanently").click()
    expect(page.get_by_text("The number does not match. Type 2.", exact=True)).to_be_visible()
    assert complaints(page) == []
    page.get_by_label("Number").fill("2")
    page.get_by_role("button", name="Delete 2 actors permanently").click()
    expect(page.get_by_text("Finished")).to_be_visible()
    expect(page.locator("tbody tr").filter(has_text="Deleted.")).to_have_count(2)
    assert complaints(page) == []
    page.get_by_role("link", name="Back to list").click()
    expect(page.locator("tbody [name=pick]")).to_have_count(1)
    assert {row["id"] for row in demo.get("")}.isdisjoint(mine)
