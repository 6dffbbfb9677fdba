"""What comes in, read strictly: no other type than the one named, no field or parameter beside those named.

A program that sends `"3"` for a number, or misspells a name, is told so; a browser's form could not say it otherwise.
"""

import re
from typing import Any

from django.core.validators import RegexValidator
from django.http import QueryDict
from rest_framework import serializers

from actors_app.core.operations.reasons import MAX_REASON
from actors_app.core.pages.forms_slice import DEFAULT_LIMIT, MAX_LIMIT, MAX_OFFSET

_WHOLE = re.compile(r"-?\d{1,19}", re.ASCII)


class Text(serializers.CharField):
    """A text exactly as it was sent."""

    default_error_messages = {"invalid": "This must be text."}  # noqa: RUF012  as the framework has it

    def __init__(self, **options: Any) -> None:
        options.setdefault("trim_whitespace", False)
        super().__init__(**options)

    def to_internal_value(self, data: Any) -> str:
        """Take a text, and nothing that only looks like one."""
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)  # type: ignore[no-any-return]


class Trimmed(Text):
    """A text without the blanks that were sent around it, such as a user name."""

    def __init__(self, **options: Any) -> None:
        super().__init__(trim_whitespace=True, **options)


class Whole(serializers.IntegerField):
    """A whole number of JSON, `3` and `3.0` alike."""

    def to_internal_value(self, data: Any) -> int:
        """Take a number, and no text of digits."""
        if isinstance(data, float) and data.is_integer():
            data = int(data)
        if not isinstance(data, int) or isinstance(data, bool):
            self.fail("invalid")
        return int(data)


class Truth(serializers.BooleanField):
    """true or false."""

    def to_internal_value(self, data: Any) -> bool:
        """Take one of both, and nothing that stands for it elsewhere."""
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return bool(data)


class Choice(serializers.ChoiceField):
    """One of some words."""

    def to_internal_value(self, data: Any) -> str:
        """Take a word."""
        if not isinstance(data, str):
            self.fail("invalid_choice", input=data)
        return super().to_internal_value(data)  # type: ignore[no-any-return]


class Object(serializers.DictField):
    """An object of JSON, with anything in it."""


class WholeInQuery(serializers.IntegerField):
    """A whole number as an address has it: digits alone."""

    def to_internal_value(self, data: Any) -> int:
        """Take digits."""
        if not _WHOLE.fullmatch(data):
            self.fail("invalid")
        return int(data)


class Body(serializers.Serializer):
    """What is sent with a request; a name that is not among the fields is refused."""

    def to_internal_value(self, data: Any) -> Any:
        """Read it; raise ValidationError with a sentence for each field."""
        unknown = [str(name) for name in data if name not in self.fields]
        if unknown:
            allowed = ", ".join(self.fields) or "none"
            raise serializers.ValidationError({name: [f"Unknown field. Allowed: {allowed}."] for name in unknown})
        return super().to_internal_value(data)


class ReasonBody(Body):
    """The reason for the operation."""

    reason = Trimmed(
        required=False,
        allow_blank=True,
        max_length=MAX_REASON,
        help_text="Reason for the operation, recorded in the audit log.",
    )


class Query(serializers.Serializer):
    """What stands after the `?`; an unknown name, and one that is given twice, are refused."""

    def to_internal_value(self, data: Any) -> Any:
        """Read it; raise ValidationError with a sentence for each parameter."""
        query: QueryDict = data
        errors = {}
        for name in query:
            if name not in self.fields:
                errors[name] = [f"Unknown parameter. Allowed: {', '.join(self.fields) or 'none'}."]
            elif len(query.getlist(name)) > 1:
                errors[name] = ["Specified more than once."]
        if errors:
            raise serializers.ValidationError(errors)
        return super().to_internal_value(query.dict())


class NameProblem(serializers.CharField):
    """What is wrong with the name of an alias or a config that exists."""

    def __init__(self) -> None:
        super().__init__(
            allow_null=True,
            help_text="Problem of the name, with advice; null if there is none.",
        )


class Nothing(Body):
    """Nothing is sent along."""


class Slice(serializers.Serializer):
    """The slice of the list, if the request used `offset`."""

    limit = serializers.IntegerField()
    offset = serializers.IntegerField(help_text="Number of skipped items.")
    page_number = serializers.IntegerField(help_text="offset / limit, rounded up; starts at 0.")


class SecretsQuery(Query):
    """Whether secrets are in the answer."""

    secrets = Choice(
        ["masked", "shown"],
        required=False,
        default="masked",
        help_text="`shown`: unmasked, only for the owner of the actor, and recorded in the audit log.",
    )


class PageQuery(Query):
    """Which page of a list."""

    cursor = Text(
        required=False,
        max_length=3000,
        validators=[RegexValidator("^[A-Za-z0-9_-]+$", "Invalid cursor. Start without one.")],
        help_text="Start of the page, as in `next` and `previous`; default: the first page.",
    )
    limit = WholeInQuery(required=False, min_value=1, max_value=250, default=50, help_text="Page size.")


class SliceQuery(PageQuery):
    """Which page of a list, or which slice of it."""

    limit = WholeInQuery(
        required=False,
        min_value=1,
        max_value=MAX_LIMIT,
        help_text=f"Page size; default: {DEFAULT_LIMIT} with `offset`, otherwise 50.",
    )
    offset = WholeInQuery(
        required=False,
        min_value=0,
        max_value=MAX_OFFSET,
        help_text="Number of items to skip, instead of a cursor. Not sent to the API.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Take a cursor or an offset, and say how many are meant where that was left out."""
        if "cursor" in attrs and "offset" in attrs:
            raise serializers.ValidationError({"offset": ["Use either cursor, or limit and offset."]})
        attrs.setdefault("limit", DEFAULT_LIMIT if "offset" in attrs else 50)
        return attrs


MOMENT = "UTC time, ISO 8601."
