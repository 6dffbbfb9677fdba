"""What is asked of the API's search, as the page's form has it, and what it finds."""

from functools import cache

from rest_framework import serializers

from actors_app.core.api.fields import Choice, Query, Text, WholeInQuery
from actors_app.search.forms import CONDITIONS, FIELDS, OPERATORS
from actors_app.workers.serializers import Worker

_VALUE = "Value; several are separated by commas, `1..10` is a range, and dates and times are in UTC."


@cache
def query_of(kind: str, most: int, default: int) -> type[Query]:
    """Return the parameters of a search of a kind."""
    fields: dict[str, object] = {
        "__doc__": f"Keywords for {kind}.",
        "q": Text(required=False, max_length=200, help_text="Keywords."),
        "exact": Choice(["true", "false"], required=False, help_text="Whether to match the exact phrase."),
        "cursor": Text(required=False, max_length=4000, help_text="Start of the page; default: the first page."),
        "limit": WholeInQuery(required=False, min_value=1, max_value=most, default=default),
    }
    for number in range(1, CONDITIONS + 1):
        fields[f"f{number}"] = Choice(list(FIELDS[kind]), required=False, help_text=f"Field of condition {number}.")
        fields[f"o{number}"] = Choice(list(OPERATORS), required=False, help_text="Operator; default: `is`.")
        fields[f"v{number}"] = Text(required=False, max_length=500, help_text=_VALUE)
    return type(f"{kind.title()}SearchQuery", (Query,), fields)


class FoundWorker(Worker):
    """A worker of any actor."""

    actor_id = serializers.CharField()


class FoundLog(serializers.Serializer):
    """A matching log and its execution; empty if not reported."""

    actor_id = serializers.CharField(allow_blank=True)
    execution_id = serializers.CharField(allow_blank=True)
    logs = serializers.CharField(allow_blank=True, help_text="Untrusted text.")


@cache
def found_of(item: type[serializers.Serializer]) -> type[serializers.Serializer]:
    """Return the shape of a page of what was found."""
    fields = {
        "items": item(many=True),
        "next": serializers.CharField(allow_null=True, help_text="URL of the next page, if any."),
        "previous": serializers.CharField(allow_null=True, help_text="URL of the previous page, if any."),
        "total": serializers.IntegerField(allow_null=True, help_text="null if not reported."),
        "__doc__": "A page of results, not sorted by time.",
    }
    return type(f"{item.__name__}Found", (serializers.Serializer,), fields)
