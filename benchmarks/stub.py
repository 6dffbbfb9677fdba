"""`python -m benchmarks.stub`: an Actors API that has nothing new to say, and counts what it is asked.

It describes the actors of a store of `shapes.py`, lets their reader read them, and its search finds what is in the
store. It is a process of its own, so that the time it takes is not that of the portal.
"""

import argparse
import json
import re
import sqlite3
import sys
import threading
from collections import Counter
from contextlib import closing
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from benchmarks.shapes import PERSON, SHAPES, Actor, actors_of

COUNTS = "/counts"  # of the calls since this was last asked for; no path of the API's
_FOUND = """
    SELECT a.actor_id, e.execution_id, e.executor, e.status, e.exit_code, e.worker_id, e.received, e.started,
        e.finished, e.runtime, e.cpu, e.io, e.final_state
    FROM portal_execution e JOIN portal_actor_history a ON a.id = e.actor_id WHERE
"""
# Of each actor by its index, so that the API's answer takes no longer than the page.
_LATER = "e.actor_id IN (SELECT id FROM portal_actor_history) AND e.received > ?"
_NO_LATER = "e.received <= ?"


def described(actor: Actor) -> dict[str, Any]:
    """Return an actor as the API describes it."""
    return {
        "id": actor.id, "name": actor.name, "image": actor.image, "owner": actor.owner, "description": "Benchmarked.",
        "status": "READY", "statusMessage": " ", "stateless": True, "state": {}, "type": "none", "link": "",
        "webhook": "", "hints": [], "privileged": False, "useContainerUid": False, "defaultEnvironment": {},
        "queue": "default", "cronOn": False, "mounts": [], "revision": 1, "token": "false",
        "createTime": "2026-01-01T00:00:00.123Z", "lastUpdateTime": "2026-01-01T00:00:00.123Z",
    }  # fmt: skip


class Answers:
    """The answers of the API, written once."""

    def __init__(self, shape: str, store: Path | None = None) -> None:
        self.store = store
        actors = [described(actor) for actor in actors_of(SHAPES[shape])]
        self.all = written("Actors retrieved successfully.", actors)
        self.one = {actor["id"]: written("Actor retrieved successfully.", actor) for actor in actors}
        self.me = written("User details retrieved successfully.", {"username": PERSON, "first_name": "Dana"})
        self.lists = {
            "workers": written("Workers retrieved successfully.", []),
            "messages": written("Messages retrieved successfully.", {"messages": 0}),
            "nonces": written("Actor nonces retrieved successfully.", []),
            "permissions": written("Permissions retrieved successfully.", {PERSON: "UPDATE"}),
        }

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

    def to(self, path: str, query: dict[str, str]) -> tuple[int, bytes, str]:
        """Return status and body of an answer, and what kind of call it was."""
        if path == "/profiles/v2/me":
            return 200, self.me, "profile"
        if path == "/actors/v2":
            return 200, self.all, "actors"
        if path.startswith("/actors/v2/search/"):
            return 200, self.found(query), "search of all"
        found = re.fullmatch(r"/actors/v2/(\w[\w-]*)(?:/(\w+))?(/.*)?", path)
        if not found or found[1] not in self.one:
            return 400, refused("Abaco Admin role required."), "refused"
        if found[2] is None:
            return 200, self.one[found[1]], "actor"
        if found[2] == "executions" and found[3] is None:
            # The whole listing must never be asked for: the history is whole.
            return (200, self.found(query, found[1]), "search") if query else (500, refused("None."), "listing")
        if found[2] in self.lists and found[3] is None:
            return 200, self.lists[found[2]], found[2]
        return 400, refused("Not found."), "refused"


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


def handler(answers: Answers) -> type[BaseHTTPRequestHandler]:
    """Return the class that answers requests; all of its instances share one count."""
    counts: Counter[str] = Counter()
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        """One connection."""

        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        wbufsize = -1  # the head and the body in one packet

        def do_GET(self) -> None:
            """Answer one request."""
            parts = urlsplit(self.path)
            if parts.path == COUNTS:
                with lock:
                    status, body = 200, json.dumps(counts).encode()
                    counts.clear()
            else:
                status, body, kind = answers.to(parts.path, dict(parse_qsl(parts.query)))
                with lock:
                    counts.update({kind: 1, "bytes": len(body)})
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name that http.server uses
            """Say nothing."""

    return Handler


class Server(ThreadingHTTPServer):
    """Answers on this machine alone; a connection never keeps the process from ending."""

    daemon_threads = True
    request_queue_size = 64


def main() -> None:
    """Serve until the process is ended."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.stub", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--shape", choices=list(SHAPES), default="all-1m")
    parser.add_argument("--store", type=Path, help="the store that a search looks into; without one it finds nothing")
    options = parser.parse_args()
    with Server(("127.0.0.1", options.port), handler(Answers(options.shape, options.store))) as server:
        sys.stdout.write(f"The stub answers at http://127.0.0.1:{options.port}\n")
        sys.stdout.flush()
        server.serve_forever()


if __name__ == "__main__":
    main()
