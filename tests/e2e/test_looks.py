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
def page(chromium: Browser) -> Iterator[Page]:
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
    assert reason.startswith("color-contrast: ")
    assert page.content() == before, "every row is back in its place"


@pytest.mark.parametrize("whole", [False, True])
def test_of_rows_of_the_same_make_all_are_looked_at_on_request(
    page: Page, monkeypatch: pytest.MonkeyPatch, whole: bool
) -> None:
    monkeypatch.setattr(looks, "whole", whole)
    page.set_content(rows(30))
    # A colour that no class or attribute of the row itself shows.
    page.add_style_tag(content="tr:nth-child(20) { color: #eee }")
    assert bool(looks.complaints(page)) is whole


def test_a_page_is_looked_at_narrow_and_left_wide(page: Page) -> None:
    page.set_content(rows(3, at1='<tr><td class="narrow">Row 1</td></tr>'))
    wrong = looks.complaints_by_shape(page)
    assert "390 dark" in wrong
    assert "1440 light" not in wrong
    assert page.viewport_size == {"width": 1440, "height": 900}
    assert page.evaluate("matchMedia('(prefers-color-scheme: light)').matches")
