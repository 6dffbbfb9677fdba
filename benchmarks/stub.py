"""`python -m benchmarks.stub`: an Actors API that has nothing new to say, and counts what it is asked.

It describes the actors of a store of `shapes.py`, lets their reader read them, and finds nothing that is newer. It is a
process of its own, so that the time it takes is not that of the portal.
"""

import argparse
import json
import re
import sys
import threading
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from benchmarks.shapes import PERSON, SHAPES, Actor, actors_of

COUNTS = "/counts"  # of the calls since this was last asked for; no path of the API's
NOTHING = {"_metadata": {"countReturned": 0, "recordLimit": 1000, "recordsSkipped": 0, "totalCount": 0}, "search": []}


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

    def __init__(self, shape: str) -> None:
        actors = [described(actor) for actor in actors_of(SHAPES[shape])]
        self.all = written("Actors retrieved successfully.", actors)
        self.one = {actor["id"]: written("Actor retrieved successfully.", actor) for actor in actors}
        self.nothing = written("Executions search completed successfully.", NOTHING)
        self.me = written("User details retrieved successfully.", {"username": PERSON, "first_name": "Dana"})
        self.lists = {
            "workers": written("Workers retrieved successfully.", []),
            "messages": written("Messages retrieved successfully.", {"messages": 0}),
            "nonces": written("Actor nonces retrieved successfully.", []),
            "permissions": written("Permissions retrieved successfully.", {PERSON: "UPDATE"}),
        }

    def to(self, path: str, is_search: bool) -> tuple[int, bytes, str]:
        """Return status and body of an answer, and what kind of call it was."""
        if path == "/profiles/v2/me":
            return 200, self.me, "profile"
        if path == "/actors/v2":
            return 200, self.all, "actors"
        if path.startswith("/actors/v2/search/"):
            return 200, self.nothing, "search of all"
        found = re.fullmatch(r"/actors/v2/(\w[\w-]*)(?:/(\w+))?(/.*)?", path)
        if not found or found[1] not in self.one:
            return 400, refused("Abaco Admin role required."), "refused"
        if found[2] is None:
            return 200, self.one[found[1]], "actor"
        if found[2] == "executions" and found[3] is None:
            # The whole listing must never be asked for: the history is whole.
            return (200, self.nothing, "search") if is_search else (500, refused("No listing here."), "listing")
        if found[2] in self.lists and found[3] is None:
            return 200, self.lists[found[2]], found[2]
        return 400, refused("Not found."), "refused"


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
                status, body, kind = answers.to(parts.path, bool(parts.query))
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
    options = parser.parse_args()
    with Server(("127.0.0.1", options.port), handler(Answers(options.shape))) as server:
        sys.stdout.write(f"The stub answers at http://127.0.0.1:{options.port}\n")
        sys.stdout.flush()
        server.serve_forever()


if __name__ == "__main__":
    main()
