"""Parts of a page that ask by themselves: calmer while nothing changes, and over when there is nothing more to come."""

import re

import pytest
from playwright.sync_api import Page, Route, expect

from tests.e2e.conftest import Portal, Visit

pytestmark = pytest.mark.browser


@pytest.fixture
def running(portal: Portal) -> str:
    """Return the address of an execution that runs for a while."""
    demo = portal.sandbox.sign_in("demo")
    actor = demo.actor("abacosamples/sleep_loop", name="watched")
    execution = demo.send(actor, '{"sleep": 1, "iterations": 45}')
    demo.until(f"/{actor}/executions/{execution}", lambda row: row["status"] == "RUNNING")
    return f"/actors/{actor}/executions/{execution}/"


def polls_of(page: Page) -> list[str]:
    """Return the addresses that are polled, as they are asked for."""
    polls: list[str] = []
    page.on("request", lambda request: polls.append(request.url) if "poll=1" in request.url else None)
    return polls


def pass_time(page: Page, seconds: int) -> None:
    """Let the page's clock, which is installed, run on; of each second a tenth is waited for, so that answers come."""
    for _ in range(seconds):
        page.clock.run_for(1000)
        page.wait_for_timeout(100)


def test_an_outage_is_said_asked_about_less_and_taken_back(visit: Visit, running: str) -> None:
    page = visit("demo")
    page.clock.install()
    page.goto(running)
    alert = page.locator("#read-alert [data-alert]")

    def fail(route: Route) -> None:
        route.fulfill(
            status=502, content_type="text/html", body='<div data-alert role="status"><p>No answer.</p></div>'
        )

    page.route(re.compile("poll=1"), fail)
    expect(alert).to_be_visible()
    asked = polls_of(page)
    pass_time(page, 6)
    assert len(asked) <= 6, "the polls slow down while they fail"
    page.unroute(re.compile("poll=1"))
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")  # as a reader who comes back
    expect(alert).to_have_count(0)


def test_what_is_gone_is_not_asked_for_again(visit: Visit, portal: Portal, running: str) -> None:
    page = visit("demo")
    page.clock.install()
    page.goto(running)
    with page.expect_response(lambda answer: answer.status == 286):
        portal.sandbox.sign_in("demo").delete("/" + running.split("/")[2])
    pass_time(page, 6)  # for the other parts to be told so too
    polls = polls_of(page)
    pass_time(page, 10)
    assert polls == []


def test_a_hidden_tab_is_quiet(visit: Visit, running: str) -> None:
    page = visit("demo")
    page.clock.install()
    page.goto(running)
    page.evaluate("Object.defineProperty(document, 'hidden', { get: () => true, configurable: true })")
    polls = polls_of(page)
    pass_time(page, 10)
    assert polls == []


def test_a_paused_page_is_quiet_until_it_goes_on(visit: Visit, running: str) -> None:
    page = visit("demo")
    page.clock.install()
    page.goto(running)
    page.get_by_role("button", name="Pause updates").click()
    polls = polls_of(page)
    pass_time(page, 10)
    assert polls == []
    page.get_by_role("button", name="Pause updates").click()
    with page.expect_request(re.compile("status/.poll=1")):
        pass_time(page, 5)


def test_a_poll_waits_as_long_as_it_is_asked_to(visit: Visit, running: str) -> None:
    page = visit("demo")
    failure = '<div data-alert role="status"><p>The API asks you to wait 60 minutes.</p></div>'

    def fail(route: Route) -> None:
        route.fulfill(status=503, content_type="text/html", headers={"Retry-After": "3600"}, body=failure)

    page.route(re.compile("poll=1"), fail)
    page.goto(running)
    expect(page.locator("#read-alert [data-alert]")).to_be_visible()
    # As at the next tick of a reader who comes back, for whom the other reasons to wait are over.
    held = page.evaluate(
        """() => {
            document.dispatchEvent(new Event("visibilitychange"));
            const more = (elt) => ({bubbles: true, cancelable: true, detail: {elt}});
            const tick = (elt) => new CustomEvent("htmx:beforeRequest", more(elt));
            return [...document.querySelectorAll("[hx-trigger^=every]")].map((elt) => !elt.dispatchEvent(tick(elt)));
        }"""
    )
    assert True in held


def test_a_poll_takes_away_neither_the_focus_nor_a_tick(visit: Visit, running: str) -> None:
    page = visit("demo")
    actor = f"/actors/{running.split('/')[2]}/"
    for address, control in (
        (actor + "executions/?window=all", "input[name=pick]"),
        (actor + "workers/", "#workers-table tbody a >> nth=-1"),
        (running, "button[data-copy=copy-actor]"),
    ):
        page.goto(address)
        page.locator(control).press("Space")
        page.locator(control).evaluate("element => { element.dataset.former = true; }")
        expect(page.locator("[data-former]")).to_have_count(0)
        expect(page.locator(control)).to_be_focused()
        if "pick" in control:
            expect(page.locator(control)).to_be_checked()
            expect(page.get_by_text("1 selected")).to_be_visible()
