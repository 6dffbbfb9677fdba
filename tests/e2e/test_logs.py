"""Reading a log: found, followed, jumped into, kept; also one of many thousand lines and one of a single line."""

import re
import sqlite3
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect

from tests.e2e import looks
from tests.e2e.conftest import Portal, Visit
from tests.e2e.looks import complaints_by_shape

pytestmark = pytest.mark.browser

LEVELS = ("INFO", "DEBUG", "WARNING")
RICH = (
    "".join(
        f"2026-11-23 16:20:{number % 60:02} {LEVELS[number % 3]} "
        f"\x1b[3{number % 8}mstep\x1b[0m \x1b[4{number % 8}m{number}\x1b[0m\n"
        for number in range(1, 401)
    )
    + "ERROR needle one\nbar 10 %\rbar 100 %\n"
    + "plain\n" * 50
    + "needle two "
    + "long " * 200
    + "\nneedle three\n"
)
ONE_LINE = "".join(f"{number:9}," for number in range(100_000))


def long(lines: int) -> str:
    """Return a log of so many lines."""
    return "".join(f"2026-11-23T16:20:00Z INFO line {number} of a log that goes on\n" for number in range(1, lines + 1))


@dataclass(frozen=True)
class Logs:
    """An actor with executions, and their logs as they were planted at the API."""

    portal: Portal
    actor: str

    def plant(self, text: str, execution: str = "") -> str:
        """Give an execution, or a new one, this log; return the page of its log."""
        demo = self.portal.sandbox.sign_in("demo")
        execution = execution or demo.run(self.actor, "one two")["id"]
        with sqlite3.connect(self.portal.sandbox.database, timeout=10) as store:
            store.execute("UPDATE sandbox_log SET text = ? WHERE execution_id = ?", (text, execution))
            # It ended a while ago, so that nobody waits for more to be written.
            store.execute(
                "UPDATE sandbox_execution SET finish_time = datetime(finish_time, '-1 minute') WHERE id = ?",
                (execution,),
            )
        store.close()
        assert demo.log(self.actor, execution) == text
        return f"/actors/{self.actor}/executions/{execution}/logs/"


@pytest.fixture(scope="session")
def logs(portal: Portal) -> Logs:
    return Logs(portal, portal.sandbox.sign_in("demo").actor("abacosamples/wc", name="log-reader", logEx=7200))


@pytest.fixture(scope="session")
def rich(logs: Logs) -> str:
    return logs.plant(RICH)


def number_of(page: Page) -> str:
    """Return the line that is marked."""
    return page.locator("#log-lines [aria-current]").get_attribute("id") or ""


def sees(page: Page, line: str) -> None:
    """Wait until a line is in sight: lines find their place when they are drawn."""
    page.wait_for_function(
        "id => { const a = document.getElementById(id).getBoundingClientRect(),"
        " b = document.getElementById('log-lines').getBoundingClientRect();"
        " return a.top >= b.top - 1 && a.bottom <= b.bottom + 1; }",
        arg=line,
    )


def test_it_is_found_stepped_through_and_linked_to(visit: Visit, rich: str) -> None:
    page = visit("demo")
    page.goto(rich)
    sees(page, "L454")  # it opens at its end
    page.keyboard.press("/")
    page.keyboard.type("needle")
    page.keyboard.press("Enter")
    place = page.locator("[data-log-place]")
    expect(place).to_have_text("1 of 3")
    assert number_of(page) == "L401"
    sees(page, "L401")
    page.locator("#log-lines").focus()
    page.keyboard.press("n")
    expect(place).to_have_text("2 of 3")
    page.keyboard.press("n")
    expect(place).to_have_text("3 of 3")
    assert number_of(page) == "L454"
    sees(page, "L454")
    page.keyboard.press("n")
    expect(place).to_have_text("1 of 3")
    page.locator("#log-lines").focus()
    page.keyboard.press("n")
    page.keyboard.press("p")
    expect(place).to_have_text("1 of 3")
    page.locator("#L401 a.n").click()
    assert page.url.endswith("#L401")
    address = page.url
    page.goto("/account/")
    page.goto(address)
    sees(page, "L401")


