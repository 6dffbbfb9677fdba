"""Replay what was asked of Abaco's v3 server behind its own nginx; the differences are those of `sandbox/README.md`.

Lives of workers and executions that are series in time are tried in other files.
"""

import json
import re
import threading
import time
from collections.abc import Callable
from hashlib import sha256
from typing import Any

import pytest

from tests.sandbox.contract import differences, read_body, send, tapis_token
from tests.sandbox.contract_state import FAR_AWAY, PEOPLE, Store
from tests.sandbox.support import ROOT, Sandbox
from tests.sandbox.test_contract import DIFFERENCES as ALL_DIFFERENCES
from tests.sandbox.test_contract_v3 import camel, named

SERIES = {"halt", "haltstop", "haltforce", "nostart", "binary", "longtext"}
RECORDINGS = {
    path.stem: json.loads(path.read_text())
    for path in sorted((ROOT / "tests/recordings/v3-nginx").glob("*.json"))
    if path.stem.split("_")[0] not in SERIES
}
GROUPS = sorted({case.split("_")[0] for case in RECORDINGS})
DIFFERENCES = {name.removeprefix("v3: ") for name in ALL_DIFFERENCES if name.startswith("v3: ")}
MOST = 10
PLAIN, STATEFUL, ADMINS, OTHER = "zyprjGPE5x6Qr", "zypKNvjrmmNZk", "pRvG46pr4DZxB", "p3ElNBPDqkGxz"
MORE = ("zakOk7QVoOxKK", "0rLkXWGE7KXZ7", "0zOaNJMKXp1Er", "RWD85MxBGAKEo", "PZYWeoPZ1KJMq")
TOKENS = {f"token-{name}": tapis_token(name) for name in PEOPLE} | {
    "an expired token of jdoe": tapis_token("jdoe-of-yesterday"),
    "a token of jdoe in a tenant that is not there": tapis_token("jdoe", "nowhere"),
    "a token of the service files": tapis_token("files", "admin", "service"),
}
LISTS = {"/v3/actors": "actor", "/v3/actors/aliases": "alias", "/v3/actors/configs": "config"}


SANDBOX = {"SANDBOX_TENANT": "TACC"}


@pytest.mark.parametrize("group", GROUPS)
def test_answers_as_recorded(group: str, abaco: Sandbox, store: Store) -> None:
    cases = [case for case in RECORDINGS if case.split("_")[0] == group]
    wrong = {case: replay(case, abaco, store) for case in cases}
    agreeing = [case for case in cases if case in DIFFERENCES and not wrong[case]]
    assert not agreeing, "The README calls these differences, but the answers agree: remove their rows."
    lines = [f"{case}: {line}" for case in cases if case not in DIFFERENCES for line in wrong[case]]
    assert not lines, "\n".join(lines)


def replay(case: str, abaco: Sandbox, store: Store) -> list[str]:
    """Ask what was asked, in the state in which it was, and return what is not as recorded."""
    asked, expected = RECORDINGS[case]["request"], RECORDINGS[case]["response"]
    arrange(store)
    BEFORE.get(case, lambda store: None)(store)
    body = read_body(expected)
    if asked["method"] == "GET" and expected["status"] == 200 and isinstance(body, dict):
        show(store, asked, body["result"])
    headers = {name: TOKENS.get(value, value) for name, value in asked["headers"].items()}
    return differences(expected, send(abaco, asked | {"headers": headers}))


def arrange(store: Store) -> None:
    """Put there what most of the requests were about."""
    store.reset()
    for text, token in TOKENS.items():
        if "expired" not in text:
            digest = sha256(token.encode()).hexdigest()
            store.insert("token", digest=digest, person=text.removeprefix("token-"), kind="access", expires_at=FAR_AWAY)
    wc = {"image": "abacosamples/wc"}
    store.put("actor", id=PLAIN, name="plain-one", status_message="", **wc)
    store.put(
        "actor", id=STATEFUL, name="stateful-one", stateless=False, description="only this", status_message="", **wc
    )
    store.put("actor", id=ADMINS, owner="testuser", name="A")
    store.put("actor", id=OTHER, name="second", image="sim/quick", revision=2)
    for actor in MORE:
        store.put("actor", id=actor, name="routes", image="sim/quick")
    store.put("execution", id="PqpzRBZ8zAzeJ", actor_id=PLAIN, status="COMPLETE")
    store.put("worker", id="RWA7g841px07e", actor_id=PLAIN)
    store.put("alias", alias="counter", actor_id=STATEFUL)
    store.put("config", name="colour", actors=PLAIN)
    store.put("nonce", id="TACC_PkwbjB7xzxBLl", actor_id=PLAIN, level="READ", max_uses=2, remaining_uses=2, roles="[]")
    store.put("nonce", id="TACC_z1O0b57Q31Ywm", actor_id=PLAIN, owner="testuser")
    store.put("nonce", id="TACC_Rj0WwZYGDlMyo", alias="counter", level="READ")


