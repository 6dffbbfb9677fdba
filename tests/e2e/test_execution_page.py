"""The page of one execution: what was sent, again, compared, why it waits, by keyboard, and how it looks."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e import looks
from tests.e2e.conftest import Portal, Visit
from tests.e2e.looks import complaints_by_shape

pytestmark = pytest.mark.browser


def send(page: Page, actor: str, message: str) -> str:
    """Send JSON through the portal; return the address of the execution's page once it has ended well."""
    page.goto(f"/actors/{actor}/messages/")
    page.get_by_label("JSON", exact=True).check()
    page.locator("[name=message]").fill(message)
    page.get_by_role("button", name="Send message").click()
    page.wait_for_url(re.compile("/executions/[A-Za-z0-9]+/$"))
    expect(page.locator("main").get_by_text("Completed successfully (exit code 0).").first).to_be_visible(
        timeout=20_000
    )
    return page.url


def test_sent_watched_sent_again_and_compared(visit: Visit, portal: Portal) -> None:
    actor = portal.sandbox.sign_in("demo").actor("abacosamples/test", name="again-and-again")
    page = visit("demo")
    first = send(page, actor, '{"city": "Austin", "days": [1, 2]}')
    # The poll has brought the end: title and picture in the tab have followed.
    expect(page).to_have_title(re.compile("^Succeeded: execution"))
    expect(page.locator("link[rel=icon]")).to_have_attribute("href", re.compile("icon-succeeded"))
    sent = page.get_by_role("region", name="Message")
    expect(sent.get_by_text("“Austin”")).to_be_visible()
    sent.locator("summary", has_text="days").click()
    expect(sent.locator("li", has_text="1").last).not_to_be_visible()

    page.get_by_role("link", name="Resend").click()
    expect(page.get_by_text("Resending")).to_be_visible()
    expect(page.locator("[name=message]")).to_have_value(re.compile('"city": "Austin"'))
    expect(page.locator("#message-preview")).to_contain_text("'city': 'Austin'")
    page.locator("[name=message]").fill('{"city": "Dallas", "days": [1, 2]}')
    page.get_by_role("button", name="Send message").click()
    page.wait_for_url(lambda url: "/executions/" in url and url != first)
    expect(page.get_by_text("Resent from")).to_be_visible()
    expect(page.locator("main").get_by_text("Completed successfully (exit code 0).").first).to_be_visible(
        timeout=20_000
    )

    page.locator("summary").filter(has_text="Compare").click()
    page.get_by_role("link", name="Last success").click()
    expect(page.locator("input[name=b]")).to_have_value(re.compile(first.rstrip("/").rpartition("/")[2]))
    message = page.get_by_role("region", name="Message", exact=True)
    expect(message.locator("tr.changed")).to_have_count(1)
    expect(message.locator("tr.changed")).to_contain_text("Dallas")
    logs = page.get_by_role("region", name="Logs", exact=True)
    # Its first line, and MSG in the environment; times and ids differ too, and are not among them.
    expect(logs.locator("tr.changed", has_text="Dallas")).to_have_count(2)
    expect(logs.locator("tr.changed", has_text="_abaco_execution_id")).to_have_count(0)


def test_why_it_waits_goes_when_it_runs(visit: Visit, portal: Portal) -> None:
    demo = portal.sandbox.sign_in("demo")
    actor = demo.actor("abacosamples/sleep_loop", name="one-after-another")
    first = demo.send(actor, '{"sleep": 1, "iterations": 60}')
    demo.until(f"/{actor}/executions/{first}", lambda row: row["status"] == "RUNNING")
    second = demo.send(actor, '{"sleep": 1, "iterations": 30}')
    page = visit("demo")
    page.goto(f"/actors/{actor}/executions/{second}/")
    why = page.get_by_role("region", name="Why is this execution waiting?")
    expect(why).to_contain_text("The only worker is busy; this execution is next.")
    expect(page.locator("link[rel=icon]")).to_have_attribute("href", re.compile("icon-waiting"))
    demo.delete(f"/{actor}/executions/{first}")
    demo.ended(actor, first)
    demo.put(f"/{actor}", {"image": "abacosamples/sleep_loop", "force": True})  # the halt ended the one worker
    expect(why).to_have_count(0, timeout=20_000)
    expect(page.locator("link[rel=icon]")).to_have_attribute("href", re.compile("icon-running"))
    demo.delete(f"/{actor}")


def test_a_watched_failure_says_why_with_the_line_of_the_log(visit: Visit, portal: Portal) -> None:
    demo = portal.sandbox.sign_in("demo")
    actor = demo.actor("sandbox/fail", name="fails-watched")
    page = visit("demo")
    page.goto(f"/actors/{actor}/executions/{demo.send(actor, '3')}/")
    expect(page).to_have_title(re.compile("^Failed: execution"))
    expect(page.locator("h1")).to_contain_text("Failed, exit 3")
    said = page.locator(".verdict .said")
    expect(said).to_contain_text("ValueError: the reference holds no sequence")
    expect(page.locator("[data-live]")).to_have_count(0)
    said.get_by_role("link").click()
    expect(page.locator("#log-lines .chosen")).to_contain_text("ValueError")


