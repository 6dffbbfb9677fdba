"""Aliases: the list of the tenant's, one, making one, changing its target, deleting it."""

from django.urls import reverse
from rest_framework.request import Request
from rest_framework.response import Response

from actors_app.aliases import commands, serializers
from actors_app.aliases.forms import AliasForm, PointForm
from actors_app.aliases.operations import CREATE_ALIAS, DELETE_ALIAS, LIST_ALIASES, READ_ALIAS, UPDATE_ALIAS
from actors_app.core.api.base import Resource
from actors_app.core.api.exceptions import not_valid
from actors_app.core.api.form_checks import checked, typed
from actors_app.core.api.schema import Done, operation, page_of
from actors_app.core.operations.perform import answered
from actors_app.links.graph import ring_words
from actors_app.permissions.access import Subject
from actors_app.permissions.api import access_of_others
from actors_app.services.names import has_page
from actors_app.services.types import Alias

TAG = "Aliases"


def address(alias: Alias) -> str:
    """Return the address of an alias; none where its name cannot be in one."""
    return reverse("api:alias-detail", args=[alias.alias]) if has_page("alias", alias.alias) else ""


class Aliases(Resource):
    """What the addresses of aliases have in common."""

    def refuse_ring(self, alias: str, actor_id: str) -> None:
        """Raise a problem where an alias that leads to an actor would close a ring of links."""
        if ring := commands.ring(self.abaco, alias, actor_id):
            raise not_valid({"actor_id": [ring_words(ring)]})


class AliasList(Aliases):
    """`/aliases/`."""

    @operation(
        LIST_ALIASES,
        tag=TAG,
        query=serializers.AliasesQuery,
        gives=page_of(serializers.Alias),
    )
    def get(self, request: Request) -> Response:
        """Answer with a page of them, by name, whoever owns them."""
        text = self.params.get("q", "").casefold()
        exact = {name: self.params[name] for name in ("actor_id", "owner") if name in self.params}
        aliases = [
            alias
            for alias in self.abaco.aliases.list()
            if any(text in part.casefold() for part in (alias.alias, alias.actor_id, alias.owner))
            and all(getattr(alias, name) == value for name, value in exact.items())
        ]
        return self.page(serializers.Alias, aliases, lambda alias: (alias.alias.casefold(), alias.alias))

    @operation(
        CREATE_ALIAS,
        tag=TAG,
        takes=serializers.NewAlias,
        example={"alias": "rnaseq-production", "actor_id": "GJ4pt6HEHa63k"},
        gives=serializers.CreatedAlias,
        status=201,
    )
    def post(self, request: Request) -> Response:
        """Make one."""
        data = checked(AliasForm(typed(self.body(serializers.NewAlias).items()))).cleaned_data
        alias, actor_id = data["alias"], data["actor_id"]
        result = answered(self.http, CREATE_ALIAS, actor_id=actor_id, object_id=alias)
        if result is None:
            self.refuse_ring(alias, actor_id)
            result = commands.create(self.http, self.abaco, alias, actor_id)
        return self.command_response(
            result,
            lambda created, _: {**serializers.Alias(created).data, **access_of_others(self, Subject("alias", alias))},
            status=201,
            location=address,
        )


class AliasDetail(Aliases):
    """`/aliases/<alias>/`."""

    @operation(READ_ALIAS, tag=TAG, gives=serializers.Alias)
    def get(self, request: Request, alias: str) -> Response:
        """Answer with one."""
        return Response(serializers.Alias(self.abaco.aliases.get(alias)).data)

    @operation(
        UPDATE_ALIAS,
        tag=TAG,
        takes=serializers.Pointing,
        example={"actor_id": "GJ4pt6HEHa63k"},
        gives=serializers.Alias,
        about="Messages to the alias, and its nonces, then use the new target.",
    )
    def put(self, request: Request, alias: str) -> Response:
        """Point it elsewhere."""
        actor_id = checked(PointForm(typed(self.body(serializers.Pointing).items()))).cleaned_data["actor_id"]
        moved = answered(self.http, UPDATE_ALIAS, actor_id=actor_id, object_id=alias)
        if moved is None:
            before = self.abaco.aliases.get(alias)
            self.refuse_ring(alias, actor_id)
            moved = commands.point(self.http, self.abaco, alias, before, actor_id)
        return self.command_response(moved, lambda updated, _: serializers.Alias(updated).data)

    @operation(
        DELETE_ALIAS,
        tag=TAG,
        takes=False,
        gives=Done,
        about="The actor is not affected. Nonces of the alias stay, and would work again for a new alias of the "
        "same name: delete them first. An unknown name counts as already deleted; see `message`.",
    )
    def delete(self, request: Request, alias: str) -> Response:
        """Delete it."""
        return self.done(commands.delete(self.http, self.abaco, alias))
