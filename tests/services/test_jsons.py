"""JSON that could hurt, and JSON that must be read all the same."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from actors_app.services.jsons import MAX_DEPTH, UnreadableJSON, dump_json, load_json


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 200_000,
        b"[" * 200_000 + b"]" * 200_000,
        b'{"a":' * 65 + b"1" + b"}" * 65,
        b"9" * 5000,
        b"[1e999]",
        b"[-1e999]",
        b"NaN",
        b"[Infinity]",
        b"[-Infinity]",
        b"",
        b"   ",
        b"None",
        b"{'a': 1}",
        b'{"a": 1',
        b'"open',
        b"\x00",
        b"]" * 100_000,
        b"[1, 2] trailing",
    ],
)
def test_it_is_refused(body: bytes) -> None:
    with pytest.raises(UnreadableJSON) as caught:
        load_json(body)
    assert caught.value.__cause__ is None


def test_the_deepest_allowed_is_read() -> None:
    value = load_json(b"[" * MAX_DEPTH + b"]" * MAX_DEPTH)
    assert value == [[]] or isinstance(value[0], list)


def test_brackets_in_a_text_are_no_nesting() -> None:
    text = "[" * 100_000 + '\\"' + "{" * 100_000 + "9" * 100
    assert load_json(json.dumps([text]).encode()) == [text]


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b'"\\ud800"', "\ufffd"),
        (b'{"\\udc00": ["a\\ud83d"]}', {"\ufffd": ["a\ufffd"]}),
        (b'"\\ud83d\\ude00"', "\U0001f600"),
        (b'"\xff\xfe"', "\ufffd\ufffd"),
        (b"\xef\xbb\xbf[1]", [1]),
        (b'"raw\ttab and\nline"', "raw\ttab and\nline"),
        (b'"\\u0000"', "\x00"),
        (b"123456789012345678901234567890", 123456789012345678901234567890),
        (b'{"a": 1, "a": 2}', {"a": 2}),
    ],
)
def test_it_is_read(body: bytes, value: object) -> None:
    assert load_json(body) == value


@pytest.mark.parametrize("body", [b'"' + b'\\"' * 4_000_000, b'"' * 4_000_000, b"[" * 8_000_000])
def test_what_never_ends_is_refused(body: bytes) -> None:
    with pytest.raises(UnreadableJSON):
        load_json(body)


_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**20), 10**20)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=20,
)


@settings(max_examples=200, deadline=None)
@given(_values)
def test_what_is_written_is_read_back(value: object) -> None:
    assert load_json(dump_json(value)) == value


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=60))
def test_no_bytes_break_the_reader(body: bytes) -> None:
    try:
        value = load_json(body)
    except UnreadableJSON:
        return
    json.dumps(value, ensure_ascii=False).encode("utf-8")


@pytest.mark.parametrize("value", [float("nan"), float("inf"), {1, 2}, b"bytes"])
def test_what_json_cannot_hold_is_not_written(value: object) -> None:
    with pytest.raises(UnreadableJSON):
        dump_json(value)
