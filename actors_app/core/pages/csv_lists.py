"""The lists of the pages as CSV files for spreadsheets: which columns each has. Times are in UTC, whoever asks.

A page sends its rows as they are filtered and sorted on it, all pages of them, upon `?format=csv`.
"""

import csv
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from io import StringIO
from typing import Any

from django.http import HttpRequest, HttpResponse

from actors_app.core.pages.downloads import BOM, CSV_TYPE, DOWNLOAD_HEADERS, safe_cell
from actors_app.core.pages.formatting import now, visible

Columns = Mapping[str, Callable[[Any], object]]  # what stands in each column of a row of the list

ACTORS: Columns = {
    "actor_id": lambda actor: actor.id,
    "name": lambda actor: actor.name,
    "status": lambda actor: actor.status,
    "status_message": lambda actor: actor.status_message,
    "image": lambda actor: actor.image,
    "owner": lambda actor: actor.owner,
    "stateless": lambda actor: actor.stateless,
    "privileged": lambda actor: actor.privileged,
    "schedule": lambda actor: actor.cron_schedule,
    "schedule_on": lambda actor: actor.cron_on,
    "revision": lambda actor: actor.revision,
    "created_utc": lambda actor: actor.create_time,
    "updated_utc": lambda actor: actor.last_update_time,
}
WORKERS: Columns = {
    "worker_id": lambda worker: worker.id,
    "status": lambda worker: worker.status,
    "image": lambda worker: worker.image,
    "created_utc": lambda worker: worker.create_time,
    "last_execution_utc": lambda worker: worker.last_execution_time,
    "last_health_check_utc": lambda worker: worker.last_health_check_time,
    "host_id": lambda worker: worker.host_id,
    "host_ip": lambda worker: worker.host_ip,
    "container_id": lambda worker: worker.cid,
}
# A nonce is a key, so that not even its last characters stand here.
NONCES: Columns = {
    "level": lambda nonce: nonce.level,
    "max_uses": lambda nonce: "unlimited" if nonce.is_unlimited else nonce.max_uses,
    "remaining_uses": lambda nonce: "unlimited" if nonce.is_unlimited else nonce.remaining_uses,
    "uses": lambda nonce: nonce.current_uses,
    "description": lambda nonce: nonce.description,
    "owner": lambda nonce: nonce.owner,
    "created_utc": lambda nonce: nonce.create_time,
    "last_used_utc": lambda nonce: nonce.last_use_time,
}


def _of_nonce(value: Callable[[Any], object]) -> Callable[[Any], object]:
    return lambda row: value(row.nonce)


KEYED_NONCES: Columns = {
    "opens": lambda row: row.keyed.label,
    "is_alias": lambda row: row.keyed.holder.is_alias,
    "actor_id": lambda row: row.keyed.actor_id,
    **{name: _of_nonce(value) for name, value in NONCES.items()},
    "worth_a_look": lambda row: ", ".join(row.findings),
    "handed_out_to": lambda row: ", ".join(row.note.places) if row.note else None,
}
PERMISSIONS: Columns = {
    "user": lambda entry: entry.user,
    "level": lambda entry: entry.level,
    "allows": lambda entry: entry.allows,
    "why": lambda entry: " ".join(entry.why),
}
SCHEDULES: Columns = {
    "actor_id": lambda row: row.actor_id,
    "actor": lambda row: row.label,
    "runs": lambda row: row.description,
    "on": lambda row: row.is_on,
    "next_utc": lambda row: row.next,
    "schedule": lambda row: row.schedule,
}
ALIASES: Columns = {
    "alias": lambda row: row.alias,
    "actor_id": lambda row: row.actor_id,
    "actor": lambda row: row.actor,
    "leads_to": lambda row: {"ready": "an actor", "dead": "nothing"}.get(row.state, "not readable"),
    "owner": lambda row: row.owner,
    "mine": lambda row: row.is_mine,
}


def is_asked(request: HttpRequest) -> bool:
    """Whether the list is wanted as a file."""
    return request.GET.get("format") == "csv"


def csv_of(name: str, columns: Columns, rows: Iterable[Any]) -> HttpResponse:
    """Answer with rows as a file of a name, its columns first, for spreadsheets."""
    buffer = StringIO()
    table = csv.writer(buffer)
    table.writerow(columns)
    table.writerows([_cell(value(row)) for value in columns.values()] for row in rows)
    return HttpResponse(
        BOM + buffer.getvalue(),
        content_type=CSV_TYPE,
        headers={
            **DOWNLOAD_HEADERS,
            "Cache-Control": "no-store",
            "Content-Disposition": f'attachment; filename="{name}-{now():%Y-%m-%d}.csv"',
        },
    )


def _cell(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return safe_cell(visible(value) if isinstance(value, str) else value)
