"""A visitor's whole errand, from signing in to cleaning up, with and without script."""

import re
import shlex
import subprocess
from pathlib import Path

import pytest
import requests
from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import Portal, Visit

pytestmark = pytest.mark.browser


def row(page: Page, name: str) -> Locator:
    """Return the row of a table that holds a name."""
    return page.get_by_role("row").filter(has_text=name)


def register(page: Page, name: str, image: str = "abacosamples/wc") -> str:
    """Register an actor through the form and return its id."""
    page.goto("/actors/new/")
    page.locator("input[name=image]").fill(image)
    page.locator("input[name=name]").fill(name)
    page.get_by_role("button", name="Register actor").click()
    page.wait_for_url(re.compile(r"/actors/[A-Za-z0-9]{12,13}/$"))
    return page.url.rstrip("/").rpartition("/")[2]


def wait_until(page: Page, words: str, tries: int = 40) -> None:
    """Wait for words on the page; without script, by the Refresh that people would press."""
    for _ in range(tries):
        if page.get_by_text(words).first.is_visible():
            return
        page.wait_for_timeout(250)
        page.reload()
    expect(page.get_by_text(words).first).to_be_visible()


@pytest.mark.parametrize(
    ("portal_of", "script"),
    [
        ("portal", True),
        # Without script each page of it is tested by tests/<subject>/, whose client knows none.
        pytest.param("portal", False, marks=pytest.mark.full),
        pytest.param("tapis_portal", True, marks=pytest.mark.full),
        pytest.param("snake_portal", True, marks=pytest.mark.full),
    ],
    ids=["script", "no-script", "tapis-v3", "v2-snake"],
)
def test_the_whole_errand(visit: Visit, request: pytest.FixtureRequest, portal_of: str, script: bool) -> None:
    page = visit("admin", script=script, at=request.getfixturevalue(portal_of), by_code=True)
    name = f"errand-{portal_of}-{'script' if script else 'plain'}"

    actor = register(page, name)
    expect(page.get_by_role("heading", level=1)).to_contain_text(name)

    # A message, and what became of it.
    page.get_by_role("link", name="Send message").first.click()
    page.locator("textarea[name=message]").fill("to be or not to be")
    page.get_by_role("button", name="Send message").click()
    page.wait_for_url(re.compile(rf"/actors/{actor}/executions/\w+/$"))
    execution = page.url.rstrip("/").rpartition("/")[2]
    if script:
        expect(page.get_by_text("Succeeded").first).to_be_visible()
        expect(page.locator(".log")).to_contain_text("6")
    else:
        wait_until(page, "Succeeded")
    page.goto(f"/actors/{actor}/executions/{execution}/logs/")
    expect(page.locator(".log")).to_contain_text("6")
    log = page.request.get(f"/actors/{actor}/executions/{execution}/logs/?download=1")
    assert log.headers["content-disposition"].startswith("attachment")
    assert "6" in log.text()

    # It stands in the list, as a success.
    page.goto(f"/actors/{actor}/executions/")
    expect(row(page, execution)).to_contain_text("Succeeded")

    # More workers.
    page.goto(f"/actors/{actor}/workers/")
    page.locator("input[name=num]").fill("2")
    page.get_by_role("button", name="Start workers").click()
    if script:
        expect(page.locator("#workers-table tbody tr, tbody tr")).to_have_count(2)
    else:
        page.goto(f"/actors/{actor}/workers/")
        assert page.locator("tbody tr").count() == 2

    # A nonce, shown once, and its ready curl line used for real.
    page.goto(f"/actors/{actor}/nonces/")
    page.locator("[name=description]").fill("for the errand")
    page.get_by_role("button", name="Create nonce").click()
    line = page.locator("#curl-message").inner_text()
    secret = page.locator("#new-nonce").inner_text()
    assert secret in line
    sent = subprocess.run(shlex.split(line.replace("\\\n", " ")), capture_output=True, text=True, check=True)
    assert '"status": "success"' in sent.stdout
    page.goto(f"/actors/{actor}/nonces/")
    assert secret not in page.content()
    expect(row(page, "for the errand")).to_contain_text(secret[-4:])
    refused = subprocess.run(shlex.split(line.replace("\\\n", " ")), capture_output=True, text=True, check=True)
    assert "No remaining uses left" in refused.stdout

    # An edit that loses nothing.
    page.goto(f"/actors/{actor}/edit/")
    page.locator("[name=description]").fill("Counts the words of a message.")
    page.get_by_role("button", name="Review changes").click()
    expect(page.get_by_text("Counts the words of a message.").locator("visible=true").first).to_be_visible()
    page.get_by_role("button", name=re.compile("^Save")).click()
    page.wait_for_url(f"**/actors/{actor}/")
    expect(page.get_by_text("Counts the words of a message.").first).to_be_visible()

    # Gone for good.
    page.goto(f"/actors/{actor}/delete/")
    page.locator("input[name=confirm]").fill(name)
    page.get_by_role("button", name="Delete actor").click()
    page.wait_for_url("**/actors/")
    assert name not in page.locator("table").inner_text()
    assert page.request.get(f"/actors/{actor}/").status == 404


