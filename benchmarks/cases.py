"""What the pages of the history are asked for: the table of addresses, and what each must then show."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass

from benchmarks.shapes import DAY, EXECUTORS, IMAGES, MINUTE, OWNERS, SELDOM, SELDOM_CODE
from benchmarks.stores import Store

PER_PAGE = 50
WINDOWS = ("all", "24h")
OUTCOMES = ("succeeded", "failed", "error", "oom", "halted", "running", "waiting")
LONG, VERY_LONG = 10, 150  # seconds: 4 of 10 executions take so long, and 2 of 1,000

# Of one page: a filter in the address, and the same in SQL. {actor}, {worker} and {id} are those of the store.
ONE: dict[str, str] = {
    "": "1",
    **{f"outcome={outcome}": f"outcome = '{outcome}'" for outcome in OUTCOMES},
    "outcome=-succeeded": "outcome <> 'succeeded'",
    "outcome=-failed": "outcome <> 'failed'",
    f"executor={EXECUTORS[0]}": f"executor = '{EXECUTORS[0]}'",
    f"executor={SELDOM}": f"executor = '{SELDOM}'",
    f"executor=-{EXECUTORS[0]}": f"executor <> '{EXECUTORS[0]}'",
    "worker={worker}": "worker_id = '{worker}'",
    "worker=-{worker}": "worker_id <> '{worker}'",
    "exit_code=1": "exit_code = 1",
    f"exit_code={SELDOM_CODE}": f"exit_code = {SELDOM_CODE}",
    "exit_code=-0": "exit_code IS NOT 0",
    f"duration={LONG}s": f"ran >= {LONG}000",
    f"duration={VERY_LONG}s": f"ran >= {VERY_LONG}000",
    f"duration=-{LONG}s": f"ran < {LONG}000",
    "q={id}": "execution_id = '{id}'",
    "q={start}": "execution_id GLOB '{start}*'",
    f"outcome=failed&executor={EXECUTORS[0]}": f"outcome = 'failed' AND executor = '{EXECUTORS[0]}'",
}
_IS = "actor_id IN (SELECT id FROM portal_actor_history WHERE {})"
ALL: dict[str, str] = ONE | {
    "actor={actor}": _IS.format("actor_id = '{actor}'"),
    "actor=-{actor}": _IS.format("actor_id <> '{actor}'"),
    f"owner={OWNERS[0]}": _IS.format(f"owner = '{OWNERS[0]}'"),
    f"owner=-{OWNERS[0]}": _IS.format(f"owner <> '{OWNERS[0]}'"),
    f"image={IMAGES[0]}": _IS.format(f"image = '{IMAGES[0]}'"),
    f"image=-{IMAGES[0]}": _IS.format(f"image <> '{IMAGES[0]}'"),
    "q=bench-actor-001": _IS.format("name = 'bench-actor-001'"),
}
# Each order of the table and its first column; a leading "-" begins with the largest. What has no value comes last.
SORTS = {
    "received": "received",
    "outcome": "outcome",
    "executor": "executor",
    "worker": "worker_id",
    "exit_code": "exit_code",
    "ran": "ran",
    "waited": "waited",
    "id": "execution_id",
}
ACTOR = "(SELECT name FROM portal_actor_history a WHERE a.id = actor_id)"
STOPPED = "Look further back"  # of a page whose filter was tried on as many executions as one page may
_ROW = re.compile(r"<tr id=\"execution-\d+\".*?</tr>", re.DOTALL)
_EXECUTION = re.compile(r"/executions/([A-Za-z0-9]{13})/[\"?#]")
_NEXT = re.compile(r"<a\b[^>]*\brel=\"next\"[^>]*>")
_HREF = re.compile(r"\bhref=\"([^\"]+)\"")


@dataclass(frozen=True)
class Case:
    """One page: what it is asked for, the condition that each of its rows meets, and what they are ordered by."""

    page: str  # "one" actor's, or that over "all"
    query: str
    condition: str
    window: str
    order: str = "received DESC"

    @property
    def name(self) -> str:
        """Return what the case is called in a table, the same for each store."""
        return f"{self.page}: {self.query or 'everything'}, {self.window}"

    @property
    def is_order(self) -> bool:
        """Return whether it is the order that is measured, and not a filter."""
        return self.query.startswith("sort=")

    def path(self, store: Store) -> str:
        """Return the address at a portal of this store."""
        start = "/executions/" if self.page == "all" else f"/actors/{store.actor.id}/executions/"
        return start + "?" + "&".join(part for part in (_filled(self.query, store), f"window={self.window}") if part)

    def check(self, store: Store, page: str, opened: int) -> int:
        """Return how many rows a page shows; raise AssertionError where they are not those that were asked for."""
        shown = rows_of(page)
        where, column = _filled(self.condition, store), self.order.rpartition(" ")[0]
        if self.window != "all":
            where += f" AND received >= {opened - opened % MINUTE - DAY}"
        with closing(sqlite3.connect(f"file:{store.file}?mode=ro", uri=True)) as found:
            marks = ", ".join("?" for _ in shown)
            right = dict(
                found.execute(
                    f"SELECT execution_id, {column} FROM portal_execution"  # noqa: S608 - the table above
                    f" WHERE execution_id IN ({marks}) AND {where}",
                    shown,
                )
            )
            there = found.execute(
                f"SELECT {column} FROM portal_execution WHERE {where}"  # noqa: S608 - the table above
                f" ORDER BY {column} IS NULL, {self.order} LIMIT {PER_PAGE}"
            ).fetchall()
        is_whole = len(shown) == len(there) or (len(shown) < len(there) and STOPPED in page)
        if len(right) != len(shown) or not is_whole:
            raise AssertionError(
                f"{self.name}: shows {len(shown)} executions, {len(right)} of them rightly; should show {len(there)}"
            )
        if [right[one] for one in shown] != [value for (value,) in there[: len(shown)]]:
            raise AssertionError(f"{self.name}: shows its {len(shown)} executions in another order")
        return len(shown)


def cases(page: str) -> Iterator[Case]:
    """Yield each single filter and its pair with a window, and each order."""
    for query, condition in (ALL if page == "all" else ONE).items():
        for window in WINDOWS:
            yield Case(page, query, condition, window)
    orders = SORTS | {"actor": ACTOR} if page == "all" else SORTS
    for name, column in orders.items():
        yield Case(page, f"sort={name}", "1", "all", f"{column} ASC")
        yield Case(page, f"sort=-{name}", "1", "all", f"{column} DESC")
        yield Case(page, f"sort=-{name}", "1", "24h", f"{column} DESC")


def _filled(text: str, store: Store) -> str:
    values = {
        "actor": store.actor.id,
        "worker": store.actor.workers[0],
        "id": store.an_id,
        "start": store.an_id[:6],
    }
    for name, value in values.items():
        text = text.replace(f"{{{name}}}", value)
    return text


def rows_of(page: str) -> list[str]:
    """Return the executions that the rows of a page's table are of."""
    found = (_EXECUTION.search(row) for row in _ROW.findall(page))
    return list(dict.fromkeys(one[1] for one in found if one))


def next_of(page: str) -> str | None:
    """Return the address of the page that follows, or None on the last one."""
    link = _NEXT.search(page)
    found = link and _HREF.search(link[0])
    return found[1].replace("&amp;", "&") if found else None
