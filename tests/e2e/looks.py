"""How a page is looked at: in which shapes, and what is complained of."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

SHAPES = [(1440, "light"), (1440, "dark"), (390, "light"), (390, "dark")]


def complaints(page: Page) -> list[str]:
    """Return what axe has against the page, and whether it is wider than the window."""
    found = [f"{one['id']}: {one['nodes'][0]['html'][:160]}" for one in Axe().run(page).response["violations"]]
    if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
        found.append("wider than the window")
    if page.get_by_role("heading", level=1).count() != 1:
        found.append("not exactly one first heading")
    return found


def send(page: Page, form: str, button: str, **typed: str) -> None:
    """Fill a form and send it, past the browser's own checks, so that the portal's are seen."""
    for name, value in typed.items():
        page.locator(f"{form} [name={name}]").first.fill(value)
    page.eval_on_selector(form, "form => { form.noValidate = true; }")
    page.locator(form).get_by_role("button", name=button).click()
