"""Pages of a list: a cursor that stands before or after an item, so that what comes and goes moves no other.

The API gives a list whole and in no order, so the portal orders it and cuts the page out. What a cursor says is the
order's value of an item; it is no secret and gives no right.
"""

import base64
import binascii
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from urllib.parse import urlencode

from django.http import HttpRequest

from actors_app.core.api.exceptions import Problem, not_valid
from actors_app.core.pages.forms_slice import Slice

T = TypeVar("T")
Key = tuple[str | int, ...]
WAYS = ("after", "before")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some items of a list, and where the pages around them are; None where there is none.

    A place is a cursor, or the offset of a slice.
    """

    items: Sequence[T]
    next: str | int | None
    previous: str | int | None
    slice: Slice | None = None


def cut(items: Iterable[T], key: Callable[[T], Key], *, cursor: str, limit: int, descending: bool = False) -> Page[T]:
    """Order a list by a key that no two items share, and cut the page out that a cursor names."""
    keyed = sorted(((key(item), item) for item in items), key=lambda pair: pair[0], reverse=descending)
    direction, position = read_cursor(cursor) if cursor else ("after", None)
    begin, end = 0, min(limit, len(keyed))
    if position is not None:
        at = tuple(position) if isinstance(position, list) else ()
        if not _is_like(at, keyed[0][0] if keyed else at):
            raise no_such_page()
        if direction == "after":
            begin = sum(not _follows(row_key, at, descending) for row_key, _ in keyed)
            end = begin + limit
        else:
            end = sum(_follows(at, row_key, descending) for row_key, _ in keyed)
            begin = max(0, end - limit)
    chosen = keyed[begin:end]
    return Page(
        [item for _, item in chosen],
        write_cursor("after", list(chosen[-1][0])) if chosen and end < len(keyed) else None,
        write_cursor("before", list(chosen[0][0])) if chosen and begin > 0 else None,
    )


def slice_of(params: Mapping[str, Any]) -> Slice | None:
    """Return the slice that a checked query asks for; None where it asks for a page by its cursor."""
    return Slice(params["limit"], params["offset"]) if "offset" in params else None


def sliced(items: Iterable[T], key: Callable[[T], Key], selected: Slice, *, descending: bool = False) -> Page[T]:
    """Order a list by a key that no two items share, and cut a slice out."""
    ordered = sorted(items, key=key, reverse=descending)
    return slice_page(ordered[selected.offset : selected.end], selected, has_more=selected.end < len(ordered))


def slice_page(items: Sequence[T], selected: Slice, *, has_more: bool) -> Page[T]:
    """Return the page of a slice that is cut out already."""
    previous, following = selected.around(has_more=has_more)
    return Page(items, following, previous, selected)


def write_cursor(direction: str, position: Any) -> str:
    """Write a cursor."""
    text = json.dumps([direction, position], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read_cursor(cursor: str) -> tuple[str, Any]:
    """Read a cursor: the way from a place, and the place; raise a problem for what is none."""
    try:
        if not cursor.isascii():
            raise ValueError
        direction, position = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError, TypeError, RecursionError):
        raise no_such_page() from None
    if direction not in WAYS:
        raise no_such_page()
    return direction, position


def no_such_page() -> Problem:
    """Return the problem of a cursor that is none of this list."""
    return not_valid({"cursor": ["Invalid cursor. Start without one."]})


def link(request: HttpRequest, position: str | int | None) -> str | None:
    """Return the address of another page of the list that was asked for, by a cursor or an offset."""
    if position is None:
        return None
    params = {name: value for name, value in request.GET.dict().items() if name not in ("cursor", "offset")}
    query = {**params, "offset" if isinstance(position, int) else "cursor": position}
    return request.build_absolute_uri(f"{request.path}?{urlencode(query)}")


def _follows(key: Key, position: Key, descending: bool) -> bool:
    return key < position if descending else key > position


def _is_like(key: Key, example: Key) -> bool:
    return [type(value) for value in key] == [type(value) for value in example]
