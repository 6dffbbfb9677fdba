"""Fields that several forms use: text kept byte for byte, and JSON read strictly. What it means is not decided here."""

import json
import math
import re
import unicodedata
from collections import Counter
from typing import Any

from django import forms

from actors_app.services.blanks import trimmed
from actors_app.services.jsons import UnreadableJSON, check_shape

MAX_JSON = 1_000_000  # characters
_LINE_END = re.compile(r"\r\n?|\n")
# Control and format characters, halves of surrogate pairs, and separators of lines: none is seen in a name.
_UNSEEN = ("Cc", "Cf", "Cs", "Zl", "Zp")


def unix_lines(text: str) -> str:
    """Return the text with the line ends that it had before a browser sent it: a form always sends CR and LF."""
    return text.replace("\r\n", "\n")


def has_unseen(text: str) -> bool:
    """Whether the text holds a character that cannot be seen, such as a newline or a change of direction."""
    return any(unicodedata.category(sign) in _UNSEEN for sign in text)


class TextField(forms.CharField):
    """A text of any number of lines, sent exactly as it was typed."""

    widget = forms.Textarea

    def __init__(self, **options: Any) -> None:
        super().__init__(strip=False, **options)

    def to_python(self, value: Any) -> str:
        """Return the text with plain newlines."""
        return unix_lines(super().to_python(value) or "")

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Whether more than the line ends differs from what the page held; a browser sends them all as CR and LF."""
        return _LINE_END.sub("\n", initial or "") != _LINE_END.sub("\n", data or "")


class LineField(forms.CharField):
    """A text of one line, without the space around it."""

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Whether it differs from what the page held: a browser's input drops line ends, and space is not sent."""
        return _LINE_END.sub("", initial or "").strip() != _LINE_END.sub("", data or "").strip()


class PastedField(forms.CharField):
    """An id or a word to look for, without blanks and characters that nobody sees at its ends."""

    def to_python(self, value: Any) -> str:
        """Return the text that is seen."""
        return trimmed(super().to_python(value) or "")


class StrictJSONField(TextField):
    """JSON as RFC 8259 has it, and no more; `cleaned_data` holds the value, or None where nothing was typed.

    Refused with a sentence: what is not JSON (with line and column), a
    name given twice in one object, NaN and Infinity, numbers longer than 64 characters, nesting deeper than 64, and
    halves of surrogate pairs.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=MAX_JSON, **options)

    def clean(self, value: Any) -> Any:
        """Return the value that the text writes."""
        text: str = super().clean(value)
        return read_json(text) if text.strip() else None


def read_json(text: str) -> Any:
    """Return the value of a JSON text; raise ValidationError with a sentence for what JSON does not allow."""
    text = text.removeprefix("\ufeff")
    try:
        check_shape(text.encode())
    except UnreadableJSON as problem:
        # Too few brackets to be deep: then the reader below says better where the mistake is.
        if "number" in str(problem) or text.count("[") + text.count("{") > 64:
            raise forms.ValidationError(
                "Invalid JSON: a number is longer than 64 characters."
                if "number" in str(problem)
                else "Invalid JSON: nested deeper than 64 levels, or a bracket is not closed."
            ) from None
    except UnicodeEncodeError:
        raise forms.ValidationError("This contains an incomplete character. Enter it again.") from None
    try:
        value = json.loads(
            text, parse_constant=_refuse_constant, parse_float=_finite, object_pairs_hook=_without_repeats
        )
    except json.JSONDecodeError as problem:
        raise forms.ValidationError(f"Invalid JSON at line {problem.lineno}, column {problem.colno}.") from None
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise forms.ValidationError("Invalid JSON: incomplete character (unpaired \\ud800 to \\udfff).") from None
    return value


def _refuse_constant(name: str) -> float:
    raise forms.ValidationError(f"Invalid JSON: {name} is not allowed. Remove it or put it in quotes.")


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise forms.ValidationError("Invalid JSON: a number is too large.")
    return value


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        twice, _ = Counter(name for name, _ in pairs).most_common(1)[0]
        raise forms.ValidationError("Duplicate name “%(name)s”.", params={"name": twice})
    return members
