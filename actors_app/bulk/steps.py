"""Moving a bulk act on by a step: by whoever looks at its page, each item acted on at most once.

Two things keep that: an item is claimed in the store before anything is asked, and its write has a key of its own in
the audit trail, which takes no key twice. An item that was claimed by a process that died is looked up in the trail;
where that does not know the end, nobody does, and it is not tried again.
"""

import time
from datetime import timedelta

from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone

from actors_app.audit.activity import answer_of, end_of, execution_of
from actors_app.bulk.jobs import items_of
from actors_app.bulk.kinds import ACTS
from actors_app.bulk.models import BulkItem, BulkJob
from actors_app.bulk.turns import Later, Turn, TurnResult, may_pass
from actors_app.core.operations.models import AuditEntry
from actors_app.core.operations.perform import item_key
from actors_app.core.security.credentials import Credentials
from actors_app.messages.operations import SEND_MESSAGE
from actors_app.services import Abaco
from actors_app.services.errors import CallError, SignedOut

# Longer than the slowest item can take: two calls that read at once, twice, a renewed sign-in, and the write.
LEASE = timedelta(seconds=120)


def step(request: HttpRequest, abaco: Abaco, job: BulkJob, *, seconds: float, most: int) -> CallError | None:
    """Move a job on by a few items, with this visitor's credentials; return why it stopped early, where it did.

    Where another page moves it on already, this does nothing. Raises SignedOut.
    """
    if not _lease(job):
        return None
    until = time.monotonic() + seconds
    try:
        _settle(job)
        for _ in range(most):
            if time.monotonic() > until:
                break
            item = _claim(job)
            if item is None:
                break
            if error := _do(request, abaco, job, item):
                if isinstance(error, SignedOut):
                    raise error
                return error
    finally:
        BulkJob.objects.filter(pk=job.pk, busy_until=job.busy_until).update(busy_until=None)
    return None


def _lease(job: BulkJob) -> bool:
    """Take the right to move a job on, which ends by itself where its holder dies."""
    at = timezone.now()
    free = BulkJob.objects.filter(Q(busy_until=None) | Q(busy_until__lt=at), pk=job.pk)
    if not free.update(busy_until=at + LEASE):
        return False
    job.busy_until = at + LEASE
    return True


def _claim(job: BulkJob) -> BulkItem | None:
    """Take the next item that nobody has taken; None where none is left, or another page has the lease now."""
    leased, until = BulkJob.objects.filter(pk=job.pk, busy_until=job.busy_until), timezone.now() + LEASE
    if not leased.update(busy_until=until):
        return None
    job.busy_until = until
    while item := items_of(job).filter(outcome=BulkItem.WAITING).first():
        if BulkItem.objects.filter(pk=item.pk, outcome=BulkItem.WAITING).update(outcome=BulkItem.STARTED):
            return item
    return None


def _save(item: BulkItem, result: TurnResult) -> None:
    """Write down what came of an item; whoever gave it up for unknown meanwhile is corrected."""
    started = BulkItem.objects.filter(pk=item.pk, outcome__in=(BulkItem.STARTED, BulkItem.UNKNOWN))
    started.update(outcome=result.outcome, said=result.message, made=result.execution_id)


def _settle(job: BulkJob) -> None:
    """Find out in the trail what came of items whose process died; what it does not know stays unknown."""
    for item in items_of(job).filter(outcome=BulkItem.STARTED):
        entry = entries(job, [item]).get(item.pk)
        _save(item, _recorded_result(entry))


def _recorded_result(entry: AuditEntry | None) -> TurnResult:
    end = end_of(entry) if entry else None
    if entry is None or end is None:
        return TurnResult(BulkItem.UNKNOWN, "Interrupted; outcome unknown.")
    message, reason = answer_of(entry)
    quoted = f" API response: “{reason}”" if reason else ""
    return TurnResult(end.outcome, message + quoted, execution_of(entry) if entry.action == SEND_MESSAGE.action else "")


def entries(job: BulkJob, items: list[BulkItem]) -> dict[int, AuditEntry]:
    """Return what the trail has of some items, by their keys in the store."""
    credentials, act = Credentials(job.tenant, job.username, ""), ACTS[job.act]
    keys = {
        item_key(
            credentials,
            act.operation,
            job=job.handle,
            item=str(item.number),
            actor_id=item.actor_id,
            object_id=item.object_id if act.names_object else "",
        ): item.pk
        for item in items
    }
    rows = AuditEntry.objects.filter(key__in=list(keys)).select_related("end")
    return {keys[entry.key]: entry for entry in rows if entry.key}


def _do(request: HttpRequest, abaco: Abaco, job: BulkJob, item: BulkItem) -> CallError | None:
    """Act on one item that was claimed; return an error after which the step should end."""
    try:
        act = ACTS[job.act]
        _save(item, act.do(Turn(request, abaco, job, item, act.operation)))
    except Later as later:
        BulkItem.objects.filter(pk=item.pk, outcome=BulkItem.STARTED).update(outcome=BulkItem.WAITING)
        return later.error
    except CallError as error:
        outcome = {"unknown": BulkItem.UNKNOWN, "yes": BulkItem.DONE, "no": BulkItem.REFUSED}[error.changed]
        _save(item, TurnResult(outcome, _sentence(error)))
        return error if may_pass(error) else None
    return None


def _sentence(error: CallError) -> str:
    quoted = f" API response: “{error.reason}”" if error.reason else ""
    return f"{error.user_message}{quoted}"
