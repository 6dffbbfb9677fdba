"""Definitions of actors: former ones, what differs between two, as a file, and brought from one."""

from rest_framework import serializers

from actors_app.actors.former_values import Sight
from actors_app.actors.revisions import ELSEWHERE, FIRST, HERE, MAYBE
from actors_app.actors.serializers import Actor, ActorChanges
from actors_app.core.api.fields import MOMENT, Body, Query, Text, WholeInQuery


class Revision(serializers.Serializer):
    """A definition recorded by the portal."""

    id = serializers.IntegerField(
        source="key", help_text="ID of the definition; it can occur more than once in a list."
    )
    number = serializers.IntegerField(allow_null=True, help_text="Revision number in the API.")
    first_seen = serializers.DateTimeField(allow_null=True, help_text=MOMENT)
    last_seen = serializers.DateTimeField(allow_null=True, help_text=MOMENT)
    updated = serializers.DateTimeField(allow_null=True, help_text="When it was saved, as reported by the API.")
    made = serializers.ChoiceField(
        [HERE, MAYBE, ELSEWHERE, FIRST],
        source="origin",
        help_text="Saved through this portal, elsewhere, or first seen.",
    )
    username = serializers.CharField(allow_blank=True, help_text="User who saved it, if saved here.")
    is_newest = serializers.BooleanField()


FORMER_VALUES = "Whether earlier values are visible to you; with `unknown` they are hidden."


class Withheld(serializers.Serializer):
    """An earlier value that is hidden from you."""

    name = serializers.CharField()
    variable = serializers.CharField(allow_null=True, help_text="Name of the environment variable, if any.")
    digest = serializers.CharField(help_text="Equal for equal values of the same field and actor.")


class WholeRevision(Revision):
    """A revision with its definition."""

    former_values = serializers.ChoiceField([sight.value for sight in Sight], help_text=FORMER_VALUES)
    definition = serializers.DictField(
        help_text="The fields as accepted by `PATCH /api/v1/actors/<actor>/`, without hidden ones."
    )
    withheld = Withheld(many=True)


class DifferenceQuery(Query):
    """The two revisions to compare; by default the latest and the previous one."""

    def get_fields(self) -> dict[str, serializers.Field]:
        """Return the fields, one of whose names Python keeps for itself."""
        kind = {"required": False, "min_value": 1, "max_value": 2**53}
        return {
            "from": WholeInQuery(**kind, help_text="Revision ID; default: the previous revision."),
            "to": WholeInQuery(**kind, help_text="Revision ID; default: the latest."),
        }


class Difference(serializers.Serializer):
    """A field that differs."""

    name = serializers.CharField()
    before = serializers.JSONField(allow_null=True)
    after = serializers.JSONField(allow_null=True)
    before_withheld = Withheld(many=True)
    after_withheld = Withheld(many=True)


class Comparison(serializers.Serializer):
    """The differences between two definitions; both are null if there are fewer than two."""

    before = Revision(allow_null=True)
    after = Revision(allow_null=True)
    former_values = serializers.ChoiceField([sight.value for sight in Sight], allow_null=True, help_text=FORMER_VALUES)
    differences = Difference(many=True)


class DefinitionFile(Body):
    """A definition as in an exported file."""

    definition = serializers.JSONField(
        help_text="With the field names of either API version; also a list with one item, or the API's whole response."
    )


class ImportedActor(Actor):
    """The registered actor, and the fields of the file that were not used."""

    unknown = serializers.ListField(child=serializers.CharField(), help_text="Unknown fields.")
    left_out = serializers.ListField(child=serializers.CharField(), help_text="Fields set by the API.")
    taken = serializers.CharField(
        allow_blank=True, help_text="Which part was used, if more than a definition was sent."
    )


class Clone(ActorChanges):
    """Fields that differ from the cloned actor."""

    name = Text(
        required=False,
        max_length=200,
        allow_blank=True,
        help_text="Name of the new actor; default: the name of the cloned actor.",
    )
    force = None  # type: ignore[assignment]  # a new one is pulled anyway
