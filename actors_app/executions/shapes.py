"""Bytes as a page can show them: a JSON tree, a table, text, a picture, or a hex dump; all of it bounded.

The bytes are hostile. Nothing here makes HTML; the template escapes every piece. Python's own serialised objects run
code when they are loaded: they are told by their look and never loaded.
"""

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, Literal

from actors_app.core.pages.formatting import visible
from actors_app.executions.python_objects import begins_python_object, is_python_object
from actors_app.services.jsons import UnreadableJSON, load_json

MAX_NODES = 500  # of a tree
MAX_CHILDREN = 100  # of one node
MAX_DEPTH = 16
OPEN_DEPTH = 2  # down to which a tree is open
MAX_TEXT = 400  # characters of one value
MAX_ROWS = 100
MAX_COLUMNS = 24
MAX_CELL = 120
MAX_LINES = 400
MAX_SIGNS = 40_000  # characters of a text
HEX_BYTES = 512
HEX_ROW = 16

Kind = Literal["json", "table", "text", "image", "python", "binary"]

# What browsers draw, and what it is called; SVG and HTML can run script and are never among them.
IMAGES = {
    "image/png": (b"\x89PNG\r\n\x1a\n",),
    "image/jpeg": (b"\xff\xd8\xff",),
    "image/gif": (b"GIF87a", b"GIF89a"),
}


@dataclass(frozen=True, slots=True)
class Node:
    """One value of a JSON tree: its key, what it is, its text or its children, and how much was left out."""

    key: str
    kind: str  # object, list, text, number, word
    text: str = ""
    size: int = 0  # children, or characters of a text
    children: tuple["Node", ...] = ()
    is_cut: bool = False
    is_open: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells under their columns, and how many there are in all."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    total_rows: int
    total_columns: int

    @property
    def is_cut(self) -> bool:
        """Whether rows or columns were left out."""
        return self.total_rows > len(self.rows) or self.total_columns > len(self.columns)


@dataclass(frozen=True, slots=True)
class Text:
    """The first lines of a text, and how many there are in all."""

    lines: tuple[str, ...]
    total: int
    is_cut: bool = False


@dataclass(frozen=True, slots=True)
class HexRow:
    """Sixteen bytes: where they begin, in hex, and as signs."""

    offset: str
    hexes: str
    signs: str


@dataclass(frozen=True, slots=True)
class Shape:
    """Bytes, ready to be written by a template; of the parts those are there that the kind has."""

    kind: Kind
    tree: Node | None = None
    table: Table | None = None
    text: Text | None = None
    rows: tuple[HexRow, ...] = ()
    is_cut: bool = False  # only the beginning is shown


def image_type(data: bytes) -> str:
    """Return the type under which a picture may be sent to a browser; empty for anything else."""
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    return next((name for name, marks in IMAGES.items() if data.startswith(marks)), "")


def shape_of(data: bytes, *, is_whole: bool) -> Shape:
    """Return bytes as they are best shown; of those that are not whole, the beginning as text or in hex."""
    if is_python_object(data) if is_whole else begins_python_object(data):
        return hex_of(data, "python")
    if image_type(data):
        return Shape("image") if is_whole else hex_of(data, "binary")
    text = _text(data, is_whole=is_whole)
    if text is None:
        return hex_of(data, "binary")
    if not is_whole:
        return Shape("text", text=lines_of(text), is_cut=True)
    lines = lines_of(text)
    return _structure(data, text) or Shape("text", text=lines, is_cut=lines.is_cut)


def _structure(data: bytes, text: str) -> Shape | None:
    """Return JSON as a table or a tree and CSV as a table; None for any other text."""
    if data.lstrip()[:1] in (b"{", b"["):
        try:
            value = load_json(data)
        except UnreadableJSON:
            return None
        flat = _flat(value)
        return Shape("table" if flat else "json", table=flat, tree=tree_of(value))
    table = _csv(text)
    return Shape("table", table=table, text=lines_of(text)) if table else None


def _text(data: bytes, *, is_whole: bool) -> str | None:
    try:
        text = data.decode()
    except UnicodeDecodeError as problem:
        # The end of a beginning may have cut a character in two.
        if is_whole or problem.start < len(data) - 3:
            return None
        text = data[: problem.start].decode()
    return None if "\x00" in text else text


