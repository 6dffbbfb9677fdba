"""Pages as code: what a shell and Python read of it is the call of the page, it works, and it holds no secret."""

import ast
import json
import os
import re
import shlex
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from importlib import metadata, resources
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.http import HttpRequest
from django.test import Client, RequestFactory

from actors_app.core.operations.operation import operation_named, operations
from actors_app.core.pages.snippets import NO_CALL, Code, code_of
from actors_app.core.security.sessions import SessionStore
from tests.sandbox.support import Person, Sandbox, start_sandbox
from tests.support.payloads import ACTOR_ID, EXECUTION_ID, NONCE_ID, WORKER_ID
from tests.support.told import curl_is_told

IDS = {
    "actor_id": ACTOR_ID,
    "execution_id": EXECUTION_ID,
    "worker_id": WORKER_ID,
    "alias": "my-alias",
    "config": "my-config",
    "kind": "actors",
}
HOSTILE = 'it\'s; rm -rf / "$HOME" `id` {x}\n\N{PILE OF POO}\u202e'
# The names of agavepy's own description of the API, with the ids that each call takes.
AGAVEPY = {
    "list": [],
    "add": [],
    "get": ["actorId"],
    "update": ["actorId"],
    "delete": ["actorId"],
    "getPermissions": ["actorId"],
    "updatePermissions": ["actorId"],
    "getMessages": ["actorId"],
    "sendMessage": ["actorId"],
    "sendBinaryMessage": ["actorId"],
    "deleteMessages": ["actorId"],
    "listWorkers": ["actorId"],
    "addWorker": ["actorId"],
    "getWorker": ["actorId", "workerId"],
    "deleteWorker": ["actorId", "workerId"],
    "listNonces": ["actorId"],
    "addNonce": ["actorId"],
    "getNonce": ["actorId", "nonceId"],
    "deleteNonce": ["actorId", "nonceId"],
    "getState": ["actorId"],
    "updateState": ["actorId"],
    "listAliases": [],
    "addAlias": [],
    "getAlias": ["alias"],
    "deleteAlias": ["alias"],
    "listExecutions": ["actorId"],
    "addExecution": ["actorId"],
    "getExecution": ["actorId", "executionId"],
    "getExecutionLogs": ["actorId", "executionId"],
    "getOneExecutionResult": ["actorId", "executionId"],
}


@pytest.fixture
def request_of(rf: RequestFactory, sign_in: Callable[..., Client]) -> HttpRequest:
    return request_now(rf, sign_in)


def request_now(rf: RequestFactory, sign_in: Callable[..., Client]) -> HttpRequest:
    """Return a request of somebody who has signed in at the address that the tenant has now."""
    request = rf.get("/")
    request.session = SessionStore(sign_in().session.session_key)
    return request


def test_the_names_are_those_of_agavepy_s_newest_release() -> None:
    described = resources.files("agavepy").joinpath("resources/api_actors.json.j2").read_text()
    assert metadata.version("agavepy") in NO_CALL
    # The oldest ones had `addExecution` besides.
    assert set(re.findall(r'"nickname": "(\w+)"', described)) == set(AGAVEPY) - {"addExecution"}


def test_no_part_of_a_line_is_more_than_one_word(request_of: HttpRequest) -> None:
    code = code_of(request_of, "actor.update", actor_id=ACTOR_ID, body={"image": HOSTILE, "description": HOSTILE})
    words = shlex.split(code.curl)
    assert words[words.index("-X") + 1] == "PUT"
    assert json.loads(words[words.index("--data-binary") + 1]) == {"image": HOSTILE, "description": HOSTILE}
    assert code.curl.isascii()
    assert code.python.isascii()
    assert ast.literal_eval(call_in(code)["body"]) == {"image": HOSTILE, "description": HOSTILE}


