"""Schedules of actors as they go out, and as they are set."""

from rest_framework import serializers

from actors_app.core.api.fields import MOMENT, Body, Choice, PageQuery, Text, Truth


class Schedule(serializers.Serializer):
    """When the API sends an actor a message automatically."""

    actor_id = serializers.CharField()
    actor_name = serializers.CharField(allow_null=True)
    cron_schedule = serializers.CharField(
        allow_null=True, help_text="Schedule as stored by the API: whole hours, in UTC."
    )
    cron_on = serializers.BooleanField()
    words = serializers.CharField(allow_blank=True, help_text="Readable form; empty if invalid.")
    next = serializers.ListField(child=serializers.DateTimeField(help_text=MOMENT), help_text="Upcoming runs.")


class SchedulesQuery(PageQuery):
    """Which schedules."""

    show = Choice(["on", "off"], required=False, help_text="Only enabled, or only disabled schedules.")


class NewSchedule(Body):
    """The new schedule."""

    cron_schedule = Text(
        max_length=60, help_text="`now + 6 hours`, or `2027-01-15 08 + 1 day`: hours, days, weeks or months, UTC."
    )
    cron_on = Truth(required=False, default=True, help_text="Whether it is enabled.")
