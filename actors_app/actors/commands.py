"""Registering, saving and deleting an actor."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from actors_app.actors.archive import record_saved
from actors_app.actors.definition import Definition, differences, full_update, redacted
from actors_app.actors.operations import CREATE_ACTOR, DELETE_ACTOR, RESTART_ACTOR, UPDATE_ACTOR
from actors_app.core.operations.perform import CommandResult, Outcome, perform, was_gone
from actors_app.core.pages.formatting import visible
from actors_app.history import visibility
from actors_app.links.graph import ring_of
from actors_app.services import Abaco
from actors_app.services.types import Actor

GONE = "already deleted"  # in place of what the API says of a deletion


def create(request: HttpRequest, abaco: Abaco, definition: Definition) -> CommandResult[Actor]:
    """Register an actor. `POST /actors`."""
    return perform(
        request,
        CREATE_ACTOR,
        lambda: _create(request, abaco, definition),
        lambda actor: Outcome(
            f"Actor {visible(actor.label)} registered. It starts once its image is pulled.",
            address(actor.id),
        ),
        details={"name": definition.get("name"), "after": redacted(definition)},
    )


def update(
    request: HttpRequest,
    abaco: Abaco,
    actor_id: str,
    actor: Actor,
    before: Definition,
    after: Definition,
    *,
    force: bool,
) -> CommandResult[Actor]:
    """Save what differs between two definitions of an actor, and lose nothing. `PUT /actors/{id}`."""
    changes = {field.name: field.after for field in differences(before, after)}
    return perform(
        request,
        UPDATE_ACTOR,
        lambda: _save(request, abaco, actor_id, actor, changes, force),
        lambda _: Outcome(f"Actor {visible(actor.label)} saved.", address(actor_id)),
        actor_id=actor_id,
        details={
            "name": actor.label,
            "before": redacted({name: before[name] for name in changes}),
            "after": redacted(changes),
            "force": force,
        },
    )


def restart(request: HttpRequest, abaco: Abaco, actor_id: str, actor: Actor) -> CommandResult[Actor]:
    """Save an actor as it is, with `force`, so that a new worker takes its messages. `PUT /actors/{id}`."""
    return perform(
        request,
        RESTART_ACTOR,
        lambda: _save(request, abaco, actor_id, actor, {}, force=True),
        lambda _: Outcome(
            "Actor restarting. Queued messages run once the new worker is ready.",
            reverse("actors:worker-list", args=[actor_id]),
        ),
        actor_id=actor_id,
        details={"name": actor.label, "before": {}, "after": {}, "force": True},
    )


def delete(request: HttpRequest, abaco: Abaco, actor_id: str, label: str) -> CommandResult[str]:
    """Delete an actor. `DELETE /actors/{id}`."""
    return perform(
        request,
        DELETE_ACTOR,
        lambda: _delete(request, abaco, actor_id),
        lambda reply: _deleted(label, reply),
        actor_id=actor_id,
        details={"name": label},
    )


def ring(abaco: Abaco, actor: Actor, link: str) -> str:
    """Return the ring that a link would close, in words; none where it closes none, or that cannot be known."""
    if not link:
        return ""
    answers = abaco.gather(actors=lambda: abaco.actors.list(), aliases=lambda: abaco.aliases.list())
    other_actors = [item for item in answers["actors"].value or () if item.id != actor.id]
    return " → ".join(ring_of(actor.id, link, [actor, *other_actors], answers["aliases"].value or ()))


def address(actor_id: str) -> str:
    """Return the page of an actor, or the list where the API did not name it in a form we know."""
    try:
        return reverse("actors:actor-detail", args=[actor_id])
    except NoReverseMatch:
        return reverse("actors:actor-list")


def _create(request: HttpRequest, abaco: Abaco, definition: Mapping[str, object]) -> Actor:
    actor = abaco.actors.create(definition)
    record_saved(request, CREATE_ACTOR, actor)
    visibility.forget_rights(request)
    return actor


def _save(
    request: HttpRequest, abaco: Abaco, actor_id: str, actor: Actor, changes: dict[str, Any], force: bool
) -> Actor:
    """Send the whole definition with these changes, and keep it as saved by this visitor.

    A state that is no object cannot be part of it and would be lost; it is set again right after.
    """
    update = full_update(actor, changes)
    saved = abaco.actors.update(actor_id, update | {"force": True} if force else update)
    record_saved(request, UPDATE_ACTOR, saved, actor_id=actor_id)
    if not actor.stateless and "state" not in changes and not isinstance(actor.state, dict) and actor.state:
        abaco.state.set(actor_id, actor.state)
    return saved


def _delete(request: HttpRequest, abaco: Abaco, actor_id: str) -> str:
    replies: list[str] = []
    gone = was_gone(lambda: replies.append(abaco.actors.delete(actor_id)))
    visibility.forget_actor(request, actor_id)
    return GONE if gone else replies[0]


def _deleted(label: str, reply: str) -> Outcome:
    if reply == GONE:
        return Outcome(f"Actor {visible(label)} was already deleted.", reverse("actors:actor-list"))
    note = " The API is still cleaning up." if "cleaning up" in reply else ""
    return Outcome(f"Actor {visible(label)} deleted.{note}", reverse("actors:actor-list"))
