"""Controls of lists that do what they say also after a search, and on a phone."""

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.e2e import looks
from tests.e2e.conftest import Portal, Visit
from tests.e2e.looks import complaints_by_shape

pytestmark = pytest.mark.browser


def also(*rows: Any) -> list[Any]:
    """Return rows for pages of the same make, which are tried with `--full` alone."""
    return [pytest.param(*(row if isinstance(row, tuple) else (row,)), marks=pytest.mark.full) for row in rows]


@pytest.mark.parametrize(
    ("path", "typed"),
    [
        ("/actors/", "word"),
        ("/administration/", "word"),
        *also(("/aliases/", "tile"), ("/configs/", "lab"), ("/workers/", "rna")),
        *also(("/aliases/tiler/permissions/", "demo")),
    ],
)
def test_what_was_typed_stays_with_the_links_around_the_list(visit: Visit, path: str, typed: str) -> None:
    page = visit("admin")
    page.goto(path)
    page.get_by_role("searchbox").fill(typed)
    page.wait_for_url(re.compile(rf"q={typed}"))
    refresh = page.locator("main .head").get_by_role("link", name=re.compile("Refresh|Read again"))
    if refresh.count():
        refresh.click()
        page.wait_for_load_state()
        expect(page.get_by_role("searchbox")).to_have_value(typed)
        page.get_by_role("searchbox").fill("")
        page.wait_for_url(lambda url: typed not in url)
        page.get_by_role("searchbox").fill(typed)
        page.wait_for_url(re.compile(rf"q={typed}"))
    page.locator("main :is(.seg, .outcomes) a").last.click()
    page.wait_for_url(re.compile(r"(show|status)=\w"))
    assert f"q={typed}" in page.url
    expect(page.get_by_role("searchbox")).to_have_value(typed)


def test_the_theme_keeps_what_was_typed(visit: Visit) -> None:
    page = visit("demo")
    page.goto("/actors/?sort=-owner")
    search = page.locator("#q")
    search.fill("word-")
    page.wait_for_url(re.compile(r"q=word-"))
    for theme in ("dark", "light", None):  # the last is the one that it began with
        page.locator(".theme button").click()
        expect(page.locator(f"html[data-theme={theme}]" if theme else "html:not([data-theme])")).to_be_attached()
        expect(search).to_have_value("word-")
        assert "sort=-owner" in page.url


def test_the_refresh_of_the_activity_keeps_its_filter(visit: Visit) -> None:
    page = visit("demo")
    page.goto("/activity/")
    page.get_by_text("Filters", exact=True).click()
    page.get_by_label("User", exact=True).fill("nobody")
    page.get_by_role("button", name="Apply").click()
    page.wait_for_url(re.compile("who=nobody"))
    page.get_by_role("link", name="Refresh").click()
    page.wait_for_load_state()
    assert "who=nobody" in page.url


@pytest.mark.parametrize("path", ["/actors/", *also("/executions/?window=all", "/administration/")])
def test_a_phone_sorts_what_a_desk_sorts(visit: Visit, portal: Portal, path: str) -> None:
    page = visit("admin")
    page.goto(path)
    heads = page.locator("main thead a")
    orders = heads.evaluate_all("links => links.map(link => link.href)")
    assert len(orders) > 3
    expect(page.locator("details.sort")).to_be_hidden()
    page.set_viewport_size({"width": 390, "height": 844})
    expect(heads.first).to_be_hidden()
    sort = page.locator("details.sort")
    sort.locator("summary").press("Enter")
    links = sort.get_by_role("link")
    assert links.evaluate_all("links => links.map(link => link.href)") == orders
    last = links.last
    order = last.get_attribute("href")
    assert order
    last.press("Enter")
    page.wait_for_url(re.compile(re.escape(order)))
    expect(page.locator("details.sort summary")).to_contain_text("Sorted by")


@pytest.mark.parametrize("path", ["/executions/?window=all", *also("/actors/", "/activity/", "/schedules/")])
def test_what_is_no_file_is_never_saved_as_one(visit: Visit, path: str) -> None:
    page = visit("demo")
    page.goto(path)
    page.context.clear_cookies()
    saved = []
    page.on("download", lambda download: saved.append(download.suggested_filename))
    export = page.locator("main summary").filter(has_text="Export")
    if export.count():
        export.click()
    page.get_by_role("main").get_by_role("link", name="CSV").press("Enter")
    page.wait_for_url("**/sign-in/**")
    expect(page.get_by_role("heading", name="Sign in to Sandbox")).to_be_visible()
    assert saved == []


@pytest.mark.parametrize("path", ["/actors/?status=ERROR", *also("/nonces/?show=orphan")])
def test_a_phone_displays_which_choice_is_current(visit: Visit, path: str) -> None:
    page = visit("demo", width=390)
    page.goto(path)
    current = page.locator("main :is(.seg, .outcomes) [aria-current]").first
    current.evaluate("element => scrollTo(0, element.getBoundingClientRect().y - 300)")
    expect(current).to_be_in_viewport(ratio=0.9)


