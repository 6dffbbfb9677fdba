"""An actor that stands still after a halt, as people find it and free it: each way out, in v2 and v3."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Visit
from tests.e2e.looks import complaints_by_shape
from tests.e2e.test_errand import register

pytestmark = pytest.mark.browser
ENDED = "takes no more messages, but its record stays Busy"


def send(page: Page, actor: str, message: str) -> str:
    """Send JSON through the portal; return the address of the execution's page."""
    page.goto(f"/actors/{actor}/messages/")
    page.get_by_label("JSON", exact=True).check()
    page.locator("[name=message]").fill(message)
    page.get_by_role("button", name="Send message").click()
    page.wait_for_url(re.compile("/executions/[A-Za-z0-9]+/$"))
    return page.url


def halt(page: Page, actor: str) -> None:
    """Send a long message, and halt it when it runs."""
    execution = send(page, actor, '{"sleep": 0.1, "iterations": 1000}')
    expect(page.get_by_text("Running on a worker.").first).to_be_visible()
    page.get_by_role("link", name="Halt…", exact=True).click()
    expect(page.get_by_text("The worker exits and takes no more messages")).to_be_visible()
    page.get_by_role("button", name="Halt execution").click()
    page.wait_for_url(execution)
    expect(page.get_by_text("see the Workers tab").first).to_be_visible()
    expect(page.locator("main").get_by_text(re.compile("halted or timed out")).first).to_be_visible()


def is_well_made(page: Page) -> None:
    """Look at a page in each shape."""
    assert complaints_by_shape(page) == {}, page.url


def run_after(page: Page, execution: str) -> None:
    page.goto(execution)
    expect(page.locator("main").get_by_text("Completed successfully (exit code 0).").first).to_be_visible(
        timeout=20_000
    )


@pytest.mark.parametrize("portal_of", ["portal", pytest.param("tapis_portal", marks=pytest.mark.full)])
@pytest.mark.parametrize(
    "is_whole",
    # The first way out alone; the other is a press of the same kind on the same page of workers.
    [False, pytest.param(True, marks=pytest.mark.full)],
    ids=["first", "each"],
)
def test_after_a_halt_each_way_out_runs_what_waits(
    visit: Visit, request: pytest.FixtureRequest, portal_of: str, is_whole: bool
) -> None:
    page = visit("admin", at=request.getfixturevalue(portal_of))
    actor = register(page, f"halted-{portal_of}-{is_whole}", "abacosamples/sleep_loop")
    expect(page.locator("#actor-status")).to_contain_text("Ready")

    # The next message waits, and its page says why; the same image, started again, runs it.
    halt(page, actor)
    second = send(page, actor, '{"sleep": 0.05, "iterations": 1}')
    expect(page.get_by_text(ENDED)).to_be_visible(timeout=20_000)
    expect(page.get_by_text("this execution is next")).to_have_count(0)
    is_well_made(page)
    page.get_by_role("button", name="Restart actor").click()
    page.wait_for_url(f"**/actors/{actor}/workers/")
    run_after(page, second)
    if not is_whole:
        return

    # It is said before a message is sent, and listed for administrators; one worker more runs what waits.
    halt(page, actor)
    third = send(page, actor, '{"sleep": 0.05, "iterations": 1}')
    expect(page.get_by_text(ENDED)).to_be_visible(timeout=20_000)
    page.goto(f"/actors/{actor}/messages/")
    expect(page.locator("[data-standstill=worker-exited]").first).to_be_visible()
    is_well_made(page)
    page.goto(f"/actors/{actor}/restart/")
    is_well_made(page)
    page.goto("/administration/?read=again")
    expect(page.locator("tr[data-standstill]", has_text=f"halted-{portal_of}-{is_whole}").first).to_be_visible()
    is_well_made(page)
    page.goto(f"/actors/{actor}/workers/")
    is_well_made(page)
    page.get_by_role("button", name="Start another worker").first.click()
    run_after(page, third)


@pytest.mark.full
def test_in_v3_a_stop_and_the_next_message_run_both(visit: Visit, request: pytest.FixtureRequest) -> None:
    page = visit("demo", at=request.getfixturevalue("tapis_portal"))
    actor = register(page, "stopped-after-a-halt", "abacosamples/sleep_loop")
    expect(page.locator("#actor-status")).to_contain_text("Ready")
    halt(page, actor)
    second = send(page, actor, '{"sleep": 0.05, "iterations": 1}')
    expect(page.get_by_text(ENDED)).to_be_visible(timeout=20_000)
    page.get_by_role("button", name="Stop worker").click()
    page.wait_for_url(f"**/actors/{actor}/workers/")
    third = send(page, actor, '{"sleep": 0.05, "iterations": 1}')
    run_after(page, second)
    run_after(page, third)


@pytest.mark.full
def test_an_image_that_does_not_start_is_replaced_and_runs_what_failed(visit: Visit) -> None:
    page = visit("demo")
    actor = register(page, "no-start", "sandbox/nostart")
    expect(page.locator("#actor-status")).to_contain_text("Ready")
    execution = send(page, actor, '{"n": 1}')
    expect(page.get_by_text("its message is back in the mailbox").first).to_be_visible(timeout=20_000)
    expect(page.get_by_text("The API could not run this execution").first).to_be_visible(timeout=60_000)
    page.reload()
    expect(page.get_by_text("Its container did not start in six attempts").first).to_be_visible()
    page.get_by_role("link", name="Change image").first.click()
    page.locator("input[name=image]").fill("jstubbs/abaco_test")
    page.get_by_role("button", name="Review changes").click()
    page.get_by_role("button", name=re.compile("^Save")).click()
    page.wait_for_url(f"**/actors/{actor}/")
    run_after(page, execution)
