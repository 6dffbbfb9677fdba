"""Actors: the list, registering one, one of them, changing and deleting it."""

from typing import Any

from django.urls import reverse
from rest_framework.request import Request
from rest_framework.response import Response

from actors_app.actors import archive as definition_archive
from actors_app.actors import commands, serializers
from actors_app.actors.definition import Definition, definition_of, differences
from actors_app.actors.facets import KEYS, matching
from actors_app.actors.forms import ActorForm
from actors_app.actors.forms_inputs import filled, inputs_of, pairs_of
from actors_app.actors.operations import CREATE_ACTOR, DELETE_ACTOR, LIST_ACTORS, READ_ACTOR, UPDATE_ACTOR
from actors_app.core.api.base import Resource, require_match
from actors_app.core.api.exceptions import not_valid
from actors_app.core.api.form_checks import checked, typed
from actors_app.core.api.schema import Done, operation, page_of
from actors_app.core.operations.perform import answered
from actors_app.core.pages.converters import is_id
from actors_app.links.graph import ring_words
from actors_app.services.types import Actor
from actors_app.services.types.actor_fields import FIELDS

TAG = "Actors"


def actor_data(actor: Actor) -> dict[str, Any]:
    """Return an actor as it goes out."""
    return dict(serializers.Actor(actor).data)


def address(actor: Actor) -> str:
    """Return the address of an actor; none where its id cannot be in one."""
    return reverse("api:actor-detail", args=[actor.id]) if is_id(actor.id) else ""


class ActorList(Resource):
    """`/actors/`."""

    @operation(
        LIST_ACTORS,
        tag=TAG,
        query=serializers.ActorsQuery,
        gives=page_of(serializers.ActorRow, has_slices=True),
    )
    def get(self, request: Request) -> Response:
        """Answer with a page of the list."""
        actors = self.abaco.actors.list()
        definition_archive.record(self.user.tenant, actors)
        sort: str = self.params["sort"]
        matches = matching(actors, self.params.get("q", ""), self.params.get("status", ""))
        return self.page(serializers.ActorRow, matches, KEYS[sort.removeprefix("-")], descending=sort[0] == "-")

    @operation(
        CREATE_ACTOR,
        tag=TAG,
        takes=serializers.ActorDefinition,
        example={"image": "abacosamples/wc", "name": "word-count", "default_environment": {"LEVEL": "2"}},
        gives=serializers.Actor,
        status=201,
    )
    def post(self, request: Request) -> Response:
        """Register one; it starts as soon as its image is there."""
        data = self.body(serializers.ActorDefinition)
        form = checked(ActorForm(typed(pairs_of(filled(as_form(data)))), tenant=self.tenant))
        definition = exactly(form.new_definition(), data)
        result = commands.create(self.http, self.abaco, definition)
        return self.command_response(result, lambda actor, _: actor_data(actor), status=201, location=address)


class ActorDetail(Resource):
    """`/actors/<actor>/`."""

    secret = True  # an environment often holds keys to other services

    @operation(READ_ACTOR, tag=TAG, gives=serializers.Actor)
    def get(self, request: Request, actor_id: str) -> Response:
        """Answer with an actor and its definition."""
        actor = self.abaco.actors.get(actor_id)
        definition_archive.record(self.user.tenant, [actor])
        return Response(actor_data(actor))

    @operation(
        UPDATE_ACTOR,
        tag=TAG,
        takes=serializers.ActorChanges,
        example={"description": "Counts words.", "log_ex": 3600},
        gives=serializers.Actor,
        about="Omitted fields stay unchanged: the portal sends the whole definition, since PUT in the API resets them. "
        "With `If-Match` and the ETag of a GET, an actor that has changed since is not updated (412).",
        may=(412,),
    )
    def patch(self, request: Request, actor_id: str) -> Response:
        """Change what is named, and nothing else."""
        data = self.body(serializers.ActorChanges)
        if earlier := answered(self.http, UPDATE_ACTOR, actor_id=actor_id):
            return self.command_response(earlier, lambda actor, _: actor_data(actor))
        actor = self.abaco.actors.get(actor_id)
        require_match(self.http, actor_data(actor), "actor")
        force, before = data.pop("force", False), definition_of(actor)
        form = checked(
            ActorForm(_inputs(before | as_form(data), force), opened=before, actor_id=actor_id, tenant=self.tenant)
        )
        after = exactly(form.values(), data)
        if not differences(before, after) and not force:
            return Response(actor_data(actor))
        if before["link"] != after["link"] and (ring := commands.ring(self.abaco, actor, after["link"])):
            raise not_valid({"link": [ring_words(ring)]})
        saved = commands.update(self.http, self.abaco, actor_id, actor, before, after, force=force)
        return self.command_response(saved, lambda saved, _: actor_data(saved))

    @operation(DELETE_ACTOR, tag=TAG, takes=False, gives=Done)
    def delete(self, request: Request, actor_id: str) -> Response:
        """Delete it, with its nonces, permissions, logs and waiting messages."""
        if earlier := answered(self.http, DELETE_ACTOR, actor_id=actor_id):
            return self.done(earlier)
        label = self.abaco.actors.get(actor_id).label
        return self.done(commands.delete(self.http, self.abaco, actor_id, label))


def as_form(data: Definition) -> Definition:
    """Return what was sent as the form takes it: a hint with a comma in it would become two."""
    for hint in data.get("hints", ()):
        if "," in hint:
            raise not_valid({"hints": ["Hints cannot contain commas."]})
    texts = {field.name for field in FIELDS if field.type == "text" and field.is_set_back_by_null}
    return {name: "" if value is None and name in texts else value for name, value in data.items()}


def _inputs(definition: Definition, force: bool) -> Any:
    return typed([*inputs_of(definition), ("force", force)])


def exactly(definition: Definition, data: Definition) -> Definition:
    """Return a checked definition with a description's line ends as they were sent, which a browser could not send."""
    exact = {name: data[name] for name in ("description",) if data.get(name)}
    return {**definition, **exact}