def test_names_are_those_of_the_api_and_secrets_are_masked(request_of: HttpRequest) -> None:
    body = {
        "image": "a/b",
        "default_environment": {"API_KEY": "hunter2", "CITY": "Austin"},
        "log_ex": 60,
        "token": True,
        "queue": "",
        "max_workers": None,
    }
    code = code_of(request_of, "actor.create", body=body)
    words = shlex.split(code.curl)
    sent = json.loads(words[words.index("--data-binary") + 1])
    environment = {"API_KEY": "${SECRET_API_KEY:?}", "CITY": "Austin"}
    assert sent == {"image": "a/b", "defaultEnvironment": environment, "logEx": 60, "token": True}
    assert "hunter2" not in code.curl + code.python
    assert code.secrets == ("SECRET_API_KEY",)
    assert 'os.environ["SECRET_API_KEY"]' in code.python


# What has a secret in it: a body, where in it, and what that is when the variables are set to `s1`, `s2` and so on.
SECRETS: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"a-key": "x1", "A_KEY": "x2"}, {"a-key": "s1", "A_KEY": "s2"}),
    ({"state": {"deep": [{"password": "x1"}]}}, {"state": {"deep": [{"password": "s1"}]}}),
    ({"state": {"credentials": {"user": "x1", "pin": 4711}}}, {"state": {"credentials": {"user": "s1", "pin": 2}}}),
    ({"$(id)'\"`TOKEN`": "x1"}, {"$(id)'\"`TOKEN`": "s1"}),
    ({"token": "x1"}, {"token": "s1"}),
    ({"state": {"token": True, "key": None, "secret": ""}}, {"state": {"token": True, "key": None, "secret": ""}}),
]


@pytest.mark.parametrize(("body", "sent"), SECRETS)
def test_a_secret_is_a_variable_that_must_be_set(
    request_of: HttpRequest, body: dict[str, Any], sent: dict[str, Any]
) -> None:
    code = code_of(request_of, "message.send", actor_id=ACTOR_ID, body=body)
    assert "x1" not in code.curl + code.python
    assert "4711" not in code.curl + code.python
    values = {name: f"s{number}" for number, name in enumerate(code.secrets, 1)}
    if "4711" in str(body):
        values["SECRET_PIN"] = "2"
    assert json.loads(curl_is_told(code.curl, values)[1]["--data-binary"]) == sent
    for missing in values:
        error, told = curl_is_told(code.curl, {name: value for name, value in values.items() if name != missing})
        assert missing in error
        assert told == {}, "nothing is sent"
    assert evaluated(call_in(code)["body"], values) == sent


@pytest.mark.parametrize("name", ["config.create", "config.update"])
def test_the_value_of_a_secret_config_is_a_variable(request_of: HttpRequest, name: str) -> None:
    body = {"name": "db", "value": "hunter2", "is_secret": True, "actors": ACTOR_ID}
    code = code_of(request_of, name, body=body, **{key: IDS[key] for key in ids_of(name)})
    assert "hunter2" not in code.curl + code.python
    assert code.secrets == ("SECRET_VALUE",)
    plain = code_of(request_of, name, body=body | {"is_secret": False}, **{key: IDS[key] for key in ids_of(name)})
    assert "hunter2" in plain.curl


def test_a_secret_that_goes_along_in_the_address_is_a_variable(request_of: HttpRequest) -> None:
    query = {"API_KEY": "hunter2", "x-nonce": NONCE_ID, "CITY": "El Paso & 'x'"}
    code = code_of(request_of, "message.send", actor_id=ACTOR_ID, body={"message": "m"}, query=query)
    assert "hunter2" not in code.curl + code.python
    assert NONCE_ID not in code.curl + code.python
    told = curl_is_told(code.curl, {"SECRET_API_KEY": "s1", "SECRET_X_NONCE": "s2"})[1]
    assert parse_qs(urlsplit(told["address"]).query) == {"API_KEY": ["s1"], "x-nonce": ["s2"], "CITY": [query["CITY"]]}
    given = evaluated(call_in(code)["environment"], {"SECRET_API_KEY": "s1", "SECRET_X_NONCE": "s2"})
    assert given == {"API_KEY": "s1", "x-nonce": "s2", "CITY": query["CITY"]}


