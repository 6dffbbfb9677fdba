"""One act on many things: what would be done, ordering it, and how far it is."""

from rest_framework import serializers

from actors_app.bulk.forms import MAX_PICKED
from actors_app.bulk.kinds import OF_ACTORS, OF_EXECUTIONS
from actors_app.bulk.progress import WORDS
from actors_app.core.api.fields import MOMENT, Body, Choice, PageQuery, Text, Whole

ACTS = (*OF_EXECUTIONS, *OF_ACTORS)


class Wanted(Body):
    """What is to be done to what."""

    act = Choice(list(ACTS), help_text="halt and resend apply to executions, the others to actors or workers.")
    pick = serializers.ListField(
        child=Text(max_length=200),
        required=False,
        max_length=MAX_PICKED,
        help_text="`actor/execution`, `actor/worker`, or actor IDs.",
    )
    filter = Text(
        required=False,
        max_length=2000,
        help_text="Instead of a selection: a filter, as in the query of `GET /api/v1/executions/`.",
    )


class Thing(serializers.Serializer):
    """One thing that it would be done to."""

    actor_id = serializers.CharField()
    object_id = serializers.CharField(allow_blank=True, help_text="Execution or worker; empty for the actor.")


class LeftThing(Thing):
    """One thing that is left out."""

    why_not = serializers.CharField()


class Loss(serializers.Serializer):
    """What one actor loses."""

    actor_id = serializers.CharField()
    effects = serializers.ListField(child=serializers.CharField(), help_text="Sentences.")


class Preview(serializers.Serializer):
    """What would be done; nothing is yet."""

    question = serializers.CharField(help_text="Action as text.")
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
    """Ordering what a preview said."""

    plan = Text(max_length=1_000_000, help_text="Token from the preview.")
    reason = Text(max_length=500, help_text="Recorded in the audit log.")
    number = Whole(required=False, min_value=1, max_value=1000, help_text="For actors and workers: their number.")


class Job(serializers.Serializer):
    """An act on many things that was ordered."""

    handle = serializers.CharField()
    act = serializers.ChoiceField(list(ACTS))
    reason = serializers.CharField(allow_blank=True)
    created = serializers.DateTimeField(help_text=MOMENT)
    is_over = serializers.BooleanField(help_text="Whether nothing more will be started.")
    total = serializers.IntegerField(help_text="Number of affected items.")
    over = serializers.IntegerField(help_text="Number of finished items, including those with an unknown outcome.")
    counts = serializers.DictField(
        child=serializers.IntegerField(), help_text=f"Number per result ({', '.join(WORDS)}); zero counts are omitted."
    )


class Outcome(Thing):
    """What came of one thing."""

    number = serializers.IntegerField()
    outcome = serializers.ChoiceField(list(WORDS))
    said = serializers.CharField(allow_blank=True, help_text="Result message.")
    made = serializers.CharField(allow_blank=True, help_text="New execution after a resend.")


class WholeJob(Job):
    """A job with what came of each thing."""

    items = Outcome(many=True)
    waits_because = serializers.CharField(allow_null=True, help_text="Why a step ended early, if so.")


class JobsQuery(PageQuery):
    """Which jobs: the caller's own newest fifty."""
