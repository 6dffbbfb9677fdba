"""Configs and secrets: the list of the tenant's, one, making, editing and deleting one, and those of an actor."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.views.decorators.debug import sensitive_post_parameters

from actors_app.configs import commands
from actors_app.configs.forms import ConfigDeleteForm, ConfigEditForm, ConfigFilter, ConfigForm
from actors_app.configs.operations import CREATE_CONFIG, DELETE_CONFIG, UPDATE_CONFIG
from actors_app.core.addresses import page_of
from actors_app.core.htmx import render_page, wants_fragment
from actors_app.core.operations.operation import Operation
from actors_app.core.operations.perform import answered
from actors_app.core.pages.decorators import abaco_page, page
from actors_app.core.pages.formatting import visible, visible_name
from actors_app.core.pages.forms import form_page
from actors_app.core.pages.preferences import preferences_of
from actors_app.core.security.credentials import abaco_for
from actors_app.masking import MASK
from actors_app.permissions.access import Subject
from actors_app.permissions.access_pages import after_creation
from actors_app.services import Abaco
from actors_app.services.configs import missing
from actors_app.services.errors import AbacoError
from actors_app.services.names import problem_of
from actors_app.services.types import Actor, Alias, Config


@dataclass(frozen=True, slots=True)
class Receiver:
    """An actor as a config names it: its name there, and what is known of it."""

    named: str
    label: str
    url: str


@dataclass(frozen=True, slots=True)
class ConfigRow:
    """One config; `value` is empty for a secret, whose ciphertext nobody needs to see.

    `problem` is what is wrong with its name.
    """

    name: str
    url: str
    value: str
    is_secret: bool
    receivers: tuple[Receiver, ...]
    is_mine: bool
    problem: str | None


@page("GET")
def config_list(request: HttpRequest) -> HttpResponse:
    """Show the configs of the tenant and the actors that receive them (`GET /actors/configs`)."""
    chosen = ConfigFilter(request.GET).chosen
    context: dict[str, Any] = {"section": "configs", "choices": ConfigFilter.SHOW, **chosen}
    try:
        all_rows = _rows(abaco_for(request))
    except AbacoError as error:
        return render_page(request, "configs/list.html", context | {"error": error}, status=error.status)
    visible_rows = [row for row in all_rows if _is_shown(row, chosen)]
    page = Paginator(visible_rows, preferences_of(request).page_size).get_page(chosen["page"])
    context |= {"rows": page.object_list, "page": page, "total": len(all_rows)}
    return render_page(request, "configs/list.html", context, partial="configs/_table.html")


def _is_shown(row: ConfigRow, chosen: Mapping[str, Any]) -> bool:
    text = chosen["q"].casefold()
    texts = (row.name, row.value, *(f"{receiver.named} {receiver.label}" for receiver in row.receivers))
    if text and not any(text in field.casefold() for field in texts):
        return False
    return {"": True, "mine": row.is_mine, "secret": row.is_secret}[chosen["show"]]


@sensitive_post_parameters()
@page("GET", "POST")
def config_create(request: HttpRequest) -> HttpResponse:
    """Create a config (`POST /actors/configs`)."""
    form = ConfigForm(initial={"actors": request.GET.get("actor", "")[:128]})
    if request.method == "POST":
        form = ConfigForm(request.POST)
        if form.is_valid():
            with form.catch_refusal(is_fragment=wants_fragment(request)):
                return commands.create(request, abaco_for(request), form.cleaned_data).go(request)
    context = {"section": "configs", "form": form, "sends": _sends(CREATE_CONFIG, form)}
    return form_page(request, "configs/create.html", context, partial="configs/_create.html")


@abaco_page("GET")
def config_detail(request: HttpRequest, abaco: Abaco, config: str) -> HttpResponse:
    """Show a config, from the list, since the API gives one alone to administrators only (`GET /actors/configs`)."""
    context = _context(config, _find_row(abaco, config)) | after_creation(request, abaco, Subject("config", config))
    return render_page(request, "configs/detail.html", context)


@sensitive_post_parameters()
@abaco_page("GET", "POST")
def config_update(request: HttpRequest, abaco: Abaco, config: str) -> HttpResponse:
    """Replace a config (`PUT /actors/configs/{name}`)."""
    if request.method != "POST":
        current = abaco.configs.find(config)
        form = ConfigEditForm.of(current)
        context = _context(config) | {
            "form": form,
            "was_secret": current.is_secret,
            "sends": _sends(UPDATE_CONFIG, form),
        }
    else:
        form = ConfigEditForm(request.POST)
        context = _context(config) | {"form": form, "sends": _sends(UPDATE_CONFIG, form, config)}
        if form.is_valid():
            with form.catch_refusal():
                return commands.update(request, abaco, config, form.cleaned_data).go(request)
    return form_page(request, "configs/update.html", context, partial="configs/_update.html")


@abaco_page("GET", "POST")
def config_delete(request: HttpRequest, abaco: Abaco, config: str) -> HttpResponse:
    """Say who receives it no more, then delete a config once its name was typed (`DELETE /actors/configs/{name}`)."""
    if request.method != "POST":
        context = _context(config, _find_row(abaco, config)) | {"form": ConfigDeleteForm(actor_id=config, label=config)}
    else:
        form = ConfigDeleteForm(request.POST, actor_id=config)
        context = _context(config) | {"form": form}
        if form.is_valid():
            if earlier := answered(request, DELETE_CONFIG, object_id=config):
                return earlier.go(request)
            with form.catch_refusal():
                return commands.delete(request, abaco, config).go(request)
    return form_page(request, "configs/delete.html", context, partial="configs/_delete.html")


@abaco_page("GET")
def actor_configs(request: HttpRequest, abaco: Abaco, actor_id: str) -> HttpResponse:
    """Show the configs that an actor receives, under its id or one of its aliases (`GET /actors/configs`)."""
    answers = abaco.gather(
        configs=lambda: abaco.configs.list(),
        aliases=lambda: abaco.aliases.list(),
        actor=lambda: abaco.actors.get(actor_id),
    )
    actor: Actor = answers["actor"].unwrap()
    aliases: Sequence[Alias] = answers["aliases"].value or ()
    names = (actor.id, *(alias.alias for alias in aliases if alias.actor_id == actor.id))
    error = answers["configs"].error
    context: dict[str, Any] = {
        "actor_id": actor_id,
        "actor": actor,
        "section": "actors",
        "tab": "",
        "counts": {},
        "error": error,
        "rows": [
            _row(config, {}, names) for config in _sorted(answers["configs"].value or ()) if config.is_for(*names)
        ],
        "aliases_unknown": answers["aliases"].error,
    }
    partial = "configs/_of_actor.html"
    status = error.status if error and not wants_fragment(request) else 200
    return render_page(request, "configs/of_actor.html", context, partial=partial, status=status)


def _sends(operation: Operation, form: ConfigEditForm, name: str = "") -> dict[str, dict[str, Any]]:
    """Return what the form would send, as code: whatever is typed as a secret is left out."""
    example = operation.example or {}
    if not form.is_bound or form.errors:
        return {operation.name: dict(example)}
    typed = form.cleaned_data
    value = MASK if typed["is_secret"] else typed["value"]
    sent = {"name": typed.get("name", name), "value": value, "actors": ", ".join(typed["actors"])}
    return {operation.name: {**example, **sent, "is_secret": typed["is_secret"]}}


def _context(config: str, row: ConfigRow | None = None) -> dict[str, Any]:
    problem = problem_of("config", config)
    return {"config": config, "section": "configs", "tab": "overview", "row": row, "problem": problem}


def _rows(abaco: Abaco) -> list[ConfigRow]:
    """Return all configs by name; what is not known of their actors is left out."""
    answers = abaco.gather(
        configs=lambda: abaco.configs.list(),
        actors=lambda: abaco.actors.list(),
        aliases=lambda: abaco.aliases.list(),
    )
    configs: tuple[Config, ...] = answers["configs"].unwrap()
    actors = {actor.id: actor for actor in answers["actors"].value or ()}
    for alias in answers["aliases"].value or ():
        if alias.actor_id in actors:
            actors.setdefault(alias.alias, actors[alias.actor_id])
    return [_row(config, actors, ()) for config in _sorted(configs)]


def _sorted(configs: Sequence[Config]) -> list[Config]:
    return sorted(configs, key=lambda config: (config.name.casefold(), config.name))


def _row(config: Config, actors: Mapping[str, Actor], names: tuple[str, ...]) -> ConfigRow:
    return ConfigRow(
        name=visible_name(config.name),
        url=page_of("config-detail", config.name),
        value="" if config.is_secret else visible(config.value),
        is_secret=config.is_secret,
        receivers=tuple(
            Receiver(
                visible(name), visible(actors[name].label) if name in actors else "", page_of("actor-detail", name)
            )
            for name in config.actors
        ),
        is_mine=bool(names) or any(name in actors for name in config.actors),
        problem=config.name_problem,
    )


def _find_row(abaco: Abaco, config: str) -> ConfigRow:
    for row in _rows(abaco):
        if row.name == config:
            return row
    raise missing()
