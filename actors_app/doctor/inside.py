"""What the portal is made of: its settings, keys, store, files and disks."""

import os
import shutil
import tempfile
import time
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.checks import ERROR, run_checks
from django.db import Error, connection, transaction
from django.utils import timezone

from actors_app.account.models import SignInBucket
from actors_app.core.security import origins
from actors_app.core.security.crypto import DecryptionError, encrypt_again
from actors_app.core.security.models import KeyHandover, PortalSession
from actors_app.doctor import Findings, failure, warning, well
from portal import counts
from portal.store import missing_migrations, unknown_migrations
from portal.store_faults import look_through, sentence_about

MEGABYTE = 1024 * 1024
LITTLE, TOO_LITTLE = 1024 * MEGABYTE, 100 * MEGABYTE
# Of temporary files there are few: uploads of 12 MB that wait, and what the processes count.
LITTLE_TEMPORARY, TOO_LITTLE_TEMPORARY = 128 * MEGABYTE, 32 * MEGABYTE
OLDEST_POSTGRESQL = 14  # of Django 5.2
PROCESSES = 2  # of a portal, which a reload makes anew beside those it has (`portal/gunicorn_conf.py`)
SAMPLE = 200  # sign-ins that are looked at


def configuration() -> Findings:
    """Run the system checks, those for a deployment too where it is one."""
    if settings.PLAIN_HTTP:
        yield warning("settings", "PORTAL_PLAIN_HTTP is on: this portal is for this machine alone.")
    elif not settings.BEHIND_PROXY:
        yield warning(
            "settings",
            "PORTAL_BEHIND_PROXY is off: right only where this process itself speaks TLS. Behind a proxy, every page "
            "would redirect from https to https forever.",
        )
    messages = run_checks(include_deployment_checks=not settings.PLAIN_HTTP)
    for message in messages:
        yield (failure if message.level >= ERROR else warning)("settings", f"{message.msg} ({message.id})")
    if not messages:
        yield well("settings", "All system checks pass.")


def store() -> Findings:
    """Look at the store: whether it answers, takes what is written, is of this code, and is reached safely."""
    began = time.monotonic()
    try:
        version = _version()
        took = (time.monotonic() - began) * 1000
        yield well("store", f"{version} answers in {took:.0f} ms.")
        if missing := missing_migrations():
            yield failure("migrations", f"{len(missing)} are not applied, from {missing[0]} on: run manage.py migrate.")
            return
        yield from _newer()
        yield from _bare_keys()
        look_through()
        yield from _addresses()
        yield from _writing()
        if connection.vendor == "postgresql":
            yield from _postgresql()
    except Error as problem:
        yield failure(
            "store",
            f"Database error ({_reason(problem)}). "
            f"{sentence_about(problem) or 'DATABASE_URL says where it is looked for.'}",
        )


def _version() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT version()" if connection.vendor == "postgresql" else "SELECT sqlite_version()")
        text = str(cursor.fetchone()[0])
    return " ".join(text.split(" ")[:2]) if connection.vendor == "postgresql" else f"SQLite {text}"


def _newer() -> Findings:
    if unknown := unknown_migrations():
        yield warning("migrations", f"The store is of a newer portal: it has {unknown[-1]}, which this code has not.")
    else:
        yield well("migrations", "All are applied.")


def _bare_keys() -> Findings:
    if KeyHandover.is_on() or PortalSession.bare().exists():
        yield warning(
            "sessions",
            "The store holds keys of sessions as they stand in cookies, so that a copy of it signs people in: portals "
            "of the former version need that. Once all run this one: manage.py hash_session_keys.",
        )


def _addresses() -> Findings:
    changed = origins.changes()
    for change in changed:
        yield warning("address", str(change))
    if not changed:
        yield well("address", "What is kept of each tenant is of the API at its address.")


def _writing() -> Findings:
    """Write a row and take it back."""
    with transaction.atomic():
        SignInBucket.objects.create(name="doctor", left=0, at=timezone.now())
        transaction.set_rollback(True)
    yield well("store", "It takes what is written.")


