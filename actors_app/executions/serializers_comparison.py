"""Two executions side by side."""

from rest_framework import serializers

from actors_app.core.api.fields import Query, Text
from actors_app.executions.serializers import Execution, Result

NUMBER = "The number of the line; null where that side has none."


class ComparisonQuery(Query):
    """Which two."""

    a = Text(max_length=1000, help_text="The first: `actor/execution`, the link of its page, or its id.")
    b = Text(
        max_length=1000,
        help_text="The second, named likewise; or `previous` or `success`: the one before the first, or the last "
        "success before it.",
    )


class ComparedSide(serializers.Serializer):
    """One of the two."""

    actor_id = serializers.CharField(help_text="As it was named: an id or an alias.")
    actor_name = serializers.CharField(allow_null=True)
    execution = Execution()
    message_unknown = serializers.CharField(allow_null=True, help_text="Why what was sent to it is not known.")
    log_unknown = serializers.CharField(allow_null=True, help_text="Why its log is not known.")


class ComparedField(serializers.Serializer):
    """One field of both."""

    name = serializers.CharField()
    a = serializers.CharField(help_text="In words; untrusted text.")
    b = serializers.CharField()
    is_same = serializers.BooleanField()


class TextDifferenceRow(serializers.Serializer):
    """A line of each side, or how many equal ones are passed over."""

    kind = serializers.ChoiceField(["same", "changed", "left", "right", "gap"], help_text="`left`: only in A.")
    a_number = serializers.IntegerField(allow_null=True, help_text=NUMBER)
    a = serializers.CharField(allow_blank=True, help_text="Untrusted text.")
    b_number = serializers.IntegerField(allow_null=True, help_text=NUMBER)
    b = serializers.CharField(allow_blank=True)
    count = serializers.IntegerField(help_text="Of a gap: how many equal lines.")


class TextDifference(serializers.Serializer):
    """What differs in two texts, of which the ends are compared."""

    rows = TextDifferenceRow(many=True)
    changes = serializers.IntegerField(help_text="How many lines differ.")
    a_left_out = serializers.IntegerField(help_text="How many lines of A before these were not compared.")
    b_left_out = serializers.IntegerField()
    is_cut = serializers.BooleanField(help_text="Whether there are more rows than these.")


class ComparedResult(serializers.Serializer):
    """A result that you took of each, in the order in which they were taken."""

    a = Result(allow_null=True)
    b = Result(allow_null=True)
    is_same = serializers.BooleanField(help_text="To the byte.")
    difference = TextDifference(allow_null=True, help_text="Null where one is no text, or too long.")


class ComparedExecutions(serializers.Serializer):
    """Two executions, and what differs."""

    a = ComparedSide()
    b = ComparedSide()
    fields_compared = ComparedField(many=True)
    equal_final_fields = serializers.IntegerField(help_text="How many more fields of the final state are the same.")
    is_same_message = serializers.BooleanField(allow_null=True, help_text="Null where not both are known.")
    message = TextDifference(allow_null=True, help_text="To the letter; null where it is not known of both, or a file.")
    environment = ComparedField(many=True, allow_null=True, help_text="Null where not both are known.")
    log = TextDifference(allow_null=True, help_text="Times, durations and ids aside; null where not both are known.")
    results = ComparedResult(many=True)
