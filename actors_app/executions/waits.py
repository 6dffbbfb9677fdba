"""What is asked of the API to say why an execution that waits is not running; `why.py` tells the reason from it."""

from actors_app.executions.why import Asked, Why, why_not_running
from actors_app.services import Abaco, Answer
from actors_app.services.types import Execution
from actors_app.wording import now


def why_of(abaco: Abaco, actor_id: str, execution_id: str) -> tuple[Execution, Why | None]:
    """Ask for an execution, in one wave with what may hold it up; return it, and why it waits where it does."""
    answers = abaco.wave(
        execution=lambda: abaco.executions.get(actor_id, execution_id),
        actor=lambda: abaco.actors.get(actor_id),
        mailbox=lambda: abaco.messages.count(actor_id),
        workers=lambda: abaco.workers.list(actor_id),
    )
    execution: Execution = answers["execution"].need()
    return execution, _reason(execution, answers) if execution.outcome == "waiting" else None


def why_waiting(abaco: Abaco, actor_id: str, execution: Execution, actor: Answer) -> Why:
    """Ask for what shows why an execution waits; `actor` is what the API has said of its actor."""
    answers = abaco.wave(
        mailbox=lambda: abaco.messages.count(actor_id),
        workers=lambda: abaco.workers.list(actor_id),
    )
    return _reason(execution, {"actor": actor, **answers})


def _reason(execution: Execution, answers: dict[str, Answer]) -> Why:
    asked = Asked(
        answers["actor"].value, answers["mailbox"].value, answers["workers"].value, problem=answers["actor"].error
    )
    return why_not_running(execution, asked, now())
