"""Configs as they go out, and as they are made and replaced; a secret goes in and never out."""

from rest_framework import serializers

from actors_app.core.api.fields import Body, NameProblem, PageQuery, Text, Truth
from actors_app.permissions.serializers import OthersWithAccess


class Config(serializers.Serializer):
    """A value that the API puts into the environment of some actors."""

    name = serializers.CharField()
    value = serializers.CharField(allow_null=True, allow_blank=True, help_text="null for a secret.")
    is_secret = serializers.BooleanField()
    actors = serializers.ListField(child=serializers.CharField(), help_text="Ids and aliases of who receives it.")
    name_problem = NameProblem()


class CreatedConfig(Config):
    """A config that was just created, and who else has access to it."""

    others_with_access = OthersWithAccess()


class ConfigsQuery(PageQuery):
    """Which configs."""

    q = Text(required=False, max_length=128, help_text="Part of the name, of the value, or of an actor named there.")
    actor = Text(required=False, max_length=128, help_text="Those for this id or alias.")


class ConfigValue(Body):
    """What a config becomes: the whole is sent, the value of a secret too."""

    value = Text(help_text="A text. All configs of an actor fit into 131,072 bytes together, as a rule.")
    is_secret = Truth(required=False, help_text="The API encrypts it, and nobody can read it back.")
    actors = serializers.ListField(
        child=Text(max_length=128), min_length=1, max_length=100, help_text="Ids or aliases."
    )


class NewConfig(ConfigValue):
    """A new config."""

    name = Text(max_length=128, help_text="Unique in the whole tenant, and it cannot be renamed.")
