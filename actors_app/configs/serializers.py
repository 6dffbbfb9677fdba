"""Configs as they go out, and as they are made and replaced; a secret goes in and never out."""

from rest_framework import serializers

from actors_app.core.api.fields import Body, NameProblem, PageQuery, Text, Truth
from actors_app.permissions.serializers import OthersWithAccess


class Config(serializers.Serializer):
    """A value that the API adds to the environment of some actors."""

    name = serializers.CharField()
    value = serializers.CharField(allow_null=True, allow_blank=True, help_text="null for a secret.")
    is_secret = serializers.BooleanField()
    actors = serializers.ListField(child=serializers.CharField(), help_text="IDs and aliases of its actors.")
    name_problem = NameProblem()


class CreatedConfig(Config):
    """A config that was just created, and who else has access to it."""

    others_with_access = OthersWithAccess()


class ConfigsQuery(PageQuery):
    """Which configs."""

    q = Text(required=False, max_length=128, help_text="Part of the name, value or an actor.")
    actor = Text(required=False, max_length=128, help_text="Only configs of this actor ID or alias.")


class ConfigValue(Body):
    """The complete config, including the value of a secret."""

    value = Text(help_text="All configs of an actor together are usually limited to 131,072 bytes.")
    is_secret = Truth(required=False, help_text="Encrypted by the API; cannot be read back.")
    actors = serializers.ListField(
        child=Text(max_length=128), min_length=1, max_length=100, help_text="IDs or aliases."
    )


class NewConfig(ConfigValue):
    """A new config."""

    name = Text(max_length=128, help_text="Unique in the tenant; cannot be renamed.")
