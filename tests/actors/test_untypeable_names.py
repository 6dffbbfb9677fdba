"""Names with blanks, marks and characters that nobody sees: what they are called on pages, and how they are deleted."""

import re
import unicodedata
from typing import Any

import pytest
from django.test import Client

from actors_app.services.blanks import collapsed
from tests.support.payloads import ACTOR_ID, actor_payload, alias_payload, config_payload

ACTOR = f"/actors/v2/{ACTOR_ID}"
DELETE = f"/actors/{ACTOR_ID}/delete/"
PURGE = f"/actors/{ACTOR_ID}/messages/purge/"
# A name, and what somebody types who reads it on the page.
TYPED = [
    ("two  blanks", "two blanks"),
    (" around ", "around"),
    ("no\xa0break", "no break"),
    ("thin\u2009and\u3000wide", "thin and wide"),
    ("braille\u2800hangul\u3164", "braille hangul"),
    ("cafe\u0301", "café"),
    ("caf\xe9", "cafe\u0301"),
    ("a\tb", "a b"),
    ("a\nb", "a b"),
    ("a\r\nb", "ab"),  # as an input drops line ends of what is pasted
    ("line\u2028paragraph\u2029", "line paragraph"),
    ("\uff46\uff55\uff4c\uff4c", "full"),
    ("\U0001f642 smile", "\U0001f642 smile"),
]
# Names that nobody can type.
UNTYPED = [
    "zero\u200bwidth",
    "\u200fright to left",
    "a\u202eb\u2066c",
    "bell\x07",
    "nul\x00",
    "soft\xadhyphen",
    "\ufeffmark",
    "\U000e0041tag",
    "private\ue000",
    "half\ud800",
    "n" * 1001,
]
# Names of which nothing is seen.
UNSEEN = [
    " ",
    "   ",
    "\t",
    "\n",
    "\xa0",
    "\u3000\u2003",
    "\u2800",
    "\u3164",
    "\u200b\u200d",
    "\u202e",
    "\x07",
    "\u0301",
]


def answers(api: Any, name: str) -> None:
    """Let the API answer for an actor of this name, and for what depends on it, and forget what it answered before."""
    api.wire.reset()
    api.wire.assert_all_requests_are_fired = False
    api.get(ACTOR, actor_payload(name=name))
    api.get("/actors/v2", [actor_payload(name=name)])
    api.get(f"{ACTOR}/messages", {"messages": 0})
    api.get(f"{ACTOR}/permissions", {})
    for path in (f"{ACTOR}/workers", f"{ACTOR}/nonces", "/actors/v2/aliases", "/actors/v2/configs"):
        api.get(path, [])


def expected(page: str) -> str:
    """Return the hidden field of a page that asks for a name."""
    match = re.search(r'name="expected" value="([^"]*)"', page)
    assert match, page[:400]
    return match[1]


def heading(page: str) -> tuple[str, str]:
    """Return the words of the page's title before the site's name, and those of its heading."""
    parts = []
    for tag in ("title", "h1"):
        match = re.search(rf"<{tag}[^>]*>(.*?)</{tag}>", page, re.DOTALL)
        assert match
        parts.append(" ".join(re.sub(r"<[^>]*>", " ", match[1]).split()))
    return parts[0], parts[1]


@pytest.mark.parametrize("url", [DELETE, PURGE])
def test_a_name_is_confirmed_as_somebody_types_it(signed_in: Client, api: Any, url: str) -> None:
    done = ACTOR if url == DELETE else f"{ACTOR}/messages"
    cases = [(name, typed, False) for name, typed in TYPED]
    cases += [(name, ACTOR_ID, True) for name in (*UNTYPED, *UNSEEN)]
    for name, typed, is_by_id in cases:
        answers(api, name)
        page = signed_in.get(url).content.decode()
        form = {"expected": expected(page)}
        assert (f"<bdi>{ACTOR_ID}</bdi>" in page) is is_by_id, ascii(name)
        asked = len(api.asked)
        assert signed_in.post(url, form | {"confirm": "another"}).status_code == 422, ascii(name)
        assert len(api.asked) == asked
        api.delete(done, None)
        assert signed_in.post(url, form | {"confirm": typed}).status_code == 302, ascii(name)


def test_heading_title_and_link_are_never_empty(signed_in: Client, api: Any) -> None:
    for name in UNSEEN:
        answers(api, name)
        title, top = heading(signed_in.get(DELETE).content.decode())
        assert ACTOR_ID in title, ascii(name)
        assert top.startswith(ACTOR_ID), ascii(name)
        listed = signed_in.get("/actors/?read=1").content.decode()
        assert f'<a class="name" href="/actors/{ACTOR_ID}/"><bdi class="cut" title="{ACTOR_ID}">{ACTOR_ID}<' in listed


def test_without_the_page_an_alias_in_the_address_does_not_stand_for_the_id(signed_in: Client, api: Any) -> None:
    api.get("/actors/v2/my-alias", actor_payload(name="bell\x07"))
    for typed in ("my-alias", "my\x00alias"):
        refused = signed_in.post("/actors/my-alias/delete/", {"confirm": typed})
        assert refused.status_code == 422
        assert "The ID does not match." in refused.content.decode()
    api.delete("/actors/v2/my-alias", None)
    assert signed_in.post("/actors/my-alias/delete/", {"confirm": ACTOR_ID}).status_code == 302


def test_aliases_and_configs_that_nobody_sees_are_written_out(signed_in: Client, api: Any) -> None:
    names = ["", " ", "\xa0", "\u2800", "\u3164\u200b"]
    api.get("/actors/v2", [actor_payload()])
    api.get("/actors/v2/aliases", [alias_payload(alias=name) for name in names])
    api.get("/actors/v2/configs", [config_payload(name=name) for name in names])
    for url in ("/aliases/", "/configs/"):
        page = signed_in.get(url).content.decode()
        seen = re.findall(r'<bdi class="name mono cut" title="[^"]*">([^<]*)</bdi>', page)
        assert len(seen) == len(names)
        assert all(any("!" <= sign <= "~" for sign in text) for text in seen), seen
        assert "⟦NO-BREAK SPACE⟧" in seen


def test_a_name_in_doubt_may_be_typed_in_composed_letters(signed_in: Client, api: Any) -> None:
    name, url = "jose\u0301", f"/actors/{ACTOR_ID}/permissions/change/"
    api.get(f"{ACTOR}/permissions", {"jdoe": "UPDATE", name: "NONE"})
    api.post(f"{ACTOR}/permissions", {"jdoe": "UPDATE", name: "READ"})
    form = {"user": name, "level": "READ"}
    assert signed_in.post(url, form | {"confirm": "jose"}).status_code == 422
    answer = signed_in.post(url, form | {"confirm": unicodedata.normalize("NFC", name)})
    assert answer.status_code == 302, answer.content.decode()


def test_blanks_of_all_kinds_are_one() -> None:
    blanks = [chr(code) for code in range(0x110000) if chr(code).isspace()]
    assert len(blanks) > 20
    assert {collapsed(f"a{blank}{blank}b") for blank in blanks} == {"a b"}
