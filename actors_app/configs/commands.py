"""Making, replacing and deleting a config; its value is kept nowhere here, whether it is a secret or not."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from actors_app.configs.operations import CREATE_CONFIG, DELETE_CONFIG, UPDATE_CONFIG
from actors_app.core.operations.perform import CommandResult, Outcome, perform, was_gone
from actors_app.core.pages.formatting import visible
from actors_app.permissions.access import JUST_CREATED
from actors_app.services import Abaco
from actors_app.services.types import Config


def create(request: HttpRequest, abaco: Abaco, typed: Mapping[str, Any]) -> CommandResult[Config]:
    """Create a config of what a form took. `POST /actors/configs`."""
    return perform(
        request,
        CREATE_CONFIG,
        lambda: abaco.configs.create(typed["name"], typed["value"], typed["is_secret"], typed["actors"]),
        lambda created: Outcome(f"Config {visible(created.name)} created.", f"{_page(typed['name'])}?{JUST_CREATED}=1"),
        object_id=typed["name"],
        details={"is_secret": typed["is_secret"], "actors": typed["actors"]},
    )


def update(request: HttpRequest, abaco: Abaco, config: str, typed: Mapping[str, Any]) -> CommandResult[Config]:
    """Replace a config by what a form took. `PUT /actors/configs/{name}`."""
    return perform(
        request,
        UPDATE_CONFIG,
        lambda: abaco.configs.update(config, typed["value"], typed["is_secret"], typed["actors"]),
        lambda _: Outcome(f"Config {config} saved.", _page(config)),
        object_id=config,
        details={"is_secret": typed["is_secret"], "actors": typed["actors"]},
    )


def delete(request: HttpRequest, abaco: Abaco, config: str) -> CommandResult[bool]:
    """Delete a config. `DELETE /actors/configs/{name}`."""
    return perform(
        request,
        DELETE_CONFIG,
        lambda: was_gone(lambda: abaco.configs.delete(config)),
        lambda gone: Outcome(
            f"Config {config} was already deleted." if gone else f"Config {config} deleted.",
            reverse("actors:config-list"),
        ),
        object_id=config,
    )


def _page(config: str) -> str:
    return reverse("actors:config-detail", args=[config])
