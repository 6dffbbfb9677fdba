"""What the JSON API takes and answers for the history of executions."""

from rest_framework import serializers

from actors_app.core.api.fields import MOMENT, Choice, Query, Slice, SliceQuery, Text, Trimmed
from actors_app.core.api.files import BOM_HELP
from actors_app.core.pages.form_times import MAX_TEXT
from actors_app.history.filters import OUTCOMES, SORTS
from actors_app.history.forms import FORMATS, SPANS

OUTCOME = "How it ended: COMPLETE alone says nothing of success."


class ExecutionBase(serializers.Serializer):
    """The fields of every execution. `runtime` is in seconds, `cpu` in nanoseconds, `io` in bytes."""

    id = serializers.CharField()
    actor_id = serializers.CharField()
    status = serializers.CharField()
    outcome = serializers.ChoiceField(list(OUTCOMES), help_text=OUTCOME)
    exit_code = serializers.IntegerField(allow_null=True)
    worker_id = serializers.CharField(allow_null=True)
    message_received_time = serializers.DateTimeField(allow_null=True, help_text=MOMENT)
    start_time = serializers.DateTimeField(allow_null=True, help_text=MOMENT)
    finish_time = serializers.DateTimeField(allow_null=True, help_text=MOMENT)
    queued_seconds = serializers.FloatField(allow_null=True)
    run_seconds = serializers.FloatField(allow_null=True)
    runtime = serializers.IntegerField(allow_null=True)
    cpu = serializers.IntegerField(allow_null=True)
    io = serializers.IntegerField(allow_null=True)


class ExecutionRow(ExecutionBase):
    """An execution as the portal remembers it."""

    actor_name = serializers.CharField(allow_null=True)
    executor = serializers.CharField(allow_null=True, help_text="Who sent the message; null where not read yet.")
    is_in_api = serializers.BooleanField(help_text="Whether the API still has it.")


class HistoryPage(serializers.Serializer):
    """A page of the history."""

    items = ExecutionRow(many=True)
    next = serializers.CharField(allow_null=True, help_text="The address of the next page, if there is one.")
    previous = serializers.CharField(allow_null=True, help_text="The address of the page before, if any.")
    total = serializers.IntegerField(help_text="How many there are on all pages.")
    total_is_exact = serializers.BooleanField(help_text="Whether `total` is exact, or the least there are.")
    as_of = serializers.DateTimeField(allow_null=True, help_text="When the API was last asked.")
    csv = serializers.CharField(help_text="The address of a file of all that fit.")
    jsonl = serializers.CharField(help_text="The same as JSON Lines.")
    is_complete = serializers.BooleanField(
        help_text="Whether all that the API has of this time was read; otherwise each request reads on."
    )
    slice = Slice(required=False, help_text="Given where the page was asked for by `offset`.")


class _Filters(Query):
    outcome = Text(required=False, max_length=256, help_text="Such as `failed,error`, or `-succeeded`.")
    actor = Text(required=False, max_length=256, help_text="A name or an id.")
    owner = Trimmed(required=False, max_length=256, help_text="The owner of the actor.")
    image = Text(required=False, max_length=256)
    executor = Trimmed(required=False, max_length=256, help_text="Who sent the message.")
    worker = Text(required=False, max_length=256)
    exit_code = Text(required=False, max_length=256, help_text="`1`, or `-0` for any other.")
    duration = Text(required=False, max_length=256, help_text="`10s`, `5m`, `-1m`, `10s..1m`.")
    q = Text(required=False, max_length=256, help_text="An execution's id, or an actor's name.")
    window = Choice(
        list(SPANS),
        required=False,
        default="all",
        help_text="Received in the last so much time; `-24h`: before that. Not as on the page, nothing said is `all`.",
    )
    sort = Choice([sign + name for name in SORTS for sign in ("-", "")], required=False, default="-received")

    def get_fields(self) -> dict[str, serializers.Field]:
        """Return the fields, with the two whose names Python keeps for itself."""
        exact = {
            "from": Text(
                required=False,
                max_length=MAX_TEXT,
                help_text="A day, or a time in any form that the portal or the Actors API writes; in UTC where it "
                "names no zone: `2026-11-23 18:00`.",
            ),
            "to": Text(required=False, max_length=MAX_TEXT, help_text="The same; it goes before `window`."),
        }
        return {**super().get_fields(), **exact}


class HistoryQuery(SliceQuery, _Filters):
    """The filters of the history's page; a leading `-` on a value means not."""


class HistoryFileQuery(_Filters):
    """Which executions a file has, and of which kind it is."""

    format = Choice(list(FORMATS), required=False, default="jsonl")
    bom = Choice(["1"], required=False, help_text=BOM_HELP)
