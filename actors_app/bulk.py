"""Bulk acts under way: ordered once, moved on by whoever looks at their page, each execution acted on at most once.

Two things keep that: an item is claimed in the store before anything is asked, and its write has a key of its own in
the audit trail, which takes no key twice. An item that was claimed by a process that died is looked up in the trail;
where that does not know the end, nobody does, and it is not tried again.
"""

import hashlib
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from actors_app import kept_messages
from actors_app.activity import answer_of, end_of, execution_of
from actors_app.again import known_of
from actors_app.bulk_plans import Plan
from actors_app.credentials import Credentials, SessionCredentials
from actors_app.forms.history import outcome_label
from actors_app.models import AuditEntry, BulkItem, BulkJob
from actors_app.sending import execution_address, send, told
from actors_app.services import Abaco
from actors_app.services.errors import AbacoError, Busy, RateLimited, SignedOut, Unreachable
from actors_app.services.types import Execution
from actors_app.templatetags.actors import visible
from actors_app.writes import Answer, NotRecorded, Written, item_key, perform_item

ACTIONS = {"halt": "execution.halt", "resend": "message.send"}
# Longer than the slowest item can take: two calls that read at once, twice, a renewed sign-in, and the write.
LEASE = timedelta(seconds=120)
LISTED = 50  # of a person's jobs, the newest
OPEN = (BulkItem.WAITING, BulkItem.STARTED)
# What may be over in a moment: the item keeps its turn, and the job waits for somebody to go on.
_NOT_NOW = (Unreachable, Busy, RateLimited, NotRecorded)


@dataclass(frozen=True, slots=True)
class Result:
    """What came of one item."""

    outcome: str
    said: str
    made: str = ""


class _Later(Exception):  # noqa: N818  it ends a step and is no error
    """Nothing was begun for an item, which keeps its turn."""

    def __init__(self, error: AbacoError) -> None:
        super().__init__()
        self.error = error


def handle_of(who: Credentials, key: str) -> str:
    """Return the name of the job that a form orders: always the same, however often it is sent."""
    return hashlib.sha256("\n".join(["bulk", who.tenant, who.username, key]).encode()).hexdigest()[:32]


def order(who: Credentials, plan: Plan, handle: str, key: str) -> BulkJob:
    """Write down what is to be done; nothing is done yet. `key` is that of the entry that the trail has of it."""
    job = BulkJob(
        handle=handle,
        tenant=who.tenant,
        username=who.username,
        act=plan.act,
        query=plan.query,
        key=key,
        created=timezone.now(),
    )
    items = [BulkItem(job=job, actor_id=actor_id, execution_id=id_) for actor_id, id_ in plan.items]
    items += [
        BulkItem(job=job, actor_id=actor_id, execution_id=id_, outcome=BulkItem.SKIPPED, said=why_not)
        for actor_id, id_, why_not in plan.left
    ]
    for number, item in enumerate(items, start=1):
        item.number = number
    with transaction.atomic():
        job.save(force_insert=True)
        BulkItem.objects.bulk_create(items)
    return job


def job_of(who: Credentials, handle: str) -> BulkJob | None:
    """Return a person's own job; None for one of anybody else."""
    return BulkJob.objects.filter(handle=handle, tenant=who.tenant, username=who.username).first()


def jobs_of(who: Credentials) -> QuerySet[BulkJob]:
    """Return a person's own jobs, newest first."""
    return BulkJob.objects.filter(tenant=who.tenant, username=who.username).order_by("-created")


def unfinished(who: Credentials) -> list[BulkJob]:
    """Return those of a person's newest jobs that have an item without a result."""
    open_ = BulkItem.objects.filter(job=OuterRef("pk"), outcome__in=OPEN)
    return list(jobs_of(who).filter(Exists(open_))[:LISTED])


def items_of(job: BulkJob) -> QuerySet[BulkItem]:
    """Return what a job is about, in its order."""
    return BulkItem.objects.filter(job=job).order_by("number")


def tally(job: BulkJob) -> dict[str, int]:
    """Return how many items there are of each outcome."""
    return tallies([job]).get(job.pk, {})


def tallies(jobs: Sequence[BulkJob]) -> dict[str, dict[str, int]]:
    """Return of each job how many items there are of each outcome."""
    rows = BulkItem.objects.filter(job__in=jobs).values_list("job", "outcome").annotate(Count("pk")).order_by()
    found: dict[str, dict[str, int]] = {}
    for handle, outcome, count in rows:
        found.setdefault(handle, {})[outcome] = count
    return found


def reason_of(job: BulkJob) -> str:
    """Return why it was ordered, which only the trail keeps."""
    return reasons_of([job]).get(job.key, "")


def reasons_of(jobs: Sequence[BulkJob]) -> dict[str, str]:
    """Return why jobs were ordered, by the keys of their entries in the trail."""
    rows = AuditEntry.objects.filter(key__in=[job.key for job in jobs]).values_list("key", "details")
    return {str(key): str(json.loads(details).get("reason", "")) for key, details in rows}


def stop(job: BulkJob) -> int:
    """Let nothing more be begun; return how many items lost their turn."""
    with transaction.atomic():
        BulkJob.objects.filter(pk=job.pk).update(stopped=True)
        waiting = BulkItem.objects.filter(job=job, outcome=BulkItem.WAITING)
        return waiting.update(outcome=BulkItem.SKIPPED, said="You stopped before its turn; nothing was sent.")


# A step -----------------------------------------------------------------------------------------------------


