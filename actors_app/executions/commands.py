"""Halting an execution, and registering one that ran elsewhere."""

from collections.abc import Mapping

from django.http import HttpRequest
from django.urls import reverse

from actors_app.core.operations.perform import CommandResult, Outcome, perform
from actors_app.core.pages.converters import is_id
from actors_app.executions.operations import HALT_EXECUTION, REGISTER_EXECUTION
from actors_app.services import Abaco
from actors_app.services.types import Execution


def halt(request: HttpRequest, abaco: Abaco, actor_id: str, execution_id: str) -> CommandResult[str]:
    """Halt a running execution. `DELETE /actors/{id}/executions/{execution}`."""
    return perform(
        request,
        HALT_EXECUTION,
        lambda: abaco.executions.halt(actor_id, execution_id),
        lambda _: Outcome(
            "Halt requested. The worker takes no more messages: see the Workers tab before you send the next one.",
            reverse("actors:execution-detail", args=[actor_id, execution_id]),
        ),
        actor_id=actor_id,
        object_id=execution_id,
    )


def register(
    request: HttpRequest, abaco: Abaco, actor_id: str, measured: Mapping[str, int]
) -> CommandResult[Execution | None]:
    """Register an external execution; Abaco refuses every one. `POST /actors/{id}/executions`."""
    return perform(
        request,
        REGISTER_EXECUTION,
        lambda: abaco.executions.register(actor_id, **measured),
        lambda execution: Outcome("Execution registered.", _address(actor_id, execution)),
        actor_id=actor_id,
        details={"after": dict(measured)},
    )


def _address(actor_id: str, execution: Execution | None) -> str:
    """Return the page of an execution, or the list where the API did not name it in a form we know."""
    if execution is None or not is_id(execution.id):
        return reverse("actors:execution-list", args=[actor_id])
    return reverse("actors:execution-detail", args=[actor_id, execution.id])