def test_keys_do_nothing_while_somebody_types_or_holds_another(visit: Visit, rich: str) -> None:
    page = visit("demo")
    page.goto(rich)
    frame, card = page.locator("#execution-log"), page.locator(".log-card")
    page.locator("#log-lines").focus()
    page.keyboard.press("w")
    expect(frame).to_have_class(re.compile("no-wrap"))
    page.keyboard.press("f")
    expect(card).to_have_class(re.compile("full"))
    for _ in range(30):  # what the log covers is not reached
        page.keyboard.press("Tab")
        assert page.evaluate("!document.activeElement.closest('.side, .tabbar, #main > .wrap > :not(.log-card)')")
    page.locator("#log-lines").focus()
    page.keyboard.press("?")
    help_ = page.get_by_role("dialog", name="About this page")
    expect(help_).to_be_visible()
    page.keyboard.press("Escape")
    expect(help_).to_be_hidden()
    expect(card).to_have_class(re.compile("full"))  # one press does one thing
    page.keyboard.press("Escape")
    expect(card).not_to_have_class(re.compile("full"))
    assert page.locator("[inert]").count() == 0
    page.keyboard.press("Control+f")
    page.keyboard.press("Alt+w")
    page.locator("#log-find").focus()
    page.keyboard.type("fwd")
    expect(card).not_to_have_class(re.compile("full"))
    expect(frame).to_have_class(re.compile("no-wrap"))
    page.reload()
    expect(frame).to_have_class(re.compile("no-wrap"))  # it is remembered
    page.locator("#log-lines").focus()
    page.keyboard.press("w")
    expect(frame).not_to_have_class(re.compile("no-wrap"))
    with page.expect_download() as file:
        page.keyboard.press("d")
    assert file.value.path().read_bytes().decode() == RICH


def test_lines_are_selected_by_their_numbers_and_copied(visit: Visit, rich: str) -> None:
    page = visit("demo")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])

    def copied() -> str:
        with page.expect_event("console", lambda line: line.text == "copied"):
            page.evaluate(
                """() => { const write = navigator.clipboard.writeText.bind(navigator.clipboard);
                navigator.clipboard.writeText = async (text) => { await write(text); console.log("copied"); }; }"""
            )
            page.locator("[data-log-copy]").click()
        return str(page.evaluate("navigator.clipboard.readText()"))

    for place in (rich, rich.removesuffix("logs/")):
        page.goto(place)
        page.locator("#L403 a.n").click()
        page.locator("#L401 a.n").click(modifiers=["Shift"])
        assert page.url.endswith("#L403-L401")
        expect(page.locator("#log-lines .chosen")).to_have_count(3)
        expect(page.locator("[data-log-copy]")).to_have_text("Copy lines 401\u2013403")
        assert copied() == "ERROR needle one\nbar 100 %\nplain"
        page.locator("#log-lines").press("Shift+ArrowDown")
        assert page.url.endswith("#L403-L402")
        expect(page.locator("#log-lines .chosen")).to_have_count(2)
        page.reload()
        expect(page.locator("#log-lines .chosen")).to_have_count(2)
        sees(page, "L402")
    page.goto(rich)
    expect(page.locator("[data-log-copy]")).to_have_text("Copy")
    lines = copied().split("\n")
    assert len(lines) == 454
    assert lines[-1] == "needle three"


def test_following_yields_to_a_reader_who_scrolls_up(visit: Visit, portal: Portal) -> None:
    demo = portal.sandbox.sign_in("demo")
    actor = demo.actor("abacosamples/sleep_loop", name="log-followed")
    execution = demo.send(actor, '{"sleep": 0.05, "iterations": 800}')
    path = f"/{actor}/executions/{execution}/logs"
    demo.until(path, lambda found: found["logs"].count("\n") > 40)
    page = visit("demo")
    page.goto(f"/actors{path}/")
    follow, last = page.locator("[data-log-follow]"), page.locator("#log-lines li").last
    expect(follow).to_have_text("Following")
    before = last.get_attribute("id")
    page.wait_for_function("id => document.querySelector('#log-lines li:last-child').id !== id", arg=before)
    sees(page, str(last.get_attribute("id")))
    page.evaluate("document.getElementById('log-lines').scrollTop = 0")
    expect(follow).to_have_attribute("aria-pressed", "false")
    page.evaluate("getSelection().selectAllChildren(document.getElementById('L2'))")
    expect(follow).to_have_text(re.compile(r"Follow \(\d+ new lines?\)"))
    assert page.evaluate("document.getElementById('log-lines').scrollTop") == 0
    assert "Iteration 1" in page.evaluate("getSelection().toString()"), "what is selected stays selected"
    numbers = page.locator("#log-lines li").evaluate_all("lines => lines.map(line => Number(line.id.slice(1)))")
    assert numbers == list(range(1, len(numbers) + 1)), "no line is lost or there twice"
    follow.click()
    expect(follow).to_have_text("Following")
    sees(page, str(last.get_attribute("id")))
    expect(page).to_have_title(re.compile("^Running: log of"))
    demo.delete(f"{path.removesuffix('/logs')}")
    expect(page.locator("[data-log-outcome]")).to_contain_text("Halted", timeout=20_000)
    expect(page).to_have_title(re.compile("^Halted: log of"))
    expect(page.locator("link[rel=icon]")).to_have_attribute("href", re.compile("icon-halted"))
    demo.delete(f"/{actor}")