def test_a_long_body_is_a_file(request_of: HttpRequest) -> None:
    code = code_of(request_of, "message.send", actor_id=ACTOR_ID, body={"message": "x" * 1_000_000})
    assert "--data-binary @body.json" in code.curl
    assert call_in(code)["body"] == "json.load(open('body.json'))"
    assert len(code.curl + code.python) < 2000


def test_a_file_is_named(request_of: HttpRequest) -> None:
    code = code_of(request_of, "message.send-file", actor_id=ACTOR_ID, query={"A": "1"})
    told = curl_is_told(code.curl, {})[1]
    assert told["--data-binary"] == "@FILE"
    assert told["address"].endswith("/messages?A=1")
    assert ast.unparse(ast.parse(code.python)).endswith("environment={'A': '1'})")


def test_what_differs_between_versions_is_asked_of_the_dialect(request_of: HttpRequest, settings: Any) -> None:
    settings.TENANTS = {"default": replace(settings.TENANTS["default"], version="v3")}
    code = code_of(request_of, "nonce.create", actor_id=ACTOR_ID, body={"max_uses": 1})
    told = curl_is_told(code.curl, {"TOKEN": "t"})[1]
    assert told["address"] == f"https://api.example.org/v3/actors/{ACTOR_ID}/nonces"
    assert "X-Tapis-Token: t" in told.values()
    assert json.loads(told["--data-binary"]) == {"max_uses": 1}
    assert code.python == "# agavepy supports only v2 of the API; use curl.\n"


@pytest.mark.parametrize(
    ("url", "is_spoken"),
    [("https://api.example.org", True), ("HTTPS://api.example.org", True), ("http://127.0.0.1:8001", False)],
)
def test_agavepy_is_said_not_to_work_without_tls(
    rf: RequestFactory, sign_in: Callable[..., Client], settings: Any, url: str, is_spoken: bool
) -> None:
    settings.TENANTS = {"default": replace(settings.TENANTS["default"], url=url)}
    code = code_of(request_now(rf, sign_in), "actor.get", actor_id=ACTOR_ID)
    assert f"{url}/actors/v2/{ACTOR_ID}" in code.curl
    assert ("Agave(api_server=" in code.python) is is_spoken
    if not is_spoken:
        assert code.python == "# agavepy requires HTTPS, but this API is used without TLS; use curl.\n"


def test_a_nonce_and_the_token_are_variables(request_of: HttpRequest) -> None:
    code = code_of(request_of, "nonce.delete", actor_id=ACTOR_ID)
    assert f'/actors/v2/{ACTOR_ID}/nonces/$NONCE"' in code.curl
    assert 'nonceId=os.environ["NONCE"]' in code.python
    assert "access-token-of-jdoe" not in code.curl + code.python


def test_a_search_asks_in_the_names_of_the_api(request_of: HttpRequest) -> None:
    code = code_of(request_of, "search.executions", query={"exit_code.neq": "0", "message_received_time.gt": "2026"})
    address = urlsplit(shlex.split(code.curl)[-1])
    assert address.path == "/actors/v2/search/executions"
    assert parse_qs(address.query) == {"exitCode.neq": ["0"], "messageReceivedTime.gt": ["2026"]}


@pytest.mark.parametrize("name", [operation.name for operation in operations() if operation.title])
def test_python_is_python_and_calls_what_agavepy_has(request_of: HttpRequest, name: str) -> None:
    code = code_of(request_of, name, body=operation_named(name).example, **{key: IDS[key] for key in ids_of(name)})
    if not operation_named(name).agavepy:
        assert "has no call for this" in code.python
        return
    given = call_in(code)
    takes = AGAVEPY[given.pop("of")]
    assert [one for one in given if one not in ("body", "environment", "message", "headers")] == takes


# At a real API -------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def abaco(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    running = start_sandbox(tmp_path_factory.mktemp("ascode"), fill="none", SANDBOX_PULL_SECONDS="0.05")
    yield running
    running.stop()


