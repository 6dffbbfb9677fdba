"""The collector's sign of life, which `collect_history` writes and `doctor`, `/metrics` and its health check read."""

import socket
from collections.abc import Iterable

from actors_app.core.clock import MINUTE, now_ms
from actors_app.core.security import origins
from actors_app.history.models import CollectorBeat
from portal.tenants import Tenant

EVERY = 30.0  # seconds from one to the next, but for a step that takes longer
SILENT = 3 * MINUTE  # milliseconds after which nobody is alive any more; a step and its last call take one


def beat(key: str, *, whole: bool = False, refusal: str = "") -> None:
    """Write that the tenant of a key is being collected here, that a round was whole, or why it is left alone.

    Raises Error where the store does not answer.
    """
    moment = now_ms()
    values = {"host": _host(), "at": moment, "refusal": refusal, **({"whole": moment} if whole else {})}
    CollectorBeat.objects.update_or_create(tenant=key, defaults=values)


def complaint(tenants: Iterable[Tenant]) -> str:
    """Return a sentence where one of these is not being collected by this machine or container; empty where all are.

    Raises Error where the store does not answer.
    """
    last, keys = CollectorBeat.objects.in_bulk(), origins.keys()
    for tenant in tenants:
        row = last.get(keys[tenant.name])
        if row is None or row.host != _host() or (not row.refusal and now_ms() - row.at > SILENT):
            return f"The collector for {tenant.name} is not responding."
        if row.refusal:
            return f"The collector has stopped syncing {tenant.name}: {row.refusal}"
    return ""


def _host() -> str:
    return socket.gethostname()[:255]
