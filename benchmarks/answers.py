"""What the stub of the API answers: about the actors of a store, or about as many actors as are asked for.

Answers are written once, when they are first asked for; only a search is made each time.
"""

import json
import random
import re
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, Protocol

from benchmarks.shapes import PERSON, SEED, SHAPES, Actor, actors_of, an_id

KINDS = ("actors", "store")
ACTOR = "a1B2c3D4e5F6Z"  # the one that has logs, and the one whose page is measured
COUNT = 50  # of actors, where the address says none
SIZES = {"1": 1_000_000, "10": 10_000_000}  # of logs, by the end of the execution's id: log1, log10, slow1, slow10
_FOUND = """
    SELECT a.actor_id, e.execution_id, e.executor, e.status, e.exit_code, e.worker_id, e.received, e.started,
        e.finished, e.runtime, e.cpu, e.io, e.final_state
    FROM portal_execution e JOIN portal_actor_history a ON a.id = e.actor_id WHERE
"""
# Of each actor by its index, so that the API's answer takes no longer than the page.
_LATER = "e.actor_id IN (SELECT id FROM portal_actor_history) AND e.received > ?"
_NO_LATER = "e.received <= ?"


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer, what kind of call it was to, and whether it comes as over a line of 100 Mbit/s."""

    status: int
    body: bytes
    kind: str
    is_slow: bool = False


class Answers(Protocol):
    """What a stub answers."""

    def to(self, path: str, query: dict[str, str]) -> Reply:
        """Return the answer to a request."""
        ...


def of(kind: str, shape: str, store: Path | None) -> Answers:
    """Return the answers of a kind."""
    return OfStore(shape, store) if kind == "store" else OfActors()


class OfStore:
    """An API that has nothing new to say: it describes the actors of a store and finds what is in it."""

    def __init__(self, shape: str, store: Path | None = None) -> None:
        self.store = store
        actors = [described(actor) for actor in actors_of(SHAPES[shape])]
        self.all = written("Actors retrieved successfully.", actors)
        self.one = {actor["id"]: written("Actor retrieved successfully.", actor) for actor in actors}

    def to(self, path: str, query: dict[str, str]) -> Reply:
        """Return the answer to a request."""
        if path == "/profiles/v2/me":
            return Reply(200, ME, "profile")
        if path == "/actors/v2":
            return Reply(200, self.all, "actors")
        if path.startswith("/actors/v2/search/"):
            return Reply(200, self.found(query), "search of all")
        found = re.fullmatch(r"/actors/v2/(\w[\w-]*)(?:/(\w+))?(/.*)?", path)
        if not found or found[1] not in self.one:
            return REFUSED
        if found[2] is None:
            return Reply(200, self.one[found[1]], "actor")
        if found[2] == "executions" and found[3] is None:
            # The whole listing must never be asked for: the history is whole.
            return Reply(200, self.found(query, found[1]), "search") if query else Reply(500, refused("."), "listing")
        if found[2] in LISTS and found[3] is None:
            return Reply(200, LISTS[found[2]], found[2])
        return REFUSED

    def found(self, query: dict[str, str], actor: str = "") -> bytes:
        """Return what a search finds: executions by their ids, or received after a moment and up to another."""
        rows: list[tuple[Any, ...]] = []
        said, given = ["1"], list[Any]()
        if actor:
            said, given = [*said, "a.actor_id = ?"], [*given, actor]
        if "id.in" in query:
            ids = json.loads(query["id.in"])
            said, given = [*said, f"e.execution_id IN ({', '.join('?' for _ in ids)})"], [*given, *ids]
        for name, beyond in (("messageReceivedTime.gt", _LATER), ("messageReceivedTime.lte", _NO_LATER)):
            if name in query:
                moment = datetime.fromisoformat(query[name]).replace(tzinfo=UTC)
                said, given = [*said, beyond], [*given, round(moment.timestamp() * 1000)]
        if self.store is not None:
            with closing(sqlite3.connect(f"file:{self.store}?mode=ro", uri=True, timeout=10)) as store:
                rows = store.execute(_FOUND + " AND ".join(said), given).fetchall()
        skip, limit = int(query.get("skip", "0")), int(query.get("limit", "100"))
        some = [execution(row) for row in rows[skip:][:limit]]
        about = {"countReturned": len(some), "recordLimit": limit, "recordsSkipped": skip, "totalCount": len(rows)}
        return written("Executions search completed successfully.", {"_metadata": about, "search": some})


class OfActors:
    """An API whose address begins with how many actors it has: `/250/actors/v2`. One has a page, and long logs."""

    def to(self, path: str, query: dict[str, str]) -> Reply:
        """Return the answer to a request."""
        if path.startswith("/actors/"):  # agavepy knows hosts alone
            path = f"/{COUNT}{path}"
        count, _, rest = path.removeprefix("/").partition("/")
        if rest == "profiles/v2/me":
            return Reply(200, ME, "profile")
        if rest == "actors/v2" and count.isdecimal():
            return Reply(200, many(int(count)), "actors")
        _, _, name = rest.removeprefix("actors/v2/").partition("/")
        if name.startswith("executions/"):
            return self.execution(*name.split("/")[1:])
        if name == "executions" or rest == "actors/v2/search/actors":
            about = {"countReturned": 0, "recordLimit": 100, "recordsSkipped": 0, "totalCount": 0}
            return Reply(200, written("Done.", {"_metadata": about, "search": []}), "search")
        return Reply(200, PAGE[name], name or "actor") if name in PAGE else REFUSED

    def execution(self, id_: str, part: str = "") -> Reply:
        """Return an execution, or its log: `log10` has one of 10 MB, which of `slow10` comes slowly."""
        if part == "logs":
            return Reply(200, log_answer(SIZES[id_.lstrip("logsw")]), "logs", id_.startswith("slow"))
        found = {"id": id_, "actorId": ACTOR, "executor": PERSON, "status": "COMPLETE", "exitCode": 0}
        found |= {"finishTime": "2026-11-23T16:20:42.628Z"}
        return Reply(200, written("Execution retrieved successfully.", found), "execution")


@cache
def log_answer(size: int) -> bytes:
    """Return what the API says of a log of about so many bytes."""
    return written("Logs retrieved successfully.", {"_links": {}, "logs": log_of(size)})


@cache
def log_of(size: int) -> str:
    """Return a log of about so many bytes: lines with levels, colours, quotes, and signs beyond the sixteen bits."""
    lines, length, number = [], 0, 0
    while length < size:
        number += 1
        level = ("DEBUG", "INFO", "INFO", "WARNING", "ERROR")[number % 5]
        line = (
            f'2026-11-23T16:20:{number % 60:02}Z {level} step {number} "of <many>" \x1b[32mdone\x1b[0m é \U0001f600\n'
        )
        lines.append(line)
        length += len(line.encode())
    return "".join(lines)


@cache
def many(count: int) -> bytes:
    """Return the list of so many actors: with markup, other alphabets, nulls and missing fields among them."""
    chance = random.Random(f"{SEED} many {count}")  # noqa: S311 - believable, not secret
    return written("Actors retrieved successfully.", [_one(chance, number) for number in range(count)])


def _one(chance: random.Random, number: int) -> dict[str, Any]:
    actor = Actor(number, an_id(chance), f"bench-actor-{number:04}", f"owner{number % 20:02}", "bench/image:1", ())
    found = described(actor) | {
        "status": chance.choice(("READY", "READY", "READY", "READY", "SUBMITTED", "ERROR")),
        "stateless": number % 5 > 0,
        "description": "Reads what arrives & writes <b>it</b> down, " * chance.randint(1, 4),
        "cronOn": number % 9 == 0,
        "cronSchedule": "2026-11-23 16 + 2 hours" if number % 9 == 0 else None,
        "defaultEnvironment": {f"NAME_{place}": "value" for place in range(number % 6)},
        "lastUpdateTime": f"2026-{1 + number % 11:02}-{1 + number % 28:02}T0{number % 10}:15:00.{number % 1000:03}Z",
    }
    if number % 7 == 0:
        found["name"] = f'<i>"{number}"</i> & \u00e9\u4e2d\U0001f600'
    if number % 11 == 0:
        found["name"] = None
    if number % 13 == 0:
        del found["hints"], found["webhook"]
    return found


def described(actor: Actor) -> dict[str, Any]:
    """Return an actor as the API describes it."""
    return {
        "id": actor.id, "name": actor.name, "image": actor.image, "owner": actor.owner, "description": "Benchmarked.",
        "status": "READY", "statusMessage": " ", "stateless": True, "state": {}, "type": "none", "link": "",
        "webhook": "", "hints": [], "privileged": False, "useContainerUid": False, "defaultEnvironment": {},
        "queue": "default", "cronOn": False, "mounts": [], "revision": 1, "token": "false",
        "createTime": "2026-01-01T00:00:00.123Z", "lastUpdateTime": "2026-01-01T00:00:00.123Z",
        "_links": {
            "self": f"https://api.example.org/actors/v2/{actor.id}",
            "owner": f"https://api.example.org/profiles/v2/{actor.owner}",
            "executions": f"https://api.example.org/actors/v2/{actor.id}/executions",
        },
    }  # fmt: skip


def execution(row: tuple[Any, ...]) -> dict[str, Any]:
    """Return an execution of a store as the API's search shows it."""
    actor, id_, executor, status, code, worker, received, started, finished, runtime, cpu, io, final = row
    return {
        "id": id_, "actorId": actor, "executor": executor, "status": status, "exitCode": code, "workerId": worker,
        "messageReceivedTime": stamp(received), "startTime": stamp(started), "finishTime": stamp(finished),
        "runtime": runtime, "cpu": cpu, "io": io, "finalState": json.loads(final) if final else None,
        "_links": {"self": "", "owner": "", "logs": ""},
    }  # fmt: skip


def stamp(moment: int | None) -> str | None:
    """Write a moment of a store as the API does."""
    if moment is None:
        return None
    return datetime.fromtimestamp(moment / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def written(message: str, result: Any) -> bytes:
    """Write a success as the API does."""
    return json.dumps({"message": message, "result": result, "status": "success", "version": "1.9.0"}).encode()


def refused(message: str) -> bytes:
    """Write a refusal as the API does."""
    return json.dumps({"message": message, "result": None, "status": "error", "version": "1.9.0"}).encode()


ME = written("User details retrieved successfully.", {"username": PERSON, "first_name": "Dana"})
REFUSED = Reply(400, refused("Abaco Admin role required."), "refused")
LISTS = {
    "workers": written("Workers retrieved successfully.", []),
    "messages": written("Messages retrieved successfully.", {"messages": 0}),
    "nonces": written("Actor nonces retrieved successfully.", []),
    "permissions": written("Permissions retrieved successfully.", {PERSON: "UPDATE"}),
}
PAGE = LISTS | {
    "": written("Actor retrieved successfully.", described(Actor(0, ACTOR, "bench-actor", PERSON, "bench/image:1", ())))
}
