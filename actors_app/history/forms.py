"""The filter of the execution history, as it stands in the address; a leading `-` on a value means not."""

import base64
import binascii
import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.utils.datastructures import MultiValueDict

from actors_app.core.clock import DAY, HOUR, MINUTE, SECOND, now_ms, to_ms
from actors_app.core.pages.badges import OUTCOMES as BADGES
from actors_app.core.pages.form_times import MAX_TEXT, as_in_address, moment_of
from actors_app.core.pages.forms import PortalForm
from actors_app.core.pages.forms_slice import SliceForm
from actors_app.history.filters import (
    EXACT,
    FILTERS,
    OUTCOMES,
    SORTS,
    SPANS,
    WINDOW,
    WINDOWS,
    Filter,
    Filters,
    Span,
    Value,
)
from actors_app.history.query import Cursor
from actors_app.services.blanks import trimmed

DEFAULT_WINDOW = "24h"
_EXACT = "Custom range"  # in the list of windows where they say it
FORMATS = ("csv", "jsonl")
SHOWN_OUTCOMES = OUTCOMES[:-2]  # those that have a filter of their own; the others are the API's secrets
PLACES = ("after", "before")
MULTIPLE = ("outcome", "actor", "executor")  # filters that take several values, joined by commas
_TOO_LONG = {"max_length": "Too long."}
_UNITS = {"ms": 1, "s": SECOND, "m": MINUTE, "min": MINUTE, "h": HOUR, "d": DAY, "": SECOND}
_LENGTH = re.compile(r"(\d{1,9}(?:\.\d{1,3})?)\s*(ms|s|min|m|h|d|)", re.ASCII)
_LARGEST = 10 * 365 * DAY


_UNKNOWN_WINDOW = "Use 1h, 24h, 7d or all, or -1h for earlier."


def _text(filter_: Filter) -> forms.CharField:
    return forms.CharField(
        label=filter_.label,
        required=False,
        max_length=filter_.max_length,
        help_text=filter_.help_text,
        error_messages=_TOO_LONG,
        widget=forms.TextInput(attrs={"placeholder": filter_.placeholder}),
    )


def _window(first: Mapping[str, str]) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=WINDOW.label,
        required=False,
        choices=list({**first, **SPANS}.items()),
        help_text=WINDOW.help_text,
        error_messages={"invalid_choice": _UNKNOWN_WINDOW},
    )