@pytest.mark.full  # test_logs.py follows one that runs until it is halted, test_bulk.py halts two
def test_a_running_execution_is_followed_and_halted(visit: Visit) -> None:
    page = visit("admin")
    actor = register(page, "to-be-halted", "abacosamples/sleep_loop")
    page.goto(f"/actors/{actor}/messages/")
    page.locator("textarea[name=message]").fill('{"sleep": 0.2, "iterations": 500}')
    page.get_by_role("button", name="Send message").click()
    page.wait_for_url(re.compile(r"/executions/\w+/$"))
    expect(page.get_by_text("Running").first).to_be_visible()
    lines = page.locator(".log li")
    expect(lines.nth(1)).to_be_visible()
    seen = lines.count()
    expect(lines.nth(seen + 3)).to_be_visible()
    page.get_by_role("link", name=re.compile("^Halt")).first.click()
    page.get_by_role("button", name=re.compile("^Halt")).click()
    expect(page.get_by_text("Halted").first).to_be_visible()
    expect(page.get_by_text("143").first).to_be_visible()
    page.goto(f"/actors/{actor}/delete/")
    page.locator("input[name=confirm]").fill("to-be-halted")
    page.get_by_role("button", name="Delete actor").click()


@pytest.mark.full
def test_a_file_arrives_byte_for_byte(visit: Visit, tmp_path: Path) -> None:
    page = visit("admin")
    actor = register(page, "takes-bytes", "abacosamples/binary_message_classifier")
    file = tmp_path / 'a"; filename=b.png'
    file.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8)
    page.goto(f"/actors/{actor}/messages/")
    page.locator("input[name=kind][value=file]").check()
    page.locator("input[name=file]").set_input_files(file)
    page.get_by_role("button", name="Send message").click()
    page.wait_for_url(re.compile(r"/executions/\w+/$"))
    import hashlib

    expect(page.locator(".log")).to_contain_text(hashlib.sha256(file.read_bytes()).hexdigest())


@pytest.mark.full
def test_results_are_asked_for_and_kept(visit: Visit) -> None:
    page = visit("admin")
    actor = register(page, "gives-results", "sandbox/results")
    page.goto(f"/actors/{actor}/messages/")
    page.locator("textarea[name=message]").fill("go")
    page.get_by_role("button", name="Send message").click()
    page.wait_for_url(re.compile(r"/executions/\w+/$"))
    expect(page.get_by_text("Succeeded").first).to_be_visible()
    page.get_by_role("button", name=re.compile("result", re.IGNORECASE)).first.click()
    kept = page.get_by_role("link", name=re.compile("^Download")).filter(has_not_text="log")
    expect(kept.first).to_be_visible()
    count = kept.count()
    page.reload()
    assert kept.count() == count, "a reload takes nothing and loses nothing"
    first = page.request.get(kept.first.get_attribute("href") or "")
    assert first.headers["content-disposition"].startswith("attachment")
    assert first.body()


@pytest.mark.full
def test_the_mailbox_can_be_purged(visit: Visit, portal: Portal) -> None:
    page = visit("admin")
    actor = register(page, "has-a-queue", "abacosamples/sleep_loop")
    admin = portal.sandbox.sign_in("admin")
    for _ in range(3):
        admin.post(f"/{actor}/messages", {"message": '{"sleep": 1, "iterations": 60}'})
    page.goto(f"/actors/{actor}/messages/purge/")
    page.locator("input[name=confirm]").fill("has-a-queue")
    page.get_by_role("button", name=re.compile("mailbox|message", re.IGNORECASE)).click()
    page.wait_for_url(f"**/actors/{actor}/messages/")
    assert admin.get(f"/{actor}/messages")["messages"] == 0
    admin.delete(f"/{actor}")


