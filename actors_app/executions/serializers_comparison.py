"""Two executions side by side."""

from rest_framework import serializers

from actors_app.core.api.fields import Query, Text
from actors_app.executions.serializers import Execution, Result

NUMBER = "Line number; null if absent on that side."


class ComparisonQuery(Query):
    """The executions to compare."""

    a = Text(max_length=1000, help_text="First execution: `actor/execution`, URL or ID.")
    b = Text(
        max_length=1000,
        help_text="Second execution: the same, or `previous` or `success` (before the first).",
    )


class ComparedSide(serializers.Serializer):
    """One of the two executions."""

    actor_id = serializers.CharField(help_text="As requested: ID or alias.")
    actor_name = serializers.CharField(allow_null=True)
    execution = Execution()
    message_unknown = serializers.CharField(allow_null=True, help_text="Why its message is unavailable.")
    log_unknown = serializers.CharField(allow_null=True, help_text="Why its log is unavailable.")


class ComparedField(serializers.Serializer):
    """A field of both executions."""

    name = serializers.CharField()
    a = serializers.CharField(help_text="Untrusted text.")
    b = serializers.CharField()
    is_same = serializers.BooleanField()


class TextDifferenceRow(serializers.Serializer):
    """A line of each side, or the number of skipped identical lines."""

    kind = serializers.ChoiceField(
        ["same", "changed", "left", "right", "gap"],
        help_text="`left`: only in A. `right`: only in B. `gap`: skipped identical lines.",
    )
    a_number = serializers.IntegerField(allow_null=True, help_text=NUMBER)
    a = serializers.CharField(allow_blank=True, help_text="Untrusted text.")
    b_number = serializers.IntegerField(allow_null=True, help_text=NUMBER)
    b = serializers.CharField(allow_blank=True)
    count = serializers.IntegerField(help_text="For a gap: number of identical lines.")


class TextDifference(serializers.Serializer):
    """The differences between the ends of two texts."""

    rows = TextDifferenceRow(many=True)
    changes = serializers.IntegerField(help_text="Number of different lines.")
    a_left_out = serializers.IntegerField(help_text="Number of earlier lines of A that are not compared.")
    b_left_out = serializers.IntegerField()
    is_cut = serializers.BooleanField(help_text="Whether more rows exist.")


class ComparedResult(serializers.Serializer):
    """Your saved results of both executions, in the order in which you fetched them."""

    a = Result(allow_null=True)
    b = Result(allow_null=True)
    is_same = serializers.BooleanField(help_text="Whether they are identical, byte by byte.")
    difference = TextDifference(allow_null=True, help_text="null if either is not text or too long.")


class ComparedExecutions(serializers.Serializer):
    """Two executions, and their differences."""

    a = ComparedSide()
    b = ComparedSide()
    fields_compared = ComparedField(many=True)
    equal_final_fields = serializers.IntegerField(help_text="Number of other identical fields of the final state.")
    is_same_message = serializers.BooleanField(
        allow_null=True, help_text="Whether the messages are identical; null unless both are available."
    )
    message = TextDifference(
        allow_null=True, help_text="Differences between the messages; null if either is unavailable or a file."
    )
    environment = ComparedField(
        many=True, allow_null=True, help_text="Variables of both messages; null unless both are available."
    )
    log = TextDifference(
        allow_null=True,
        help_text="Differences between the logs, ignoring times and IDs; null unless both are available.",
    )
    results = ComparedResult(many=True)
