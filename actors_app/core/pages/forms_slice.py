"""`limit` and `offset` of a list, as the API's operations `list` and `listExecutions` name them: which slice is shown.

The API itself takes any parameter of these lists for a search (TACC/abaco actors/controllers.py), so that neither is
ever sent to it.
"""

import re
from dataclasses import dataclass
from typing import Any

from django import forms

DEFAULT_LIMIT = 250
MAX_LIMIT = 1_000
MAX_OFFSET = 100_000
_DIGITS = re.compile(r"\d{1,9}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Slice:
    """Which part of a list is shown: at most `limit` items after the first `offset`."""

    limit: int = DEFAULT_LIMIT
    offset: int = 0

    @property
    def page_number(self) -> int:
        """Return the number of the page, counted from 0: offset / limit, rounded up."""
        return -(-self.offset // self.limit)

    @property
    def first(self) -> int:
        """Return the number of the first item, counted from 1."""
        return self.offset + 1

    @property
    def end(self) -> int:
        """Return the offset of the slice that follows."""
        return self.offset + self.limit

    def around(self, *, has_more: bool) -> tuple[int | None, int | None]:
        """Return the offsets of the slices before and after this one; None where there is none."""
        previous = max(0, self.offset - self.limit) if self.offset else None
        return previous, self.end if has_more and self.end <= MAX_OFFSET else None


@dataclass(frozen=True, slots=True)
class ShownSlice:
    """A slice as a page shows it: the numbers of its first and last item, and the offsets of its neighbours.

    `total` is how many items there are, or the least number of them where `is_exact` is false; `last` is below `first`
    where the slice is empty.
    """

    limit: int
    offset: int
    page_number: int
    first: int
    last: int
    total: int
    is_exact: bool
    previous: int | None
    next: int | None


def shown_slice(
    selected: Slice, number: int, total: int, *, is_exact: bool = True, has_more: bool | None = None
) -> ShownSlice:
    """Return what a page shows of a slice with `number` items; `has_more` where the total does not say it."""
    has_next = selected.end < total if has_more is None else has_more
    previous, following = selected.around(has_more=has_next)
    if not number and total and is_exact:  # it begins behind the end: back to the last slice that holds something
        previous = (total - 1) // selected.limit * selected.limit
    return ShownSlice(
        limit=selected.limit,
        offset=selected.offset,
        page_number=selected.page_number,
        first=selected.first,
        last=selected.offset + number,
        total=max(total, selected.offset + number) if not is_exact else total,
        is_exact=is_exact,
        previous=previous,
        next=following,
    )


class _WholeNumber(forms.IntegerField):
    """A whole number written in digits alone, within its limits."""

    def __init__(self, name: str, least: int, most: int) -> None:
        self._sentence = f"Enter {name} as a whole number between {least:,} and {most:,}."
        errors = {"min_value": self._sentence, "max_value": self._sentence}
        super().__init__(
            required=False, min_value=least, max_value=most, error_messages=errors, widget=forms.HiddenInput
        )

    def to_python(self, value: Any) -> int | None:
        """Read it; raise ValidationError for anything else."""
        if value in self.empty_values:
            return None
        if not _DIGITS.fullmatch(str(value)):
            raise forms.ValidationError(self._sentence)
        return int(value)


class SliceForm(forms.Form):
    """The parameters `limit` and `offset` of a list, beside the list's own paging; `limit` may go with that too."""

    limit = _WholeNumber("limit", 1, MAX_LIMIT)
    offset = _WholeNumber("offset", 0, MAX_OFFSET)

    own_paging: tuple[str, ...] = ()  # the parameters of the list's own paging

    def clean(self) -> dict[str, Any] | None:
        """Refuse two beginnings at once."""
        cleaned = super().clean()
        if self.cleaned_data.get("offset") is not None:
            for name in self.own_paging:
                if self.data.get(name):
                    self.add_error("offset", f"Use either {name} or offset.")
        return cleaned

    @property
    def selected_slice(self) -> Slice | None:
        """Return the slice; None where neither parameter is given, or the list's own paging says where to begin."""
        limit, offset = (self.cleaned_data.get(name) for name in ("limit", "offset"))
        if offset is None and (limit is None or any(self.data.get(name) for name in self.own_paging)):
            return None
        return Slice(limit or DEFAULT_LIMIT, offset or 0)

    def page_size(self, preferred: int) -> int:
        """Return how many items are on a page."""
        selected = self.selected_slice
        return selected.limit if selected else self.cleaned_data.get("limit") or preferred

    @property
    def slice_errors(self) -> list[str]:
        """Return the sentences for what is wrong with the slice."""
        return [str(text) for name in ("limit", "offset") for text in self.errors.get(name, [])]