def test_the_notes_around_a_log_follow_it_and_keep_the_focus(visit: Visit, portal: Portal) -> None:
    demo = portal.sandbox.sign_in("demo")
    actor = demo.actor("abacosamples/sleep_loop", name="log-notes", logEx=7200)
    execution = demo.send(actor, '{"sleep": 600, "iterations": 1}')
    path = f"/{actor}/executions/{execution}"
    demo.until(f"{path}/logs", lambda log: log["logs"])

    def write(number: int) -> None:
        with sqlite3.connect(portal.sandbox.database, timeout=10) as store:
            text = "".join(f"line {line}\n" for line in range(1, number + 1))
            store.execute("UPDATE sandbox_log SET text = ? WHERE execution_id = ?", (text, execution))
        store.close()

    write(190)
    page = visit("demo")
    frame = page.locator("#execution-log")
    page.goto(f"/actors{path}/")
    write(210)
    expect(frame).to_contain_text("Last 200 of 210 lines.")
    expect(frame).to_contain_text("Expires 2 h after the last line")

    page.goto(f"/actors{path}/logs/?level=error")
    link = frame.get_by_role("link", name="Show all")
    link.focus()
    write(212)
    expect(frame).to_contain_text("No lines at this level.")
    expect(link).to_be_focused()
    expect(link).to_have_attribute("href", f"/actors{path}/logs/")

    demo.delete(path)
    expect(frame.get_by_role("button", name="Archive log")).to_be_visible(timeout=30_000)
    demo.delete(f"/{actor}")


# Both are of several parts of 5,000 lines, and of more characters than one part takes.
@pytest.mark.parametrize("lines", [20_000, pytest.param(200_000, marks=pytest.mark.full)])
def test_many_thousand_lines_stay_usable(visit: Visit, logs: Logs, lines: int) -> None:
    page = visit("demo")
    log, middle, earlier = logs.plant(long(lines)), lines * 3 // 5, lines * 7 // 18
    page.goto(log)
    assert page.locator("#log-lines li").count() <= 10_000
    page.locator(f"#L{lines}").wait_for()
    page.goto(f"{log}#L{middle}")  # of a line that is not in this part
    page.wait_for_url(f"**{log}?line={middle}#L{middle}")
    page.locator(f"#L{middle}").wait_for()
    expect(page.locator(f"#L{middle}")).to_contain_text(f"line {middle} of a log")
    sees(page, f"L{middle}")
    page.locator("#log-find").fill(f"line {earlier} ")
    page.locator("#log-find").press("Enter")
    expect(page.locator("[data-log-place]")).to_have_text("1 of 1")
    assert number_of(page) == f"L{earlier}"
    page.get_by_label("Go to line", exact=True).fill("5")
    page.get_by_role("button", name="Go").click()
    expect(page.locator("#L5")).to_be_visible()
    devtools = page.context.new_cdp_session(page)
    devtools.send("Performance.enable")

    def counts() -> dict[str, float]:
        return {one["name"]: one["value"] for one in devtools.send("Performance.getMetrics")["metrics"]}

    page.evaluate("document.body.style.paddingTop = '1px'; document.body.offsetHeight")
    before = counts()
    assert before["LayoutCount"] >= 1, "it counts"
    scrolled = page.evaluate(
        """async () => {
          const log = document.getElementById("log-lines");
          for (let at = 0; at < 20; at++) {
            log.scrollTop += log.clientHeight * 5;
            await new Promise(requestAnimationFrame);
            await new Promise(requestAnimationFrame);
          }
          return log.scrollTop;
        }"""
    )
    after = counts()
    assert scrolled > 1000
    # However long the part is, a step of scrolling lays out next to nothing of it.
    assert after["LayoutCount"] - before["LayoutCount"] <= 20
    assert after["RecalcStyleCount"] - before["RecalcStyleCount"] <= 40