def _postgresql() -> Findings:
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version_num")
        number = int(cursor.fetchone()[0]) // 10000
        if number < OLDEST_POSTGRESQL:
            yield failure("store", f"PostgreSQL {number} is too old; it must be {OLDEST_POSTGRESQL} or newer.")
        cursor.execute("SHOW server_encoding")
        if (encoding := cursor.fetchone()[0]) != "UTF8":
            yield failure("store", f"The database is in {encoding}; it must be in UTF8.")
        cursor.execute("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()")
        secured = bool((cursor.fetchone() or [False])[0])
        host = str(settings.DATABASES["default"].get("HOST") or "")
        is_here = host.startswith("/") or host in ("", "localhost", "127.0.0.1", "::1")
        if not secured and not is_here and settings.DATABASES["default"]["OPTIONS"].get("sslmode") == "disable":
            yield well("store", "The connection to PostgreSQL is not encrypted, as DATABASE_URL asks: sslmode=disable.")
        elif not secured and not is_here:
            yield warning(
                "store", "The connection to PostgreSQL is not encrypted: add ?sslmode=verify-full to DATABASE_URL."
            )
        cursor.execute(
            "SELECT current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int"
        )
        most, pool_size = int(cursor.fetchone()[0]), settings.DATABASES["default"]["OPTIONS"]["pool"]["max_size"]
        says = f"It takes {most} connections, {pool_size} for each process: enough for {most // pool_size} processes."
        yield (well if most // pool_size >= 4 else warning)("store", says)
        cursor.execute("SELECT extract(epoch FROM clock_timestamp())")
        apart = abs(float(cursor.fetchone()[0]) - time.time())
        if apart > 5:
            yield warning("clock", f"The clocks of this machine and of PostgreSQL are {apart:.0f} s apart.")


def keys() -> Findings:
    """See whether what is kept opens under the keys, by the newest sign-ins."""
    try:
        encrypted = list(
            PortalSession.objects.exclude(credential="").order_by("-expire_date")[:SAMPLE].values_list("credential")
        )
    except Error:
        yield warning("keys", "They could not be tried on the store.")
        return
    lost = old = 0
    for (text,) in encrypted:
        try:
            old += encrypt_again(text.encode()) is not None
        except DecryptionError:
            lost += 1
    if lost:
        yield failure(
            "keys",
            f"{lost} of the newest {len(encrypted)} sign-ins open under none of PORTAL_CREDENTIAL_KEYS: a key is"
            " missing. Add it at the end of the list; without it these people must sign in again, and what they kept is"
            " lost.",
        )
    if old:
        yield warning("keys", f"{old} sign-ins are under an older key: run manage.py rotate_credentials.")
    if not lost and not old:
        yield well("keys", f"The newest {len(encrypted)} sign-ins open under the first key.")


def static_files() -> Findings:
    """See whether every file of the pages was collected, as it is now."""
    hashed = getattr(staticfiles_storage, "hashed_files", None)
    if hashed is None:
        yield warning("static files", "They are served as they are, not from STATIC_ROOT.")
        return
    if not hashed:
        yield failure("static files", f"None were collected in {settings.STATIC_ROOT}: run manage.py collectstatic.")
        return
    missing, stale = [], []
    for finder in get_finders():
        for path, source in finder.list([]):
            collected = hashed.get(path)
            if not collected or not (Path(settings.STATIC_ROOT) / collected).exists():
                missing.append(path)
            elif path.endswith((".js", ".svg", ".png")):
                with source.open(path) as file:
                    if staticfiles_storage.file_hash(path, file) not in collected:  # type: ignore[attr-defined]
                        stale.append(path)
    if missing or stale:
        first = (missing or stale)[0]
        summary = f"{len(missing)} are missing and {len(stale)} are of an older portal, such as {first}"
        yield failure("static files", f"{summary}: run manage.py collectstatic.")
    else:
        yield well("static files", f"All {len(hashed)} are collected.")


def disks() -> Findings:
    """See whether there is room where files are written."""
    places = [("temporary files", Path(tempfile.gettempdir()), LITTLE_TEMPORARY, TOO_LITTLE_TEMPORARY)]
    if connection.vendor == "sqlite":
        places.append(("the store", Path(str(connection.settings_dict["NAME"])).absolute().parent, LITTLE, TOO_LITTLE))
    for use, path, little, too_little in places:
        if not os.access(path, os.W_OK):
            yield failure("disk", f"{path} for {use} cannot be written to.")
            continue
        free = shutil.disk_usage(path).free
        level = failure if free < too_little else warning if free < little else well
        yield level("disk", f"{free // MEGABYTE:,} MB are free in {path} for {use}.")


def room_for_counts() -> Findings:
    """See whether what the processes count has a disk that nothing else fills: they map it into memory."""
    path, temporary = Path(settings.METRICS_DIR), Path(tempfile.gettempdir())
    if not settings.METRICS_DIR:
        yield (well if settings.PLAIN_HTTP else warning)(
            "metrics",
            f"What the processes count lies in {temporary}, which anything may fill: PORTAL_METRICS_DIR names another.",
        )
    elif not os.access(path, os.W_OK):
        yield failure("metrics", f"{path}, of PORTAL_METRICS_DIR, is not there yet or cannot be written to.")
    elif path.stat().st_dev == temporary.stat().st_dev:
        yield warning(
            "metrics", f"{path}, of PORTAL_METRICS_DIR, is on the disk of the temporary files in {temporary}."
        )
    else:
        free, needed = shutil.disk_usage(path).free, counts.needed(PROCESSES)
        says = (
            f"{free // MEGABYTE:,} MB are free in {path} for what the processes count; it takes {needed // MEGABYTE}."
        )
        yield (well if free >= needed else warning)("metrics", says)


def _reason(problem: Error) -> str:
    cause = problem.__cause__
    return type(cause or problem).__name__
