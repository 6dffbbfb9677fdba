"""What an auditor does: find the failures, narrow them to a person, read why, compare, and take the proof along.

The portal and the sandbox are this file's own, and empty at first, so that each number on a page is known.
"""

import csv
import hashlib
import io
import json
import time
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urljoin, urlsplit

import pytest
from playwright.sync_api import Locator, Page, expect

from actors_app.core.clock import SECOND
from actors_app.history.refresh import PAUSE
from tests.e2e.conftest import Portal, Visit
from tests.e2e.looks import complaints, complaints_by_shape
from tests.sandbox.support import Person, Sandbox, start_sandbox
from tests.support.running import running_portal

pytestmark = pytest.mark.browser
WORDS = "ValueError: the reference holds no sequence"


@dataclass(frozen=True)
class Night:
    """What happened: an actor that two people send to, its only success, and the failures of one of them."""

    actor: str
    good: str
    failed: list[str]  # oldest first


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    running = start_sandbox(tmp_path_factory.mktemp("audited"), fill="none", SANDBOX_PULL_SECONDS="0.05")
    yield running
    running.stop()


@pytest.fixture(scope="module")
def portal(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    with running_portal(tmp_path_factory.mktemp("auditing"), sandbox.url) as running:
        yield Portal(running.url, sandbox, running.log, running.store)


def run(actor: str, person: Person, words: str) -> str:
    """Send a message; return the id of its execution, once it has ended."""
    return str(person.run(actor, words)["id"])


@pytest.fixture(scope="module")
def night(portal: Portal) -> Night:
    demo, admin = portal.sandbox.sign_in("demo"), portal.sandbox.sign_in("admin")
    actor = demo.actor("sandbox/fail", name="aligner")
    demo.until(f"/{actor}", lambda row: row["status"] == "READY")
    good = run(actor, admin, "0")
    run(actor, demo, "7")
    return Night(actor, good, [run(actor, admin, "3") for _ in range(3)])


def asked(page: Page) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(page.url).query).items()}


def rows(page: Page) -> Locator:
    return page.locator("table.executions tbody tr")


def choose_in_chart(page: Page, script: bool) -> None:
    """Choose the newest bar with failures: by drawing over it, or by the link that it is without script."""
    page.get_by_label("Charts of these executions").click()
    if not script:
        page.get_by_role("link", name="Show charts").click()
    bar = page.locator(".plot.bars .column").filter(has=page.locator("rect.o-failed")).last
    bar.scroll_into_view_if_needed()
    if not script:
        bar.locator("rect.o-failed").click()
    else:
        box = bar.locator("rect.room").bounding_box()
        assert box
        middle = box["y"] + box["height"] / 2
        page.mouse.move(box["x"] + 2, middle)
        page.mouse.down()
        page.mouse.move(box["x"] + box["width"] - 2, middle, steps=4)
        page.mouse.up()
    page.wait_for_url("**from=*")


