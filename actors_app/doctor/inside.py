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
from actors_app.core.security.signatures import current_key, public_keys
from actors_app.doctor import Findings, failure, ok, warning
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
        yield warning("settings", "PORTAL_PLAIN_HTTP is on: this portal is for local use only.")
    elif not settings.BEHIND_PROXY:
        yield warning(
            "settings",
            "PORTAL_BEHIND_PROXY is off, which is correct only if this process itself serves TLS. Behind a proxy, "
            "every page would redirect from https to https forever.",
        )
    messages = run_checks(include_deployment_checks=not settings.PLAIN_HTTP)
    for message in messages:
        yield (failure if message.level >= ERROR else warning)("settings", f"{message.msg} ({message.id})")
    if not messages:
        yield ok("settings", "All system checks pass.")


def store() -> Findings:
    """Look at the store: whether it answers, takes what is written, is of this code, and is reached safely."""
    began = time.monotonic()
    try:
        version = _version()
        took = (time.monotonic() - began) * 1000
        yield ok("database", f"{version} responds in {took:.0f} ms.")
        if missing := missing_migrations():
            yield failure(
                "migrations",
                f"{len(missing)} migrations are missing, starting with {missing[0]}. Run manage.py migrate.",
            )
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
            "database",
            f"Database error ({_reason(problem)}). {sentence_about(problem) or 'Check DATABASE_URL.'}",
        )


def _version() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT version()" if connection.vendor == "postgresql" else "SELECT sqlite_version()")
        text = str(cursor.fetchone()[0])
    return " ".join(text.split(" ")[:2]) if connection.vendor == "postgresql" else f"SQLite {text}"


def _newer() -> Findings:
    if unknown := unknown_migrations():
        yield warning(
            "migrations", f"The database belongs to a newer version of the portal: it has the migration {unknown[-1]}."
        )
    else:
        yield ok("migrations", "All migrations are applied.")


def _bare_keys() -> Findings:
    if KeyHandover.is_on() or PortalSession.bare().exists():
        yield warning(
            "sessions",
            "The database contains session keys as they are in cookies, so a copy of it can be used to sign in. "
            "Portals of the previous version need these keys. Once all portals run this version, run manage.py "
            "hash_session_keys.",
        )


def _addresses() -> Findings:
    changed = origins.changes()
    for change in changed:
        yield warning("address", str(change))
    if not changed:
        yield ok("address", "The stored data of each tenant belongs to the API at its URL.")


def _writing() -> Findings:
    """Write a row and take it back."""
    with transaction.atomic():
        SignInBucket.objects.create(name="doctor", left=0, at=timezone.now())
        transaction.set_rollback(True)
    yield ok("database", "The database accepts writes.")


