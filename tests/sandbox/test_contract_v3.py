"""Replay the recordings in snake_case against the v3 routes, with what v3 is known to write otherwise.

They were made on Abaco's own code of v2 with its names set to snake_case, which is how v3 writes them; `as_v3` says
what v3 adds, and `ELSE` where it answers something else (`TACC/abaco dev-v3`). What the v3 server itself was asked is
compared in `test_contract_v3_nginx.py`, and not here once more.
"""

import json
import re
from hashlib import sha256
from typing import Any

import pytest

from tests.sandbox.contract import compare, differences, prepare, read_body, send, tapis_token
from tests.sandbox.contract_state import FAR_AWAY, PEOPLE, C, Store
from tests.sandbox.support import ROOT, Sandbox
from tests.sandbox.test_contract import ABACO, DIFFERENCES

RECORDINGS = {path.stem: path for path in sorted((ROOT / "tests/recordings/v2-snake").glob("*.json"))}
# The same things have other ids in the two sets of recordings; the state of a case is written with those of `v2`.
IDS = {
    "pyVGpE5AkMAJ": "zlVl01zOo4pXE",
    "PkRWqxzEGlzl": "0xqLm30klw3qG",
    "pygLrYZv6Y7A": "0xq17O7aVYMbL",
    "p1OWAWX5WzAJ": "PYB3ZEjjr17Gq",
    "Pb8PyYVvXwxl": "pYDNNeaRZrGkz",
    "pBlJPbjxyjLgB": "0zOK0qy77aXQ7",
    "P6vjPjqEpG0J": "PYaE7Gm5DRJAN",
    "pywWvqXk63YM": "0xqx3yRWN4jrB",
    "pBYQlp7RvBvM6": "zy5Ol8aXE6W1q",
    "Rr5GzzVLMXy4e": "0zVJEjmMbgoXB",
    "pBYR18r6BGN43": "0zVYp7MZD4VBB",
    "rec-alias-50951": "rec-alias-50866",
    "rec-config-50952": "rec-config-50866",
}
TENANT, SERVER = "tacc-prod", "https://localhost:5000/"
NOT_YOURS = (400, "Not authorized -- you do not have access to this actor.")
NO_FIELDS = (400, "Invalid actor description: {'image': 'Reference to image on docker hub for this actor.'}")
NO_CODES = (500, "Unrecognized exception type: <class 'NameError'>. Exception: name 'codes' is not defined")
ELSE: dict[str, tuple[int, str]] = {
    # What is not there is refused as what is not one's own.
    "actors_get_deleted": NOT_YOURS,
    "executions_of_deleted": NOT_YOURS,
    "messages_to_deleted": NOT_YOURS,
    # A broken body counts as an empty one.
    "actors_create_bad_json": NO_FIELDS,
    "actors_update_bad_json": NO_FIELDS,
    "state_post_bad_json": (400, "Invalid actor state description: state must be JSON serializable."),
    # Tapis looks at the token itself; there is no gateway.
    "gateway_bad_token": (400, "Could not parse the Tapis access token."),
    # The list unpacks what is no pair, as soon as there is an actor with executions.
    "admin_executions": (
        500,
        "Unrecognized exception type: <class 'ValueError'>. Exception: too many values to unpack (expected 2)",
    ),
    "actors_head": (400, ""),
    # For whoever may use a config, the check fails over a name that was never imported.
    "configs_delete": NO_CODES,
    "configs_permissions": NO_CODES,
}


SANDBOX = {"SANDBOX_TENANT": "TACC-PROD", "SANDBOX_URL": ABACO}


OF_V3 = {path.stem for path in (ROOT / "tests/recordings/v3-nginx").glob("*.json")}  # see `test_contract_v3_nginx.py`
# What differs on purpose, or is not of the actors, is the same for both versions and tried over v2.
OF_ACTORS = [
    case
    for case, path in RECORDINGS.items()
    if case not in DIFFERENCES | OF_V3
    and "/actors/v2" in json.loads(path.read_text())["request"]["path"].replace("//", "/")
]


def test_v3_answers_as_recorded(abaco: Sandbox, store: Store, subtests: pytest.Subtests) -> None:
    assert OF_ACTORS
    for case in OF_ACTORS:
        with subtests.test(case):
            replay(case, abaco, store)


