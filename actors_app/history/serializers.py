"""What the JSON API takes and answers for the history of executions."""

from typing import Any

from rest_framework import serializers

from actors_app.core.api.fields import MOMENT, Choice, Query, Slice, SliceQuery, Text, Trimmed
from actors_app.core.api.formats import BOM_HELP
from actors_app.history.coverage import REASONS
from actors_app.history.filters import EXACT, FILTERS, OUTCOMES, SORTS, WINDOW, Filter
from actors_app.history.forms import FORMATS

OUTCOME = "Outcome. The status COMPLETE alone does not mean success."


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
    """An execution in the portal's history."""

    actor_name = serializers.CharField(allow_null=True)
    executor = serializers.CharField(allow_null=True, help_text="Sender of the message; null if not synced yet.")
    is_in_api = serializers.BooleanField(help_text="Whether the API still has it.")


class HistoryGap(serializers.Serializer):
    """A span of time in which executions of an actor are lost."""

    actor_id = serializers.CharField()
    start = serializers.DateTimeField(allow_null=True, help_text="null if the beginning is unknown.")
    end = serializers.DateTimeField()
    reason = serializers.ChoiceField(
        list(REASONS),
        help_text=(
            "`deleted`: deleted before the last sync. `forgotten`: removed by the API before a sync. "
            "`pruned`: removed by the portal after its retention period."
        ),
    )


class Coverage(serializers.Serializer):
    """How much of the selected period is known."""

    actors = serializers.IntegerField(help_text="Actors that match the filter.")
    complete = serializers.IntegerField(help_text="Actors whose executions in this period are all synced.")
    not_synced = serializers.IntegerField(help_text="Actors without any synced execution.")
    gaps = HistoryGap(many=True)


class HistoryPage(serializers.Serializer):
    """A page of the execution history."""

    items = ExecutionRow(many=True)
    next = serializers.CharField(allow_null=True, help_text="URL of the next page, if any.")
    previous = serializers.CharField(allow_null=True, help_text="URL of the previous page, if any.")
    total = serializers.IntegerField(help_text="Total number of executions.")
    total_is_exact = serializers.BooleanField(help_text="Whether `total` is exact or a lower bound.")
    as_of = serializers.DateTimeField(allow_null=True, help_text="Time of the last sync.")
    csv = serializers.CharField(help_text="URL of a CSV file of all matching executions.")
    jsonl = serializers.CharField(help_text="URL of the same executions as JSON Lines.")
    is_complete = serializers.BooleanField(
        help_text="Whether the sync of this period is complete; otherwise each request continues it."
    )
    coverage = Coverage()
    slice = Slice(required=False, help_text="Only for requests with `offset`.")


def _parameter(filter_: Filter) -> serializers.Field:
    options: dict[str, Any] = {"required": False, "help_text": filter_.api_help or None}
    if filter_.choices is not None:
        return Choice(list(filter_.choices), default=filter_.default, **options)
    return (Trimmed if filter_.is_name else Text)(max_length=filter_.max_length, **options)


class _Filters(Query):
    sort = Choice([sign + name for name in SORTS for sign in ("-", "")], required=False, default="-received")

    def get_fields(self) -> dict[str, serializers.Field]:
        """Return the fields of all filters, and those of the class."""
        own = super().get_fields()
        sort = {name: own.pop(name) for name in ("sort", "format", "bom") if name in own}
        filters = {filter_.name: _parameter(filter_) for filter_ in (*FILTERS.values(), WINDOW)}
        exact = {filter_.name: _parameter(filter_) for filter_ in EXACT.values()}
        return {**own, **filters, **sort, **exact}


class HistoryQuery(SliceQuery, _Filters):
    """The filters of the history's page; a leading `-` on a value means not."""


class HistoryFileQuery(_Filters):
    """Which executions a file has, and of which kind it is."""

    format = Choice(list(FORMATS), required=False, default="jsonl")
    bom = Choice(["1"], required=False, help_text=BOM_HELP)
