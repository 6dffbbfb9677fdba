"""Who may see a log that is archived."""

from collections.abc import Mapping

from actors_app.core.security.credentials import Credentials
from actors_app.logs import archive as log_archive
from actors_app.logs.models import KeptLog
from actors_app.services import Result
from actors_app.services.errors import AbacoError, APIError, NotFound, RateLimited, ServiceFailed


def visible_kept(
    credentials: Credentials, actor_id: str, execution_id: str, answers: Mapping[str, Result]
) -> KeptLog | None:
    """Return the archived log of an execution if somebody may see it: whoever the API lets read it now.

    Where the API cannot say so, because the actor is gone or nothing answers, only who kept it.
    """
    kept_log = log_archive.kept_log(credentials.tenant, execution_id)
    execution, actor = answers["execution"], answers["actor"]
    if kept_log is None or _is_refusal(execution.error) or _is_refusal(actor.error):
        return None
    if execution.value is not None:
        is_theirs = kept_log.actor_id in (execution.value.actor_id, actor_id)
    elif actor.value is not None:
        is_theirs = kept_log.actor_id == actor.value.id
    else:
        is_theirs = (kept_log.username, kept_log.actor_id) == (credentials.username, actor_id)
    return kept_log if is_theirs else None


def _is_refusal(error: AbacoError | None) -> bool:
    """Whether the API said no, rather than that there is nothing, or nothing at all."""
    return isinstance(error, APIError) and not isinstance(error, NotFound | ServiceFailed | RateLimited)