def test_what_opens_over_the_list_is_well_made(visit: Visit) -> None:
    page = visit("demo")
    page.goto("/executions/?window=all&outcome=failed")
    summaries = page.locator("main .pop > summary").all()
    assert len(summaries) > 4
    for number, summary in enumerate(summaries):
        summary.click()
        # They are of the same make: with `--full` each is looked at in each shape.
        if looks.whole or number == 0:
            assert complaints_by_shape(page) == {}, summary.inner_text()
    page.goto("/executions/?window=all")
    page.get_by_label("Charts of these executions").click()
    page.locator(".charts").wait_for()
    assert complaints_by_shape(page) == {}


def test_enter_in_a_field_sends_nothing_that_its_button_refuses(visit: Visit, portal: Portal) -> None:
    actor = portal.sandbox.sign_in("team").actor("abacosamples/wc", name="not-yours")
    portal.sandbox.sign_in("team").post(f"/{actor}/permissions", {"user": "demo", "level": "READ"})
    page = visit("demo")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.method) if request.method == "POST" else None)
    page.goto(f"/actors/{actor}/delete/")
    button = page.get_by_role("button", name="Delete actor")
    expect(button).to_be_disabled()
    field = page.get_by_label("Type not-yours to confirm")
    field.fill("not-yours")
    field.press("Enter")
    expect(page.locator("#toasts")).to_contain_text("deleting it requires UPDATE")
    expect(field).to_have_value("not-yours")
    assert sent == []


@pytest.mark.parametrize("path", ["/executions/?window=all", *also("/actors/")])
def test_enter_in_a_box_of_a_row_begins_no_act(visit: Visit, path: str) -> None:
    page = visit("demo")
    page.goto(path)
    box = page.locator("tbody input[name=pick]").first
    box.press("Enter")
    box.press("Space")
    expect(page.locator(".picked-count")).to_have_text("1 selected")
    expect(page).to_have_url(re.compile(re.escape(path) + "$"))


def test_what_is_selected_is_seen_in_forced_colors(visit: Visit, portal: Portal) -> None:
    demo = portal.sandbox.sign_in("demo")
    actor = demo.actor("abacosamples/wc", name="forced-colors")
    log = f"/actors/{actor}/executions/{demo.run(actor, 'one')['id']}/logs/"
    page = visit("demo")
    page.emulate_media(forced_colors="active")
    for place, selected in (
        ("/executions/?outcome=failed", ".side [aria-current], .outcomes [aria-current]"),
        (f"/actors/{actor}/", ".tabs [aria-current]"),
        (f"{log}#L1", ".log-tools [aria-current], .log .chosen, [data-log-wrap] [aria-pressed=true]"),
        (f"/actors/{actor}/messages/", ".kinds label:has(:checked)"),
    ):
        page.goto(place)
        styles = (
            page.locator(selected)
            .filter(visible=True)
            .evaluate_all("all => all.map((one) => getComputedStyle(one).outlineStyle)")
        )
        assert styles, place
        assert set(styles) == {"solid"}, place
    demo.delete(f"/{actor}")


def test_a_refused_form_leads_from_its_summary_to_the_field_that_is_wrong(visit: Visit, portal: Portal) -> None:
    demo = portal.sandbox.sign_in("demo")
    actor = demo.actor("abacosamples/wc", name="hands-on-the-focus")
    page = visit("demo")
    page.goto(f"/actors/{actor}/nonces/")
    page.locator("[name=max_uses]").fill("0")
    page.eval_on_selector("#nonce-create form", "form => { form.noValidate = true; }")
    page.get_by_role("button", name="Create nonce").press("Enter")
    summary = page.locator("#nonce-create [role=alert]")
    expect(summary).to_be_focused()
    expect(summary).to_contain_text("1 field needs your attention")
    summary.get_by_role("link", name="Max uses").press("Enter")
    expect(page.locator("[name=max_uses]")).to_be_focused()
    page.goto(f"/actors/{actor}/messages/")
    page.locator("[name=kind][value=json]").check()
    page.locator("textarea[name=message]").fill("{")
    page.get_by_role("button", name="Send message").press("Enter")
    summary = page.locator("#message-compose [role=alert]")
    expect(summary).to_be_focused()
    summary.get_by_role("link", name="Message").press("Enter")
    expect(page.locator("textarea[name=message]")).to_be_focused()
    demo.delete(f"/{actor}")


def test_a_form_that_is_drawn_anew_keeps_the_focus_on_its_button(visit: Visit) -> None:
    page = visit("demo")
    page.goto("/activity/")
    page.get_by_text("Filters", exact=True).click()
    page.get_by_label("User", exact=True).fill("nobody")
    page.get_by_role("button", name="Apply").press("Enter")
    page.wait_for_url(re.compile("who=nobody"))
    expect(page.get_by_role("button", name="Apply")).to_be_focused()


def test_a_day_is_chosen_and_filters_the_list(visit: Visit) -> None:
    page = visit("demo")
    page.goto("/executions/?window=7d")
    page.locator("summary", has_text="Last 7 days").click()
    page.get_by_label("Choose the start date").fill("2026-11-02")
    expect(page.get_by_label("From", exact=True)).to_have_value("2026-11-02")
    page.get_by_label("From", exact=True).press("Enter")
    page.wait_for_url(re.compile("from=2026-11-02"))
