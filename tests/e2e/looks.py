"""How a page is looked at: in which shapes, and what is complained of."""

from collections.abc import Iterator

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

# Each width in one theme, so that each theme has its colours tried. The last is as `visit` opens a page.
SHAPES = ((390, "dark"), (1440, "light"))
ALL_SHAPES = ((390, "light"), (1440, "dark"), *SHAPES)
_AXE = Axe().axe_script
# The style sheets are of no use to the rules that are on: they would be read again for each page.
_OPTIONS = {"resultTypes": ["violations"], "preload": {"assets": ["media"]}}
# Of rows and bars of the same make, by their elements, classes and names of attributes, three and the last are looked
# at: what takes the time is the colours of each word. With --full, all are.
_LOOK = """async ({options, whole}) => {
  const make = (one) => {
    const own = `${one.tagName}.${one.getAttribute("class")}[${one.getAttributeNames()}]`;
    return own + [...one.children].map((inner) => `(${make(inner)})`).join("");
  };
  const root = document.documentElement;
  const isWide = root.scrollWidth > root.clientWidth;
  const alike = [];
  for (const list of whole ? [] : document.querySelectorAll("tbody, ul, ol, svg, svg g")) {
    const count = new Map();
    for (const one of list.children.length > 4 ? list.children : []) {
      const key = make(one), number = (count.get(key) ?? 0) + 1;
      count.set(key, number);
      if (number > 3 && one !== list.lastElementChild && !one.contains(document.activeElement)) alike.push(one);
    }
  }
  const gaps = alike.map((one) => {
    const gap = document.createComment("");
    one.replaceWith(gap);
    return gap;
  });
  const {violations} = await axe.run(document, options);
  gaps.forEach((gap, number) => gap.replaceWith(alike[number]));
  return [violations.map(({id, nodes}) => `${id}: ${nodes[0].html.slice(0, 160)}`), isWide];
}"""
whole = False  # whether every row is looked at, and in each shape, as --full asks (conftest.py)


def in_each_shape(page: Page) -> Iterator[str]:
    """Bring a page, as it stands, into each shape; yield its name."""
    for width, theme in ALL_SHAPES if whole else SHAPES:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
        yield f"{width} {theme}"


def complaints_by_shape(page: Page) -> dict[str, list[str]]:
    """Return what is wrong with a page by shape, which is the style sheet's alone: the page is not loaded again."""
    return {shape: reasons for shape in in_each_shape(page) if (reasons := complaints(page))}


def complaints(page: Page) -> list[str]:
    """Return what axe has against the page as it is, and whether it is wider than the window."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(_AXE)
    wrong, is_wide = page.evaluate(_LOOK, {"options": _OPTIONS, "whole": whole})
    if is_wide:
        wrong.append("wider than the window")
    if page.get_by_role("heading", level=1).count() != 1:
        wrong.append("not exactly one first heading")
    return wrong


def send(page: Page, form: str, button: str, **typed: str) -> None:
    """Fill a form and send it, past the browser's own checks, so that the portal's are seen."""
    for name, value in typed.items():
        page.locator(f"{form} [name={name}]").first.fill(value)
    page.eval_on_selector(form, "form => { form.noValidate = true; }")
    page.locator(form).get_by_role("button", name=button).click()