class HistoryForm(SliceForm, PortalForm):
    """Which executions to show, and in which order; what is not understood is named beside its field."""

    own_paging = ("after", "before")

    sort = forms.CharField(required=False, max_length=20, error_messages=_TOO_LONG, widget=forms.HiddenInput)
    after = forms.CharField(required=False, max_length=2000, error_messages=_TOO_LONG, widget=forms.HiddenInput)
    before = forms.CharField(required=False, max_length=2000, error_messages=_TOO_LONG, widget=forms.HiddenInput)
    format = forms.ChoiceField(
        required=False,
        choices=[(name, name) for name in FORMATS],
        error_messages={"invalid_choice": "Unknown format. Choose csv or jsonl."},
        widget=forms.HiddenInput,
    )

    def __init__(self, data: Mapping[str, Any]) -> None:
        values = dict(data.items())  # the last of several, as Django reads them
        if isinstance(data, MultiValueDict):  # what was selected by checkboxes, and typed beside them
            values |= {name: ",".join(filter(None, data.getlist(name))) for name in MULTIPLE if name in data}
        values |= {name: trimmed(str(values[name])) for name in FILTERS if name in values}
        for name in EXACT:
            if text := str(values.get(name, "")).strip():
                values[name] = _in_address(text)
        is_exact = bool(str(values.get("from", "")).strip() or str(values.get("to", "")).strip())
        if not values.get("window") or (is_exact and values["window"] in SPANS):
            # So that the list of windows shows the one in use; a slice is one of the whole list, as at the API.
            is_slice = (values.get("limit") or values.get("offset")) and not any(values.get(name) for name in PLACES)
            values["window"] = "" if is_exact else "all" if is_slice else DEFAULT_WINDOW
        super().__init__(values)
        self.fields |= {name: _text(filter_) for name, filter_ in FILTERS.items()}
        self.fields["window"] = _window({"": _EXACT} if is_exact else {})
        self.fields |= {name: _text(filter_) for name, filter_ in EXACT.items()}  # `from` cannot be an attribute's name
        self.order_fields(("limit", "offset", *FILTERS, WINDOW.name))
        self.at = now_ms()
        self._spans: dict[str, int | None] = {}
        self.full_clean()

    # Values -------------------------------------------------------------------------------------------------

    def clean_outcome(self) -> tuple[str, ...]:
        """Return the selected outcomes, empty for all: those named, or all but those named with `-`."""
        names = [name.strip() for name in self.cleaned_data["outcome"].split(",") if name.strip()]
        unknown = [name for name in names if name.removeprefix("-") not in OUTCOMES]
        if unknown:
            raise forms.ValidationError(f"Unknown outcome. Use {', '.join(SHOWN_OUTCOMES)}.")
        positive = [name for name in names if not name.startswith("-")]
        negative = {name[1:] for name in names if name.startswith("-")}
        outcomes = tuple(name for name in positive or OUTCOMES if name not in negative)
        if not outcomes:
            raise forms.ValidationError("These filters exclude every outcome.")
        return outcomes if names else ()

    def clean_exit_code(self) -> str:
        """Return a whole number, which may follow a `-`; `--1` is for anything but -1."""
        text: str = self.cleaned_data["exit_code"]
        if text and not re.fullmatch(r"-{0,2}\d{1,9}(\s*,\s*-?\d{1,9}){0,20}", text, re.ASCII):
            raise forms.ValidationError("Enter a whole number, or exclude one, e.g. -0.")
        return text

    def clean_duration(self) -> Span | None:
        """Return the span of the field: `60` is for that many seconds or more, `-60` for less."""
        text: str = self.cleaned_data["duration"].strip()
        if not text:
            return None
        body, is_not = text.removeprefix("-"), text.startswith("-")
        least, dots, most = body.partition("..")
        span = Span(_milliseconds(least) if least or not dots else None, _milliseconds(most) if most else None, is_not)
        if dots and not (least or most):
            raise forms.ValidationError(_NO_DURATION)
        if span.least is not None and span.most is not None and span.least >= span.most:
            raise forms.ValidationError("End must be after start.")
        return span

    def clean_sort(self) -> str:
        """Return an order that the table has, `-` before it for the largest first."""
        text: str = self.cleaned_data["sort"] or "-received"
        if text.removeprefix("-") not in SORTS:
            raise forms.ValidationError(f"Unknown order. Use {', '.join(SORTS)}.")
        return text

    def clean(self) -> None:
        """Read the exact span of time and the place of the page."""
        super().clean()
        for name in EXACT:
            text = (self.cleaned_data.get(name) or "").strip()
            try:
                self._spans[name] = _moment_ms(text.removeprefix("-"), is_end=name == "to") if text else None
            except ValueError:
                self.add_error(name, "Enter a date or a date and time (UTC), e.g. 2026-11-23 18:00.")
        since, until = self._span()
        if since is not None and until is not None and until <= since:
            self.add_error("to", "End must be after start.")
        for name in PLACES:
            text = self.cleaned_data.get(name) or ""
            if text and cursor_from(text, self.cleaned_data.get("sort") or "-received") is None:
                self.add_error(name, "Page not found.")

    # What it means ------------------------------------------------------------------------------------------

    @property
    def has_exact_span(self) -> bool:
        """Whether the span is given by its ends, which go before the window."""
        return bool(self.cleaned_data.get("from") or self.cleaned_data.get("to"))

    @property
    def window_name(self) -> str:
        """Return the window in use; empty where the span is exact."""
        return "" if self.has_exact_span else self.cleaned_data.get("window") or DEFAULT_WINDOW

    @property
    def sort_name(self) -> str:
        """Return the order in use."""
        return self.cleaned_data.get("sort") or "-received"

    def other_fields(self, *, is_all: bool) -> list[forms.BoundField]:
        """Return the fields under "More"; those of actors only where the list `is_all`, of all actors."""
        names = [name for name, filter_ in FILTERS.items() if is_all or not filter_.of_actor]
        return [self[name] for name in names if name not in ("q", "actor", "outcome")]

    @property
    def outcome_choices(self) -> list[tuple[str, str]]:
        """Return the outcomes that can be selected, each with its words."""
        return [(outcome, outcome_label(outcome)) for outcome in SHOWN_OUTCOMES]

    @property
    def selected_outcomes(self) -> tuple[str, ...]:
        """Return the outcomes that the filter selects; none where it selects all."""
        return self.cleaned_data.get("outcome") or ()

    @property
    def is_narrowed(self) -> bool:
        """Whether anything but the window narrows what is shown."""
        return self.has_exact_span or any(self.data.get(name) for name in FILTERS)

    def _span(self) -> tuple[int | None, int | None]:
        """Return the exact span: what is not from a moment on is before it, and what is not up to one is after it."""
        ends: dict[bool, list[int]] = {False: [], True: []}
        for name, moment in self._spans.items():
            if moment is not None:
                is_not = str(self.cleaned_data.get(name, "")).strip().startswith("-")
                ends[(name == "to") is not is_not].append(moment)
        return max(ends[False], default=None), min(ends[True], default=None)

    def as_filters(self) -> Filters:
        """Return the filters of a valid form; the window begins at a whole minute, so that it can be shared."""
        cleaned = self.cleaned_data
        since, until = self._span()
        if span := WINDOWS[self.window_name.removeprefix("-")][1] if self.window_name else None:
            edge = self.at - self.at % MINUTE - span
            since, until = (None, edge) if self.window_name.startswith("-") else (edge, None)
        sort, text = self.sort_name, _value(cleaned["q"])
        return Filters(
            outcomes=cleaned["outcome"],
            values={
                name: value
                for name, filter_ in FILTERS.items()
                if filter_.has_value and (value := _value(cleaned[name]))
            },
            duration=cleaned["duration"],
            since=since,
            until=until,
            q=text.text if text else "",
            q_is_not=bool(text and text.is_not),
            sort=sort.removeprefix("-"),
            descending=sort.startswith("-"),
        )

    def cursor(self) -> tuple[Cursor | None, bool]:
        """Return the cursor at which the page begins, and whether the page precedes it."""
        for name in PLACES:
            if text := self.cleaned_data.get(name):
                return cursor_from(text, self.sort_name), name == "before"
        return None, False

    def query(self, **changes: str) -> str:
        """Return the address's part after `?` with some values changed, or left out where they are empty.

        The page goes back to its beginning unless its place is among the changes.
        """
        names = [*FILTERS, WINDOW.name, *EXACT, "sort"]
        values = {name: str(self.data.get(name, "")) for name in names} | changes
        if ("from" in changes or "to" in changes) and "window" not in changes:
            values["window"] = ""
        if changes.get("window"):
            values |= {"from": "", "to": ""}
        if values["window"] == DEFAULT_WINDOW:
            values["window"] = ""
        if any(changes.get(name) for name in PLACES):
            values["limit"] = str(self.page_size(0) or "")
        return urlencode([(name, value) for name, value in values.items() if value])