def replay(case: str, abaco: Sandbox, store: Store) -> None:
    """Ask v3 what v2 was asked, and check that the answer is as recorded, or as v3 is known to answer."""
    text = RECORDINGS[case].read_text()
    for here, there in IDS.items():
        text = text.replace(here, there)
    recording = json.loads(text)
    asked, expected = recording["request"], recording["response"]
    body = read_body(expected)
    shows = asked["method"] == "GET" and expected["status"] == 200 and isinstance(body, dict)
    caller = asked["headers"].get("Authorization", "").removeprefix("Bearer token-")
    place = asked["path"].removeprefix("/actors/v2/").split("/")[0]
    prepare(case, store, caller, place, named(body, camel) if shows else None)
    if case in ("state_post_dict", "state_post_number"):  # a PUT had gone before, which in v3 resets more
        store.put("actor", id=C, name="full", stateless=False, status_message="")
    for name in PEOPLE:
        digest = sha256(tapis_token(name, TENANT).encode()).hexdigest()
        store.insert("token", digest=digest, person=name, kind="access", expires_at=FAR_AWAY)
    answer = send(abaco, asked_of_v3(asked))
    if case in ELSE:
        status, message = ELSE[case]
        assert (answer.status_code, answer.text and answer.json()["message"]) == (status, message)
        assert differences(expected, answer), "v3 answers as recorded: remove its line."
        return
    wrong = differences(expected | {"body": as_v3(body, place)}, answer)
    assert not wrong, "\n".join(wrong)


def asked_of_v3(asked: dict[str, Any]) -> dict[str, Any]:
    """Return a request as v3 takes it: another path, another header, another name of the tenant."""
    headers = dict(asked["headers"])
    if given := headers.pop("Authorization", None):
        name = given.removeprefix("Bearer token-")
        headers["X-Tapis-Token"] = tapis_token(name, TENANT) if given.startswith("Bearer token-") else given
    path = re.sub("//?actors/v2", "/v3/actors", asked["path"])
    return asked | {"headers": headers, "path": small(path), "query": small(asked["query"])}


def small(text: str) -> str:
    """Write the tenant as Tapis does."""
    return text.replace("TACC-PROD", TENANT)


def camel(name: str) -> str:
    """Write a name as v2 does."""
    return re.sub(r"(?<=[a-z0-9])_([a-z])", lambda found: found[1].upper(), name)


def named(value: Any, write: Any) -> Any:
    """Return a record whose top-level names, and those of the records in it, are written otherwise."""
    if isinstance(value, list):
        return [named(each, write) for each in value]
    if not isinstance(value, dict):
        return value
    deep = ("result", "search", "_metadata", "executions", "workers", "actors", "summary")
    return {write(name): named(inner, write) if name in deep else inner for name, inner in value.items()}


def as_v3(body: Any, place: str) -> Any:
    """Return a recorded body as v3 writes it."""
    if isinstance(body, str):
        return small(body)
    if not isinstance(body, dict) or "status" not in body:
        return body
    return body | {"metadata": {}, "message": message_of_v3(body["message"]), "result": record_of_v3(body["result"])}


def message_of_v3(text: str) -> str:
    """Return a message as v3 words it, without gaps; the one of a deleted alias holds the whole record."""
    return re.sub(" {2,}", " ", small(text)).replace(f"'api_server': '{ABACO}'", f"'api_server': '{SERVER}'")


def record_of_v3(record: Any) -> Any:
    """Return a record, or a list of them, as v3 writes it."""
    if isinstance(record, list):
        return [record_of_v3(each) for each in record]
    if not isinstance(record, dict):
        return record
    made = dict(record)
    for name in ("search", "workers", "actors"):
        if isinstance(made.get(name), list):
            made[name] = record_of_v3(made[name])
    if "_links" in made:
        made["_links"] = {name: link_of_v3(link) for name, link in made["_links"].items()}
    if "api_server" in made:
        made["api_server"] = SERVER
    for name in ("tenant", "actor_dbid"):
        if name in made:
            made[name] = small(made[name])
    if "level" in made:
        made |= {"id": small(made["id"]), "roles": []}
    if "host_id" in made and made["host_id"] is not None:
        made["host_id"] = int(made["host_id"])
    if "stateless" in made:
        made["run_as_executor"] = False
    if "executor" in made:
        made |= {"executor_uid": None, "executor_gid": None}
    return made


def link_of_v3(link: str) -> str:
    """Return an address as v3 writes it: a double slash, and the profiles of Tapis."""
    link = small(link).replace(f"{ABACO}/actors/v2", f"{SERVER}/v3/actors")
    return link.replace(f"{ABACO}/profiles/v2/", f"{SERVER}/v3/oauth2/profiles/")


def test_every_difference_names_a_recording() -> None:
    assert ELSE.keys() <= RECORDINGS.keys()


def test_the_comparison_sees_v3s_own_names() -> None:
    assert compare(as_v3({"status": "success", "message": "", "result": {"stateless": True}}, ""), {}, "") != []
