"""Bytes by their kind: trees, tables, text, pictures, hex; Python's own objects told and never loaded."""

import datetime
import json
import pickle
from typing import Any

import pytest

from actors_app.executions.python_objects import is_python_object
from actors_app.executions.shapes import MAX_CHILDREN, MAX_DEPTH, MAX_NODES, Node, image_type, shape_of, tree_of

OBJECTS: list[Any] = [
    {}, [], (), {"a": 1}, [1, [2.5, None]], "text", "t\u00e9", 5, -5, 70000, 2**40, 1.5, None, True, b"bytes", {1, 2},
    datetime.datetime(2026, 11, 24), len, {"a": {"b": [1]}}, "x" * 300,
]  # fmt: skip


class Trap:
    """What would show that it was loaded."""

    def __reduce__(self) -> tuple[Any, ...]:
        return exec, ("raise SystemExit('it was loaded')",)


@pytest.mark.parametrize("protocol", range(6))
def test_a_python_object_of_any_protocol_is_told_and_shown_in_hex(protocol: int) -> None:
    for value in [*OBJECTS, Trap()]:
        data = pickle.dumps(value, protocol)
        assert is_python_object(data), value
        shape = shape_of(data, is_whole=True)
        assert (shape.kind, bool(shape.rows), shape.text, shape.tree) == ("python", True, None, None)


@pytest.mark.parametrize(
    "text",
    ["Hello world.", "lost.", "Nobel.", "bad.", "(see above).", "I am.", "My text.\nMore text.", "]q.", "S1\n.", "."],
)
def test_a_text_that_ends_with_a_dot_is_no_python_object(text: str) -> None:
    assert shape_of(text.encode(), is_whole=True).kind == "text"


def test_telling_a_hostile_one_is_quick() -> None:
    for hostile in (b"(" * 5_000_000, b"(N" * 500_000, b"X\xff\xff\xff\xff", b"(" * 15_000 + b"1" * 15_000):
        is_python_object(hostile + b".")


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"\x89PNG\r\n\x1a\n....", "image/png"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"GIF89a....", "image/gif"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "image/webp"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", ""),
        (b"<html><script>alert(1)</script>", ""),
        (b"BM......", ""),
        (b"", ""),
    ],
)
def test_only_what_cannot_run_is_a_picture(data: bytes, kind: str) -> None:
    assert image_type(data) == kind


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b'{"a": [1]}', "json"),
        (b'[{"a": 1}, {"a": 2, "b": "x"}]', "table"),
        (b'[{"a": [1]}, {"a": 2}]', "json"),
        (b"[]", "json"),
        (b'{"a": ', "text"),
        (b"a,b\n1,2\n3,4\n", "table"),
        (b"a\tb\r\n1\t2\r\n3\t4\r\n", "table"),
        (b'name;"a;b"\n1;2\n3;4\n', "text"),
        (b"Hello, world.\nOne, two.\nThree, four.\n", "text"),
        (b"a,b\n1,2\n3\n", "text"),
        (b"a,a\n1,2\n3,4\n", "text"),
        (b"plain text", "text"),
        (b"nul\x00byte", "binary"),
        (b"\xff\xfe\x01", "binary"),
        (b"", "text"),
    ],
)
def test_each_kind(data: bytes, kind: str) -> None:
    assert shape_of(data, is_whole=True).kind == kind


def test_a_table_has_all_columns_and_counts_what_it_leaves_out() -> None:
    rows = [{"n": number, **({"late": "<b>"} if number == 3 else {})} for number in range(250)]
    table = shape_of(json.dumps(rows).encode(), is_whole=True).table
    assert table is not None
    assert table.columns == ("n", "late")
    assert table.rows[3] == ("3", "<b>")
    assert (len(table.rows), table.total_rows, table.is_cut) == (100, 250, True)
    lines = shape_of(("a,b\n" + "1,2\n" * 250).encode(), is_whole=True).table
    assert lines is not None
    assert (len(lines.rows), lines.total_rows) == (100, 250)


def depth(node: Node) -> int:
    return 1 + max(map(depth, node.children), default=0)


def count(node: Node) -> int:
    return 1 + sum(map(count, node.children))


def test_a_tree_is_bounded_and_says_what_it_leaves_out() -> None:
    wide = tree_of({"all": list(range(5000))}).children[0]
    assert (len(wide.children), wide.size, wide.is_cut) == (MAX_CHILDREN, 5000, True)
    deep: Any = 1
    for _ in range(40):
        deep = [deep]
    assert depth(tree_of(deep)) == MAX_DEPTH + 1
    many = [[[0] * 50] * 50] * 50
    assert count(tree_of(many)) <= MAX_NODES
    long = tree_of("x" * 5000 + "\u202e")
    assert (len(long.text), long.size, long.is_cut) == (400, 5001, True)
    assert tree_of({"\u202e": "\x1b"}).children[0].key == "⟦RIGHT-TO-LEFT OVERRIDE⟧"


def test_of_what_is_not_whole_the_beginning_is_shown() -> None:
    beginning = shape_of("é".encode() * 10 + "é".encode()[:1], is_whole=False)
    assert (beginning.kind, beginning.is_cut) == ("text", True)
    assert shape_of(pickle.dumps({"a": 1})[:-5], is_whole=False).kind == "python"
    assert shape_of(b'{"a": [1, 2', is_whole=False).kind == "text"
    hexes = shape_of(bytes(range(256)) * 4, is_whole=True)
    assert (hexes.rows[1].offset, hexes.rows[2].signs, len(hexes.rows)) == ("000010", " !\"#$%&'()*+,-./", 32)
    assert hexes.is_cut