def cursor_text(cursor: Cursor) -> str:
    """Return the text of a cursor for an address."""
    raw = json.dumps([list(cursor.values), cursor.among_none, cursor.rank, cursor.actor], separators=(",", ":"))
    return base64.urlsafe_b64encode(raw.encode()).decode().rstrip("=")


def cursor_from(text: str, sort: str) -> Cursor | None:
    """Return the cursor of a text; None where the text is no cursor."""
    try:
        values, among_none, rank, actor = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (binascii.Error, ValueError, TypeError):
        return None
    columns = SORTS[sort.removeprefix("-")]
    texts = {"outcome", "executor", "worker_id", "execution_id"}
    if not isinstance(values, list) or not isinstance(among_none, bool) or not (_is_whole(rank) and _is_whole(actor)):
        return None
    # After what was looked through in vain there is only a time, and an id below all others.
    if len(values) != len(columns):
        return None
    for name, value in zip(columns, values, strict=True):
        if value is None and among_none and name == columns[0]:
            continue
        if name in texts and not isinstance(value, str):
            return None
        if name not in texts and not _is_whole(value):
            return None
    return Cursor(tuple(values), among_none, max(rank, 0), actor)


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**63


def _value(text: str) -> Value | None:
    text = text.strip()
    if not text or text == "-":
        return None
    return Value(text[1:], True) if text.startswith("-") else Value(text)


_NO_DURATION = "Enter a duration, e.g. 5m (or longer), -1m (shorter) or 10s..1m."


def _milliseconds(text: str) -> int:
    match = _LENGTH.fullmatch(text.strip())
    if not match:
        raise forms.ValidationError(_NO_DURATION)
    number = round(float(match[1]) * _UNITS[match[2]])
    if number > _LARGEST:
        raise forms.ValidationError("Too long.")
    return number


def _in_address(text: str) -> str:
    """Return a time, with `-` before it for the opposite, as a link has it; what is none stays as it is."""
    minus, bare = ("-", text[1:]) if text.startswith("-") else ("", text)
    try:
        return minus + as_in_address(bare[:MAX_TEXT])
    except ValueError:
        return text


def _moment_ms(text: str, *, is_end: bool) -> int:
    """Read a day or a moment of UTC; a day as an end includes that day. Raises ValueError."""
    if not 2000 <= moment_of(text).year < 2100:
        raise ValueError("not of this century")
    return to_ms(moment_of(text, is_end=is_end)) or 0


def outcome_label(outcome: str) -> str:
    """Return the word on screen for an outcome."""
    return BADGES[outcome][0] if outcome in BADGES else "Unknown"
