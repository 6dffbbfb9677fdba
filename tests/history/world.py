"""An API at the wire that holds executions, lists and searches them, and can fail."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import responses
from requests import PreparedRequest

from actors_app.history.models import ActorHistory
from tests.support import payloads
from tests.support.payloads import ACTOR_ID

TENANT = "default"
Answer = tuple[int, dict[str, str], Any]


def stamp(moment: datetime) -> str:
    """Write a moment as the API's search does."""
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03}Z"


def rfc(moment: str) -> str:
    """Write such a moment as the API's listing does, to the second."""
    return f"{datetime.fromisoformat(moment):%a, %d %b %Y %H:%M:%S} GMT"


def ago(**span: float) -> datetime:
    """Return a moment so long ago."""
    return datetime.now(UTC) - timedelta(**span)


@dataclass
class World:
    """An API with actors and executions.

    `asked` says what it was asked, in words; `hidden` are actors that its search does not show; `failing` answers in
    its place, by the kind of the call.
    """

    actors: list[dict[str, Any]] = field(default_factory=list)
    executions: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    hidden: set[str] = field(default_factory=set)
    unreadable: set[str] = field(default_factory=set)
    failing: dict[str, Any] = field(default_factory=dict)
    is_admin: bool = False
    password: str = ""  # for which there is a token
    asked: list[str] = field(default_factory=list)
    queries: list[dict[str, str]] = field(default_factory=list)
    workers: list[dict[str, Any]] = field(default_factory=list)

    def actor(self, id_: str = ACTOR_ID, **changes: Any) -> ActorHistory:
        """Add an actor; return the history's row of it, of which nothing is known yet."""
        payload = payloads.actor_payload(id=id_, **{"name": f"name-{id_}", **changes})
        self.actors.append(payload)
        self.executions[id_] = []
        row, _ = ActorHistory.objects.get_or_create(tenant=TENANT, actor_id=id_, name=payload["name"])
        return row

    def run(self, id_: str, received: datetime | None = None, actor_id: str = ACTOR_ID, **changes: Any) -> None:
        """Add an execution, which succeeded a second after it was received."""
        at = received or ago(minutes=5)
        times = {
            "messageReceivedTime": stamp(at),
            "startTime": stamp(at),
            "finishTime": stamp(at + timedelta(seconds=1)),
        }
        whole = payloads.execution_payload(id=id_, actorId=actor_id, **{**times, **changes})
        self.executions[actor_id].append(whole)

    def waits(self, id_: str, received: datetime | None = None, actor_id: str = ACTOR_ID) -> None:
        """Add an execution that waits for a worker."""
        nothing = {"startTime": None, "finishTime": None, "exitCode": None, "finalState": None, "workerId": None}
        self.run(id_, received, actor_id, status="SUBMITTED", **nothing)

    def ends(self, id_: str, code: int = 0, actor_id: str = ACTOR_ID) -> None:
        """Let an execution end."""
        for one in self.executions[actor_id]:
            if one["id"] == id_:
                at = one["messageReceivedTime"]
                one.update(status="COMPLETE", exitCode=code, startTime=at, finishTime=at, workerId="w1")

    def forget(self) -> list[str]:
        """Return what was asked, and begin anew."""
        asked = self.asked[:]
        self.asked.clear()
        self.queries.clear()
        return asked

    def answer(self, request: PreparedRequest) -> Answer:
        """Answer one call."""
        url = urlsplit(str(request.url))
        query = dict(parse_qsl(url.query))
        path = url.path.removeprefix("/actors/v2").strip("/").split("/")
        kind, result = self._found(path, query)
        self.asked.append(kind)
        self.queries.append(query)
        if kind.partition(" ")[0] in self.failing:
            failing = self.failing[kind.partition(" ")[0]]
            return failing(result) if callable(failing) else failing
        if kind == "probe":
            message = "No alias found: admin-role-probe." if self.is_admin else "Abaco Admin role required."
            return 404 if self.is_admin else 400, {}, json.dumps(payloads.refusal(message))
        if path[0] in self.unreadable:
            return 403, {}, json.dumps(payloads.refusal("Not authorized -- missing required role."))
        if result is None:
            return 404, {}, json.dumps(payloads.refusal("It does not exist."))
        return 200, {}, json.dumps(payloads.envelope(result))

    def token(self, request: PreparedRequest) -> Answer:
        """Give a token for the password."""
        sent = dict(parse_qsl(str(request.body.decode() if isinstance(request.body, bytes) else request.body)))
        self.asked.append("token")
        if sent.get("password") != self.password:
            return 400, {}, json.dumps({"error": "invalid_grant", "error_description": "Authentication failed"})
        given = {"access_token": "a-token", "refresh_token": "r", "expires_in": 14400, "token_type": "bearer"}
        return 200, {}, json.dumps(given)

    def _found(self, path: list[str], query: dict[str, str]) -> tuple[str, Any]:
        by_id = {actor["id"]: actor for actor in self.actors} | {
            actor["alias"]: actor for actor in self.actors if "alias" in actor
        }
        match path:
            case [""]:
                return "actors", [actor for actor in self.actors if actor["id"] not in self.unreadable]
            case ["search", "executions"]:
                every = [one for runs in self.executions.values() for one in runs]
                return "search-all", self._search(every, query)
            case ["search", "workers"]:
                return "search-workers", payloads.search_payload(*self.workers)
            case ["aliases", "admin-role-probe"]:
                return "probe", None
            case [name, *_] if name not in by_id:
                return f"missing {name}", None
            case [name]:
                return f"actor {name}", by_id[name]
            case [name, "executions"]:
                id_ = by_id[name]["id"]
                runs = self.executions[id_]
                if query:
                    # An alias finds nothing.
                    found = self._search(runs if name == id_ else [], query)
                    return ("details" if "id.in" in query else "search") + f" {name}", found
                return f"listing {name}", payloads.listing_payload(*map(row_of, runs), actorId=id_)
            case [name, "executions", one]:
                runs = [run for run in self.executions[by_id[name]["id"]] if run["id"] == one]
                return f"execution {one}", runs[0] if runs else None
        return "/".join(path), None

    def _search(self, runs: list[dict[str, Any]], query: dict[str, str]) -> dict[str, Any]:
        runs = [run for run in runs if run["actorId"] not in self.hidden]
        after, to = query.get("messageReceivedTime.gt"), query.get("messageReceivedTime.lte")
        if "id.in" in query:
            runs = [run for run in runs if run["id"] in json.loads(query["id.in"])]
        if after:
            runs = [run for run in runs if str(run["messageReceivedTime"] or "").rstrip("Z") > after]
        if to:
            runs = [run for run in runs if str(run["messageReceivedTime"] or "").rstrip("Z") <= to]
        if "status" in query:
            runs = [run for run in runs if run["status"] == query["status"]]
        skip = int(query.get("skip", "0"))
        return payloads.search_payload(*runs[skip:][: int(query["limit"])], total=len(runs))


def row_of(run: dict[str, Any]) -> dict[str, Any]:
    """Return an execution as the listing has it."""
    names = ("messageReceivedTime", "startTime", "finishTime")
    return payloads.execution_row(
        id=run["id"], status=run["status"], **{name: rfc(run[name]) if run[name] else None for name in names}
    )


@contextmanager
def answering() -> Iterator[World]:
    """Answer every call from a world."""
    found = World()
    with responses.RequestsMock(assert_all_requests_are_fired=False) as wire:
        wire.add_callback("GET", re.compile(re.escape(payloads.API) + "/actors/v2.*"), found.answer)
        wire.add_callback("POST", payloads.API + "/token", found.token)
        yield found