@pytest.mark.parametrize("width", [390, 1440])
def test_the_reason_stands_before_the_log_and_the_log_before_the_rest(visit: Visit, portal: Portal, width: int) -> None:
    demo = portal.sandbox.sign_in("demo")
    actor = demo.actor("sandbox/fail", name=f"fails-at-{width}")
    page = visit("demo", width=width)
    page.goto(f"/actors/{actor}/executions/{demo.run(actor, '3')['id']}/")
    tops = [page.locator(part).bounding_box() for part in (".verdict", ".log-card", ".others")]
    (reason, log, others) = [box for box in tops if box]
    if width == 390:
        assert reason["y"] < log["y"] < others["y"]
    else:
        assert log["x"] > reason["x"] + reason["width"], "the log stands beside the reason"
        assert log["y"] == pytest.approx(reason["y"], abs=1)
        assert log["width"] > 1.5 * reason["width"]
    page.locator("[data-log-full]").click()
    full = page.locator(".log-card").bounding_box()
    assert full == {"x": 0, "y": 0, "width": width, "height": 900}


@pytest.mark.full
def test_keys_lead_to_the_neighbours_but_not_while_typing(visit: Visit, portal: Portal) -> None:
    demo = portal.sandbox.sign_in("demo")
    actor = demo.actor("abacosamples/test", name="has-neighbours")
    older, newer = (demo.run(actor, word)["id"] for word in ("one", "two"))
    page = visit("demo")
    base = f"/actors/{actor}/executions/"
    page.goto(f"{base}{newer}/")
    page.locator("summary").filter(has_text="Compare").click()
    field = page.get_by_placeholder("Execution ID or URL")
    field.press_sequentially("jk")
    expect(field).to_have_value("jk")
    page.keyboard.press("ArrowLeft")
    field.blur()
    page.keyboard.press("Control+j")
    page.keyboard.press("Shift+J")
    assert page.url.endswith(f"{newer}/")
    page.keyboard.press("j")  # nobody has listed this actor's executions, so the API is asked for the older one
    page.wait_for_url(re.compile(f"{older}/$"))
    page.keyboard.press("ArrowLeft")
    page.wait_for_url(re.compile(f"{newer}/$"))
    page.keyboard.press("k")
    expect(page.get_by_text("This is the latest execution of this actor.")).to_be_visible()


def test_without_script_all_of_it_is_there(visit: Visit, portal: Portal) -> None:
    demo = portal.sandbox.sign_in("demo")
    actor = demo.actor("sandbox/results", name="hands-over")
    done = demo.run(actor, "go")["id"]
    page = visit("demo", script=False)
    page.goto(f"/actors/{actor}/executions/{done}/")
    for _ in range(3):
        page.get_by_role("button", name="Fetch next result").click()
    results = page.get_by_role("region", name="Results")
    expect(results.locator(".tree")).to_contain_text("cloud_cover 0.12")
    picture = results.locator("img.picture")
    assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") == 32
    page.locator("summary").filter(has_text="Compare").click()
    page.get_by_placeholder("Execution ID or URL").fill("nonsense!")
    page.get_by_role("button", name="Compare").click()
    expect(page.locator(".field.wrong")).to_contain_text("Not an execution.")
    expect(page.get_by_label("Second execution")).to_have_value("nonsense!")


def faces(page: Page, portal: Portal) -> list[str]:
    """Return addresses of pages that show an execution, its message and a comparison; with `--full` all states."""
    demo = portal.sandbox.sign_in("demo")
    printer, failing = demo.actor("abacosamples/test", name="prints"), demo.actor("sandbox/fail", name="fails")
    writer, broken = demo.actor("sandbox/results", name="hands-over-too"), demo.actor("no/such", name="never-starts")
    failed, handed, stuck = demo.run(failing, "3")["id"], demo.run(writer, "go")["id"], demo.send(broken, "x")
    demo.until(f"/{broken}", lambda actor: actor["status"] == "ERROR")
    sent = send(page, printer, '{"list": [{"a": 1}], "text": "x"}').rstrip("/").rpartition("/")[2]
    page.goto(f"/actors/{writer}/executions/{handed}/")
    for _ in range(3):
        page.get_by_role("button", name="Fetch next result").click()
    first = [
        f"/actors/{writer}/executions/{handed}/",
        f"/actors/{printer}/messages/?again={sent}",
        f"/compare/?a={failing}/{failed}&b={printer}/{sent}",
    ]
    others = [
        f"/actors/{printer}/executions/{sent}/",
        f"/actors/{broken}/executions/{stuck}/",
        f"/actors/{broken}/messages/?again={stuck}",
        f"/compare/?a={failing}/{failed}&b={failing}/nosuchexecution",
        "/compare/?a=%21&b=previous",
    ]
    return first + others if looks.whole else first


def test_each_face_is_well_made(visit: Visit, portal: Portal) -> None:
    page = visit("demo")
    wrong = {}
    for place in faces(page, portal):
        page.goto(place)
        if reasons := complaints_by_shape(page):
            wrong[place] = reasons
    assert wrong == {}
