"""What is wrong with the portal's own store, in a sentence for whoever runs the portal; no visitor sees its path."""

import os
from collections.abc import Iterator
from pathlib import Path

from django.db import Error, connection

from portal.store import FAILURES

# Primary result codes of SQLite (https://sqlite.org/rescode.html).
_BUSY, _LOCKED, _READONLY, _IOERR, _CORRUPT, _FULL, _CANTOPEN, _NOTADB = 5, 6, 8, 10, 11, 13, 14, 26

MOST = 256 * 1024 * 1024  # bytes of a file that is read through at the start; the doctor reads any
_NOT_YOURS = (
    "cannot be written to: the file and its folder must belong to the portal's user and, with the systemd units, be "
    "in /var/lib/actors-portal."
)
AWAY = "The database does not respond. Check that PostgreSQL is running, and the address and password in DATABASE_URL."
RESTORE = "Stop the portal, keep the file, and restore the latest backup (docs/deploy.md, Backup and restore)."


class DamagedError(Error):
    """The file of the store was read through and is damaged."""


def is_damaged(failure: BaseException) -> bool:
    """Whether a failure says that the file of the store is damaged, or no database at all."""
    return isinstance(failure, DamagedError) or _code(failure) in (_CORRUPT, _NOTADB)


def is_lasting(failure: BaseException) -> bool:
    """Whether a failure stays until somebody mends it, so that a start need not wait for its end."""
    # A database of PostgreSQL may be called as a folder is, such as `portal`.
    return connection.vendor == "sqlite" and (
        is_damaged(failure) or _code(failure) == _READONLY or _path().is_dir() or bool(why_not_written())
    )


def sentence_about(failure: BaseException) -> str:
    """Return what is wrong with the store and what to do; empty where the failure is another one."""
    if connection.vendor != "sqlite":
        return AWAY if isinstance(failure, FAILURES) else ""
    if "no such table" in str(failure):
        return "The database lacks a table. Run manage.py migrate."
    path = _path()
    sentences = {
        _NOTADB: f"{path} is not an SQLite database, or its beginning is damaged. {RESTORE}",
        _CORRUPT: f"{path} is damaged. {RESTORE}",
        _READONLY: f"{path} {_NOT_YOURS}",
        _FULL: f"The disk of {path} is full. Free some space.",
        _IOERR: f"The disk of {path} failed or is full.",
        _CANTOPEN: _why_not_opened(path),
        _BUSY: f"{path} is locked by another process.",
        _LOCKED: f"{path} is locked by another process.",
    }
    return sentences.get(_CORRUPT if isinstance(failure, DamagedError) else _code(failure), "")


def look_through(most: int | None = None) -> None:
    """Read an SQLite file through, where it has no more bytes than `most`; raise Error for what is wrong with it."""
    if connection.vendor != "sqlite" or (most is not None and _path().stat().st_size > most):
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA quick_check(1)")
        if (row := cursor.fetchone()) and row[0] != "ok":
            raise DamagedError("quick_check")


def why_not_written() -> str:
    """Return why this process may not write to the file of an SQLite store; empty where it may.

    Asked of the system: SQLite opens such a file all the same, and fails only at the first row.
    """
    path = _path()
    if (
        connection.vendor != "sqlite"
        or not path.is_file()
        or all(os.access(one, os.W_OK) for one in (path, path.parent))
    ):
        return ""
    return f"{path} {_NOT_YOURS}"


def _path() -> Path:
    return Path(str(connection.settings_dict["NAME"])).absolute()


def _why_not_opened(path: Path) -> str:
    if path.is_dir():
        return f"{path} is a folder: DATABASE_URL must name a file."
    if not path.parent.is_dir():
        return (
            f"{path.parent} does not exist or is not accessible: the database must be in a folder of the portal's user."
        )
    return why_not_written() or (
        f"{path} cannot be opened: the file and its folder must belong to the portal's user, and the disk needs space."
    )


def _code(failure: BaseException) -> int:
    """Return SQLite's primary result code of a failure, or 0."""
    codes = (getattr(cause, "sqlite_errorcode", 0) for cause in _causes(failure))
    return next((code & 0xFF for code in codes if code), 0)


def _causes(failure: BaseException | None) -> Iterator[BaseException]:
    while failure is not None:
        yield failure
        failure = failure.__cause__