@pytest.mark.parametrize("script", [True, pytest.param(False, marks=pytest.mark.full)], ids=["script", "no-script"])
def test_from_a_spike_to_the_proof(visit: Visit, night: Night, script: bool) -> None:
    page = visit(script=script, width=1440 if script else 390)

    # What failed, and who sent it.
    page.goto("/executions/")
    page.get_by_role("navigation", name="Outcomes").get_by_role("link", name="Failed (any)").click()
    expect(page.get_by_role("heading", name="4 executions, ")).to_be_visible()
    if script:
        rows(page).filter(has_text=night.failed[-1]).get_by_role("link", name="admin", exact=True).click()
    else:  # a phone has no room for who sent it
        page.locator(".filter-bar summary").filter(has_text="More").click()
        page.get_by_label("Sent by", exact=True).fill("admin")
        page.locator(".controls").get_by_role("button", name="Apply").click()
    expect(page.get_by_role("heading", name="3 executions, ")).to_be_visible()
    assert asked(page) == {"outcome": "failed,error,oom", "executor": "admin"}

    # When.
    choose_in_chart(page, script)
    assert {"from", "to", "executor"} <= asked(page).keys()
    newest = rows(page).filter(has_text=night.failed[-1])
    expect(newest).to_contain_text("Failed")
    narrowed = page.url

    # Why: in the log, found by its words, and told by a link to its line.
    newest.locator("a.name").click()
    expect(page.locator(".state-words")).to_have_text("Exit code 3. See the log.")
    execution = page.url
    page.get_by_role("link", name="Full log").click()
    page.get_by_label("Search log").fill("VALUEerror")
    page.locator(".log-find").get_by_role("button").click()
    expect(page.get_by_text("1 of 1")).to_be_visible()
    expect(page.locator("#log-lines li").filter(has_text=WORDS).locator("mark")).to_have_text("ValueError")
    page.get_by_role("link", name="Errors", exact=True).click()
    expect(page.locator("#log-lines li.context").filter(has_text="Reading the input")).to_have_count(1)
    line = page.locator("#log-lines li").filter(has_text=WORDS)
    number = (line.get_attribute("id") or "").removeprefix("L")
    page.goto(f"{execution}logs/?line={number}#L{number}")
    expect(page.locator(f"#L{number}:target")).to_contain_text(WORDS)

    # What was different when it went well.
    page.goto(execution)
    page.locator("summary").filter(has_text="Compare").click()
    page.get_by_role("link", name="Last success").click()
    expect(page.get_by_role("rowheader", name="Exit code").first).to_contain_text("Different")
    assert asked(page) == {"a": f"{night.actor}/{night.failed[-1]}", "b": f"{night.actor}/{night.good}"}
    if script:  # axe is one
        assert complaints(page) == []

    # All of it as a file.
    page.goto(narrowed)
    table = csv.DictReader(io.StringIO(page.request.get(address(page, "CSV")).text()))
    lines = page.request.get(address(page, "JSON Lines")).text().splitlines()
    found = [row["execution_id"] for row in table]
    assert found[0] == night.failed[-1]
    assert set(found) <= set(night.failed)
    assert [json.loads(line)["execution_id"] for line in lines] == found


def address(page: Page, name: str) -> str:
    """Return where a link leads."""
    href = page.get_by_role("link", name=name, exact=True, include_hidden=True).get_attribute("href")
    return urljoin(page.url, str(href))


def test_the_proof_proves_itself(visit: Visit, night: Night) -> None:
    page = visit()
    page.goto(f"/actors/{night.actor}/executions/{night.failed[-1]}/")
    answer = page.request.get(address(page, "Evidence pack"))
    assert answer.headers["content-disposition"].endswith('.zip"')
    pack = zipfile.ZipFile(io.BytesIO(answer.body()))
    held = {name.partition("/")[2]: pack.read(name) for name in pack.namelist()}
    sums = dict(reversed(line.split("  ")) for line in held.pop("SHA256SUMS").decode().splitlines())
    assert held.pop("SIGNATURE")
    assert sums == {name: hashlib.sha256(content).hexdigest() for name, content in held.items()}
    told = json.loads(held["manifest.json"])["files"]
    assert {one["name"]: one["sha256"] for one in told} == {n: s for n, s in sums.items() if n != "manifest.json"}
    assert WORDS in held["log.txt"].decode()
    assert json.loads(held["execution.json"])["api"]["executor"] == "admin"
    page.goto(f"/actors/{night.actor}/activity/")
    expect(page.get_by_role("row").filter(has_text=night.failed[-1])).to_contain_text("downloaded evidence for")


