"""A sign-in that ends while somebody types, in a real browser: nothing typed is lost, and nothing is sent by itself."""

import re
from typing import Any

import pytest
import requests
from playwright.sync_api import Locator, Page, Route, expect

from tests.e2e.conftest import Portal, Visit
from tests.sandbox.support import Person

pytestmark = pytest.mark.browser
WORDS = 'to be,\nor "not" <b>to</b> be \N{SNOWMAN}'


@pytest.fixture
def person(portal: Portal) -> Person:
    return portal.sandbox.sign_in("demo")


@pytest.fixture
def actor(person: Person) -> str:
    return person.actor("abacosamples/wc", name="expired")


def fill(page: Page, actor: str) -> dict[str, str]:
    """Type a message with two variables; return everything the form holds."""
    page.goto(f"/actors/{actor}/messages/")
    page.locator("textarea[name=message]").fill(WORDS)
    for name, value in (("env_name", "CITY"), ("env_value", "Austin & more")):
        page.locator(f"[name={name}]").first.fill(value)
    return held(page)


def held(page: Page) -> dict[str, str]:
    """Return what the message form holds, field by field."""
    values = {
        "message": page.locator("textarea[name=message]").input_value(),
        "kind": page.locator("input[name=kind]:checked").get_attribute("value") or "",
    }
    for name in ("env_name", "env_value"):
        for number, one in enumerate(page.locator(f"[name={name}]").all()):
            values[f"{name}-{number}"] = one.input_value()
    return {name: value for name, value in values.items() if value}


def lose_session(page: Page) -> None:
    """Take the session from the browser, as its end does; the proof of origin stays."""
    page.context.clear_cookies(name="portal-session")


def lose_cookies(page: Page) -> None:
    """Take every cookie from the browser, the proof of origin too."""
    page.context.clear_cookies()


def send(page: Page) -> None:
    page.get_by_role("button", name="Send message").click()


def sign_in(page: Any, user: str) -> None:
    page.get_by_label("Username").fill(user)
    page.get_by_label("Password").fill(user)
    page.get_by_role("button", name="Sign in", exact=True).click()


def over(page: Page) -> Locator:
    """Return the sign-in over the page once it has the focus; a preview that came first shows it without."""
    dialog = page.get_by_role("dialog", name="Sign in again")
    expect(dialog.get_by_label("Password")).to_be_focused()
    return dialog


def sent(person: Person, actor: str) -> int:
    return len(person.get(f"/{actor}/executions")["executions"])


@pytest.mark.parametrize(
    "lose", [lose_session, pytest.param(lose_cookies, marks=pytest.mark.full)], ids=["session", "cookies"]
)
def test_the_sign_in_comes_over_the_page(visit: Visit, person: Person, actor: str, lose: Any) -> None:
    page = visit("demo")
    typed = fill(page, actor)
    page.evaluate("window.stayed = true")
    lose(page)
    send(page)
    dialog = over(page)
    expect(dialog.get_by_label("Username")).to_have_value("demo")
    dialog.get_by_label("Password").fill("wrong")
    dialog.get_by_role("button", name="Sign in", exact=True).click()
    expect(dialog).to_contain_text("Incorrect username or password.")
    sign_in(dialog, "demo")
    expect(page.get_by_text("Signed in again. Nothing was sent")).to_be_visible()
    expect(dialog).to_have_count(0)
    expect(page.get_by_role("button", name="Send message")).to_be_focused()
    assert page.evaluate("window.stayed"), "the page was never left"
    assert held(page) == typed
    assert sent(person, actor) == 0, "nothing is sent by itself"
    send(page)
    page.wait_for_url(re.compile(rf"/actors/{actor}/executions/\w+/$"))
    assert sent(person, actor) == 1


def test_somebody_else_is_led_away_from_the_page(visit: Visit, person: Person, actor: str) -> None:
    page = visit("demo")
    fill(page, actor)
    lose_session(page)
    send(page)
    sign_in(over(page), "admin")
    page.wait_for_url(re.compile(r"^[^?]*//[^/]+/$"))
    expect(page.get_by_text("You signed in with a different account")).to_be_visible()
    assert "Austin" not in page.content()
    assert sent(person, actor) == 0


