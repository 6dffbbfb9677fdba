"""One act on many things: what would be done, ordering it, and how far it is."""

from rest_framework import serializers

from actors_app.bulk.forms import MAX_PICKED
from actors_app.bulk.kinds import OF_ACTORS, OF_EXECUTIONS
from actors_app.bulk.progress import WORDS
from actors_app.core.api.fields import MOMENT, Body, Choice, PageQuery, Text, Whole

ACTS = (*OF_EXECUTIONS, *OF_ACTORS)


class Wanted(Body):
    """What is to be done to what."""

    act = Choice(list(ACTS), help_text="halt and resend are done to executions, the others to actors or workers.")
    pick = serializers.ListField(
        child=Text(max_length=200),
        required=False,
        max_length=MAX_PICKED,
        help_text="Executions and workers as `actor/execution` and `actor/worker`, actors by their ids.",
    )
    filter = Text(
        required=False,
        max_length=2000,
        help_text="Instead of picking executions: all that match, as after the `?` of `GET /api/v1/executions/`.",
    )


class Thing(serializers.Serializer):
    """One thing that it would be done to."""

    actor_id = serializers.CharField()
    object_id = serializers.CharField(allow_blank=True, help_text="The execution or the worker; empty for the actor.")


class LeftThing(Thing):
    """One thing that is left out."""

    why_not = serializers.CharField()


class Loss(serializers.Serializer):
    """What one actor loses."""

    actor_id = serializers.CharField()
    effects = serializers.ListField(child=serializers.CharField(), help_text="Sentences.")


class Preview(serializers.Serializer):
    """What would be done; nothing is yet."""

    question = serializers.CharField(help_text="What is ordered with it, in words.")
    consequences = serializers.ListField(child=serializers.CharField())
    number = serializers.IntegerField(help_text="To how many it would be done.")
    beyond = serializers.IntegerField(help_text="How many more there are than can be ordered at once.")
    items = Thing(many=True)
    left = LeftThing(many=True)
    losses = Loss(many=True)
    plan = serializers.CharField(allow_null=True, help_text="What an order is made with, for an hour; null for none.")


class Order(Body):
    """Ordering what a preview said."""

    plan = Text(max_length=1_000_000, help_text="Of the preview, as it was.")
    reason = Text(max_length=500, help_text="Kept in the activity, with each result.")
    number = Whole(required=False, min_value=1, max_value=1000, help_text="Of actors and workers: how many they are.")


class Job(serializers.Serializer):
    """An act on many things that was ordered."""

    handle = serializers.CharField()
    act = serializers.ChoiceField(list(ACTS))
    reason = serializers.CharField(allow_blank=True)
    created = serializers.DateTimeField(help_text=MOMENT)
    is_over = serializers.BooleanField(help_text="Whether nothing more will be begun.")
    total = serializers.IntegerField(help_text="To how many it is done.")
    over = serializers.IntegerField(help_text="Of how many it is known what came of it, or that nobody knows.")
    counts = serializers.DictField(
        child=serializers.IntegerField(), help_text=f"How many are {', '.join(WORDS)}; what there is none of is absent."
    )


class Outcome(Thing):
    """What came of one thing."""

    number = serializers.IntegerField()
    outcome = serializers.ChoiceField(list(WORDS))
    said = serializers.CharField(allow_blank=True, help_text="What came of it, in a sentence.")
    made = serializers.CharField(allow_blank=True, help_text="The execution that sending again made.")


class WholeJob(Job):
    """A job with what came of each thing."""

    items = Outcome(many=True)
    waits_because = serializers.CharField(allow_null=True, help_text="Why a step ended early, if it did.")


class JobsQuery(PageQuery):
    """Which jobs: the caller's own newest fifty."""
