"""Definitions of actors: those the portal has seen, what differs, as a file, and registering from one or another."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.http import Http404
from rest_framework.request import Request
from rest_framework.response import Response

from actors_app.actors import archive as definition_archive
from actors_app.actors import commands, serializers, serializers_definitions
from actors_app.actors.api import actor_data, address, as_form, exactly
from actors_app.actors.definition import Definition, Difference
from actors_app.actors.definition_files import NoDefinition, export_definition, parse_definition
from actors_app.actors.former_values import FormerReader, reader_despite, reader_of
from actors_app.actors.forms import ActorForm
from actors_app.actors.forms_inputs import cloned, filled, pairs_of
from actors_app.actors.forms_revisions import RevisionsForm
from actors_app.actors.revisions import Revision, changed, line_of
from actors_app.core.api.base import Resource
from actors_app.core.api.exceptions import not_valid
from actors_app.core.api.fields import PageQuery
from actors_app.core.api.form_checks import checked, typed
from actors_app.core.api.schema import operation, page_of
from actors_app.history import visibility
from actors_app.services.errors import AbacoError
from actors_app.services.types import Actor

TAG = "Definitions"


class Revisions(Resource):
    """What the addresses of former definitions have in common."""

    secret = True  # an environment often holds keys to other services

    def line(self, actor_id: str) -> tuple[Callable[[], FormerReader], list[Revision]]:
        """Return who reads an actor's definitions, to be asked for, and those, newest first, to whoever may read it."""
        try:
            actor = self.abaco.actors.get(actor_id)
        except AbacoError as error:
            # One that is gone is still its owner's to look at; while the API is silent, its last answer stands.
            record = visibility.remembered_actor(self.http, self.abaco, actor_id, error)
            key, reader = record.id, partial(reader_despite, self.user, record.id, record.owner, error)
        else:
            visibility.remember(self.user.tenant, [actor])
            key, reader = actor.id, partial(reader_of, self.abaco, self.user, actor)
        return reader, line_of(definition_archive.line(self.user.tenant, key))

    def opened(self, key: str, revision: Revision) -> Definition:
        """Return what is in one of them; raise Http404 where no key opens it any more."""
        row = definition_archive.find(self.user.tenant, key, revision.key)
        definition = definition_archive.opened(row) if row else None
        if definition is None:
            raise Http404
        return definition


class RevisionList(Revisions):
    """`/actors/<actor>/revisions/`."""

    @operation(
        "List the revisions of an actor",
        tag=TAG,
        upstream="actor.get",
        query=PageQuery,
        gives=page_of(serializers_definitions.Revision),
        about="Definitions recorded by the portal; the API stores only the current one.",
    )
    def get(self, request: Request, actor_id: str) -> Response:
        """Answer with a page of them, the newest first."""
        _, revisions = self.line(actor_id)
        return self.page(serializers_definitions.Revision, revisions, lambda revision: (revision.key,), descending=True)


class RevisionDetail(Revisions):
    """`/actors/<actor>/revisions/<revision>/`."""

    @operation(
        "Get a revision of an actor",
        tag=TAG,
        upstream="actor.get",
        gives=serializers_definitions.WholeRevision,
        about="Does not include the state, which is not versioned. To restore a revision, send its definition as "
        "PATCH. Earlier values are visible to the owner, users with UPDATE and administrators.",
    )
    def get(self, request: Request, actor_id: str, revision_id: int) -> Response:
        """Answer with one."""
        reader_now, revisions = self.line(actor_id)
        revision = next((item for item in revisions if item.key == revision_id), None)
        if revision is None:
            raise Http404
        reader = reader_now()
        fields, withheld = reader.definition(self.opened(reader.actor_id, revision))
        return Response(
            {
                **serializers_definitions.Revision(revision).data,
                "former_values": reader.sight.value,
                "definition": fields,
                "withheld": serializers_definitions.Withheld(withheld, many=True).data,
            }
        )


