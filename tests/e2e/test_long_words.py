"""Long words of the API, wherever a page shows them: none makes a page wider than the window."""

import mimetypes
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from playwright.sync_api import Browser, Page, Route

from actors_app.core.security.credentials import client_for
from portal.tenants import Tenant
from tests.canary.secrets import CanaryAPI
from tests.canary.tour import Tour, addresses

pytestmark = pytest.mark.browser
WORD = "Donaudampfschifffahrt" * 16  # no place where a line could end
WIDTHS = (390, 1280)
# What pages are found by, or that has a form of its own.
KEPT = ("id", "actorId", "workerId", "executionId", "username", "level")
TIME = re.compile(r"\d{4}-\d\d-\d\d[T ]")
STYLES = re.compile(r'<link rel="stylesheet" href="([^"]*)"')
# So that the style sheets are read once for all pages.
REPLACE = """(text) => {
  document.body.replaceWith(new DOMParser().parseFromString(text, "text/html").body);
}"""
# Returns what reaches past the window: the elements outside of every box that scrolls by itself.
WIDER = """() => {
  document.querySelectorAll("details").forEach((one) => { one.open = true; });
  const wide = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= wide) return [];
  const scrolls = (one) => one && one !== document.documentElement
    && (["auto", "scroll", "hidden", "clip"].includes(getComputedStyle(one).overflowX) || scrolls(one.parentElement));
  return [...document.body.querySelectorAll("*")]
    .filter((one) => one.getBoundingClientRect().right > wide + 1 && !scrolls(one.parentElement))
    .map((one) => `${one.tagName}.${one.className} in ${one.parentElement.className}: ${one.textContent.slice(0, 40)}`)
    .slice(-3);
}"""


def lengthened(value: Any, name: str = "") -> Any:
    """Return what the API says with a long word at the end of every text, and of the names in maps of the visitor's."""
    if isinstance(value, dict):
        own = name in ("defaultEnvironment", "result")
        return {key + WORD if own and key.isupper() else key: lengthened(inner, key) for key, inner in value.items()}
    if isinstance(value, list):
        return [lengthened(inner, name) for inner in value]
    return value + WORD if isinstance(value, str) and name not in KEPT and not TIME.match(value) else value


class WordyAPI(CanaryAPI):
    """An API whose every text has a long word in it; a list has its things as they are too, so that they are found."""

    def _result(self, method: str, path: str) -> Any:
        result = super()._result(method, path)
        if "/profiles/" in path:
            return result
        for one in result if isinstance(result, list) else [result]:
            if "image" in one and "owner" in one:
                one |= {"name": WORD, "statusMessage": "no", "description": "about", "status": "ERROR"}
                one |= {"link": "x", "webhook": "https://hooks.example.org/", "hints": ["a", "b"]}
        return [*result, *lengthened(result)] if isinstance(result, list) else lengthened(result)


@pytest.fixture
def beside_a_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let Django's store be used in this thread, in which the browser's loop stands still meanwhile."""
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


@pytest.fixture
def tour(beside_a_loop: None, transactional_db: None, settings: Any) -> Iterator[Tour]:
    """Somebody who has seen every page of a portal whose API has long words everywhere."""
    with WordyAPI() as api:
        settings.TENANTS = {"default": Tenant("default", "Wordy", api.url, client_key="portal", client_secret="x" * 9)}
        tour = Tour(Client(), "wordy")
        tour.sign_in("demo")
        for address in addresses():
            if not address.startswith("/api/"):
                tour.ask("GET", address)
        yield tour
        client_for.cache_clear()


def pages_of(tour: Tour) -> dict[str, str]:
    """Return the pages with long words that a tour came by, each once, by where they are."""
    return {
        one.where: one.text
        for one in tour.seen
        if one.where.endswith("body") and one.text.startswith("<!doctype html>") and WORD in one.text
    }


def served(page: Page, document: str) -> None:
    """Open a document with the portal's own static files, from memory."""

    def answer(route: Route) -> None:
        path = urlsplit(route.request.url).path
        if path == "/":
            route.fulfill(body=document, content_type="text/html; charset=utf-8")
        elif file := finders.find(path.removeprefix("/static/")):
            route.fulfill(path=str(file), content_type=mimetypes.guess_type(path)[0] or "text/plain")
        else:
            route.fulfill(status=404, body="")

    page.route("**/*", answer)
    page.goto("http://portal.test/")


def test_no_long_word_makes_a_page_wider_than_the_window(tour: Tour, chromium: Browser) -> None:
    pages = pages_of(tour)
    assert len(pages) > 40, sorted(pages)
    assert len({tuple(STYLES.findall(text)) for text in pages.values()}) == 1, "all have the same style sheets"
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    served(page, next(iter(pages.values())))
    wider = []
    for where, text in pages.items():
        page.evaluate(REPLACE, text)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            if found := page.evaluate(WIDER):
                wider.append(f"{where} at {width}: {found}")
    context.close()
    assert wider == [], "\n".join(wider)
