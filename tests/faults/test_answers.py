"""Answers whose fields are missing, null, of another type or hostile: every page shows them, and shows them as text."""

import os
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from hypothesis import given, settings

from actors_app.core.pages.formatting import visible
from actors_app.core.security.models import Readable
from actors_app.history.models import ActorHistory
from tests.faults.pages import Page
from tests.faults.spoiling import ADDRESSES, FIELDS, MISSING, SPOILED, check_it_renders
from tests.faults.world import KEPT, PAGES, answering, world

SHOWN_WORDS = 60
HOSTILE = {
    "script": "<script>canary()</script>",
    "image": '"><img src=x onerror=canary()>',
    "single": "' onmouseover='canary()",
    "htmx": '" hx-get="/x" hx-trigger="load" canary="',
    "unquoted": "x hx-on:click=canary() ",
    "template": "{{ 7|add:7 }}{% debug %}",
    "entity": "&lt;b&gt;&#60;canary&#62;",
    "textarea": "</textarea></title></pre><canary>",
    "comment": "--><canary><!--",
    "bidi": "in\u202evoice\u2066 \u200b\ufeff",
    "control": "nul\x00 esc\x1b[31m bell\x07",
    "link": "javascript:canary()//",
    "formula": "=HYPERLINK(1)",
    "svg": "<svg/onload=canary()>",
}


# The drill `fields` asks for more.
@pytest.mark.parametrize("examples", [100, pytest.param(250, marks=pytest.mark.full)])
def test_f37_a_page_renders_whatever_its_fields_hold(examples: int, signed_in: Client) -> None:
    @settings(max_examples=int(os.environ.get("FIELD_EXAMPLES", examples)), deadline=None)
    @given(address=ADDRESSES, spoiled=SPOILED)
    def renders(address: tuple[str, bool], spoiled: dict[tuple[str, str], Any]) -> None:
        check_it_renders(signed_in, address, spoiled)

    renders()


@pytest.mark.parametrize("value", [MISSING, None, [], {"a": 1}, "x", 7], ids=["missing", "null", *"ldtn"])
@pytest.mark.parametrize("page", PAGES)
def test_f37_a_page_renders_when_every_field_is_so(signed_in: Client, page: str, value: Any) -> None:
    spoiled = {(name, key): value for name, key in FIELDS if key not in KEPT}
    check_it_renders(signed_in, (page, False), spoiled)


@pytest.mark.parametrize(
    "value", [MISSING, None, "", "x/y", "<b>", [], 7], ids=["missing", "null", "", "/", "b", "l", "n"]
)
@pytest.mark.parametrize("page", PAGES)
def test_f37_a_page_renders_whatever_the_id_of_its_actor_is(signed_in: Client, page: str, value: Any) -> None:
    check_it_renders(signed_in, (page, False), {("actor", "id"): value})


def marker(name: str, key: str) -> str:
    """Return what follows the hostile text, to find it by."""
    return f"{name}0{key}0".lower()


def filled(text: str) -> dict[str, dict[str, Any]]:
    """Return every object with this text in every field that holds text, and as a name and value of the environment."""
    objects = world()
    for name, fields in objects.items():
        for key, value in fields.items():
            if isinstance(value, str) and key not in KEPT and not key.endswith("Time"):
                fields[key] = text + marker(name, key)
    objects["actor"]["defaultEnvironment"] = {
        text + marker("environment", "name"): text + marker("environment", "value"),
    }
    objects["actor"]["hints"] = [text + marker("actor", "hint")]
    return objects


def read(browser: Client, text: str) -> dict[str, Page]:
    """Return every page while the API answers with this text in all fields, and nothing of another is remembered."""
    ActorHistory.objects.all().delete()
    Readable.objects.all().delete()
    cache.clear()
    with answering(filled(text)):
        pages = {page: browser.get(page) for page in PAGES}
    assert {response.status_code for response in pages.values()} <= {200, 409}
    return {page: Page.of(response) for page, response in pages.items()}


def flat(text: str) -> str:
    """Return the text as a status's words may have it: without case, underscores and rows of spaces."""
    return " ".join(text.replace("_", " ").casefold().split())


def shown(pages: dict[str, Page], text: str) -> set[tuple[str, str]]:
    """Return which fields stand on which page, as text, with exactly this text before their marker."""
    found = set()
    names = [marker(name, key) for name, fields in world().items() for key in fields]
    names += [marker("environment", "name"), marker("environment", "value"), marker("actor", "hint")]
    for address, page in pages.items():
        words = flat(page.text + " ".join(value for _, value in page.inputs))
        found |= {(address, name) for name in names if flat(text + name) in words}
    return found


_PLAIN: dict[str, Page] = {}


@pytest.fixture
def plain(signed_in: Client) -> dict[str, Page]:
    """Return every page as it is with harmless text, read once for all texts."""
    if not _PLAIN:
        _PLAIN.update(read(signed_in, "plain"))
    return _PLAIN


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_text_is_shown_as_it_is_and_is_nothing_but_text(
    text: str, signed_in: Client, plain: dict[str, Page]
) -> None:
    pages = read(signed_in, text)
    expected, found = shown(plain, "plain"), shown(pages, text) | shown(pages, visible(text))
    assert len(expected) > SHOWN_WORDS
    if "\x1b" in text:
        # A log's escape sequences are colours there, not text.
        expected = {where for where in expected if where[1] != marker("log", "logs")}
    assert not expected - found, sorted(expected - found)
    for address, page in pages.items():
        assert page.names <= plain[address].names, (address, page.names - plain[address].names)
        assert not [link for link in page.links if ":" in link.partition("/")[0]], address