def step(request: HttpRequest, abaco: Abaco, job: BulkJob, *, seconds: float, most: int) -> AbacoError | None:
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
    held, until = BulkJob.objects.filter(pk=job.pk, busy_until=job.busy_until), timezone.now() + LEASE
    if not held.update(busy_until=until):
        return None
    job.busy_until = until
    while item := items_of(job).filter(outcome=BulkItem.WAITING).first():
        if BulkItem.objects.filter(pk=item.pk, outcome=BulkItem.WAITING).update(outcome=BulkItem.STARTED):
            return item
    return None


def _save(item: BulkItem, result: Result) -> None:
    """Write down what came of an item; whoever gave it up for unknown meanwhile is corrected."""
    begun = BulkItem.objects.filter(pk=item.pk, outcome__in=(BulkItem.STARTED, BulkItem.UNKNOWN))
    begun.update(outcome=result.outcome, said=result.said, made=result.made)


def _settle(job: BulkJob) -> None:
    """Find out in the trail what came of items whose process died; what it does not know stays unknown."""
    for item in items_of(job).filter(outcome=BulkItem.STARTED):
        entry = entries(job, [item]).get(item.pk)
        _save(item, _found(entry))


def _found(entry: AuditEntry | None) -> Result:
    end = end_of(entry) if entry else None
    if entry is None or end is None:
        return Result(BulkItem.UNKNOWN, "The portal was interrupted. It is not known whether it was done.")
    said, reason = answer_of(entry)
    quoted = f" The API said: “{reason}”" if reason else ""
    return Result(end.outcome, said + quoted, execution_of(entry) if entry.action == "message.send" else "")


def entries(job: BulkJob, items: list[BulkItem]) -> dict[int, AuditEntry]:
    """Return what the trail has of some items, by their keys in the store."""
    who, action = Credentials(job.tenant, job.username, ""), ACTIONS[job.act]
    keys = {
        item_key(
            who,
            action,
            job=job.handle,
            item=str(item.number),
            actor_id=item.actor_id,
            object_id=item.execution_id if job.act == "halt" else "",
        ): item.pk
        for item in items
    }
    found = AuditEntry.objects.filter(key__in=list(keys)).select_related("end")
    return {keys[entry.key]: entry for entry in found if entry.key}


def _do(request: HttpRequest, abaco: Abaco, job: BulkJob, item: BulkItem) -> AbacoError | None:
    """Act on one item that was claimed; return an error after which the step should end."""
    act = {"halt": _halt, "resend": _resend}[job.act]
    try:
        _save(item, act(request, abaco, job, item))
    except _Later as later:
        BulkItem.objects.filter(pk=item.pk, outcome=BulkItem.STARTED).update(outcome=BulkItem.WAITING)
        if isinstance(later.error, SignedOut):
            raise later.error from None
        return later.error
    except AbacoError as error:
        outcome = {"unknown": BulkItem.UNKNOWN, "yes": BulkItem.DONE, "no": BulkItem.REFUSED}[error.changed]
        _save(item, Result(outcome, _sentence(error)))
        if isinstance(error, SignedOut) and not error.renewed:
            raise
        return error if isinstance(error, _NOT_NOW) else None
    return None


def _sentence(error: AbacoError) -> str:
    quoted = f" The API said: “{error.reason}”" if error.reason else ""
    return f"{error.user_message}{quoted}"


def _asked(call: Callable[[], Any]) -> Any:
    """Ask what must be known before an item is acted on; put it off where that cannot be had now."""
    try:
        return call()
    except (SignedOut, *_NOT_NOW) as error:
        raise _Later(error) from None


def _written(call: Callable[[], Written[Any]]) -> Written[Any]:
    try:
        return call()
    except NotRecorded as error:  # then nothing was sent either
        raise _Later(error) from None


def _halt(request: HttpRequest, abaco: Abaco, job: BulkJob, item: BulkItem) -> Result:
    execution: Execution = _asked(lambda: abaco.executions.get(item.actor_id, item.execution_id))
    if execution.status != "RUNNING":
        words = outcome_label(execution.outcome).lower()
        return Result(BulkItem.SKIPPED, f"It did not run any more: {words}. Nothing was sent.")
    said = "The halt was ordered."
    _written(
        lambda: perform_item(
            request,
            ACTIONS["halt"],
            lambda: abaco.executions.halt(item.actor_id, item.execution_id),
            lambda _: Answer(said, execution_address(item.actor_id, item.execution_id)),
            job=job.handle,
            item=str(item.number),
            actor_id=item.actor_id,
            object_id=item.execution_id,
            details={"reason": reason_of(job)},
        )
    )
    return Result(BulkItem.DONE, said)


def _resend(request: HttpRequest, abaco: Abaco, job: BulkJob, item: BulkItem) -> Result:
    who = SessionCredentials.of(request).current
    if who is None:
        raise _Later(SignedOut())
    answers = abaco.wave(
        actor=lambda: abaco.actors.get(item.actor_id),
        execution=lambda: abaco.executions.get(item.actor_id, item.execution_id),
    )
    for answer in answers.values():
        if isinstance(answer.error, (SignedOut, *_NOT_NOW)):
            raise _Later(answer.error)
    known = known_of(who, item.execution_id, answers["actor"], answers["execution"])
    if known.sent is None:
        return Result(BulkItem.SKIPPED, f"{known.why_not} Nothing was sent.")
    sent = kept_messages.Sent(known.sent.kind, known.sent.body, known.sent.environment, item.execution_id)
    written = _written(
        lambda: perform_item(
            request,
            ACTIONS["resend"],
            lambda: send(who, abaco, item.actor_id, sent),
            lambda made: Answer("Message sent.", execution_address(item.actor_id, made.execution_id)),
            job=job.handle,
            item=str(item.number),
            actor_id=item.actor_id,
            details=told(sent) | {"reason": reason_of(job)},
        )
    )
    made = written.value.execution_id if written.value else ""
    return Result(BulkItem.DONE, "Sent again.", visible(made)[:128])
