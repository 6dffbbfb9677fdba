"""A form that is more than the portal takes: it is not sent, and what was typed stays where it is."""

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import Visit

pytestmark = pytest.mark.browser
FILLED = (
    """([name, length]) => { document.querySelector(`form.form-card [name="${name}"]`).value = "ä".repeat(length); }"""
)
ROWS = """(number) => {
  const form = document.querySelector("form.form-card");
  for (let row = 0; row < number; row++) {
    const input = Object.assign(document.createElement("input"), { type: "hidden", name: "env_name", value: "A" });
    form.append(input);
  }
}"""


def test_what_is_too_large_is_said_beside_what_was_typed(visit: Visit) -> None:
    page = visit("demo")
    page.goto("/actors/new/")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    page.locator("form.form-card [name=image]").fill("abacosamples/wc")
    register, alert = page.get_by_role("button", name="Register actor"), page.locator("#alerts [data-alert]")
    page.evaluate(FILLED, ["description", 1_100_000])
    register.click()
    expect(alert).to_contain_text("the limit is 2,097,152 bytes and 1,000 fields.")
    expect(alert).to_contain_text("Nothing was sent.")
    expect(page.locator("form.form-card [name=image]")).to_have_value("abacosamples/wc")
    page.evaluate(FILLED, ["description", 10])
    page.evaluate(ROWS, 1001)
    register.click()
    expect(alert).to_contain_text("fields; the limit is")
    expect(alert).to_have_count(1)
    assert sent == []
    page.evaluate("document.querySelectorAll('[type=hidden][name=env_name]').forEach((input) => input.remove())")
    with page.expect_request(lambda request: request.method == "POST"):
        register.click()