@pytest.mark.full
def test_registering_an_execution_says_what_came_of_it(visit: Visit) -> None:
    page = visit("admin")
    actor = register(page, "registers", "abacosamples/test")
    page.goto(f"/actors/{actor}/executions/new/")
    for field, value in {"runtime": "12", "cpu": "34", "io": "56"}.items():
        page.locator(f"input[name={field}]").fill(value)
    page.locator("main form button.primary").click()
    page.wait_for_url(re.compile(rf"/actors/{actor}/executions/\w+/$"))


@pytest.mark.full
def test_two_people_edit_the_same_actor(visit: Visit, portal: Portal) -> None:
    page = visit("admin")
    actor = register(page, "edited-twice")
    page.goto(f"/actors/{actor}/edit/")
    admin = portal.sandbox.sign_in("admin")
    admin.put(f"/{actor}", {"image": "abacosamples/wc", "description": "by somebody else"})
    page.locator("[name=description]").fill("by me")
    page.get_by_role("button", name="Review changes").click()
    expect(page.get_by_text("by somebody else").first).to_be_visible()
    assert admin.get(f"/{actor}")["description"] == "by somebody else", "nothing was overwritten"


@pytest.mark.full
def test_a_history_of_thousands_pages_quickly(visit: Visit) -> None:
    page = visit("demo")
    page.goto("/actors/?q=rnaseq-ingest")
    page.get_by_role("link", name="rnaseq-ingest").first.click()
    page.get_by_role("navigation", name="Actor sections").get_by_role("link", name="Executions").click()
    page.locator(".filter-bar summary").filter(has_text="Last 24 hours").click()
    page.get_by_role("link", name="All time").click()
    rows = page.locator("#history-picks tbody tr")
    expect(rows).to_have_count(50)
    first = rows.first.inner_text()
    page.get_by_role("link", name="Next").click()
    expect(page).to_have_url(re.compile("after="))
    expect(rows.first).not_to_have_text(first)
    page.go_back()
    expect(rows.first).to_contain_text(first.split()[0])


def test_the_list_is_searched_as_one_types_and_the_address_follows(visit: Visit) -> None:
    page = visit("demo")
    page.goto("/actors/")
    page.locator("main input[name=q]").press_sequentially("wc")
    expect(page).to_have_url(re.compile("q=wc"))
    expect(page.locator("tbody tr").first).to_contain_text("wc")
    page.locator("main input[name=q]").fill("nothing has this name")
    expect(page.get_by_text("nothing has this name").or_(page.get_by_text("Clear")).first).to_be_visible()
    page.reload()
    expect(page.locator("main input[name=q]")).to_have_value("nothing has this name")


def test_bad_input_keeps_everything_typed(visit: Visit) -> None:
    for script in (True, False):
        page = visit("demo", script=script)
        page.goto("/actors/new/")
        page.locator("input[name=image]").fill("abacosamples/wc")
        page.locator("input[name=name]").fill("kept")
        page.locator("[name=description]").fill("also kept")
        page.locator("input[name=cron_count]").fill("0")
        page.get_by_role("button", name="Register actor").click()
        expect(page.locator("input[name=image]")).to_have_value("abacosamples/wc")
        expect(page.locator("[name=description]")).to_have_value("also kept")
        expect(page.locator("input[name=cron_count]")).to_have_value("0")
        expect(page.locator(".field.wrong").first).to_be_visible()


def test_no_secret_is_left_in_the_browser_or_the_log(visit: Visit, portal: Portal) -> None:
    page = visit("admin")
    actor = register(page, "keeps-secrets")
    page.goto(f"/actors/{actor}/nonces/")
    page.locator("[name=description]").fill("secret")
    page.get_by_role("button", name="Create nonce").click()
    secret = page.locator("#new-nonce").inner_text()
    page.goto("/actors/")
    page.go_back()
    assert secret not in page.content()
    stored = page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])")
    assert secret not in stored
    assert "portal-session" not in stored, "the session's cookie is out of reach of scripts"
    assert secret not in portal.log.read_text()
    requests.get(portal.url + "/livez", timeout=5)
