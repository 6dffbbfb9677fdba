"""Two executions side by side."""

from rest_framework import serializers

from actors_app.core.api.fields import Query, Text
from actors_app.executions.serializers import Execution, Result

NUMBER = "Line number; null if absent on that side."


class ComparisonQuery(Query):
    """Which two."""

    a = Text(max_length=1000, help_text="First execution: `actor/execution`, URL or ID.")
    b = Text(
        max_length=1000,
        help_text="Second execution: the same, or `previous` or `success` (before the first).",
    )


class ComparedSide(serializers.Serializer):
    """One of the two."""

    actor_id = serializers.CharField(help_text="As requested: ID or alias.")
    actor_name = serializers.CharField(allow_null=True)
    execution = Execution()
    message_unknown = serializers.CharField(allow_null=True, help_text="Why its message is unavailable.")
    log_unknown = serializers.CharField(allow_null=True, help_text="Why its log is unavailable.")


class ComparedField(serializers.Serializer):
    """One field of both."""

    name = serializers.CharField()
    a = serializers.CharField(help_text="Untrusted text.")
    b = serializers.CharField()
    is_same = serializers.BooleanField()


class TextDifferenceRow(serializers.Serializer):
    """A line of each side, or how many equal ones are passed over."""

    kind = serializers.ChoiceField(["same", "changed", "left", "right", "gap"], help_text="`left`: only in A.")
    a_number = serializers.IntegerField(allow_null=True, help_text=NUMBER)
    a = serializers.CharField(allow_blank=True, help_text="Untrusted text.")
    b_number = serializers.IntegerField(allow_null=True, help_text=NUMBER)
    b = serializers.CharField(allow_blank=True)
    count = serializers.IntegerField(help_text="For a gap: number of identical lines.")


class TextDifference(serializers.Serializer):
    """What differs in two texts, of which the ends are compared."""

    rows = TextDifferenceRow(many=True)
    changes = serializers.IntegerField(help_text="Number of different lines.")
    a_left_out = serializers.IntegerField(help_text="Number of earlier lines of A not compared.")
    b_left_out = serializers.IntegerField()
    is_cut = serializers.BooleanField(help_text="Whether more rows exist.")


class ComparedResult(serializers.Serializer):
    """A result that you took of each, in the order in which they were taken."""

    a = Result(allow_null=True)
    b = Result(allow_null=True)
    is_same = serializers.BooleanField(help_text="Byte for byte.")
    difference = TextDifference(allow_null=True, help_text="null if either is not text or too long.")


class ComparedExecutions(serializers.Serializer):
    """Two executions, and what differs."""

    a = ComparedSide()
    b = ComparedSide()
    fields_compared = ComparedField(many=True)
    equal_final_fields = serializers.IntegerField(help_text="Number of other identical fields of the final state.")
    is_same_message = serializers.BooleanField(allow_null=True, help_text="null unless both are available.")
    message = TextDifference(allow_null=True, help_text="Exact match; null if either is unavailable or a file.")
    environment = ComparedField(many=True, allow_null=True, help_text="null unless both are available.")
    log = TextDifference(allow_null=True, help_text="Ignoring times and IDs; null unless both are available.")
    results = ComparedResult(many=True)