class RevisionDifference(Revisions):
    """`/actors/<actor>/revisions/difference/`."""

    @operation(
        "Compare two revisions of an actor",
        tag=TAG,
        upstream="actor.get",
        query=serializers_definitions.DifferenceQuery,
        gives=serializers_definitions.Comparison,
        about="Earlier values are visible to the owner, users with UPDATE and administrators.",
    )
    def get(self, request: Request, actor_id: str) -> Response:
        """Answer with the fields that differ."""
        reader_now, revisions = self.line(actor_id)
        form = checked(RevisionsForm(typed(self.params.items()), revisions))
        before, after = form.chosen(revisions)
        if before is None or after is None:
            return Response({"before": None, "after": None, "former_values": None, "differences": []})
        reader = reader_now()
        changes = changed(self.opened(reader.actor_id, before), self.opened(reader.actor_id, after))
        return Response(
            {
                "before": serializers_definitions.Revision(before).data,
                "after": serializers_definitions.Revision(after).data,
                "former_values": reader.sight.value,
                "differences": [_difference(reader, change) for change in changes],
            }
        )


def _difference(reader: FormerReader, change: Difference) -> dict[str, Any]:
    """Return a field that differs as the reader sees it."""
    before, before_withheld = reader.value(change.name, change.before)
    after, after_withheld = reader.value(change.name, change.after)
    return {
        "name": change.name,
        "before": before,
        "after": after,
        "before_withheld": serializers_definitions.Withheld(before_withheld, many=True).data,
        "after_withheld": serializers_definitions.Withheld(after_withheld, many=True).data,
    }


class Definitions(Resource):
    """What registering from a definition has in common."""

    secret = True

    def register(self, definition: Definition, data: Definition, **extra: Any) -> Response:
        """Register an actor; `data` is what was sent, whose line ends stay as they are."""
        form = checked(ActorForm(typed(pairs_of(filled(definition))), tenant=self.tenant))
        result = commands.create(self.http, self.abaco, exactly(form.new_definition(), data))
        return self.command_response(
            result, lambda actor, _: {**actor_data(actor), **extra}, status=201, location=address
        )


class DefinitionFile(Definitions):
    """`/actors/<actor>/definition/`."""

    @operation(
        "Export the definition of an actor",
        tag=TAG,
        upstream="actor.get",
        gives={"application/json": dict},
        about="Uses the API's field names, as accepted by `POST /actors`, `tapis` and agavepy.",
    )
    def get(self, request: Request, actor_id: str) -> Response:
        """Answer with the definition."""
        actor = self.abaco.actors.get(actor_id)
        definition_archive.record(self.user.tenant, [actor])
        return Response(export_definition(actor, self.tenant.version))


class DefinitionImport(Definitions):
    """`/definitions/`."""

    @operation(
        "Register an actor from an exported definition",
        tag=TAG,
        upstream="actor.create",
        takes=serializers_definitions.DefinitionFile,
        example={"definition": {"image": "abacosamples/test", "maxWorkers": 2}},
        gives=serializers_definitions.ImportedActor,
        status=201,
        about="Unknown fields are ignored and listed in the response.",
    )
    def post(self, request: Request) -> Response:
        """Register one."""
        try:
            imported = parse_definition(self.body(serializers_definitions.DefinitionFile)["definition"]).for_version(
                self.tenant.version
            )
        except NoDefinition as error:
            raise not_valid({"definition": list(error.sentences)}) from None
        data = as_form(imported.definition)
        return self.register(
            data, data, unknown=list(imported.unknown), left_out=list(imported.left_out), taken=imported.origin
        )


class ActorClone(Definitions):
    """`/actors/<actor>/clone/`."""

    @operation(
        "Clone an actor",
        tag=TAG,
        upstream="actor.get actor.create",
        takes=serializers_definitions.Clone,
        example={"name": "another-like-it"},
        gives=serializers.Actor,
        status=201,
        about="Nonces and permissions are not copied. The state is copied if it is a JSON object.",
    )
    def post(self, request: Request, actor_id: str) -> Response:
        """Register it."""
        data = as_form(self.body(serializers_definitions.Clone))
        source: Actor = self.abaco.actors.get(actor_id)
        definition_archive.record(self.user.tenant, [source])
        return self.register(cloned(source) | data, data)
