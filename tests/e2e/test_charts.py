"""The charts of executions in a real browser: with the mouse, by keyboard, without script, and as axe sees them."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from django.template.loader import render_to_string
from playwright.sync_api import Page, Route, expect

from actors_app.history.charts import charts_of, sparkline
from actors_app.history.charts.spans import HOUR
from tests.e2e.conftest import Visit
from tests.e2e.looks import complaints_by_shape

pytestmark = pytest.mark.browser
BEGIN = int(datetime(2026, 11, 23, tzinfo=UTC).timestamp() * 1000)
OUTCOMES = ("succeeded", "failed", "error", "oom", "halted", "running", "waiting", "finished", "unknown")


def link(**changes: str) -> str:
    return "/drawn/?" + urlencode({name: value for name, value in ({"window": "24h"} | changes).items() if value})


def drawn() -> str:
    """Return a page with the charts of a day on which everything happened."""
    buckets = [
        (BEGIN + hour * HOUR, BEGIN + (hour + 1) * HOUR, {"succeeded": 10 + hour, OUTCOMES[hour % 9]: 3})
        for hour in range(24)
    ]
    runs = [
        (BEGIN + number * HOUR // 10, 150 * number**2, OUTCOMES[number % 9], "a1", f"e{number}", "word-count")
        for number in range(1, 240)
    ]
    charts = render_to_string(
        "history/_charts.html",
        {"charts": charts_of(buckets, runs, link, lambda actor, execution: f"/drawn/{actor}/{execution}/")},
    )
    line = sparkline([(number, number // 4) for number in range(24)])
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Charts</title>'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        '<link rel="stylesheet" href="/static/css/portal.css"><link rel="stylesheet" href="/static/css/charts.css">'
        f'<script src="/static/js/charts.js" defer></script></head><body><main class="wrap"><h1>Charts</h1>'
        f"{charts}<p>{line}</p></main></body></html>"
    )


@pytest.fixture
def look(visit: Visit) -> Callable[..., Page]:
    """Return a function that opens the page of charts, whatever is asked of it, under the portal's own rules."""

    def open_charts(**options: object) -> Page:
        page, html = visit("", **options), drawn()  # type: ignore[arg-type]
        rules = page.goto("/sign-in/").headers["content-security-policy"]  # type: ignore[union-attr]

        def answer(route: Route) -> None:
            route.fulfill(body=html, content_type="text/html", headers={"Content-Security-Policy": rules})

        page.route("**/drawn/**", answer)
        page.goto("/drawn/")
        return page

    return open_charts


def asked(page: Page) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(page.url).query).items()}


def test_the_charts_are_well_made(look: Callable[..., Page]) -> None:
    page = look()
    assert complaints_by_shape(page) == {}
    for summary in page.locator("summary").all():
        summary.click()
    assert complaints_by_shape(page) == {}
    # Words on the drawing keep their size, whatever its width.
    for width in (390, 1440):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.locator(".plot .along").first.evaluate("element => getComputedStyle(element).fontSize") == "11px"


def test_a_span_is_chosen_by_dragging_over_it(look: Callable[..., Page]) -> None:
    page = look()
    box = page.locator(".plot.bars").bounding_box()
    assert box
    x, y, hour = box["x"], box["y"] + 80, box["width"] / 24
    for start, end in ((3.5, 7.4), (7.4, 3.5)):
        page.goto("/drawn/")
        page.mouse.move(x + start * hour, y)
        page.mouse.down()
        page.mouse.move(x + end * hour, y, steps=3)
        assert page.locator(".chosen").count() == 1
        page.mouse.up()
        page.wait_for_url("**/drawn/?*")
        assert asked(page) == {"from": "2026-11-23T03:00", "to": "2026-11-23T08:00"}


def test_a_drag_is_given_up_with_escape(look: Callable[..., Page]) -> None:
    page = look()
    box = page.locator(".plot.bars").bounding_box()
    assert box
    page.mouse.move(box["x"] + 50, box["y"] + 80)
    page.mouse.down()
    page.mouse.move(box["x"] + 200, box["y"] + 80)
    page.keyboard.press("Escape")
    assert page.locator(".chosen").count() == 0
    page.mouse.up()
    assert asked(page) == {}


