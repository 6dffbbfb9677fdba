"""Making, replacing and deleting a config; its value is kept nowhere here, whether it is a secret or not."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from actors_app.services import Abaco
from actors_app.services.errors import NotFound
from actors_app.services.types import Config
from actors_app.wording import visible
from actors_app.writes import Answer, Written, perform


def create(request: HttpRequest, abaco: Abaco, typed: Mapping[str, Any]) -> Written[Config]:
    """Make a config of what a form took. `POST /actors/configs`."""
    return perform(
        request,
        "config.create",
        lambda: abaco.configs.create(typed["name"], typed["value"], typed["is_secret"], typed["actors"]),
        lambda made: Answer(f"The config {visible(made.name)} is made.", _page(typed["name"])),
        object_id=typed["name"],
        details={"is_secret": typed["is_secret"], "actors": typed["actors"]},
    )


def update(request: HttpRequest, abaco: Abaco, config: str, typed: Mapping[str, Any]) -> Written[Config]:
    """Replace a config by what a form took. `PUT /actors/configs/{name}`."""
    return perform(
        request,
        "config.update",
        lambda: abaco.configs.update(config, typed["value"], typed["is_secret"], typed["actors"]),
        lambda _: Answer(f"The config {config} is saved.", _page(config)),
        object_id=config,
        details={"is_secret": typed["is_secret"], "actors": typed["actors"]},
    )


def delete(request: HttpRequest, abaco: Abaco, config: str) -> Written[None]:
    """Delete a config. `DELETE /actors/configs/{name}`."""
    return perform(
        request,
        "config.delete",
        lambda: abaco.configs.delete(config),
        lambda _: Answer(f"The config {config} is deleted.", reverse("actors:config-list")),
        object_id=config,
    )


def one(abaco: Abaco, config: str) -> Config:
    """Return a config from the list, since the API gives one alone to administrators only. `GET /actors/configs`."""
    for found in abaco.configs.list():
        if found.name == config:
            return found
    raise missing()


def missing() -> NotFound:
    """Return the error of a config that is not in the list."""
    return NotFound("a config that is not listed", user_message="This config does not exist, or was deleted.")


def _page(config: str) -> str:
    return reverse("actors:config-detail", args=[config])
