"""Printed pages, also from the dark theme: what a person would file, whole, and nothing that can be pressed."""

import re

import pytest
from playwright.sync_api import Page

from tests.e2e.conftest import Portal, Visit
from tests.e2e.test_logs import RICH, Logs

pytestmark = pytest.mark.browser

# What is wrong with a page as it is printed: what can be pressed, what a box cuts off, what is light on dark, tables
# whose heads stand on the first sheet only.
WRONG = """() => {
  const seen = (one) => one.checkVisibility() && one.getBoundingClientRect().width > 1;
  const name = (one) => one.outerHTML.slice(0, 120);
  const wrong = [];
  const places = "nav:not(.crumbs, .tiles), .side, .tabbar";
  const pressed = `button, input, select, dialog, .btn, [role=search], summary, ${places}`;
  for (const one of document.querySelectorAll(pressed)) if (seen(one)) wrong.push("pressed: " + name(one));
  const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const light = new Map();
  const lightness = (colour) => {
    if (!light.has(colour)) {
      canvas.clearRect(0, 0, 1, 1);
      canvas.fillStyle = colour;
      canvas.fillRect(0, 0, 1, 1);
      const [red, green, blue, alpha] = canvas.getImageData(0, 0, 1, 1).data;
      light.set(colour, alpha < 128 ? null : (red * 0.3 + green * 0.6 + blue * 0.1) / 255);
    }
    return light.get(colour);
  };
  for (const one of document.querySelectorAll("body *")) {
    if (!seen(one) || one.closest("svg")) continue;
    const style = getComputedStyle(one);
    const isCut = one.scrollHeight > one.clientHeight + 2 || one.scrollWidth > one.clientWidth + 2;
    if (style.display !== "inline" && style.overflow !== "visible" && isCut) wrong.push("cut off: " + name(one));
    const hasText = [...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
    const ground = lightness(style.backgroundColor);
    if (hasText && ground !== null && ground < 0.8) wrong.push("dark ground: " + name(one));
    if (hasText && lightness(style.color) > 0.6) wrong.push("light text: " + name(one));
    if (one.matches("thead") && style.display !== "table-header-group") wrong.push("head once: " + name(one));
  }
  return wrong;
}"""


@pytest.fixture(scope="module")
def log(portal: Portal) -> str:
    demo = portal.sandbox.sign_in("demo")
    actor = demo.actor("abacosamples/wc", name="printed", logEx=7200)
    for _ in range(3):
        demo.run(actor, "one two")
    return Logs(portal, actor).plant(RICH)


def sheets(page: Page) -> int:
    """Return how many sheets of paper a page takes."""
    return len(re.findall(rb"/Type\s*/Page\b", page.pdf(format="A4")))


def test_a_log_is_printed_whole(visit: Visit, log: str) -> None:
    page = visit("demo", theme="dark")
    page.goto(log)
    page.locator("#L454").wait_for()
    assert sheets(page) >= 5, "454 lines are no box of one sheet"
    page.emulate_media(media="print", color_scheme="dark")
    assert page.evaluate(WRONG) == []
    assert page.locator("#log-lines li").filter(visible=True).count() == 454
    assert page.get_by_role("heading", level=1).is_visible()
    dates = re.compile(r"^Execution \w+: received \d\d? \w{3} 2\d{3}, .*, finished \d\d? \w{3} 2\d{3}")
    assert page.get_by_text(dates).is_visible()
    page.emulate_media(media="null", color_scheme="dark")
    page.locator("#log-lines").focus()
    page.keyboard.press("f")
    page.locator(".log-card.full").wait_for()
    assert sheets(page) >= 5, "in full screen it is the same"


# Pages, and what must be seen of each.
FILED = {
    "{log}?level=error&find=needle": "#L401 .n",
    "{execution}": "#execution-title",
    "{actor}executions/": ".executions thead",
    "{actor}configuration/": "main dd",
    "{actor}activity/": "tbody time",
    "/executions/evidence/": "h1",
    "/reports/": "h1",
}
MORE_FILED = {
    "{actor}": "main time",
    "{actor}workers/": "tbody tr",
    "{actor}permissions/": "thead",
    "{actor}revisions/": "h1",
    "/actors/": "tbody tr .name",
    "/executions/": ".executions time",
    "/activity/": "tbody time",
    "/aliases/": "tbody tr",
    "/mailboxes/": "h1",
    "/": ".tiles",
}


@pytest.mark.parametrize("filed", [FILED, pytest.param(MORE_FILED, marks=pytest.mark.full)], ids=["filed", "more"])
def test_what_is_printed_is_what_a_person_files(visit: Visit, log: str, filed: dict[str, str]) -> None:
    page = visit("demo", theme="dark")
    page.goto(log)
    if (keep := page.get_by_role("button", name="Archive log")).count():  # so that there is a line of activity
        keep.click()
        page.get_by_text("Log archived").wait_for()
    execution = log.removesuffix("logs/")
    actor = execution.partition("executions/")[0]
    wrong = {}
    for place, sight in filed.items():
        page.goto(place.format(log=log, execution=execution, actor=actor))
        page.locator(sight).first.wait_for(state="attached")
        page.emulate_media(media="print", color_scheme="dark")
        wrong[place] = page.evaluate(WRONG) + ([] if page.locator(sight).first.is_visible() else ["not seen: " + sight])
        page.emulate_media(media="null", color_scheme="dark")
    assert {place: faults for place, faults in wrong.items() if faults} == {}