def test_the_log_proves_itself_and_so_does_a_pack(visit: Visit, night: Night, tmp_path: Path) -> None:
    page = visit("admin")
    page.goto("/activity/")
    page.get_by_role("link", name="Verify", exact=True).click()
    page.get_by_role("link", name="Verify", exact=True).click()
    expect(page.get_by_text("The log is intact.")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download head").click()
    download.value.save_as(tmp_path / "head.json")
    page.get_by_label("Head", exact=True).set_input_files(tmp_path / "head.json")
    page.get_by_role("button", name="Compare").click()
    expect(page.get_by_text("Today's log extends it")).to_be_visible()
    assert complaints(page) == []
    page.goto(f"/actors/{night.actor}/executions/{night.failed[-1]}/")
    pack = page.request.get(address(page, "Evidence pack")).body()
    page.goto("/evidence/")
    for name, content, words in (
        ("pack.zip", pack, "The pack is intact."),
        ("cut.zip", pack[:-40], "it is truncated, or not a ZIP file"),
    ):
        (tmp_path / name).write_bytes(content)
        page.get_by_label("Evidence pack").set_input_files(tmp_path / name)
        page.get_by_role("button", name="Verify").click()
        expect(page.get_by_text(words)).to_be_visible()
        assert complaints(page) == []


@pytest.mark.full
def test_what_was_not_sent_here_is_written_anew(visit: Visit, night: Night) -> None:
    page = visit("admin")
    page.goto(f"/actors/{night.actor}/executions/{night.failed[0]}/")
    page.get_by_role("link", name="Resend").click()
    expect(page.get_by_text("Original message not available.")).to_be_visible()
    page.get_by_label("Message", exact=True).fill("0")
    page.get_by_role("button", name="Send message").click()
    page.wait_for_url("**/executions/*/")
    expect(page.locator(".state-words")).to_have_text("Completed successfully (exit code 0).")
    # What was sent here can be sent again, edited first.
    page.get_by_role("link", name="Resend").click()
    expect(page.get_by_label("Message", exact=True)).to_have_value("0")


@pytest.mark.full
def test_the_proof_of_all_that_match(visit: Visit, night: Night) -> None:
    page = visit(script=False)
    page.goto("/executions/?outcome=failed&executor=admin")
    page.locator("summary").filter(has_text="Export").click()
    page.get_by_role("link", name="Evidence pack").click()
    expect(page.get_by_role("heading", name="3 executions")).to_be_visible()
    pack = zipfile.ZipFile(io.BytesIO(page.request.get(address(page, "Download evidence pack")).body()))
    logs = [name for name in pack.namelist() if name.endswith("/log.txt")]
    assert len(logs) == 3
    assert all(any(id_ in name for name in logs) for id_ in night.failed)


@pytest.fixture
def silence(portal: Portal) -> Iterator[Callable[[], None]]:
    """Return what ends the API; it answers again when the test is over."""
    here = portal.sandbox
    yield here.stop
    if here.process.poll() is not None:
        port = int(here.url.rpartition(":")[2])
        here.process = start_sandbox(here.database.parent, "none", port, SANDBOX_PULL_SECONDS="0.05").process


@pytest.mark.full
def test_each_state_of_the_history_is_well_made(visit: Visit, night: Night, silence: Callable[[], None]) -> None:
    wrong = {}
    of_actor = f"/actors/{night.actor}/executions/"
    demo = visit("demo")

    def look(page: Page, place: str, words: str) -> None:
        page.goto(place)
        expect(page.get_by_text(words).first).to_be_visible()
        if reasons := complaints_by_shape(page):
            wrong[place, words] = reasons

    look(demo, "/executions/", " executions, Last 24 hours")
    look(demo, "/executions/?executor=nobody", "No executions match these filters")
    look(demo, "/executions/?outcome=green&from=yesterday", "Unknown outcome")
    look(demo, of_actor, " executions, Last 24 hours")
    # Who may read no actor has no history.
    look(visit("team"), "/executions/", "No executions in this time range")
    silence()
    time.sleep(PAUSE / SECOND)  # for which what a page has just read counts as new
    for place in ("/executions/", of_actor):
        look(demo, place, "Showing data from")
        assert rows(demo).filter(has_text=night.good).count() == 1
    assert wrong == {}
