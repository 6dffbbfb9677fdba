"""Lines of the activity as they go out, and which are wanted."""

from rest_framework import serializers

from actors_app.audit.forms import FORMATS, OUTCOMES, WINDOWS
from actors_app.core.api.fields import MOMENT, Choice, PageQuery, Query, Text, Trimmed
from actors_app.core.api.formats import BOM_HELP
from actors_app.core.operations.models import AuditEntry
from actors_app.core.operations.operation import recorded_operations
from actors_app.core.pages.form_times import MAX_TEXT

_OUTCOMES = [name for name, _ in OUTCOMES if name]
_TIME = (
    "A day, or a time in any form that the portal or the Actors API writes; in UTC where it names no zone: "
    "`2026-11-23`. It goes before `window`."
)


class ActivityLine(serializers.Serializer):
    """What was done through this portal, by whom, and what came of it."""

    id = serializers.IntegerField()
    time = serializers.DateTimeField(help_text=MOMENT)
    ended = serializers.DateTimeField(allow_null=True, help_text="null while it runs, and where nobody knows.")
    username = serializers.CharField(help_text="Empty where the portal's operator did it with a command.")
    action = serializers.CharField(help_text="Noun and verb: `message.send`.")
    actor_id = serializers.CharField(allow_null=True)
    object_id = serializers.CharField(allow_null=True, help_text="The execution, worker, person or handle it is about.")
    outcome = serializers.ChoiceField(
        [AuditEntry.DONE, AuditEntry.REFUSED, AuditEntry.UNKNOWN, "running"], help_text="How it stands."
    )
    before = serializers.JSONField(allow_null=True, help_text="What was there; what may be a secret is left out.")
    after = serializers.JSONField(allow_null=True, help_text="What was sent; what may be a secret is left out.")
    details = serializers.DictField()
    answer = serializers.CharField(help_text="What was said about it.")
    reason = serializers.CharField(help_text="The Actors API's own words; untrusted text.")
    request_id = serializers.CharField(help_text="What the portal's log calls the request.")
    hash = serializers.CharField(help_text="Of the chain that `manage.py verify_audit` proves.")
    end_hash = serializers.CharField(allow_null=True)


class ActivityPage(serializers.Serializer):
    """A page of the activity, newest first."""

    items = ActivityLine(many=True)
    next = serializers.CharField(allow_null=True, help_text="The address of the next page, if there is one.")
    previous = serializers.CharField(allow_null=True, help_text="The address of the page before, if any.")
    is_complete = serializers.BooleanField(
        help_text="Whether the API said what you may read; otherwise these are your own lines alone."
    )


class Evidence(serializers.Serializer):
    """A thing at the API that shows what became of a write."""

    name = serializers.CharField()
    time = serializers.DateTimeField(allow_null=True)
    note = serializers.CharField(allow_blank=True)


class CheckFinding(serializers.Serializer):
    """Whether a write was done of which no answer came, as far as the API shows it now."""

    done = serializers.ChoiceField(["yes", "no", "unknown"])
    words = serializers.CharField(help_text="What was found, in a sentence.")
    advice = serializers.CharField(help_text="What to do next.")
    found = Evidence(many=True, source="items")


class _Filters(Query):
    who = Trimmed(required=False, max_length=255, help_text="Who did it.")
    action = Choice([operation.name for operation in recorded_operations()], required=False)
    outcome = Choice(_OUTCOMES, required=False)
    window = Choice(list(WINDOWS), required=False, help_text="The last so much time; 30 days where nothing is said.")

    def get_fields(self) -> dict[str, serializers.Field]:
        """Return the fields, with the two whose names Python keeps for itself."""
        exact = {name: Text(required=False, max_length=MAX_TEXT, help_text=_TIME) for name in ("from", "to")}
        return {**super().get_fields(), **exact}


class ActorActivityQuery(PageQuery, _Filters):
    """Which lines of one actor."""


class ActivityQuery(ActorActivityQuery):
    """Which lines."""

    actor = Text(required=False, max_length=255, help_text="A name or an id.")


class ActivityFileQuery(_Filters):
    """Which lines a file has, and of which kind it is."""

    actor = Text(required=False, max_length=255, help_text="A name or an id.")
    format = Choice(list(FORMATS), required=False, default="jsonl")
    bom = Choice(["1"], required=False, help_text=BOM_HELP)
