"""Ordering one act on many things: a plan that was shown is written down, and done step by step afterwards."""

from django.http import HttpRequest
from django.urls import reverse

from actors_app.bulk import jobs
from actors_app.bulk.kinds import ACTS
from actors_app.bulk.models import BulkJob
from actors_app.bulk.operations import START_BULK
from actors_app.bulk.plans import Plan
from actors_app.core.operations.perform import CommandResult, Outcome, entry_key, idempotency_key_of, perform
from actors_app.core.security.credentials import signed_in

LONG_SECONDS, LONG_ITEMS = 6.0, 50  # of a step that somebody asked for


def order(request: HttpRequest, plan: Plan, reason: str) -> CommandResult[BulkJob]:
    """Write down what a plan says, and why; nothing is done yet."""
    credentials, act = signed_in(request), ACTS[plan.act]
    handle = jobs.handle_of(credentials, idempotency_key_of(request).secret)
    key = entry_key(request, START_BULK, object_id=handle)
    return perform(
        request,
        START_BULK,
        lambda: jobs.order(credentials, plan, handle, key),
        lambda job: Outcome(act.confirmation(plan.number), reverse("actors:bulk-detail", args=[job.handle])),
        object_id=handle,
        details={"name": act.count_label(plan.number), "act": plan.act, "reason": reason, "filter": plan.query},
    )