def lines_of(text: str) -> Text:
    """Return the first lines of a text, with what is not seen written out."""
    body = text.removesuffix("\n")
    head = body[:MAX_SIGNS].split("\n")[:MAX_LINES]
    lines = tuple(visible(line.removesuffix("\r")) for line in head) if body else ()
    return Text(lines, body.count("\n") + 1 if body else 0, len(body) > sum(map(len, head)) + len(head) - 1)


# Trees -----------------------------------------------------------------------------------------------------------


def tree_of(value: Any) -> Node:
    """Return a JSON value as a tree of at most MAX_NODES, so deep and so wide; what is left out is counted."""
    return _node("", value, 0, _Budget())


class _Budget:
    def __init__(self) -> None:
        self.left = MAX_NODES


def _node(key: str, value: Any, depth: int, budget: _Budget) -> Node:
    budget.left -= 1
    key = visible(key[:MAX_TEXT])
    if isinstance(value, dict | list):
        kind = "object" if isinstance(value, dict) else "list"
        pairs: Iterator[tuple[str, Any]] = (
            iter(value.items())
            if isinstance(value, dict)
            else ((str(index), child) for index, child in enumerate(value))
        )
        children: list[Node] = []
        if depth < MAX_DEPTH:
            for name, child in islice(pairs, MAX_CHILDREN):
                if budget.left <= 0:
                    break
                children.append(_node(name, child, depth + 1, budget))
        is_cut = len(children) < len(value)
        return Node(key, kind, "", len(value), tuple(children), is_cut, depth < OPEN_DEPTH)
    if isinstance(value, str):
        return Node(key, "text", visible(value[:MAX_TEXT]), len(value), is_cut=len(value) > MAX_TEXT)
    kind = "word" if value is None or isinstance(value, bool) else "number"
    return Node(key, kind, json.dumps(value))


# Tables ----------------------------------------------------------------------------------------------------------


def _flat(value: Any) -> Table | None:
    """Return a list of flat objects as a table; None for anything else."""
    if not isinstance(value, list) or not value or not all(isinstance(row, dict) and row for row in value):
        return None
    if any(isinstance(cell, dict | list) for row in value for cell in row.values()):
        return None
    columns = list(dict.fromkeys(name for row in value for name in row))
    first_columns = columns[:MAX_COLUMNS]
    rows = [tuple(_cell(row[name]) if name in row else "" for name in first_columns) for row in value[:MAX_ROWS]]
    return Table(tuple(_cell(name) for name in first_columns), tuple(rows), len(value), len(columns))


def _csv(text: str) -> Table | None:
    """Return comma-, semicolon- or tab-separated values as a table; None for a text that only has such signs in it."""
    head = text[:2000].partition("\n")[0]
    mark = max("\t;,", key=head.count)
    if head.count(mark) < 1 or '"' in head.replace(f'"{mark}"', "").strip('"\r'):
        return None
    try:
        lines = list(islice(csv.reader(text.splitlines(), delimiter=mark, strict=True), MAX_ROWS + 1))
    except csv.Error:
        return None
    names, rows = lines[0], [row for row in lines[1:] if row]
    if len(rows) < 2 or any(len(row) != len(names) for row in rows) or len(set(names)) != len(names):
        return None
    if any(not name.strip() or name != name.strip() or name[-1] in ".!?:" for name in names):
        return None
    total = text.count("\n") + (not text.endswith("\n")) - 1
    table_rows = tuple(tuple(_cell(cell) for cell in row[:MAX_COLUMNS]) for row in rows[:MAX_ROWS])
    return Table(
        tuple(_cell(name) for name in names[:MAX_COLUMNS]), table_rows, max(total, len(table_rows)), len(names)
    )


def _cell(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    return visible(text[:MAX_CELL]) + (f" … {len(text)} characters" if len(text) > MAX_CELL else "")


# Hex -------------------------------------------------------------------------------------------------------------


def hex_of(data: bytes, kind: Kind) -> Shape:
    """Return the beginning of bytes as a dump, sixteen in a row."""
    rows = tuple(
        HexRow(
            f"{offset:06x}",
            data[offset : offset + HEX_ROW].hex(" "),
            "".join(chr(byte) if 32 <= byte < 127 else "·" for byte in data[offset : offset + HEX_ROW]),
        )
        for offset in range(0, min(len(data), HEX_BYTES), HEX_ROW)
    )
    return Shape(kind, rows=rows, is_cut=len(data) > HEX_BYTES)
