"""Every object that the API can answer with, to be spoiled field by field, and every page that shows one of them."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import responses

from actors_app.nonces.notes import nonce_handle
from tests.support import payloads
from tests.support.payloads import ACTOR_ID, EXECUTION_ID, NONCE_ID, WORKER_ID

A = f"/actors/{ACTOR_ID}/"
E = f"{A}executions/{EXECUTION_ID}/"
W = f"{A}workers/{WORKER_ID}/"
N = f"{A}nonces/{nonce_handle(ACTOR_ID, NONCE_ID)}/"
PAGES = (
    "/",
    "/actors/",
    *(A + page for page in ("", "configuration/", "edit/", "delete/")),
    *(A + page for page in ("messages/", "messages/purge/", "workers/", "executions/", "executions/new/", "nonces/")),
    *(A + page for page in ("permissions/", "permissions/change/?user=jdoe")),
    *(E + page for page in ("", "halt/", "logs/", "results/")),
    *(W + page for page in ("", "stop/")),
    *(N + page for page in ("", "delete/")),
)
POLLS = (A, A + "messages/", A + "workers/", W, E + "status/")
KEPT = {"id", "executionId", "actorId"}  # what the addresses of the pages are made of
ACTOR_MORE = {
    "maxWorkers": 2,
    "memLimit": "1g",
    "maxCpus": 1,
    "logEx": 60,
    "cronSchedule": "now + 6 hours",
    "cronNextEx": "2026-11-24 10",
    "uid": "1",
    "gid": "1",
    "tasdir": "/x",
    "runAsExecutor": False,
    "mounts": [{"host_path": "/a", "container_path": "/b", "mode": "ro"}],
}


def world() -> dict[str, dict[str, Any]]:
    """Return every object as it is when all is well."""
    listing = payloads.listing_payload()
    del listing["executions"]
    return {
        "actor": payloads.actor_payload(**ACTOR_MORE),
        "execution": payloads.execution_payload(),
        "row": payloads.execution_row(),
        "listing": listing,
        "metadata": payloads.search_payload(payloads.execution_payload())["_metadata"],
        "worker": payloads.worker_payload(),
        "nonce": payloads.nonce_payload(),
        "mailbox": {"messages": 2},
        "log": {"logs": "a line\n"},
    }


def result_of(path: str, objects: dict[str, dict[str, Any]]) -> Any:
    """Return what the API answers to a GET of this path."""
    last = path.rpartition("/")[2]
    found: dict[str, Any] = {
        "v2": [objects["actor"]],
        "messages": objects["mailbox"],
        "workers": [objects["worker"]],
        "nonces": [objects["nonce"]],
        "logs": objects["log"],
        EXECUTION_ID: objects["execution"],
        WORKER_ID: objects["worker"],
        NONCE_ID: objects["nonce"],
        "permissions": {"jdoe": "UPDATE"},
        "aliases": [],
        "executions": {"_metadata": objects["metadata"], "search": [objects["execution"]]}
        if "search" in path
        else {**objects["listing"], "executions": [objects["row"]]},
    }
    return found.get(last, objects["actor"])


@contextmanager
def answering(objects: dict[str, dict[str, Any]]) -> Iterator[responses.RequestsMock]:
    """Answer every reading call from these objects, whatever they have become by then."""

    def answer(request: Any) -> tuple[int, dict[str, str], str]:
        path = request.url.removeprefix(payloads.API).partition("?")[0]
        return 200, {}, json.dumps(payloads.envelope(result_of(path, objects)))

    with responses.RequestsMock(assert_all_requests_are_fired=False) as wire:
        wire.add_callback("GET", re.compile(re.escape(payloads.API) + ".*"), answer)
        yield wire
