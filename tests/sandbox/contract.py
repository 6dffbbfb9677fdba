"""Asking a sandbox what was recorded, and comparing its answer with the recorded one, but for ids, times and counts."""

import base64
import json
import re
from typing import Any

import requests

from actors_app.services.dialects import camel
from actors_app.services.types.actor_fields import MAY_BE_MISSING
from sandbox.ids import is_hashid
from tests.sandbox.contract_state import BEFORE, Store
from tests.sandbox.support import CLIENT, Sandbox

NORMAL = (
    (re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.[\dZ]*)?Z?"), "<time>"),
    (re.compile(r"\d{4}-\d\d?-\d\d? \d\d?(:00:00)?\b"), "<hour>"),
    (re.compile(r"^gAAAA[\w=-]+$"), "<ciphertext>"),
)
WORD = re.compile(r"(?<![A-Za-z0-9])[A-Za-z0-9]{11,14}(?![A-Za-z0-9])")
SHORTENED = re.compile(r"(.*)\.\.\.<(\d+) (?:chars|bytes) in all>", re.DOTALL)
# Fields of actors that no recording has, by the names of both cases.
AFTER_RECORDINGS = MAY_BE_MISSING | set(map(camel, MAY_BE_MISSING))
COUNTS = {"totalCount", "total_count", "currentActors", "totalActors", "workers"}


def tapis_token(user: str, tenant: str = "tacc", account: str = "user") -> str:
    """Return a token in the form of one of Tapis; the store of a sandbox has to know it."""
    claims = {"tapis/tenant_id": tenant, "tapis/username": user, "tapis/account_type": account}
    body = json.dumps(claims | {"tapis/target_site": "tacc"}).encode()
    return f"h.{base64.b64encode(body).decode()}.s"


def prepare(case: str, store: Store, caller: str, place: str, shown: Any) -> None:
    """Put the store into the state in which a case was asked; `shown` is what it must show, where it is a success."""
    store.reset()
    if isinstance(shown, dict):
        store.show(caller, place, shown["result"])
    if case in BEFORE:
        BEFORE[case](store)


def differences(expected: dict[str, Any], answer: requests.Response) -> list[str]:
    """Return in what an answer is not as recorded."""
    wrong = []
    if answer.status_code != expected["status"]:
        wrong.append(f"status {answer.status_code} for {expected['status']}: {answer.text[:300]}")
    kind = expected["headers"].get("Content-Type")
    if answer.headers.get("Content-Type") != kind:
        wrong.append(f"type {answer.headers.get('Content-Type')} for {kind}")
    given = read_body({"body": answer.text, "body_is_json": "json" in str(kind)})
    return wrong + compare(read_body(expected), given, "")


def send(abaco: Sandbox, asked: dict[str, Any]) -> requests.Response:
    """Send a request as it was recorded."""
    headers = {name: value for name, value in asked["headers"].items() if name != "Content-Length"}
    body = asked["body"] or ""
    data = bytes.fromhex(body[4:]) if body.startswith("hex:") else body.encode()
    url = f"{abaco.url}/{asked['path'].removeprefix('/')}" + (f"?{asked['query']}" if asked["query"] else "")
    request = requests.Request(asked["method"], url, headers, data=data or None)
    if headers.get("Authorization", "").startswith("Basic"):
        request.auth = CLIENT
    prepared = request.prepare()
    prepared.url = url  # as recorded, double slashes and all
    with requests.Session() as session:
        return session.send(prepared, timeout=60)


def read_body(response: dict[str, Any]) -> Any:
    """Return the body of an answer as JSON where it is JSON, and as text otherwise."""
    body = response["body"]
    if body is None and "raw_text" in response:
        return "<too long to be recorded>"
    if response["body_is_json"] and isinstance(body, str) and body:
        try:
            return json.loads(body)
        except ValueError:
            return body
    return body


def compare(expected: Any, given: Any, path: str) -> list[str]:
    """Return where two values differ, but for ids, times and counts."""
    if expected == "<too long to be recorded>":
        return []
    if isinstance(expected, str) and given != expected and (cut := SHORTENED.fullmatch(expected)):
        return [] if isinstance(given, str) and len(given) == int(cut[2]) else [f"{path} has another length"]
    if isinstance(expected, dict) and isinstance(given, dict):
        wrong = [
            f"{path}.{name} is {'absent' if name in expected else 'too much'}"
            for name in expected.keys() ^ given.keys()
            if name in expected or name not in AFTER_RECORDINGS
        ]
        for name in expected.keys() & given.keys():
            if name in COUNTS and isinstance(expected[name], int):
                wrong += [] if isinstance(given[name], int) else [f"{path}.{name} is no count"]
            else:
                wrong += compare(expected[name], given[name], f"{path}.{name}")
        return wrong
    if isinstance(expected, list) and isinstance(given, list) and len(expected) == len(given):
        if path.endswith((".search", ".result", ".workers")):  # in the order of the store, which means nothing
            expected, given = (sorted(each, key=lambda row: row.get("id") or str(row)) for each in (expected, given))
        return [
            line for n, (e, g) in enumerate(zip(expected, given, strict=True)) for line in compare(e, g, f"{path}[{n}]")
        ]
    if type(expected) is not type(given) or normal(expected) != normal(given):
        return [f"{path} is {str(given)[:300]!r} for {str(expected)[:300]!r}"]
    return []


def normal(value: Any) -> Any:
    """Return a value without what differs between two runs of the same."""
    if isinstance(value, str):
        for pattern, word in NORMAL:
            value = pattern.sub(word, value)
        value = WORD.sub(lambda match: "<id>" if is_hashid(match[0]) else match[0], value)
    return value
