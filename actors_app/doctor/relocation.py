"""What an operator confirms where the address of a tenant changed: that the same API moved, or that this is another.

Rows stay as they are, however many there are: the key that they have is bound to the new origin. Credentials are not
taken along.
"""

from django.apps import apps
from django.db import models, transaction
from django.db.models import F

from actors_app.core.operations import trail
from actors_app.core.operations.models import AuditEntry
from actors_app.core.operations.trail import OPERATOR
from actors_app.core.security import origins
from actors_app.core.security.models import PortalSession, TenantOrigin
from actors_app.core.security.origins import Change
from actors_app.doctor.operations import MOVE_TENANT
from actors_app.history.models import CollectorBeat

# What is kept of an API beside these can be discarded; that the collector is alive there says nothing of what is kept.
_STAYS = (AuditEntry, PortalSession)
_ANYHOW = (*_STAYS, CollectorBeat)


class Conflict(Exception):  # noqa: N818 - it says how things are
    """Something is kept of the new address already; `counts` has the rows of each table."""

    def __init__(self, counts: dict[str, int]) -> None:
        super().__init__("rows of the new address")
        self.counts = counts


def tables() -> list[type[models.Model]]:
    """Return every table whose rows are about one API."""
    all_models = apps.get_app_config("actors_app").get_models()
    return [model for model in all_models if any(field.name == "tenant" for field in model._meta.fields)]


def counts_of(key: str) -> dict[str, int]:
    """Return how many rows each table has of a key, where it has any."""
    counts = {model._meta.db_table: model._base_manager.filter(tenant=key).count() for model in tables()}
    return {table: count for table, count in counts.items() if count}


def newer_rows(change: Change) -> dict[str, int]:
    """Return what is kept of the new address already and cannot go on beside what moves there."""
    anyhow = {model._meta.db_table for model in _ANYHOW}
    return {table: count for table, count in counts_of(_current_key(change)).items() if table not in anyhow}


def _current_key(change: Change) -> str:
    return next(key for key, tenant in origins.by_key().items() if tenant == change.tenant)


@transaction.atomic
def move(change: Change, *, discards: bool = False) -> None:
    """Bind what is kept of the former API to the tenant's origin of today, end its sign-ins, and say so on the trail.

    Raises Conflict where something is kept of that origin already, unless that may go. What people did there stays on
    the trail, and is shown with the rest.
    """
    before = TenantOrigin.objects.select_for_update().get(pk=change.before.pk)
    key = _current_key(change)
    if (since := newer_rows(change)) and not discards:
        raise Conflict(since)
    sessions = PortalSession.objects.filter(tenant__in=(before.key, key))
    sessions.update(credential="", credential_version=F("credential_version") + 1, renewing_until=None)
    for model in tables():
        if model not in _STAYS:
            model._base_manager.filter(tenant=key).delete()
    TenantOrigin.objects.filter(merged=key).update(merged=before)
    TenantOrigin.objects.filter(pk=key).update(origin="", merged=before)
    former = before.origin
    before.name, before.origin, before.is_apart = change.tenant.name, change.tenant.origin, False
    before.save()
    trail.append(
        kind=AuditEntry.OPERATOR,
        tenant=before.key,
        username=OPERATOR,
        action=MOVE_TENANT.action,
        outcome=AuditEntry.DONE,
        request_id="",
        details={
            "name": change.tenant.name,
            "before": {"origin": former},
            "after": {"origin": before.origin},
            "discarded": since,
        },
    )


def leave_apart(change: Change) -> None:
    """Confirm that there is another API at the new address: what is kept of the former stays, and is not shown."""
    TenantOrigin.objects.filter(pk=change.before.pk).update(is_apart=True)
