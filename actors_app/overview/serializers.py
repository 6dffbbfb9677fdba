"""Whether everything is well."""

from rest_framework import serializers


class OverviewNumber(serializers.Serializer):
    """A number of the overview, and what it counts."""

    number = serializers.IntegerField()
    words = serializers.CharField(help_text="Text after the number.")
    is_least = serializers.BooleanField(help_text="Whether `number` is a lower bound.")
    page = serializers.CharField(help_text="URL of the list.")


class OverviewDay(serializers.Serializer):
    """Executions received in the last 24 hours."""

    total = serializers.IntegerField()
    known = serializers.IntegerField(help_text="Number of executions read; all other numbers are based on these.")
    failed = serializers.IntegerField()
    failed_percent = serializers.FloatField(help_text="Failed executions in percent of finished ones.")
    median_seconds = serializers.FloatField(
        allow_null=True, help_text="Median run time in seconds; null without finished executions."
    )
    p95_seconds = serializers.FloatField(allow_null=True)


class Overview(serializers.Serializer):
    """A health summary: the verdict, and the numbers behind it."""

    verdict = serializers.ChoiceField(
        ["fine", "needs", "unknown"],
        help_text="`needs`: something needs attention. `unknown`: no known problems, but some data is unavailable.",
    )
    needs = OverviewNumber(many=True, help_text="What needs attention.")
    facts = OverviewNumber(many=True)
    not_known = serializers.ListField(child=serializers.CharField(), help_text="Data that the API did not provide.")
    actors = serializers.IntegerField()
    ready = serializers.IntegerField(help_text="Number of ready actors.")
    day = OverviewDay(allow_null=True, help_text="null if unknown.")
