"""Lines of the activity as they go out, and which are wanted."""

from rest_framework import serializers

from actors_app.audit.forms import FORMATS, OUTCOMES, WINDOWS
from actors_app.core.api.fields import MOMENT, Choice, PageQuery, Query, Text, Trimmed
from actors_app.core.api.formats import BOM_HELP
from actors_app.core.operations.models import AuditEntry
from actors_app.core.operations.operation import recorded_operations
from actors_app.core.pages.form_times import MAX_TEXT

_OUTCOMES = [name for name, _ in OUTCOMES if name]
_TIME = "Date or time (UTC by default), e.g. `2026-11-23`. Takes precedence over `window`."


class ActivityLine(serializers.Serializer):
    """A change made through this portal: by whom, when, and with what outcome."""

    id = serializers.IntegerField()
    time = serializers.DateTimeField(help_text=MOMENT)
    ended = serializers.DateTimeField(allow_null=True, help_text="null while in progress or unknown.")
    username = serializers.CharField(help_text="Empty for commands of the operator.")
    action = serializers.CharField(help_text="Noun and verb, such as `message.send`.")
    actor_id = serializers.CharField(allow_null=True)
    object_id = serializers.CharField(allow_null=True, help_text="Target: execution, worker, user or handle.")
    outcome = serializers.ChoiceField(
        [AuditEntry.DONE, AuditEntry.REFUSED, AuditEntry.UNKNOWN, "running"], help_text="Status."
    )
    before = serializers.JSONField(allow_null=True, help_text="Previous values, without secrets.")
    after = serializers.JSONField(allow_null=True, help_text="Values sent, without secrets.")
    details = serializers.DictField()
    answer = serializers.CharField(help_text="Result message.")
    reason = serializers.CharField(help_text="Message of the Actors API; untrusted text.")
    request_id = serializers.CharField(help_text="ID of the request in the portal's log.")
    hash = serializers.CharField(help_text="Hash in the chain verified by `manage.py verify_audit`.")
    end_hash = serializers.CharField(allow_null=True)


class ActivityPage(serializers.Serializer):
    """A page of the audit log, newest first."""

    items = ActivityLine(many=True)
    next = serializers.CharField(allow_null=True, help_text="URL of the next page, if any.")
    previous = serializers.CharField(allow_null=True, help_text="URL of the previous page, if any.")
    is_complete = serializers.BooleanField(
        help_text="Whether your access could be checked; if not, only your own entries are listed."
    )


class Evidence(serializers.Serializer):
    """An item in the API that shows the outcome of a write."""

    name = serializers.CharField()
    time = serializers.DateTimeField(allow_null=True)
    note = serializers.CharField(allow_blank=True)


class CheckFinding(serializers.Serializer):
    """The outcome of an unanswered write, as far as the API shows it now."""

    done = serializers.ChoiceField(["yes", "no", "unknown"])
    words = serializers.CharField(help_text="Result message.")
    advice = serializers.CharField(help_text="Next step.")
    found = Evidence(many=True, source="items")


class _Filters(Query):
    who = Trimmed(required=False, max_length=255, help_text="User.")
    action = Choice([operation.name for operation in recorded_operations()], required=False)
    outcome = Choice(_OUTCOMES, required=False)
    window = Choice(list(WINDOWS), required=False, help_text="Period until now; default: 30 days.")

    def get_fields(self) -> dict[str, serializers.Field]:
        """Return the fields, with the two whose names Python keeps for itself."""
        exact = {name: Text(required=False, max_length=MAX_TEXT, help_text=_TIME) for name in ("from", "to")}
        return {**super().get_fields(), **exact}


class ActorActivityQuery(PageQuery, _Filters):
    """Which lines of one actor."""


class ActivityQuery(ActorActivityQuery):
    """Which lines."""

    actor = Text(required=False, max_length=255, help_text="Name or ID.")


class ActivityFileQuery(_Filters):
    """Which lines a file has, and of which kind it is."""

    actor = Text(required=False, max_length=255, help_text="Name or ID.")
    format = Choice(list(FORMATS), required=False, default="jsonl")
    bom = Choice(["1"], required=False, help_text=BOM_HELP)
