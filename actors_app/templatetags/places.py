"""The navigation that stands on every page: the same for everybody, so that it is drawn once for each section."""

from functools import lru_cache

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from actors_app.core.pages.navigation import ELSEWHERE, GROUPS, OTHER_PAGES, TAB_BAR

register = template.Library()


@register.simple_tag(takes_context=True)
def places(context: template.Context) -> SafeString:
    """Draw the bar at the side, on which the place of the page's `section` is marked."""
    return _rendered("_places.html", str(context.get("section", "")))


@register.simple_tag
def other_places() -> SafeString:
    """Draw the pages that no bar has room for."""
    return render_to_string("_places.html", {"navigation": (OTHER_PAGES,), "section": "places"})


@register.simple_tag(takes_context=True)
def tab_bar(context: template.Context) -> SafeString:
    """Draw the bar below, on a phone."""
    return _rendered("_tab_bar.html", str(context.get("section", "")))


@lru_cache(maxsize=128)
def _rendered(name: str, section: str) -> SafeString:
    return render_to_string(
        name, {"navigation": GROUPS, "tab_bar": TAB_BAR, "elsewhere": ELSEWHERE, "section": section}
    )
