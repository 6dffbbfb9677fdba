"""How a page is looked at: in which shapes, and what is complained of."""

from collections.abc import Iterator

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

# Each width in one theme, so that each theme has its colours tried. The last is as `visit` opens a page.
SHAPES = ((390, "dark"), (1440, "light"))
ALL_SHAPES = ((390, "light"), (1440, "dark"), *SHAPES)
AS_OPENED = "1440 light"
_AXE = Axe().axe_script
# The style sheets are of no use to the rules that are on: they would be read again for each page. What takes axe most
# of its time is the contrast of each word, which _CONTRAST computes in a hundredth of it: it is left to --full.
_OPTIONS = {"resultTypes": ["violations"], "preload": {"assets": ["media"]}}
_WITHOUT_CONTRAST = _OPTIONS | {"rules": {"color-contrast": {"enabled": False}}}
# Of rows and bars of the same make, by their elements, classes and names of attributes, three and the last are looked
# at. With --full, all are.
_LOOK = """async ({options, whole}) => {
  const make = (one) => {
    const own = `${one.tagName}.${one.getAttribute("class")}[${one.getAttributeNames()}]`;
    return own + [...one.children].map((inner) => `(${make(inner)})`).join("");
  };
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
  return violations.map(({id, nodes}) => `${id}: ${nodes[0].html.slice(0, 160)}`);
}"""
# Returns the words whose contrast to their ground is less than WCAG 2 asks for at level AA: the colours of the style
# sheets, one layer over the other, up to the root. As with axe, what is disabled may be pale, and words over a picture
# are passed over; so are those of drawings, whose ground is no element around them.
_CONTRAST = """() => {
  const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const colours = new Map(), styles = new Map();
  const rgba = (colour) => {
    if (!colours.has(colour)) {
      canvas.clearRect(0, 0, 1, 1);
      canvas.fillStyle = colour;
      canvas.fillRect(0, 0, 1, 1);
      colours.set(colour, [...canvas.getImageData(0, 0, 1, 1).data].map((part) => part / 255));
    }
    return colours.get(colour);
  };
  const over = ([r, g, b, a], [red, green, blue, alpha]) => {
    const both = a + alpha * (1 - a);
    const mix = (above, below) => (both ? (above * a + below * alpha * (1 - a)) / both : 0);
    return [mix(r, red), mix(g, green), mix(b, blue), both];
  };
  const styleOf = (one) => {
    if (!styles.has(one)) {
      const { backgroundColor, backgroundImage, opacity } = getComputedStyle(one);
      styles.set(one, [rgba(backgroundColor), backgroundImage !== "none", Number(opacity)]);
    }
    return styles.get(one);
  };
  const luminance = (colour) => {
    const [r, g, b] = colour.map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (one, colour) => {
    let text = rgba(colour), ground = [0, 0, 0, 0];
    for (let at = one; at; at = at.parentElement) {
      const [own, isPicture, opacity] = styleOf(at);
      if (isPicture && ground[3] < 1) return Infinity;
      [text, ground] = [over(text, own), over(ground, own)].map(([r, g, b, a]) => [r, g, b, a * opacity]);
    }
    const [dark, light] = [text, ground].map((layer) => luminance(over(layer, rgba("Canvas")))).sort((a, b) => a - b);
    return (light + 0.05) / (dark + 0.05);
  };
  const disabled = ":disabled, :disabled *, [aria-disabled=true], [aria-disabled=true] *, [inert], [inert] *, svg *";
  const isPale = (one) => {
    const isField = one.matches("select, textarea, input:not([type=checkbox], [type=radio], [type=range])");
    if (!isField && ![...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim())) return false;
    if (one.matches(disabled) || one.control?.disabled || one.closest("label")?.control?.disabled) return false;
    if (!one.checkVisibility({ visibilityProperty: true, opacityProperty: true })) return false;
    const { width, height } = one.getBoundingClientRect();
    if (width <= 1 || height <= 1) return false;
    const { color, fontSize, fontWeight } = getComputedStyle(one);
    const size = parseFloat(fontSize);
    return contrast(one, color) < (size >= 24 || (size >= 18.66 && fontWeight >= 700) ? 3 : 4.5);
  };
  const pale = [...document.body.querySelectorAll("*")].filter(isPale);
  const root = document.documentElement;
  return [pale.map((one) => `contrast: ${one.outerHTML.slice(0, 160)}`), root.scrollWidth > root.clientWidth];
}"""
whole = False  # whether axe looks at every row, and in each shape, as --full asks (conftest.py)


def in_each_shape(page: Page) -> Iterator[str]:
    """Bring a page, as it stands, into each shape; yield its name."""
    for width, theme in ALL_SHAPES if whole else SHAPES:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
        yield f"{width} {theme}"


def complaints_by_shape(page: Page) -> dict[str, list[str]]:
    """Return what is wrong with a page by shape, which is the style sheet's alone: the page is not loaded again."""
    return {shape: reasons for shape in in_each_shape(page) if (reasons := complaints(page, shape))}


def complaints(page: Page, shape: str = AS_OPENED) -> list[str]:
    """Return what axe has against the page as it is, which words are pale, and whether it is wider than the window.

    In another shape than that in which a page is opened, axe is asked with --full alone.
    """
    wrong, is_wide = page.evaluate(_CONTRAST)
    if is_wide:
        wrong.append("wider than the window")
    if whole or shape == AS_OPENED:
        if not page.evaluate("'axe' in window"):
            page.evaluate(_AXE)
        wrong += page.evaluate(_LOOK, {"options": _OPTIONS if whole else _WITHOUT_CONTRAST, "whole": whole})
    if page.get_by_role("heading", level=1).count() != 1:
        wrong.append("not exactly one first heading")
    return wrong


def send(page: Page, form: str, button: str, **typed: str) -> None:
    """Fill a form and send it, past the browser's own checks, so that the portal's are seen."""
    for name, value in typed.items():
        page.locator(f"{form} [name={name}]").first.fill(value)
    page.eval_on_selector(form, "form => { form.noValidate = true; }")
    page.locator(form).get_by_role("button", name=button).click()
