"""Why an execution is not running."""

from rest_framework import serializers

from actors_app.history.filters import OUTCOMES


class Fact(serializers.Serializer):
    """A fact that shows the reason."""

    name = serializers.CharField()
    value = serializers.CharField(help_text="Words; untrusted text.")


class Remedy(serializers.Serializer):
    """A step that ends a standstill."""

    name = serializers.CharField(
        help_text="`restart`: PATCH the actor with `force`. `stop`: DELETE the worker. `add`: POST `num` workers, for "
        "administrators. `purge`: DELETE the messages. `edit`: PATCH the actor."
    )
    effect = serializers.CharField(help_text="A sentence; untrusted text.")
    worker_id = serializers.CharField(allow_blank=True)
    num = serializers.IntegerField(help_text="How many workers to ask for; 0 where that is not the step.")


class Reason(serializers.Serializer):
    """The one reason, what to do about it, and what shows it."""

    kind = serializers.CharField(help_text="A word for the program, such as `busy`, `no-worker` or `message-gone`.")
    reason = serializers.CharField(help_text="A sentence; untrusted text.")
    advice = serializers.CharField(help_text="A sentence: what to do next.")
    is_stuck = serializers.BooleanField(help_text="Whether it will not run by itself.")
    evidence = Fact(many=True)
    remedies = Remedy(many=True, help_text="In the order in which to try them.")


class Why(serializers.Serializer):
    """How an execution stands, and why it is not running."""

    status = serializers.CharField()
    outcome = serializers.ChoiceField(list(OUTCOMES))
    why = Reason(allow_null=True, help_text="Null where it does not wait.")
