"""Bulk acts that were ordered: writing one down, finding one's own, what has come of them, stopping one."""

import hashlib
import json
from collections.abc import Sequence

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, QuerySet
from django.utils import timezone

from actors_app.bulk.models import BulkItem, BulkJob
from actors_app.bulk.plans import Plan
from actors_app.core.operations.models import AuditEntry
from actors_app.core.security.credentials import Credentials

LISTED = 50  # of a person's jobs, the newest
OPEN = (BulkItem.WAITING, BulkItem.STARTED)


def handle_of(credentials: Credentials, key: str) -> str:
    """Return the name of the job that a form orders: always the same, however often it is sent."""
    return hashlib.sha256("\n".join(["bulk", credentials.tenant, credentials.username, key]).encode()).hexdigest()[:32]


def order(credentials: Credentials, plan: Plan, handle: str, key: str) -> BulkJob:
    """Write down what is to be done; nothing is done yet. `key` is that of the entry that the trail has of it."""
    job = BulkJob(
        handle=handle,
        tenant=credentials.tenant,
        username=credentials.username,
        act=plan.act,
        place=plan.place,
        query=plan.query,
        key=key,
        created=timezone.now(),
    )
    items = [
        BulkItem(job=job, actor_id=planned.actor_id, object_id=planned.object_id, label=planned.label)
        for planned in (*plan.items, *plan.left)
    ]
    for item, planned in zip(items[plan.number :], plan.left, strict=True):
        item.outcome, item.said = BulkItem.LEFT, planned.why_not
    for number, item in enumerate(items, start=1):
        item.number = number
    with transaction.atomic():
        job.save(force_insert=True)
        BulkItem.objects.bulk_create(items)
    return job


def job_of(credentials: Credentials, handle: str) -> BulkJob | None:
    """Return a person's own job; None for one of anybody else."""
    return BulkJob.objects.filter(handle=handle, tenant=credentials.tenant, username=credentials.username).first()


def jobs_of(credentials: Credentials) -> QuerySet[BulkJob]:
    """Return a person's own jobs, newest first."""
    return BulkJob.objects.filter(tenant=credentials.tenant, username=credentials.username).order_by("-created")


def unfinished(credentials: Credentials) -> list[BulkJob]:
    """Return those of a person's newest jobs that have an item without a result."""
    if not jobs_of(credentials).exists():
        return []  # as for most people on most pages, to whom the question below would cost three times as much
    open_ = BulkItem.objects.filter(job=OuterRef("pk"), outcome__in=OPEN)
    return list(jobs_of(credentials).filter(Exists(open_))[:LISTED])


def items_of(job: BulkJob) -> QuerySet[BulkItem]:
    """Return what a job is about, in its order."""
    return BulkItem.objects.filter(job=job).order_by("number")


def tally(job: BulkJob) -> dict[str, int]:
    """Return how many items there are of each outcome."""
    return tallies([job]).get(job.pk, {})


def tallies(jobs: Sequence[BulkJob]) -> dict[str, dict[str, int]]:
    """Return of each job how many items there are of each outcome."""
    rows = BulkItem.objects.filter(job__in=jobs).values_list("job", "outcome").annotate(Count("pk")).order_by()
    counts: dict[str, dict[str, int]] = {}
    for handle, outcome, count in rows:
        counts.setdefault(handle, {})[outcome] = count
    return counts


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
        return waiting.update(outcome=BulkItem.SKIPPED, said="Stopped before it started; nothing was sent.")
