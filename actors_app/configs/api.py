"""Configs and secrets: the list of the tenant's, one, making, replacing and deleting one."""

from typing import Any

from django.urls import reverse
from rest_framework.request import Request
from rest_framework.response import Response

from actors_app.configs import commands, serializers
from actors_app.configs.forms import ConfigEditForm, ConfigForm
from actors_app.configs.operations import CREATE_CONFIG, DELETE_CONFIG, LIST_CONFIGS, UPDATE_CONFIG
from actors_app.core.api.base import Resource
from actors_app.core.api.exceptions import not_valid
from actors_app.core.api.form_checks import checked, typed
from actors_app.core.api.schema import Done, operation, page_of
from actors_app.permissions.access import Subject
from actors_app.permissions.api import access_of_others
from actors_app.services.names import has_page
from actors_app.services.types import Config

TAG = "Configs"


def config_data(config: Config) -> dict[str, Any]:
    """Return a config as it goes out; of a secret the API itself has but ciphertext."""
    value = None if config.is_secret else config.value
    return {
        "name": config.name,
        "value": value,
        "is_secret": config.is_secret,
        "actors": list(config.actors),
        "name_problem": config.name_problem,
    }


def address(config: Config) -> str:
    """Return the address of a config; none where its name cannot be in one."""
    return reverse("api:config-detail", args=[config.name]) if has_page("config", config.name) else ""


class ConfigList(Resource):
    """`/configs/`."""

    secret = True  # a value that nobody marked as a secret is often one

    @operation(
        LIST_CONFIGS,
        tag=TAG,
        query=serializers.ConfigsQuery,
        gives=page_of(serializers.Config),
        about="All users of the tenant can read values that are not secret.",
    )
    def get(self, request: Request) -> Response:
        """Answer with a page of them, by name."""
        text, actor = self.params.get("q", "").casefold(), self.params.get("actor")
        configs = [
            row
            for row in map(config_data, self.abaco.configs.list())
            if any(text in part.casefold() for part in (row["name"], row["value"] or "", *row["actors"]))
            and (actor is None or actor in row["actors"])
        ]
        return self.page(serializers.Config, configs, lambda row: (row["name"].casefold(), row["name"]))

    @operation(
        CREATE_CONFIG,
        tag=TAG,
        takes=serializers.NewConfig,
        example={"name": "catalogue-key", "value": "…", "is_secret": True, "actors": ["rnaseq-production"]},
        gives=serializers.CreatedConfig,
        status=201,
    )
    def post(self, request: Request) -> Response:
        """Make one."""
        form = checked(ConfigForm(_typed(self.body(serializers.NewConfig))))
        result = commands.create(self.http, self.abaco, form.cleaned_data)
        subject = Subject("config", form.cleaned_data["name"])
        return self.command_response(
            result,
            lambda config, _: {**config_data(config), **access_of_others(self, subject)},
            status=201,
            location=address,
        )


class ConfigDetail(Resource):
    """`/configs/<config>/`."""

    secret = True

    @operation(
        "Get a config",
        tag=TAG,
        upstream="config.list",
        gives=serializers.Config,
        about="Reads the list, since the API returns single configs only to administrators.",
    )
    def get(self, request: Request, config: str) -> Response:
        """Answer with one."""
        return Response(config_data(self.abaco.configs.find(config)))

    @operation(
        UPDATE_CONFIG,
        tag=TAG,
        takes=serializers.ConfigValue,
        example={"value": "https://catalogue.example.org", "actors": ["rnaseq-production"]},
        gives=serializers.Config,
        about="Administrators only.",
    )
    def put(self, request: Request, config: str) -> Response:
        """Replace all of it but its name."""
        form = checked(ConfigEditForm(_typed(self.body(serializers.ConfigValue))))
        return self.command_response(
            commands.update(self.http, self.abaco, config, form.cleaned_data), lambda updated, _: config_data(updated)
        )

    @operation(
        DELETE_CONFIG,
        tag=TAG,
        takes=False,
        gives=Done,
        about="Administrators only. An unknown name counts as already deleted; see `message`.",
    )
    def delete(self, request: Request, config: str) -> Response:
        """Delete it."""
        return self.done(commands.delete(self.http, self.abaco, config))


def _typed(data: dict[str, Any]) -> Any:
    for name in data["actors"]:
        if not name or "," in name or any(sign.isspace() for sign in name):
            raise not_valid({"actors": [f"“{name}” is not an actor ID or alias."]})
    return typed({**data, "actors": ", ".join(data["actors"])}.items())
