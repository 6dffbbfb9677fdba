"""Showing the secrets of a log, a message or a result to the owner of the actor, whose credential they may be."""

from django.http import HttpRequest

from actors_app.core.operations.operation import Operation
from actors_app.core.operations.perform import record_read
from actors_app.core.security.credentials import signed_in
from actors_app.services import Abaco
from actors_app.services.errors import AbacoError
from actors_app.services.types import Actor

REVEAL_SECRETS = Operation(
    "secret.reveal",
    about="execution",
    done="revealed hidden secrets of",
    tried="reveal hidden secrets of",
    choice="Reveal secrets",
)


class NotOwner(AbacoError):  # noqa: N818  named as the tree of errors it belongs to
    """Somebody else than the actor's owner asked to see the secrets of an execution."""

    kind = "forbidden"
    status = 403
    user_message = "Only the actor's owner can reveal these secrets."
    advice = "Ask the owner."


def is_owner(username: str, actor: Actor | None) -> bool:
    """Whether somebody owns an actor that the API has just described; administrators are no owners."""
    return actor is not None and bool(actor.owner) and actor.owner == username


def reveal(request: HttpRequest, abaco: Abaco, actor_id: str, execution_id: str, subject: str) -> None:
    """Record that the owner looks at the secrets of an execution; `subject` says where, in a word or two.

    Raises NotOwner for anybody else, NotRecorded where it cannot be written. `GET /actors/{id}`.
    """
    actor = abaco.actors.get(actor_id)
    if not is_owner(signed_in(request).username, actor):
        raise NotOwner
    details = {"name": actor.label, "what": subject}
    record_read(request, REVEAL_SECRETS, actor_id=actor.id, object_id=execution_id, details=details)


def asked_for(request: HttpRequest, abaco: Abaco, actor_id: str, execution_id: str, subject: str) -> bool:
    """Whether a page is to show secrets: its owner asks by a POST, which is recorded first."""
    if request.method != "POST":
        return False
    reveal(request, abaco, actor_id, execution_id, subject)
    return True
