"""One act on many things: what would be done, ordering it, and how far it is."""

from rest_framework import serializers

from actors_app.bulk.forms import MAX_PICKED
from actors_app.bulk.kinds import OF_ACTORS, OF_EXECUTIONS
from actors_app.bulk.progress import WORDS
from actors_app.core.api.fields import MOMENT, Body, Choice, PageQuery, Text, Whole
from actors_app.core.operations.reasons import MAX_REASON

ACTS = (*OF_EXECUTIONS, *OF_ACTORS)


class Wanted(Body):
    """An action, and the items that it applies to."""

    act = Choice(list(ACTS), help_text="`halt` and `resend` apply to executions, the others to actors or workers.")
    pick = serializers.ListField(
        child=Text(max_length=200),
        required=False,
        max_length=MAX_PICKED,
        help_text="`actor/execution`, `actor/worker`, or actor IDs.",
    )
    filter = Text(
        required=False,
        max_length=2000,
        help_text="A filter in place of a selection, as in the query of `GET /api/v1/executions/`.",
    )


class Thing(serializers.Serializer):
    """An item that the action applies to."""

    actor_id = serializers.CharField()
    object_id = serializers.CharField(allow_blank=True, help_text="Execution or worker; empty for the actor.")


class LeftThing(Thing):
    """A skipped item."""

    why_not = serializers.CharField()


class Loss(serializers.Serializer):
    """The effects on one actor."""

    actor_id = serializers.CharField()
    effects = serializers.ListField(child=serializers.CharField(), help_text="Effects, as sentences.")


class Preview(serializers.Serializer):
    """A preview of a bulk action."""

    question = serializers.CharField(help_text="The action, in words.")
    consequences = serializers.ListField(child=serializers.CharField())
    number = serializers.IntegerField(help_text="Number of affected items.")
    beyond = serializers.IntegerField(help_text="Number of items above the limit.")
    items = Thing(many=True)
    left = LeftThing(many=True)
    losses = Loss(many=True)
    plan = serializers.CharField(
        allow_null=True, help_text=("Token to start it, valid for an hour; null if nothing can be done.")
    )


class Order(Body):
    """The start of a previewed action."""

    plan = Text(max_length=1_000_000, help_text="Token from the preview.")
    reason = Text(max_length=MAX_REASON, help_text="Recorded in the audit log.")
    number = Whole(
        required=False,
        min_value=1,
        max_value=1000,
        help_text="For actors and workers: the number of items, as confirmation.",
    )


class Job(serializers.Serializer):
    """A bulk action."""

    handle = serializers.CharField()
    act = serializers.ChoiceField(list(ACTS))
    reason = serializers.CharField(allow_blank=True)
    created = serializers.DateTimeField(help_text=MOMENT)
    is_over = serializers.BooleanField(help_text="Whether the action is finished or stopped.")
    total = serializers.IntegerField(help_text="Number of affected items.")
    over = serializers.IntegerField(help_text="Number of finished items, including those with an unknown outcome.")
    counts = serializers.DictField(
        child=serializers.IntegerField(), help_text=f"Number per result ({', '.join(WORDS)}); zero counts are omitted."
    )


class Outcome(Thing):
    """The result of one item."""

    number = serializers.IntegerField()
    outcome = serializers.ChoiceField(list(WORDS))
    said = serializers.CharField(allow_blank=True, help_text="Result message.")
    made = serializers.CharField(allow_blank=True, help_text="ID of the new execution after a resend.")


class WholeJob(Job):
    """A bulk action with the result of each item."""

    items = Outcome(many=True)
    waits_because = serializers.CharField(allow_null=True, help_text="Why the step ended early; null if it did not.")


class JobsQuery(PageQuery):
    """Your fifty latest bulk actions."""
