"""Keeping a log, which the API forgets after a while, and deleting what was kept."""

from collections.abc import Mapping

from django.http import HttpRequest
from django.urls import reverse

from actors_app.core.operations.perform import CommandResult, Outcome, answered, perform
from actors_app.core.pages.formatting import size
from actors_app.core.security.credentials import Credentials, signed_in
from actors_app.logs import archive as log_archive
from actors_app.logs.lifetime import log_is_settled
from actors_app.logs.models import KeptLog
from actors_app.logs.operations import DELETE_LOG, KEEP_LOG
from actors_app.services import Abaco, Result
from actors_app.services.errors import Conflict
from actors_app.services.permissions import WORLD, level_of


def keep(request: HttpRequest, abaco: Abaco, actor_id: str, execution_id: str) -> CommandResult[KeptLog | None]:
    """Archive the log of an execution that has ended; raise Conflict for any other. `GET …/logs`."""
    if before := answered(request, KEEP_LOG, actor_id=actor_id, object_id=execution_id):
        return before
    credentials, execution = signed_in(request), abaco.executions.get(actor_id, execution_id)
    if not log_is_settled(execution):
        raise Conflict(
            user_message="The log is still being written, so it was not archived.",
            advice="Archive it when the execution has finished.",
        )
    known_as, page = execution.actor_id or actor_id, _page(actor_id, execution_id)

    def outcome(row: KeptLog | None) -> Outcome:
        if row is None:
            return Outcome("The log is empty. Nothing was archived.", page, "info")
        return Outcome(f"Log archived ({size(row.size)}).", page)

    return perform(
        request,
        KEEP_LOG,
        lambda: log_archive.keep(
            credentials, known_as, execution_id, lambda: abaco.logs.stream(actor_id, execution_id)
        ),
        outcome,
        actor_id=actor_id,
        object_id=execution_id,
    )


def may_forget(credentials: Credentials, kept_log: KeptLog, answers: Mapping[str, Result]) -> bool:
    """Whether somebody may delete an archived log: who kept it, and whoever may change the actor."""
    actor, levels = answers["actor"].value, answers["levels"].value or {}
    is_owner = actor is not None and actor.owner == credentials.username
    may_change = WORLD in levels or level_of(levels, credentials.username) == "UPDATE"
    return kept_log.username == credentials.username or is_owner or may_change


def forget(request: HttpRequest, actor_id: str, execution_id: str, kept_log: KeptLog) -> CommandResult[None]:
    """Delete an archived log; the API has no part in it."""
    return perform(
        request,
        DELETE_LOG,
        lambda: log_archive.forget(kept_log),
        lambda _: Outcome("Archived log deleted.", _page(actor_id, execution_id)),
        actor_id=actor_id,
        object_id=execution_id,
        details={"before": {"kept_by": kept_log.username, "size": kept_log.size, "sha256": kept_log.sha256}},
    )


def forgotten(actor_id: str, execution_id: str) -> Outcome:
    """Say that a log is not archived any more."""
    return Outcome("Archived log already deleted.", _page(actor_id, execution_id))


def _page(actor_id: str, execution_id: str) -> str:
    return reverse("actors:execution-logs", args=[actor_id, execution_id])
