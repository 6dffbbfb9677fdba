"""Spoiling objects of the API field by field: what a field may hold instead, and what every page must do with it."""

from typing import Any

from django.test import Client
from hypothesis import strategies as st

from tests.faults.world import PAGES, POLLS, answering, world

MISSING = object()
WRONG: tuple[Any, ...] = (
    *("", " ", "x", "<b>", "\x00", "\ud800", "\u202e", "NaN", "None", "2026-99-99", "9" * 30, "PAUSED", "x" * 5000),
    *(0, -1, 1.5, 10**18, 10**30, -(10**30), 1e300, True, False),
    *([], [1], [None], [[]], ["x"], [{}], {}, {"a": 1}, {"": None}, {"a": {"b": [1, "\ud800"]}}),
)
FIELDS = [(name, key) for name, fields in world().items() for key in fields]
KEYS = st.sampled_from(FIELDS)
VALUES = st.one_of(
    st.just(MISSING),
    st.none(),
    st.sampled_from(WRONG),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
        max_leaves=5,
    ),
)
SPOILED = st.dictionaries(KEYS, VALUES, min_size=1, max_size=4)
ADDRESSES = st.sampled_from([(page, False) for page in PAGES] + [(poll, True) for poll in POLLS])


def spoil(objects: dict[str, dict[str, Any]], spoiled: dict[tuple[str, str], Any]) -> None:
    """Replace fields, or take them away."""
    for (name, key), value in spoiled.items():
        if value is MISSING:
            objects[name].pop(key, None)
        else:
            objects[name][key] = value


def check_it_renders(browser: Client, address: tuple[str, bool], spoiled: dict[tuple[str, str], Any]) -> None:
    """Ask for a page while the API answers with spoiled objects; it must be there, whole and ours."""
    page, is_poll = address
    objects = world()
    spoil(objects, spoiled)
    with answering(objects):
        response = browser.get(page + ("?poll=1" if is_poll else ""), headers={"HX-Request": "true"} if is_poll else {})
    # A nonce is found among others by its id; without it, it is not there. What is not running cannot be halted.
    expected = {200, 286} if is_poll else {200}
    if "/nonces/" in page and page.count("/") > 4 and ("nonce", "id") in spoiled:
        expected = {404}
    # Whose executions they are, and so who may read them, is known by the actor's id alone.
    if page.endswith("/executions/") and ("actor", "id") in spoiled:
        expected = {200, 502}
    if page.endswith("/halt/"):
        expected = {200, 409}
    # What every actor has is missing where the names are another version's, and no update may start from there.
    times = (spoiled.get(("actor", name)) for name in ("createTime", "lastUpdateTime"))
    if page.endswith("/edit/") and any(value is MISSING for value in times):
        expected = {502}
    assert response.status_code in expected, (page, spoiled, response.status_code)
    assert is_poll or "</html>" in response.content.decode()
