"""Looking at a page: of rows of the same make a few stand for all, and the page is left as it was."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.e2e import looks

pytestmark = pytest.mark.browser
ROW = "<tr><td>Row {}</td></tr>"
PAGE = """<!doctype html><html lang="en"><head><title>Rows</title>
<style>.pale {{ color: #eee; background: #fff }} @media (width < 400px) {{ .narrow {{ color: #eee }} }}</style></head>
<body><main><h1>Rows</h1><table><tbody>{}</tbody></table></main></body></html>"""


@pytest.fixture
def page(chromium: Browser, monkeypatch: pytest.MonkeyPatch) -> Iterator[Page]:
    monkeypatch.setattr(looks, "whole", False)  # also with --full
    context = chromium.new_context()
    yield context.new_page()
    context.close()


def rows(number: int, **others: str) -> str:
    """Return a page of rows, with others in the places that are named."""
    return PAGE.format("".join(others.get(f"at{place}", ROW.format(place)) for place in range(number)))


def test_the_one_row_of_another_make_is_looked_at(page: Page) -> None:
    page.set_content(rows(30))
    assert looks.complaints(page) == []
    page.set_content(rows(30, at17='<tr><td class="pale">Row 17</td></tr>'))
    before = page.content()
    (reason,) = looks.complaints(page)
    assert reason.startswith("contrast: ")
    assert page.content() == before, "every row is back in its place"


@pytest.mark.parametrize("whole", [False, True])
def test_of_rows_of_the_same_make_axe_looks_at_all_on_request(
    page: Page, monkeypatch: pytest.MonkeyPatch, whole: bool
) -> None:
    monkeypatch.setattr(looks, "whole", whole)
    button = '<tr><td><button aria-label="{}"></button></td></tr>'.format
    page.set_content(rows(30, **{f"at{place}": button("" if place == 20 else "Go") for place in range(30)}))
    assert [reason[:11] for reason in looks.complaints(page)] == ["button-name"] * whole


def test_every_word_needs_contrast(page: Page) -> None:
    page.set_content(rows(30))
    # A colour that no class or attribute of the row itself shows.
    page.add_style_tag(content="tr:nth-child(20) { color: #eee }")
    assert looks.complaints(page) == ["contrast: <td>Row 19</td>"]


@pytest.mark.parametrize(
    ("style", "is_pale"),
    [
        ("color: #777", True),
        ("color: #757575", False),
        ("color: #777; font-size: 24px", False),
        ("color: #777; font-size: 19px; font-weight: 700", False),
        ("color: rgb(0 0 0 / 0.5)", True),
        ("color: #000; opacity: 0.5", True),
        ("color: #fff; background: #000", False),
        ("color: #fff; background: rgb(0 0 0 / 0.5)", True),
        ("color: #fff; background: linear-gradient(#000, #111)", False),
        ("color: color-mix(in srgb, #000 50%, #fff)", True),
        ("color: #eee; visibility: hidden", False),
    ],
)
def test_the_contrast_is_that_of_wcag_and_of_axe(
    page: Page, monkeypatch: pytest.MonkeyPatch, style: str, is_pale: bool
) -> None:
    page.set_content(rows(1, at0=f'<tr><td><p style="{style}">Word</p></td></tr>'))
    monkeypatch.setattr(looks, "whole", True)
    rules = [reason.partition(":")[0] for reason in looks.complaints(page)]
    assert rules == ["contrast", "color-contrast"] * is_pale


def test_what_is_disabled_may_be_pale(page: Page) -> None:
    disabled = '<label for="n">N</label><input id="n" value="1" disabled><a aria-disabled="true">A</a>'
    page.set_content(rows(1, at0=f'<tr><td style="color: #eee">{disabled}</td></tr>'))
    page.add_style_tag(content="input { color: #eee }")
    assert looks.complaints(page) == []


def test_a_page_is_looked_at_narrow_and_left_wide(page: Page) -> None:
    page.set_content(rows(3, at1='<tr><td class="narrow">Row 1</td></tr>'))
    wrong = looks.complaints_by_shape(page)
    assert "390 dark" in wrong
    assert "1440 light" not in wrong
    assert page.viewport_size == {"width": 1440, "height": 900}
    assert page.evaluate("matchMedia('(prefers-color-scheme: light)').matches")