def test_the_lines_work(
    abaco: Sandbox, rf: RequestFactory, sign_in: Callable[..., Client], settings: Any, tmp_path: Path
) -> None:
    settings.TENANTS = {"default": replace(settings.TENANTS["default"], url=abaco.url)}
    request = request_now(rf, sign_in)
    admin = abaco.sign_in("admin")

    def run(name: str, **more: Any) -> Any:
        ids = more.pop("ids", {})
        code = code_of(request, name, body=more.pop("body", operation_named(name).example), **more, **ids)
        return shell(code, admin, tmp_path)

    made = run("actor.create", body={"image": "abacosamples/test", "description": HOSTILE})
    ids = {"actor_id": made["id"]}
    assert made["description"] == HOSTILE
    assert [one["id"] for one in run("actor.list")] == [made["id"]]
    assert run("actor.get", ids=ids)["image"] == "abacosamples/test"
    changed = {"image": "abacosamples/test", "log_ex": 60, "default_environment": {"CITY": "Austin"}}
    assert run("actor.update", ids=ids, body=changed)["logEx"] == 60
    sent = run("message.send", ids=ids, body={"message": HOSTILE}, query={"CITY": "El Paso & \N{PILE OF POO}"})
    execution = ids | {"execution_id": sent["executionId"]}
    admin.ended(made["id"], sent["executionId"])
    assert run("execution.get", ids=execution)["exitCode"] == 0
    assert "CITY=El Paso & \N{PILE OF POO}" in run("log.get", ids=execution)["logs"]
    assert run("execution.list", ids=ids)["totalExecutions"] == 1
    found = run("execution.search", ids=ids, query={"status": "COMPLETE", "exit_code": "0", "limit": "50"})
    assert [one["id"] for one in found["search"]] == [sent["executionId"]]
    assert len(run("search.executions", query={"executor": "admin"})["search"]) == 1
    assert run("mailbox.count", ids=ids)["messages"] == 0
    assert run("permission.list", ids=ids) == {"admin": "UPDATE"}
    worker = run("worker.list", ids=ids)[0]["id"]
    assert run("worker.get", ids=ids | {"worker_id": worker})["id"] == worker
    assert run("worker.stop", ids=ids | {"worker_id": worker}) is None
    run("worker.ensure", ids=ids)
    (tmp_path / "FILE").write_bytes(b"\0\1")
    assert admin.ended(made["id"], run("message.send-file", ids=ids)["executionId"])["status"] == "COMPLETE"
    nonce = run("nonce.create", ids=ids)
    assert nonce["maxUses"] == 1
    os.environ["NONCE"] = nonce["id"]
    try:
        assert run("nonce.get", ids=ids)["id"] == nonce["id"]
        assert run("nonce.delete", ids=ids) is None
    finally:
        del os.environ["NONCE"]
    assert run("mailbox.purge", ids=ids)["msg"] == "Actor mailbox purged."
    assert run("actor.delete", ids=ids) is None


def shell(code: Code, who: Person, folder: Path) -> Any:
    """Run a line as somebody would who has pasted it, and return the result that the API gave."""
    env = os.environ | {"TOKEN": who.token}
    done = subprocess.run(["bash", "-c", code.curl], env=env, cwd=folder, capture_output=True, text=True, timeout=30)
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert answer["status"] == "success", f"{code.curl}\n{answer}"
    return answer["result"]


def evaluated(source: str, variables: dict[str, str]) -> Any:
    """Return the value of an expression, which has nothing within its reach but variables of the environment."""
    reach = {"__builtins__": {}, "int": int, "float": float, "os": SimpleNamespace(environ=variables)}
    return eval(source, reach)  # noqa: S307  # our own text, and what it is as Python is the question


def ids_of(name: str) -> list[str]:
    return [part for part in operation_named(name).parameters if part != "nonce_id"]


def call_in(code: Code) -> dict[str, str]:
    """Return what the call to agavepy is given, each as source, and under `of` what is called."""
    calls = [node for node in ast.walk(ast.parse(code.python)) if isinstance(node, ast.Call)]
    call = next(node for node in calls if ast.unparse(node.func).startswith("ag.actors."))
    return {"of": ast.unparse(call.func).rpartition(".")[2]} | {
        str(word.arg): ast.unparse(word.value) for word in call.keywords
    }