def _postgresql() -> Findings:
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version_num")
        number = int(cursor.fetchone()[0]) // 10000
        if number < OLDEST_POSTGRESQL:
            yield failure(
                "database", f"PostgreSQL {number} is too old: version {OLDEST_POSTGRESQL} or newer is required."
            )
        cursor.execute("SHOW server_encoding")
        if (encoding := cursor.fetchone()[0]) != "UTF8":
            yield failure("database", f"The encoding of the database is {encoding}; it must be UTF8.")
        cursor.execute("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()")
        secured = bool((cursor.fetchone() or [False])[0])
        host = str(settings.DATABASES["default"].get("HOST") or "")
        is_here = host.startswith("/") or host in ("", "localhost", "127.0.0.1", "::1")
        if not secured and not is_here and settings.DATABASES["default"]["OPTIONS"].get("sslmode") == "disable":
            yield ok(
                "database", "The connection to PostgreSQL is not encrypted, as set in DATABASE_URL (sslmode=disable)."
            )
        elif not secured and not is_here:
            yield warning(
                "database", "The connection to PostgreSQL is not encrypted: add ?sslmode=verify-full to DATABASE_URL."
            )
        cursor.execute(
            "SELECT current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int"
        )
        most, pool_size = int(cursor.fetchone()[0]), settings.DATABASES["default"]["OPTIONS"]["pool"]["max_size"]
        says = f"PostgreSQL accepts {most} connections: enough for {most // pool_size} processes with {pool_size} each."
        yield (ok if most // pool_size >= 4 else warning)("database", says)
        cursor.execute("SELECT extract(epoch FROM clock_timestamp())")
        apart = abs(float(cursor.fetchone()[0]) - time.time())
        if apart > 5:
            yield warning("clock", f"The clocks of this machine and of PostgreSQL differ by {apart:.0f} s.")


def signing() -> Findings:
    """See whether evidence packs and heads of the audit log are signed, and with which key."""
    key = current_key()
    if key is None:
        yield warning("signing", "EVIDENCE_KEY is not set: evidence packs and heads of the audit log are not signed.")
        return
    former = len(public_keys()) - 1
    more = f" {former} former keys verify." if former else ""
    yield ok("signing", f"Evidence is signed with the key {key.fingerprint}.{more}")


def keys() -> Findings:
    """See whether what is kept opens under the keys, by the newest sign-ins."""
    try:
        encrypted = list(
            PortalSession.objects.exclude(credential="").order_by("-expire_date")[:SAMPLE].values_list("credential")
        )
    except Error:
        yield warning("keys", "The keys could not be checked, since the database is unavailable.")
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
            f"{lost} of the latest {len(encrypted)} sign-ins cannot be decrypted with any of PORTAL_CREDENTIAL_KEYS: a "
            "key is missing. Add it at the end of the list. Without it, these users must sign in again, and their "
            "stored data is lost.",
        )
    if old:
        yield warning("keys", f"{old} sign-ins use an older key. Run manage.py rotate_credentials.")
    if not lost and not old:
        yield ok("keys", f"The latest {len(encrypted)} sign-ins use the first key.")


def static_files() -> Findings:
    """See whether every file of the pages was collected, as it is now."""
    hashed = getattr(staticfiles_storage, "hashed_files", None)
    if hashed is None:
        yield warning("static files", "Static files are served from the source folder, not from STATIC_ROOT.")
        return
    if not hashed:
        yield failure("static files", f"{settings.STATIC_ROOT} contains no static files. Run manage.py collectstatic.")
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
        summary = f"{len(missing)} files are missing and {len(stale)} are outdated, such as {first}"
        yield failure("static files", f"{summary}. Run manage.py collectstatic.")
    else:
        yield ok("static files", f"All {len(hashed)} files are collected.")


def disks() -> Findings:
    """See whether there is room where files are written."""
    places = [("temporary files", Path(tempfile.gettempdir()), LITTLE_TEMPORARY, TOO_LITTLE_TEMPORARY)]
    if connection.vendor == "sqlite":
        places.append(
            ("the database", Path(str(connection.settings_dict["NAME"])).absolute().parent, LITTLE, TOO_LITTLE)
        )
    for use, path, little, too_little in places:
        if not os.access(path, os.W_OK):
            yield failure("disk", f"{path}, used for {use}, is not writable.")
            continue
        free = shutil.disk_usage(path).free
        level = failure if free < too_little else warning if free < little else ok
        yield level("disk", f"{free // MEGABYTE:,} MB are free in {path}, used for {use}.")


def room_for_counts() -> Findings:
    """See whether what the processes count has a disk that nothing else fills: they map it into memory."""
    path, temporary = Path(settings.METRICS_DIR), Path(tempfile.gettempdir())
    if not settings.METRICS_DIR:
        yield (ok if settings.PLAIN_HTTP else warning)(
            "metrics",
            f"The counters of /metrics are in {temporary}, which any program can fill. Set PORTAL_METRICS_DIR.",
        )
    elif not os.access(path, os.W_OK):
        yield failure("metrics", f"{path} (PORTAL_METRICS_DIR) does not exist yet or is not writable.")
    elif path.stat().st_dev == temporary.stat().st_dev:
        yield warning(
            "metrics", f"{path} (PORTAL_METRICS_DIR) is on the same disk as the temporary files in {temporary}."
        )
    else:
        free, needed = shutil.disk_usage(path).free, counts.needed(PROCESSES)
        says = f"{free // MEGABYTE:,} MB are free in {path} for /metrics; {needed // MEGABYTE} MB are needed."
        yield (ok if free >= needed else warning)("metrics", says)


def _reason(problem: Error) -> str:
    cause = problem.__cause__
    return type(cause or problem).__name__
