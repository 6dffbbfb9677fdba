"""Writing the state of an actor, and making it empty."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from actors_app.actors.archive import record_saved
from actors_app.actors.definition import full_update
from actors_app.core.operations.perform import CommandResult, Outcome, perform
from actors_app.services import Abaco
from actors_app.services.types import Actor
from actors_app.state.operations import RESET_STATE, UPDATE_STATE


def save(
    request: HttpRequest, abaco: Abaco, actor_id: str, before: Any, after: Any, *, over: bool
) -> CommandResult[Actor]:
    """Replace a state; `over` says whether it has moved since it was read. `POST /actors/{id}/state`."""
    return perform(
        request,
        UPDATE_STATE,
        lambda: abaco.state.set(actor_id, after),
        lambda _: Outcome("State saved.", _page(actor_id)),
        actor_id=actor_id,
        details={"before": _size(before), "after": _size(after), "over": over},
    )


def reset(request: HttpRequest, abaco: Abaco, actor_id: str, actor: Actor) -> CommandResult[Actor]:
    """Make the state empty, which the API does by an update of the whole actor alone. `PUT /actors/{id}`."""
    result = perform(
        request,
        RESET_STATE,
        lambda: abaco.actors.update(actor_id, full_update(actor, {"state": {}})),
        lambda _: Outcome("State reset.", _page(actor_id)),
        actor_id=actor_id,
        details={"before": _size(actor.state)},
    )
    if result.value is not None:
        record_saved(request, RESET_STATE, result.value, actor_id=actor_id)
    return result


def _page(actor_id: str) -> str:
    return reverse("actors:state-detail", args=[actor_id])


def _size(state: Any) -> dict[str, Any]:
    """Return what the trail keeps of a state: its kind and how much it holds, since its values are often secrets."""
    if isinstance(state, dict):
        return {"kind": "object", "names": sorted(str(name) for name in state)[:50]}
    return {"kind": "list" if isinstance(state, list) else type(state).__name__, "size": len(str(state))}