def test_a_megabyte_on_one_line_stays_usable(visit: Visit, logs: Logs) -> None:
    page = visit("demo")
    page.goto(logs.plant(ONE_LINE))
    page.get_by_role("link", name=re.compile("line 1 has 1.000.000 characters")).click()
    expect(page.get_by_text("Characters 8\u202f001\u201358\u202f000 of 1\u202f000\u202f000")).to_be_visible()
    page.get_by_role("link", name="Next").click()
    expect(page.locator("pre")).to_contain_text("5800,")
    page.get_by_role("link", name="Back to log").click()
    page.locator("#log-find").fill("  54321,")
    page.locator("#log-find").press("Enter")
    expect(page.locator("[data-log-place]")).to_have_text("1 of 1")


def test_without_script_everything_can_be_reached(visit: Visit, logs: Logs, rich: str) -> None:
    page = visit("demo", script=False)
    of_two_parts = logs.plant(long(7_600))
    page.goto(rich)
    expect(page.get_by_role("button", name="Full screen")).to_be_hidden()
    page.locator("#log-find").fill("needle")
    page.locator(".log-find").get_by_role("button").click()
    page.get_by_label("Next match").click()
    assert page.url.endswith("find=needle&line=453#L453")
    expect(page.locator("[data-log-place]")).to_have_text("2 of 3")
    page.get_by_role("link", name="Clear").click()
    page.get_by_role("link", name="Errors", exact=True).click()
    expect(page.locator("#log-lines li:not(.context)")).to_have_count(1)
    expect(page.locator("#log-lines li.context")).to_have_count(6)
    page.get_by_role("button", name="Wrap").click()
    expect(page.locator("#execution-log")).to_have_class(re.compile("no-wrap"))
    page.get_by_role("button", name="Wrap").click()
    page.goto(of_two_parts)
    page.locator("a[rel=prev]").first.click()
    # An expectation that is not met at once describes the whole page, which takes seconds for thousands of lines.
    page.locator("#L5000").wait_for()
    expect(page.locator("#L5000")).to_contain_text("line 5000 of a log")
    page.locator("a[rel=next]").first.click()
    page.locator("#L5001").wait_for()
    expect(page.locator("#L5001")).to_contain_text("line 5001 of a log")


def test_a_log_is_kept_shown_when_the_api_forgets_it_and_deleted(visit: Visit, logs: Logs) -> None:
    page = visit("demo")
    log = logs.plant("to be kept\nERROR x\n")
    page.goto(log)
    page.get_by_role("button", name="Archive log").click()
    expect(page.get_by_text("Log archived (19 B).")).to_be_visible()
    logs.plant("", log.split("/")[4])
    page.goto(log)
    expect(page.get_by_text("No longer in the API.")).to_be_visible()
    expect(page.locator("#L1")).to_have_text("1to be kept")
    page.get_by_role("link", name="Delete…").click()
    page.get_by_role("button", name="Delete archived log").click()
    expect(page.get_by_text("Archived log deleted.")).to_be_visible()
    expect(page.locator("#L1")).to_have_count(0)


def test_every_state_of_it_is_well_made(visit: Visit, logs: Logs, rich: str) -> None:
    page = visit("demo")
    kept = logs.plant("one\n" * 3)
    page.goto(kept)
    page.get_by_role("button", name="Archive log").click()
    page.get_by_text("Log archived").wait_for()
    wrong = {}
    empty = logs.plant("")
    first = (f"{rich}?find=needle", f"{rich}?line=453&at=0", f"{kept}keep/delete/")
    others = (rich, f"{rich}?find=nowhere&level=error", f"{rich}?line=999", f"{rich}?line=many", empty)
    for place in first + others if looks.whole else first:
        page.goto(place)
        if reasons := complaints_by_shape(page):
            wrong[place] = reasons
    page.goto(rich)
    page.locator("#log-lines").focus()
    page.keyboard.press("f")
    if reasons := complaints_by_shape(page):
        wrong["full screen"] = reasons
    assert wrong == {}