def test_a_preview_does_not_take_the_focus(visit: Visit, actor: str) -> None:
    page = visit("demo")
    fill(page, actor)
    lose_session(page)
    with page.expect_response(lambda answer: answer.status == 401):
        page.locator("textarea[name=message]").press_sequentially(" more")
    expect(page.get_by_role("heading", name="Sign in again")).to_be_visible()
    expect(page.locator("textarea[name=message]")).to_be_focused()
    assert held(page)["message"] == WORDS + " more"
    sign_in(page.locator("dialog"), "demo")
    expect(page.get_by_text("Signed in again.")).to_be_visible()
    assert held(page)["message"] == WORDS + " more"


@pytest.mark.full  # a race of two answers; `test_a_preview_does_not_take_the_focus` has the preview alone
def test_a_preview_that_comes_late_takes_no_sign_in_away(visit: Visit, portal: Portal, actor: str) -> None:
    page = visit("demo")
    fill(page, actor)
    held_back: list[Route] = []
    page.route("**/messages/preview/", lambda route: held_back.append(route))
    page.locator("textarea[name=message]").press_sequentially(" more")
    page.wait_for_timeout(1000)
    lose_cookies(page)
    send(page)
    dialog = over(page)
    dialog.get_by_label("Password").fill("wrong")
    # To the preview everything was lost as well, so that its answer brings a proof of origin of its own.
    preview = held_back[-1]  # those before it were given up
    asked = {name: value for name, value in preview.request.headers.items() if name != "cookie"}
    stranger = requests.post(preview.request.url, preview.request.post_data, headers=asked, timeout=20)
    brought = {name: stranger.headers[name] for name in ("Content-Type", "Set-Cookie")}
    preview.fulfill(status=stranger.status_code, headers=brought, body=stranger.content)
    page.wait_for_timeout(500)
    expect(dialog.get_by_label("Password")).to_have_value("wrong")
    dialog.get_by_role("button", name="Sign in", exact=True).click()
    expect(dialog).to_contain_text("Incorrect username or password.")


@pytest.mark.parametrize("script", [pytest.param(True, marks=pytest.mark.full), False], ids=["script", "no-script"])
def test_a_plain_form_comes_back_as_typed(visit: Visit, person: Person, script: bool) -> None:
    page = visit("demo", script=script)
    page.goto("/actors/new/")
    typed = {"image": "abacosamples/wc", "name": "never-registered", "description": WORDS}
    for name, value in typed.items():
        page.locator(f"[name={name}]").fill(value)
    lose_session(page)
    page.get_by_role("button", name="Register actor").click()
    expect(page.get_by_text("your draft is saved")).to_be_visible()
    sign_in(page, "demo")
    expect(page.get_by_text("We restored your draft; nothing was sent.")).to_be_visible()
    assert {name: page.locator(f"[name={name}]").input_value() for name in typed} == typed
    assert "never-registered" not in [one["name"] for one in person.get("")]


@pytest.mark.parametrize(
    "lose", [lose_session, pytest.param(lose_cookies, marks=pytest.mark.full)], ids=["session", "cookies"]
)
def test_a_message_comes_back_as_typed_without_script(visit: Visit, person: Person, actor: str, lose: Any) -> None:
    page = visit("demo", script=False)
    typed = fill(page, actor)
    lose(page)
    send(page)
    sign_in(page, "demo")
    expect(page.get_by_text("We restored your draft; nothing was sent.")).to_be_visible()
    assert held(page) == typed
    assert sent(person, actor) == 0
    send(page)
    page.wait_for_url(re.compile(rf"/actors/{actor}/executions/\w+/$"))
    assert sent(person, actor) == 1


@pytest.mark.full
def test_somebody_else_without_script_sees_nothing_of_it(visit: Visit, person: Person, actor: str) -> None:
    page = visit("demo", script=False)
    fill(page, actor)
    lose_session(page)
    send(page)
    sign_in(page, "admin")
    page.wait_for_url(re.compile(r"^[^?]*//[^/]+/$"))
    assert "Austin" not in page.content()
    assert sent(person, actor) == 0


def test_a_sign_out_everywhere_in_another_browser(visit: Visit, portal: Portal, person: Person, actor: str) -> None:
    page = visit("demo")
    typed = fill(page, actor)
    # The same session in a second window is signed out: the row goes, this browser keeps its cookie.
    other = page.context.new_page()
    other.goto("/account/")
    cookies = page.context.cookies()
    other.get_by_role("button", name="Sign out").first.click()
    other.wait_for_url(re.compile("/sign-in/"))
    page.context.add_cookies(cookies)  # type: ignore[arg-type]  # what was read is what is written
    send(page)
    sign_in(over(page), "demo")
    expect(page.get_by_text("Signed in again. Nothing was sent")).to_be_visible()
    assert held(page) == typed
    assert sent(person, actor) == 0
