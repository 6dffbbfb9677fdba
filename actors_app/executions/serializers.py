"""Executions as they go out: one of them, and as the history remembers many."""

from rest_framework import serializers

from actors_app.core.api.fields import MOMENT, Body, Whole
from actors_app.executions.forms import MAX_COUNT
from actors_app.history.filters import OUTCOMES
from actors_app.history.serializers import ExecutionBase


class Execution(ExecutionBase):
    """One execution. `runtime` is in seconds, `cpu` in nanoseconds, `io` in bytes."""

    executor = serializers.CharField(help_text="Sender of the message.")
    final_state = serializers.DictField(help_text="Final state of the container, as reported by its host.")


class Registered(Body):
    """An execution that ran elsewhere, in the API's units."""

    runtime = Whole(min_value=0, max_value=MAX_COUNT, help_text="Seconds.")
    cpu = Whole(min_value=0, max_value=MAX_COUNT, help_text="Nanoseconds.")
    io = Whole(min_value=0, max_value=MAX_COUNT, help_text="Bytes.")


class RegisteredExecution(serializers.Serializer):
    """The registered execution."""

    message = serializers.CharField()
    id = serializers.CharField(allow_null=True, help_text="null if not reported.")


class Result(serializers.Serializer):
    """A saved result, visible only to the user who fetched it."""

    id = serializers.IntegerField(source="pk")
    kind = serializers.CharField(help_text="Detected type: json, text, image or binary.")
    size = serializers.IntegerField(help_text="In bytes.")
    sha256 = serializers.CharField()
    fetched_at = serializers.DateTimeField(help_text=MOMENT)
    expires_at = serializers.DateTimeField(help_text="When it is deleted.")


class WholeResult(Result):
    """A saved result with its content."""

    encoding = serializers.ChoiceField(["json", "text", "base64"], help_text="Encoding of `content`.")
    content = serializers.JSONField(help_text="Untrusted: a JSON value, text, or bytes in base64.")


class TakenResult(serializers.Serializer):
    """The result of the fetch."""

    result = Result(allow_null=True, help_text="null if none was available.")
    message = serializers.CharField(help_text="Result message.")


class Fact(serializers.Serializer):
    """A fact behind the diagnosis."""

    name = serializers.CharField()
    value = serializers.CharField(help_text="Untrusted text.")


class Remedy(serializers.Serializer):
    """An action that gets a stalled actor running."""

    name = serializers.CharField(
        help_text="`restart`: PATCH the actor with `force`. `stop`: DELETE the worker. `add`: POST `num` workers, for "
        "administrators. `purge`: DELETE the messages. `edit`: PATCH the actor."
    )
    effect = serializers.CharField(help_text="Untrusted text.")
    worker_id = serializers.CharField(allow_blank=True)
    num = serializers.IntegerField(help_text="Number of workers to request; 0 for other steps.")


class Reason(serializers.Serializer):
    """The diagnosis: the reason, the next step, and the facts behind it."""

    kind = serializers.CharField(help_text="Machine-readable reason, such as `busy`, `no-worker` or `message-gone`.")
    reason = serializers.CharField(help_text="Untrusted text.")
    advice = serializers.CharField(help_text="Next step.")
    is_stuck = serializers.BooleanField(help_text="Whether it will not run without intervention.")
    evidence = Fact(many=True)
    remedies = Remedy(many=True, help_text="In the order to try them.")


class Why(serializers.Serializer):
    """The status of an execution, and why it is still waiting."""

    status = serializers.CharField()
    outcome = serializers.ChoiceField(list(OUTCOMES))
    why = Reason(allow_null=True, help_text="null if it is not waiting.")