def show(store: Store, asked: dict[str, Any], result: Any) -> None:
    """Put what an answer shows there, so that asking shows it again, and of a list nothing else."""
    path, caller = asked["path"], asked["headers"].get("X-Tapis-Token", "").removeprefix("token-")
    actor = re.split("/|%2F", path.removeprefix("/v3/actors/"))[0]
    if isinstance(result, list):
        table = LISTS.get(path) or path.rsplit("/", 1)[-1].rpartition("%2F")[2].rstrip("s")
        store.db.execute(f"DELETE FROM sandbox_{table}")  # noqa: S608 - the names of tables are ours
    if path.endswith(("permissions", "permissionsfoo")):
        for user, level in result.items():
            store.grant(actor, user, level)
    elif path.startswith("/v3/actors/configs"):
        for record in result if isinstance(result, list) else [result]:
            store.put("config", **record)
    elif "/messages" in path:
        _waiting(store, actor, result["messages"])
    elif result is not None:
        kept = json.loads(json.dumps(result).replace('"tacc_', '"TACC_'))
        store.show(caller, actor, named({"result": kept}, camel)["result"])


def _waiting(store: Store, actor: str, count: int) -> None:
    for number in range(count):
        store.insert("message", actor_id=actor, execution_id=number, environment="{}", taken=False)


def _without(store: Store) -> None:
    store.remove_actor(PLAIN)


def _for_the_world(store: Store) -> None:
    for user, level in (("testuser", "UPDATE"), ("testotheruser", "READ"), ("ABACO_WORLD", "READ")):
        store.grant(PLAIN, user, level)


def _no_alias(store: Store) -> None:
    store.db.execute("DELETE FROM sandbox_alias")


def _used_up(store: Store) -> None:
    store.db.execute("UPDATE sandbox_nonce SET remaining_uses = 0, current_uses = 2")


def _soon_complete(store: Store) -> None:
    """Let the next execution end as its image, which counts words, would end it."""
    threading.Thread(target=_complete, args=(store.path,), daemon=True).start()


def _complete(path: str) -> None:
    store, end = Store(path), time.monotonic() + 60
    while time.monotonic() < end:
        row = store.db.execute("SELECT id FROM sandbox_execution WHERE status = 'SUBMITTED'").fetchone()
        if row:
            store.put("log", execution_id=row[0], actor_id=STATEFUL, text="characters 3 words 1 lines 1\n")
            store.db.execute("UPDATE sandbox_execution SET status = 'COMPLETE' WHERE id = ?", row)
            break
        time.sleep(0.02)
    store.db.close()


BEFORE: dict[str, Callable[[Store], None]] = {
    "actors_delete_again": _without,
    "actors_get_deleted_admin": _without,
    "actors_list_admin_sees_own_only": lambda store: store.remove_actor(ADMINS),
    "aliases_create": _no_alias,
    "aliases_create_denied": _for_the_world,
    "aliases_put": lambda store: store.put("alias", alias="counter", actor_id=PLAIN),
    "alias_messages_x_01_create": _no_alias,
    "alias_admin_x_02_get_owner": lambda store: store.put("alias", alias="admin-x", actor_id=MORE[1]),
    "alias_admin_x_15_delete_owner": lambda store: store.put("alias", alias="admin-x", actor_id=MORE[1]),
    "alias_messages_x_02_get_owner": lambda store: store.put("alias", alias="messages-x", actor_id=MORE[1]),
    "alias_messages_x_16_delete_admin_after": lambda store: store.put("alias", alias="messages-x", actor_id=MORE[1]),
    "configs_create": lambda store: store.db.execute("DELETE FROM sandbox_config") and None,
    "configs_get_deleted_admin": lambda store: store.db.execute("DELETE FROM sandbox_config") and None,
    "executions_of_deleted_admin": _without,
    "messages_delete_denied": _for_the_world,
    "messages_post_sync": _soon_complete,
    "nonces_delete_again": lambda store: store.db.execute("DELETE FROM sandbox_nonce WHERE level = 'READ'") and None,
    "nonces_use_third": _used_up,
    "permissions_post_world": lambda store: [store.grant(PLAIN, *entry) for entry in (("testuser", "UPDATE"),
                                             ("testotheruser", "READ"))] and None,
    "permissions_world_sends": _for_the_world,
    "utilization": lambda store: _waiting(store, PLAIN, 3),
    "update_form_force_false": lambda store: store.put("actor", id=ADMINS, owner="testuser", name="A", revision=2),
}  # fmt: skip


def test_every_difference_names_a_recording_and_they_are_few() -> None:
    assert RECORDINGS.keys() >= DIFFERENCES
    assert len(DIFFERENCES) <= MOST
