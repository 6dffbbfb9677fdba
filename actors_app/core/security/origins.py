"""Which Actors API the rows of the store are about, whatever the tenant is called and wherever its address leads now.

Rows name their API by a key, in their column `tenant`. A key is bound to one origin (`TenantOrigin`): for the first API
of a tenant it is the tenant's name, so that the rows of a store from before 0010 hold it already; an API that comes
under the same name later gets a key of its own. What asks the store for the rows of a key can thereby never show those
of another API, and a tenant that is renamed keeps its rows. `settings.TENANTS` is asked by name alone: where somebody
signs in, and in commands.
"""

import itertools
from collections.abc import Container, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db import transaction

from actors_app.core.security.models import TenantOrigin
from portal.tenants import Tenant

_REMEMBERED = 60  # seconds


def key_of(tenant: Tenant) -> str:
    """Return the key of a tenant's rows; bind it to the tenant's origin where it is not bound yet."""
    rows = list(TenantOrigin.objects.all())
    for row in rows:
        if (row.name, row.origin) == (tenant.name, tenant.origin):
            return row.key
    key = next(key for key, paired in _pairs(rows).items() if paired == tenant)
    with transaction.atomic():
        row, is_new = TenantOrigin.objects.get_or_create(
            key=key, defaults={"name": tenant.name, "origin": tenant.origin}
        )
        if not is_new:
            # Of a tenant that was renamed, or bound by another process just now.
            TenantOrigin.objects.filter(key=key, origin=tenant.origin).update(name=tenant.name)
    return key if row.origin == tenant.origin else key_of(tenant)


def tenant_at(key: str) -> Tenant | None:
    """Return the tenant whose rows have this key; None where no tenant is at that origin now.

    Asked of the store once a minute: an answer holds as long as the tenant is where it was.
    """
    memory = f"tenant-at:{key}"
    name, origin = cache.get(memory) or ("", "")
    tenant: Tenant | None = settings.TENANTS.get(name)
    if tenant is None or tenant.origin != origin:
        tenant = by_key().get(key)
        if tenant:
            cache.set(memory, (tenant.name, tenant.origin), timeout=_REMEMBERED)
    return tenant


def by_key() -> dict[str, Tenant]:
    """Return every tenant by the key of its rows."""
    return _pairs(list(TenantOrigin.objects.all()))


def keys() -> dict[str, str]:
    """Return the key of every tenant's rows by its name, and bind none."""
    return {tenant.name: key for key, tenant in by_key().items()}


def is_at(key: str, origin: str) -> bool:
    """Whether what has this key and came from this origin is still about the API of a tenant.

    A portal from before 0010, which may still run, writes no origin: then the one that is bound to the key counts.
    """
    tenant = tenant_at(key)
    if tenant is None or origin:
        return tenant is not None and tenant.origin == origin
    return TenantOrigin.objects.filter(key=key, origin=tenant.origin).exists()


def trail_of(key: str) -> dict[str, Any]:
    """Return the filter of the trail's entries about the API of a key, of those too that were merged into it."""
    memory = f"trail-of:{key}"
    merged: list[str] | None = cache.get(memory)
    if merged is None:
        merged = list(TenantOrigin.objects.filter(merged=key).values_list("key", flat=True))
        cache.set(memory, merged, timeout=_REMEMBERED)
    return {"tenant__in": [key, *merged]} if merged else {"tenant": key}


def _pairs(rows: Sequence[TenantOrigin]) -> dict[str, Tenant]:
    """Return every tenant by the key that is bound to its origin, or else by the one that it will be given."""
    at = {(row.name, row.origin): row.key for row in rows}
    pairs, unbound = {}, []
    for tenant in settings.TENANTS.values():
        if key := at.get((tenant.name, tenant.origin)):
            pairs[key] = tenant
        else:
            unbound.append(tenant)
    unpaired = [row for row in rows if row.key not in pairs]
    used = {row.key for row in rows}
    for tenant in unbound:
        same_origin = [row.key for row in unpaired if row.origin == tenant.origin]
        is_renamed = len(same_origin) == 1 and [candidate.origin for candidate in unbound].count(tenant.origin) == 1
        pairs[same_origin[0] if is_renamed else _new_key(tenant, used)] = tenant
    return pairs


def _new_key(tenant: Tenant, used: Container[str]) -> str:
    apart = f"{tenant.name[:70]}@{sha256(tenant.origin.encode()).hexdigest()[:16]}"
    keys = itertools.chain([tenant.name, apart], (f"{apart}.{number}" for number in itertools.count(2)))
    return next(key for key in keys if key not in used)


@dataclass(frozen=True, slots=True)
class Change:
    """A tenant that has rows of another API than the one at its address."""

    tenant: Tenant
    before: TenantOrigin

    def __str__(self) -> str:
        before = self.before.origin or "an unknown URL"
        return (
            f"The URL of {self.tenant.name} changed from {before} to {self.tenant.origin}. Data of the previous API is "
            f"hidden, and all users must sign in again. If the same API has moved, run manage.py move_tenant "
            f"{self.tenant.name}; if this is another API, add --apart."
        )


def changes() -> list[Change]:
    """Return the tenants whose address changed, as long as nobody has confirmed what that means."""
    former = [row for row in former_origins() if not row.is_apart]
    return [Change(tenant, row) for tenant in settings.TENANTS.values() for row in former if row.name == tenant.name]


def former_origins() -> list[TenantOrigin]:
    """Return the APIs that no tenant has now, and whose rows are still there by themselves."""
    rows = list(TenantOrigin.objects.order_by("key"))
    current = _pairs(rows)
    return [row for row in rows if row.key not in current and not row.merged_id]
