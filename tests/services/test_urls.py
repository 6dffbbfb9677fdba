"""No id leaves the paths of the API, whatever it is made of."""

import re
from collections.abc import Callable
from itertools import product
from urllib.parse import urlsplit

import pytest
import requests
from hypothesis import given, settings
from hypothesis import strategies as st

from actors_app.services.errors import NotFound, Unaddressable
from actors_app.services.names import BUILT_IN
from actors_app.services.urls import Segment, actor, alias, execution, nonce, upstream_url, worker

Check = Callable[[str], Segment]
CHECKS: list[Check] = [actor, alias, execution, worker, nonce]
NASTY = [
    "",
    ".",
    "..",
    "...",
    "a..b",
    "../admin",
    "..%2f",
    "%2e%2e",
    "a/b",
    "a\\b",
    "a#b",
    "a?x-nonce=1",
    "a b",
    "a\nb",
    "a\x00b",
    "a;b",
    "a@b",
    "a:b",
    "ü",
    "\u0430",
    "a\u202eb",
    "a" * 200,
    "-" * 129,
    "'",
    '"',
    "<script>",
    "{actor}",
]


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_what_is_no_id_is_not_found(check: Check, subtests: pytest.Subtests) -> None:
    for value in NASTY:
        with subtests.test(value=value):
            with pytest.raises(NotFound) as caught:
                check(value)
            assert str(caught.value) == f"an id that is not of the form of: {check.__name__}"


@pytest.mark.parametrize("word", [*sorted(BUILT_IN), "admin", "Admin"])
def test_a_reserved_word_is_no_actor(word: str) -> None:
    with pytest.raises(Unaddressable):
        actor(word)


def test_a_value_that_is_no_text_is_not_found() -> None:
    for value in (None, 7, ["a"]):
        with pytest.raises(NotFound):
            actor(value)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("check", "value"),
    [
        (actor, "zlVl01zOo4pXE"),
        (actor, "my-alias_2.0~x"),
        (execution, "PYaE7Gm5DRJAN"),
        (worker, "0xqx3yRWN4jrB"),
        (nonce, "TACC-PROD_zy5Ol8aXE6W1q"),
        (nonce, "SANDBOX_abc123"),
        (nonce, "DEV_STAGING_abc123"),
    ],
)
def test_an_id_is_kept(check: Check, value: str) -> None:
    path = upstream_url("actors", "v2", check(value))
    assert path.path == f"/actors/v2/{value}"
    assert value not in path.label
    assert value not in repr(path)


def test_a_word_that_is_not_the_apis_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="not a word"):
        upstream_url("actors", "v2", "adapters")


# Pieces rather than letters: what matters is how they stand together.
_PIECES = [
    "",
    "..",
    ".",
    "/",
    "%2e",
    "%2f",
    "\\",
    "?",
    "#",
    ";",
    "@",
    ":",
    "admin",
    "_",
    "-",
    "~",
    "a",
    "Z9",
    "\n",
    "\0",
    "ü",
]


def stays_in_its_place(check: Check, value: str) -> bool:
    """Return whether an id is taken; fail where a URL made of it is not the one it should be."""
    try:
        path = upstream_url("actors", "v2", check(value), "messages")
    except (NotFound, Unaddressable):
        return False
    sent = urlsplit(requests.Request("GET", "https://api.example.org" + path.path).prepare().url or "")
    assert re.fullmatch(r"/actors/v2/[A-Za-z0-9_.~-]+/messages", sent.path)
    assert (sent.netloc, sent.path, sent.query) == ("api.example.org", f"/actors/v2/{value}/messages", "")
    return True


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_no_three_pieces_leave_their_place(check: Check) -> None:
    taken = sum(stays_in_its_place(check, "".join(pieces)) for pieces in product(_PIECES, repeat=3))
    assert 0 < taken < 1000


@settings(max_examples=1000, deadline=None)
@given(st.sampled_from(CHECKS), st.text(max_size=12))
def test_no_id_leaves_its_place(check: Check, value: str) -> None:
    stays_in_its_place(check, value)