@pytest.mark.parametrize("script", [True, pytest.param(False, marks=pytest.mark.full)], ids=["script", "no-script"])
def test_shapes_lead_to_what_they_stand_for(look: Callable[..., Page], script: bool) -> None:
    page = look(script=script)
    page.locator(".plot.bars .column").nth(1).locator("rect.o-failed").click()
    page.wait_for_url("**/drawn/?*")
    assert asked(page) == {"from": "2026-11-23T01:00", "to": "2026-11-23T02:00", "outcome": "failed"}
    page.locator(".plot.classes .column").first.click()
    page.wait_for_url("**/drawn/?*duration*")
    assert asked(page) == {"window": "24h", "duration": "0.1s..1s"}
    page.locator('.plot.dots a[href="/drawn/a1/e3/"]').click()
    page.wait_for_url("**/drawn/a1/e3/")
    page.get_by_text("View as table").nth(1).click()
    page.get_by_role("link", name="e100", exact=True).click()
    page.wait_for_url("**/drawn/a1/e100/")


def test_the_arrow_keys_walk_over_the_bars(look: Callable[..., Page]) -> None:
    page = look()
    for _ in range(30):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('.bars .column a')"):
            break
    for key in ("ArrowRight", "ArrowRight", "ArrowLeft", "ArrowUp", "ArrowUp"):
        page.keyboard.press(key)
    assert (
        page.evaluate("document.activeElement.getAttribute('aria-label')") == "23 Nov, 01:00\N{EN DASH}02:00: 3 failed"
    )
    tip = page.locator(".chart-tip")
    expect(tip.locator("strong")).to_have_text("23 Nov, 01:00\N{EN DASH}02:00")
    expect(tip.locator("li")).to_have_text(["succeeded11", "failed3"])
    expect(tip.locator(".is-here")).to_have_text("failed3")
    page.keyboard.press("Escape")
    expect(tip).to_be_hidden()
    assert page.locator('.bars a[tabindex="0"]').count() == 1
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    page.wait_for_url("**/drawn/?*")
    assert asked(page) == {"from": "2026-11-23T23:00", "to": "2026-11-24T00:00"}


def test_what_a_bar_holds_is_shown_beside_it(look: Callable[..., Page]) -> None:
    page = look()
    tip = page.locator(".chart-tip")
    bar = page.locator(".bars .column").nth(1)
    bar.hover(position={"x": 4, "y": 20})
    expect(tip.locator("li")).to_have_text(["succeeded11", "failed3"])
    edges = [
        one.evaluate("one => { const { left, right } = one.getBoundingClientRect(); return [left, right]; }")
        for one in (tip, bar)
    ]
    assert edges[0][0] >= edges[1][1], "the bar is not covered"
    page.locator(".dots a").last.hover()
    expect(tip.locator("strong")).to_have_text(re.compile("word-count e"))
    page.locator("h1").hover()
    expect(tip).to_be_hidden()


def test_a_single_bar_is_no_wider_than_28_pixels(look: Callable[..., Page]) -> None:
    page = look()
    plot = page.locator(".plot.bars")
    plot.evaluate("plot => { for (const one of [...plot.querySelectorAll('.column')].slice(1)) one.remove(); }")
    plot.locator(".column").evaluate("one => { one.setAttribute('x', '0%'); one.setAttribute('width', '100%'); }")
    look_at = (
        "one => { const { left, right } = one.getBoundingClientRect(); return [right - left, (left + right) / 2]; }"
    )
    width, middle = plot.locator("rect.o-succeeded").evaluate(look_at)
    assert width == pytest.approx(28, abs=0.5)
    assert middle == pytest.approx(plot.evaluate(look_at)[1], abs=2)


def test_the_words_of_a_share_do_not_cover_the_links_below_them(look: Callable[..., Page]) -> None:
    page = look()
    words = page.locator(".share text")
    assert words.count()
    for number in range(words.count()):
        words.nth(number).scroll_into_view_if_needed()
        assert words.nth(number).evaluate(
            "text => { const box = text.getBoundingClientRect();"
            " const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);"
            " return !text.closest('.share').contains(top); }"
        )
