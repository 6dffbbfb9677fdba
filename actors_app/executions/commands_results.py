"""Taking a result of an execution, which the API forgets as it gives it out."""

from django.http import HttpRequest
from django.urls import reverse

from actors_app.core.operations.perform import CommandResult, Outcome, perform
from actors_app.core.pages.formatting import size
from actors_app.core.security.credentials import signed_in
from actors_app.executions import archive as result_archive
from actors_app.executions.models import KeptResult
from actors_app.executions.operations import TAKE_RESULT
from actors_app.services import Abaco
from actors_app.services.errors import AbacoError, BadAnswer, Resting, ServiceFailed, Unreachable

FULL = (
    f"Storage limit reached ({size(result_archive.QUOTA)}), so no result was fetched. Saved results expire after 24 "
    "hours."
)


def take(request: HttpRequest, abaco: Abaco, actor_id: str, execution_id: str) -> CommandResult[KeptResult | None]:
    """Take one result and keep it before anything else is done with it. `GET …/executions/{execution}/results`."""
    return perform(
        request,
        TAKE_RESULT,
        lambda: _take(request, abaco, actor_id, execution_id),
        lambda row: _outcome(row, reverse("actors:execution-detail", args=[actor_id, execution_id])),
        actor_id=actor_id,
        object_id=execution_id,
    )


def may_be_lost(error: AbacoError) -> bool:
    """Whether a call that got no whole answer may have removed what it did not bring."""
    return isinstance(error, Unreachable | BadAnswer | ServiceFailed) and not isinstance(error, Resting)


def _take(request: HttpRequest, abaco: Abaco, actor_id: str, execution_id: str) -> KeptResult | None:
    try:
        data = abaco.results.take(actor_id, execution_id)
    except AbacoError as error:
        if may_be_lost(error):
            error.mark_changed("unknown")
        raise
    return result_archive.keep(signed_in(request), actor_id, execution_id, data) if data else None


def _outcome(row: KeptResult | None, page: str) -> Outcome:
    if row is None:
        return Outcome("No result available.", page, "info")
    return Outcome(f"Result fetched ({size(row.size)}) and saved for 24 hours.", page)
