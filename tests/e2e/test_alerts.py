"""What a write said stays on the page, whatever the polls of that page say afterwards."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, Route, expect

from tests.e2e.conftest import Portal, Visit
from tests.e2e.looks import complaints
from tests.faults.failures import hang_up
from tests.faults.stand_in import StandIn
from tests.support.running import running_portal

pytestmark = pytest.mark.browser
CutOff = tuple[Page, StandIn, str, str]


@pytest.fixture(scope="module")
def failing(portal: Portal, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Portal, StandIn]]:
    """Run a portal whose API, the usual sandbox, can be made to hang up."""
    host, _, port = portal.sandbox.url.removeprefix("http://").partition(":")
    directory = tmp_path_factory.mktemp("failing")
    with StandIn(behind=(host, int(port))) as api, running_portal(directory, api.url) as running:
        yield Portal(running.url, portal.sandbox, running.log, running.store), api


@pytest.fixture
def cut_off(visit: Visit, failing: tuple[Portal, StandIn]) -> Iterator[CutOff]:
    """Yield a page of somebody signed in, the API, and the ids of an actor and of an execution that runs."""
    portal, api = failing
    api.heal()
    demo = portal.sandbox.sign_in("demo")
    actor = demo.actor("abacosamples/sleep_loop", name="cut-off")
    execution = demo.send(actor, '{"sleep": 1, "iterations": 60}')
    yield visit("admin", at=portal), api, actor, execution
    demo.delete(f"/{actor}")


def stands_through_failed_polls(page: Page, words: str) -> None:
    """Check that the alert stands as it was after three failed polls, and goes when it is closed, alone."""
    alert = page.locator("#write-alerts [data-alert]")
    expect(alert).to_contain_text(words)
    text = alert.inner_text()
    for _ in range(3):
        page.wait_for_event("response", lambda answer: "poll=1" in answer.url and answer.status == 502)
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")  # as a reader who comes back
    poll = page.locator("#read-alert [data-alert]")
    expect(poll).to_have_count(1)
    expect(poll).to_contain_text("This page retries automatically.")
    expect(page.locator("main")).not_to_contain_text("Retry")
    assert alert.inner_text() == text
    assert complaints(page) == []
    alert.get_by_role("button", name="Close").click()
    expect(alert).to_have_count(0)
    expect(poll).to_have_count(1)


@pytest.mark.full  # `test_a_page_of_a_server_in_front_wipes_nothing` holds the same script without a portal of its own
def test_a_write_of_unknown_outcome_is_not_painted_over(cut_off: CutOff) -> None:
    page, api, actor, _ = cut_off
    api.fail(hang_up, "POST", "/messages")
    page.goto(f"/actors/{actor}/messages/")
    page.locator("#message-form [name=message]").fill("hello")
    page.get_by_role("button", name="Send message").click()
    expect(page.locator("#write-alerts")).to_contain_text("We do not know whether this succeeded")
    api.fail(hang_up, "GET")
    stands_through_failed_polls(page, "We do not know whether this succeeded")


@pytest.mark.full
def test_a_number_of_workers_of_unknown_outcome_is_not_painted_over(cut_off: CutOff) -> None:
    page, api, actor, _ = cut_off
    page.goto(f"/actors/{actor}/workers/")
    api.fail(hang_up, "POST", "/workers")
    page.locator("#scale [name=num]").fill("1")
    page.get_by_role("button", name="Start workers").click()
    expect(page.locator("#write-alerts")).to_contain_text("We do not know whether this succeeded")
    api.fail(hang_up, "GET")
    stands_through_failed_polls(page, "We do not know whether this succeeded")


@pytest.mark.full
def test_a_request_that_the_portal_never_answered_is_not_painted_over(cut_off: CutOff) -> None:
    page, api, actor, execution = cut_off
    page.goto(f"/actors/{actor}/executions/{execution}/")
    page.route(
        re.compile("log/wrap|wrap"),
        lambda route: route.abort() if route.request.method == "POST" else route.continue_(),
    )
    page.get_by_role("button", name="Wrap").click()
    expect(page.locator("#write-alerts")).to_contain_text("Check before you retry")
    api.fail(hang_up, "GET")
    stands_through_failed_polls(page, "Check before you retry.")


def test_a_page_of_a_server_in_front_wipes_nothing(visit: Visit, portal: Portal) -> None:
    demo = portal.sandbox.sign_in("demo")
    actor = demo.actor("abacosamples/wc", name="behind-a-gateway")
    page = visit("demo")
    page.goto(f"/actors/{actor}/messages/")

    def fail(route: Route) -> None:
        route.fulfill(status=502, content_type="text/html", body="<h1>502 Bad Gateway</h1>")

    page.route(re.compile(f"/actors/{actor}/messages/"), fail)
    page.locator("#message-form [name=message]").fill("hello")
    page.get_by_role("button", name="Send message").click()
    alert = page.locator("#write-alerts [data-alert]")
    expect(alert).to_have_count(1)
    for _ in range(2):
        page.wait_for_event("response", lambda answer: "poll=1" in answer.url)
    expect(alert).to_contain_text("Check before you retry.")
    expect(page.locator("#read-alert")).to_be_empty()
