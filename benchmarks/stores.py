"""Stores of the portal filled with a known history: few executions and many, of one actor and of three hundred.

The few are all of the last hours and are shared out so that each filter finds as many rows for its page as it does
among the many: a page is then compared with one that shows as much. What is rare is as rare in both.
"""

import hashlib
import json
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.filling import COLUMNS, HISTORY_COLUMNS, Filling
from benchmarks.shapes import HOUR, Actor, Shape, actors_of

ROOT = Path(__file__).resolve().parent.parent
SHELF_LIFE = 2 * HOUR  # a store is used again for so long: its newest executions must be of today


@dataclass(frozen=True)
class Store:
    """A filled store: its file, its actors, and values to look for."""

    shape: Shape
    file: Path
    actors: tuple[Actor, ...]
    made: int
    an_id: str

    @property
    def actor(self) -> Actor:
        """The actor that has the most executions."""
        return self.actors[0]


def store_of(shape: Shape, folder: Path, say: Any = lambda text: None) -> Store:
    """Return the store of a shape, filled now unless it was a short while ago."""
    file, note = folder / f"{shape.name}.sqlite3", folder / f"{shape.name}.json"
    if note.exists() and file.exists():
        known = json.loads(note.read_text())
        if known["schema"] == _schema(file) and time.time() * 1000 - known["made"] < SHELF_LIFE:
            return Store(shape, file, actors_of(shape), known["made"], known["an_id"])
    started = time.monotonic()
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob(f"{shape.name}.*"):
        old.unlink()
    migrate(file)
    made = time.time_ns() // 1_000_000
    store = Store(shape, file, actors_of(shape), made, _fill(file, shape, made))
    note.write_text(json.dumps({"made": made, "an_id": store.an_id, "schema": _schema(file)}))
    say(f"{shape.name}: filled in {time.monotonic() - started:.1f} s, {file.stat().st_size / 1e6:.0f} MB")
    return store


def environment(file: Path, api_url: str = "http://127.0.0.1:9") -> dict[str, str]:
    """Return the environment of a portal with a store and an API of its own."""
    bare = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    return bare | {
        "SECRET_KEY": "benchmark-only-" + "s" * 50,
        "PORTAL_CREDENTIAL_KEYS": "YmVuY2htYXJrLW9ubHkta2V5LTMyLWJ5dGVzISEhISE=",
        "PORTAL_PLAIN_HTTP": "true",
        "ACTORS_API_URL": api_url,
        "ACTORS_API_VERSION": "v2",
        "ACTORS_API_LABEL": "Benchmark",
        "DATABASE_URL": f"sqlite:///{file}",
        "STATIC_ROOT": str(file.parent / "static"),
        "LOG_LEVEL": "WARNING",
    }


def migrate(file: Path) -> None:
    """Make the tables of a portal's store in a new file."""
    command = [sys.executable, "manage.py", "migrate", "--noinput", "-v0"]
    subprocess.run(command, cwd=ROOT, env=environment(file), check=True)  # noqa: S603 - the project's own command


def _schema(file: Path) -> list[str]:
    """Return what a store depends on: its tables and indexes, and what it was filled by."""
    sources = b"".join((ROOT / "benchmarks" / name).read_bytes() for name in ("filling.py", "shapes.py"))
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as store:
        found = store.execute("SELECT sql FROM sqlite_master WHERE tbl_name LIKE 'portal_%' ORDER BY name")
        return [hashlib.sha256(sources).hexdigest(), *(sql for (sql,) in found if sql)]


def _fill(file: Path, shape: Shape, now: int) -> str:
    """Fill a store; its indexes are made when everything is there, which takes a fraction of the time."""
    with closing(sqlite3.connect(file, isolation_level=None)) as store:
        store.executescript(
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF; PRAGMA cache_size=-400000; PRAGMA temp_store=MEMORY"
        )
        tables = ("portal_execution", "portal_execution_tally")
        place = ", ".join("?" for _ in tables)
        indexes = store.execute(
            f"SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql <> '' AND tbl_name IN ({place})",  # noqa: S608
            tables,
        ).fetchall()
        store.execute("BEGIN")
        for name, _ in indexes:
            store.execute(f'DROP INDEX "{name}"')
        filling = Filling(shape, now)
        _insert(store, "portal_execution", COLUMNS, filling.rows())
        tallies = ((*key, count) for key, count in sorted(filling.tallies.items()))
        _insert(store, "portal_execution_tally", ("actor_id", "span", "start", "outcome", "count"), tallies)
        _insert(store, "portal_actor_history", HISTORY_COLUMNS, filling.histories())
        for _, sql in indexes:
            store.execute(sql)
        store.execute("COMMIT")
        store.executescript("ANALYZE; PRAGMA wal_checkpoint(TRUNCATE)")
        return str(store.execute("SELECT execution_id FROM portal_execution ORDER BY id DESC LIMIT 1").fetchone()[0])


def _insert(store: sqlite3.Connection, table: str, columns: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> None:
    """Insert rows; a column that is not named has the empty value of its type, or null where it may be."""
    about = store.execute(f"SELECT name, type FROM pragma_table_info('{table}') WHERE \"notnull\" AND NOT pk")  # noqa: S608
    others = {
        name: "''" if kind.startswith(("varchar", "text")) else "0" for name, kind in about if name not in columns
    }
    store.executemany(
        f"INSERT INTO {table} ({', '.join([*columns, *others])}) "  # noqa: S608
        f"VALUES ({', '.join([*('?' for _ in columns), *others.values()])})",
        rows,
    )
