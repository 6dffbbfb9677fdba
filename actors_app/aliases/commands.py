"""Making an alias, changing its target, deleting it."""

from django.http import HttpRequest
from django.urls import reverse

from actors_app.aliases.operations import CREATE_ALIAS, DELETE_ALIAS, UPDATE_ALIAS
from actors_app.core.operations.perform import CommandResult, Outcome, perform, was_gone
from actors_app.core.pages.formatting import visible
from actors_app.links.graph import ring_by_alias
from actors_app.permissions.access import JUST_CREATED
from actors_app.services import Abaco
from actors_app.services.types import Actor, Alias


def create(request: HttpRequest, abaco: Abaco, alias: str, actor_id: str) -> CommandResult[Alias]:
    """Create an alias of an actor. `POST /actors/aliases`."""
    return perform(
        request,
        CREATE_ALIAS,
        lambda: abaco.aliases.create(alias, actor_id),
        lambda created: Outcome(
            f"Alias {visible(created.alias)} created.",
            f"{reverse('actors:alias-detail', args=[alias])}?{JUST_CREATED}=1",
        ),
        actor_id=actor_id,
        object_id=alias,
    )


def point(request: HttpRequest, abaco: Abaco, alias: str, before: Alias, actor_id: str) -> CommandResult[Alias]:
    """Change the target of an alias. `PUT /actors/aliases/{alias}`."""
    return perform(
        request,
        UPDATE_ALIAS,
        lambda: abaco.aliases.update(alias, actor_id),
        lambda _: Outcome(f"Alias {alias} now points to {actor_id}.", reverse("actors:alias-detail", args=[alias])),
        actor_id=actor_id,
        object_id=alias,
        details={"before": {"actor_id": before.actor_id}, "after": {"actor_id": actor_id}},
    )


def delete(request: HttpRequest, abaco: Abaco, alias: str) -> CommandResult[bool]:
    """Delete an alias. `DELETE /actors/aliases/{alias}`."""
    return perform(
        request,
        DELETE_ALIAS,
        lambda: was_gone(lambda: abaco.aliases.delete(alias)),
        lambda gone: Outcome(
            f"Alias {alias} was already deleted." if gone else f"Alias {alias} deleted.",
            reverse("actors:alias-list"),
        ),
        object_id=alias,
    )


def ring(abaco: Abaco, alias: str, actor_id: str) -> str:
    """Return the ring that an alias which leads to an actor would close, in words, as far as it can be known.

    The API looks for rings when an actor's link is saved, and never when an alias is moved.
    """
    answers = abaco.gather(
        actors=lambda: abaco.actors.list(),
        aliases=lambda: abaco.aliases.list(),
        actor=lambda: abaco.actors.get(actor_id),
    )
    listed: tuple[Actor, ...] = answers["actors"].value or ()
    # The list need not hold an actor that is shared with everybody, nor one that an administrator may read.
    unlisted = (
        [answers["actor"].value] if answers["actor"].value and actor_id not in {actor.id for actor in listed} else []
    )
    return " → ".join(ring_by_alias(alias, actor_id, [*listed, *unlisted], answers["aliases"].value or ()))
