"""Whether everything is well."""

from rest_framework import serializers


class OverviewNumber(serializers.Serializer):
    """A number of the overview, and what it counts."""

    number = serializers.IntegerField()
    words = serializers.CharField(help_text="What follows the number in a sentence.")
    is_least = serializers.BooleanField(help_text="Whether there are at least so many.")
    page = serializers.CharField(help_text="The page that lists them.")


class OverviewDay(serializers.Serializer):
    """The executions that came in the last 24 hours."""

    total = serializers.IntegerField()
    known = serializers.IntegerField(help_text="How many were read; all other numbers are of these.")
    failed = serializers.IntegerField()
    failed_percent = serializers.FloatField(help_text="Of those that have ended.")
    median_seconds = serializers.FloatField(allow_null=True, help_text="How long they ran; null where none has ended.")
    p95_seconds = serializers.FloatField(allow_null=True)


class Overview(serializers.Serializer):
    """Whether everything is well, with the numbers that show it."""

    verdict = serializers.ChoiceField(
        ["fine", "needs", "unknown"],
        help_text="`needs`: something needs somebody. `unknown`: nothing does as far as the API says, but not all is "
        "known.",
    )
    needs = OverviewNumber(many=True, help_text="What needs somebody.")
    facts = OverviewNumber(many=True)
    not_known = serializers.ListField(child=serializers.CharField(), help_text="In words, what the API did not say.")
    actors = serializers.IntegerField()
    ready = serializers.IntegerField(help_text="How many of the actors are ready.")
    day = OverviewDay(allow_null=True, help_text="Null where the API did not say.")
