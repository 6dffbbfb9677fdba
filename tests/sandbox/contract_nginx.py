"""Replay the recordings of Abaco behind nginx as series of requests on one store, since each depends on the last.

An id that the sandbox generates replaces the recorded id in the later requests of its series. Actors, aliases and
configs that a series uses and does not create are put into the store first.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sandbox.ids import is_hashid
from tests.sandbox.contract import SHORTENED, differences, read_body, send
from tests.sandbox.contract_state import KEYS, Store, columns
from tests.sandbox.support import ROOT, Sandbox

FOLDER = ROOT / "tests/recordings/v2-nginx"
IN_TIME = ("halt", "haltforce", "nostart", "binary", "longtext")  # these need the engine and its clock
NUMBER = re.compile(r"_\d\d_")
BARE = re.compile(r"(.+_bare(?:_owner|_admin(?=_\d))?)_.+")
CREATED = {"alias": "/actors/aliases", "name": "/actors/configs"}
TABLES = {"/actors/aliases": "alias", "/actors/configs": "config"}
BUILT_IN = ("aliases", "configs", "search", "utilization", "admin")
FIRST, LAST = "create", {"delete", "after"}
ID = re.compile(r"(?<![A-Za-z0-9])[A-Za-z0-9]{10,14}(?![A-Za-z0-9])")
ABACO = "https://api.tacc.utexas.edu"
Row = tuple[str, dict[str, Any]]
Before = Callable[[Store], None]


# State that no recording of the series creates or shows.
OTHER, ROUTES, CRONNED = "0ZL0rZqwk1w5X", "z1WLQKwvWOG4y", "zQeJPeYoykkK"
CRON = {"cron_schedule": "2078-9-6 2 + 3 months", "cron_next_ex": "2078-9-6 2"}
LEVELS = {"testuser": "UPDATE", "bob": "UPDATE"} | dict.fromkeys(
    ("", "$x", "5", "ABACO_WORLD", "a.b", "x" * 300), "READ"
)


def _actor(name: str, **changes: Any) -> Before:
    return lambda store: store.put("actor", **({"id": name, "owner": "testuser", "name": "A"} | changes))


def _alias(name: str, actor: str) -> Before:
    return lambda store: store.put("alias", alias=name, actor_id=actor)


BEFORE: dict[str, Before] = {
    "alias_ordinary_16_delete_admin_after": lambda store: store.remove_alias("an-ordinary-one"),
    "alias_permissions_of_no_alias_07_get_owner": _alias("ghost", OTHER),
    "alias_workers_bare_admin_02_get_admin": _alias("workers", OTHER),
    "configs_create_duplicate": lambda store: store.put("config", name="c1", value="v"),
    "nonces_delete_twice": lambda store: store.put("nonce", id="TACC-PROD_another", actor_id="0G3PxjXDy0YXr"),
    "permissions_get_after_user_null": lambda store: store.set_levels("0G36qOpm7e43X", LEVELS),
    "route_permissions_path_after_with_query": lambda store: store.grant(ROUTES, "testshareuser", "READ"),
    "route_prefix_v2_permissions": lambda store: store.grant(ROUTES, "testshareuser", "READ"),
    "update_cron_next_ex_is_ignored": _actor(CRONNED, **CRON),
    "update_form_force_false": _actor(CRONNED, **CRON, revision=2),
    "update_max_workers_on_stateful": _actor("pPqmQqe1VEoz", stateless=False),
    "update_queue_empty": _actor(CRONNED),
    "update_queue_null": _actor(CRONNED),
}
LEFT_OUT = {"route_size_header_9000": {"X-Long": "x" * 9000}}


@dataclass
class Recording:
    """A recorded request and its response, as the text of its file, with the name of the case."""

    case: str
    text: str = field(repr=False)

    @property
    def kind(self) -> str:
        """Return the first word of the name: the kind of the recording."""
        return self.case.partition("_")[0]

    @property
    def series(self) -> str:
        """Return the name of the series, whose recordings share their state."""
        if NUMBER.search(self.case):
            return NUMBER.split(self.case)[0]
        bare = BARE.fullmatch(self.case)
        return bare[1] if bare else self.kind

    @property
    def place(self) -> tuple[int, str]:
        """Return the sort key within a series: by number, or creation first and deletion last."""
        words = set(self.case.split("_"))
        if NUMBER.search(self.case):
            return (1, self.case)
        return (2 if words & LAST else 0 if FIRST in words else 1, self.case)


def recordings(folder: Path = FOLDER, without: Iterable[str] = IN_TIME) -> dict[str, list[Recording]]:
    """Return the recordings of a folder by series, each series in order."""
    series: dict[str, list[Recording]] = {}
    for path in folder.glob("*.json"):
        recording = Recording(path.stem, path.read_text())
        if recording.kind not in without:
            series.setdefault(recording.series, []).append(recording)
    return {name: sorted(series[name], key=lambda row: row.place) for name in sorted(series)}


class Replay:
    """Replay series against a sandbox; `ids` maps recorded ids to those of the sandbox."""

    def __init__(self, abaco: Sandbox, store: Store) -> None:
        self.abaco, self.store = abaco, store
        self.ids: dict[str, str] = {}

    def run(self, series: list[Recording]) -> Iterator[tuple[str, list[str]]]:
        """Replay a series on an empty store; yield each case with its differences from the recording."""
        self.ids = {}
        self.store.reset()
        for table, row in presupposed(series):
            self.store.put(table, **row)
        for recording in series:
            yield recording.case, self.ask(recording)

    def ask(self, recording: Recording) -> list[str]:
        """Send one recorded request and return the differences of the answer."""
        text = ID.sub(lambda match: self.ids.get(match[0], match[0]), recording.text)
        parts = json.loads(text)
        asked, expected = parts["request"], parts["response"]
        body = read_body(expected)
        self.store.grant_owners()
        if recording.case in BEFORE:
            BEFORE[recording.case](self.store)
        if asked["method"] == "GET" and expected["status"] == 200 and isinstance(body, dict):
            self.show(asked, body["result"])
        answer = send(self.abaco, through_gateway(asked, LEFT_OUT.get(recording.case, {})))
        if "json" in answer.headers["Content-Type"]:
            self.learn(body, read_body({"body": answer.text, "body_is_json": True}))
        return differences(expected, answer)

    def show(self, asked: dict[str, Any], result: Any) -> None:
        """Put the records of a recorded success into the store; a list of all aliases or configs replaces its table."""
        if asked["path"] in TABLES:
            self.store.empty(TABLES[asked["path"]])
        search = isinstance(result, dict) and "search" in result
        self.store.show(caller_of(asked), actor_of(asked, self.store), result, to_admins=search)

    def learn(self, recorded: Any, actual: Any) -> None:
        """Map the ids in a recorded value to those in the same places of the actual one."""
        if isinstance(recorded, dict) and isinstance(actual, dict):
            for name in recorded.keys() & actual.keys():
                self.learn(recorded[name], actual[name])
        if isinstance(recorded, list) and isinstance(actual, list) and len(recorded) == len(actual):
            for pair in zip(recorded, actual, strict=True):
                self.learn(*pair)
        if isinstance(recorded, str) and isinstance(actual, str) and recorded != actual:
            pairs = zip(ID.findall(recorded), ID.findall(actual), strict=False)
            self.ids |= {old: new for old, new in pairs if is_hashid(old) and is_hashid(new)}


def caller_of(asked: dict[str, Any]) -> str:
    """Return the user who sent a request, or an empty text."""
    return str(asked["headers"].get("Authorization", "")).removeprefix("Bearer token-")


def actor_of(asked: dict[str, Any], store: Store) -> str:
    """Return the id of the actor that the path of a request names, by id or alias, or an empty text."""
    for name in asked["path"].split("/"):
        if is_hashid(name):
            return str(name)
        row = store.db.execute("SELECT actor_id FROM sandbox_alias WHERE alias = ?", [name]).fetchone()
        if row:
            return str(row[0])
    return ""


def through_gateway(asked: dict[str, Any], headers: dict[str, str]) -> dict[str, Any]:
    """Return a request as a client of the gateway sends it, with the headers and the body in full length."""
    path = re.sub("(/actors)", r"\1/v2", asked["path"], count=1, flags=re.IGNORECASE)
    return asked | {"path": path, "body": whole(asked["body"]), "headers": asked["headers"] | headers}


def whole(body: str | None) -> str | None:
    """Return a body in full length where the recording shortened it."""
    cut = SHORTENED.fullmatch(body or "")
    if not cut:
        return body
    start, length = cut[1], int(cut[2])
    if start.startswith("hex:"):
        return "hex:" + "00" * length
    end = '"}'
    return start + "x" * (length - len(start) - len(end)) + end


def presupposed(series: list[Recording]) -> Iterator[Row]:
    """Yield the rows that a series depends on: its actors, and the aliases and configs that it does not create."""
    parts = [json.loads(recording.text) for recording in series]
    rows = [row for part in parts for row in result_records(part) if "cronOn" in row and "dbId" not in row]
    actors = {row["id"]: columns(row) for row in reversed(rows)}
    for name in sorted({name for part in parts for name in actor_ids_in(part)}):
        yield "actor", actors.get(name, {"id": name, "owner": owner_in(parts, name)})
    created = {json.loads(part["request"]["body"])[name] for part in parts for name in CREATED if creates(part, name)}
    for part in parts:
        yield from ((table, row) for table, row in alias_and_config_rows(part) if row[KEYS[table]] not in created)


def alias_and_config_rows(part: dict[str, Any]) -> Iterator[Row]:
    """Yield the aliases and configs in a recorded success, and the alias in its path."""
    for row in result_records(part):
        if "isSecret" in row:
            yield "config", {"value": None} | columns(row)
        elif "alias" in row and "level" not in row:
            yield "alias", columns(row)
    name = part["request"]["path"].split("/")[2:3]
    links = [row["_links"]["self"] for row in result_records(part) if "_links" in row]
    if name and name[0] not in BUILT_IN and not is_hashid(name[0]) and links:
        actor = links[0].removeprefix(f"{ABACO}/actors/v2/").split("/")[0]
        yield "alias", {"alias": name[0], "actor_id": actor, "owner": "jdoe"}


def owner_in(parts: list[dict[str, Any]], actor: str) -> str:
    """Return the owner of an actor by the links of its messages and logs."""
    for part in parts:
        for row in result_records(part):
            links = row.get("_links", {})
            if f"/{actor}/messages" in links.get("messages", "") or (f"/{actor}/" in links.get("execution", "")):
                return str(links["owner"].rsplit("/", 1)[-1])
    return "jdoe"


def creates(part: dict[str, Any], name: str) -> bool:
    """Return whether a recorded request creates an alias (`alias`) or a config (`name`)."""
    asked = part["request"]
    return bool(asked["method"] == "POST" and asked["path"] == CREATED[name] and part["response"]["status"] == 200)


def actor_ids_in(part: dict[str, Any]) -> Iterator[str]:
    """Yield the ids of the actors in a recorded request and its result."""
    asked = part["request"]
    yield from (name for name in asked["path"].split("/")[2:3] if is_hashid(name))
    for row in result_records(part):
        yield from (row[name] for name in ("actorId", "actors") if is_hashid(str(row.get(name))))
        if "cronOn" in row and not is_creation(part):
            yield row["id"]
    body = json.loads(asked["body"]) if str(asked["body"]).startswith("{") and "..." not in asked["body"] else {}
    yield from (body[name] for name in ("actorId", "actors") if is_hashid(str(body.get(name))))


def is_creation(part: dict[str, Any]) -> bool:
    """Return whether a recorded request registers an actor."""
    return bool((part["request"]["method"], part["request"]["path"]) == ("POST", "/actors"))


def result_records(part: dict[str, Any]) -> list[dict[str, Any]]:
    """Return every object in the result of a recorded request."""
    body = read_body(part["response"])
    return (
        list(records(body["result"])) if isinstance(body, dict) and isinstance(body.get("result"), dict | list) else []
    )


def records(value: Any) -> Iterator[dict[str, Any]]:
    """Yield an object and every object inside it."""
    if isinstance(value, dict):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from records(inner)
