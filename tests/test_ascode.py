"""Pages as code: what a shell and Python read of it is the call of the page, it works, and it holds no secret."""

import ast
import json
import os
import re
import shlex
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from html import unescape
from importlib import metadata, resources
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import responses
from django.http import HttpRequest
from django.test import Client, RequestFactory

from actors_app.as_code.calls import EXAMPLES, NO_CALL, OPERATIONS, Code, code_of
from actors_app.credentials import Credentials
from actors_app.kept import messages as kept_messages
from actors_app.kept.messages import Sent
from actors_app.sessions import SessionStore
from tests.conftest import API
from tests.payloads import ACTOR_ID, EXECUTION_ID, NONCE_ID, WORKER_ID, actor_payload, execution_payload
from tests.routes import answer_everything, crawled
from tests.sandbox.support import Person, Sandbox, start_sandbox

TEMPLATES = Path(__file__).parent.parent / "templates"
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
    request = rf.get("/")
    request.session = SessionStore(sign_in().session.session_key)
    return request


def test_the_names_are_those_of_agavepy_s_newest_release() -> None:
    described = resources.files("agavepy").joinpath("resources/api_actors.json.j2").read_text()
    assert metadata.version("agavepy") in NO_CALL
    # The oldest ones had `addExecution` besides.
    assert set(re.findall(r'"nickname": "(\w+)"', described)) == set(AGAVEPY) - {"addExecution"}


def test_no_part_of_a_line_is_more_than_one_word(request_of: HttpRequest) -> None:
    code = code_of(request_of, "actor-update", actor_id=ACTOR_ID, body={"image": HOSTILE, "description": HOSTILE})
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
    code = code_of(request_of, "actor-create", body=body)
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
    code = code_of(request_of, "message-send", actor_id=ACTOR_ID, body=body)
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


@pytest.mark.parametrize("name", ["config-create", "config-update"])
def test_the_value_of_a_secret_config_is_a_variable(request_of: HttpRequest, name: str) -> None:
    body = {"name": "db", "value": "hunter2", "is_secret": True, "actors": ACTOR_ID}
    code = code_of(request_of, name, body=body, **{key: IDS[key] for key in ids_of(name)})
    assert "hunter2" not in code.curl + code.python
    assert code.secrets == ("SECRET_VALUE",)
    plain = code_of(request_of, name, body=body | {"is_secret": False}, **{key: IDS[key] for key in ids_of(name)})
    assert "hunter2" in plain.curl


def test_a_secret_that_goes_along_in_the_address_is_a_variable(request_of: HttpRequest) -> None:
    query = {"API_KEY": "hunter2", "x-nonce": NONCE_ID, "CITY": "El Paso & 'x'"}
    code = code_of(request_of, "message-send", actor_id=ACTOR_ID, body={"message": "m"}, query=query)
    assert "hunter2" not in code.curl + code.python
    assert NONCE_ID not in code.curl + code.python
    told = curl_is_told(code.curl, {"SECRET_API_KEY": "s1", "SECRET_X_NONCE": "s2"})[1]
    assert parse_qs(urlsplit(told["address"]).query) == {"API_KEY": ["s1"], "x-nonce": ["s2"], "CITY": [query["CITY"]]}
    given = evaluated(call_in(code)["environment"], {"SECRET_API_KEY": "s1", "SECRET_X_NONCE": "s2"})
    assert given == {"API_KEY": "s1", "x-nonce": "s2", "CITY": query["CITY"]}


def test_a_long_body_is_a_file(request_of: HttpRequest) -> None:
    code = code_of(request_of, "message-send", actor_id=ACTOR_ID, body={"message": "x" * 1_000_000})
    assert "--data-binary @body.json" in code.curl
    assert call_in(code)["body"] == "json.load(open('body.json'))"
    assert len(code.curl + code.python) < 2000


def test_a_file_is_named(request_of: HttpRequest) -> None:
    code = code_of(request_of, "message-send-file", actor_id=ACTOR_ID, query={"A": "1"})
    told = curl_is_told(code.curl, {})[1]
    assert told["--data-binary"] == "@FILE"
    assert told["address"].endswith("/messages?A=1")
    assert ast.unparse(ast.parse(code.python)).endswith("environment={'A': '1'})")


def test_what_differs_between_versions_is_asked_of_the_dialect(request_of: HttpRequest, settings: Any) -> None:
    settings.TENANTS = {"default": replace(settings.TENANTS["default"], version="v3")}
    code = code_of(request_of, "nonce-create", actor_id=ACTOR_ID, body={"max_uses": 1})
    told = curl_is_told(code.curl, {"TOKEN": "t"})[1]
    assert told["address"] == f"https://api.example.org/v3/actors/{ACTOR_ID}/nonces"
    assert "X-Tapis-Token: t" in told.values()
    assert json.loads(told["--data-binary"]) == {"max_uses": 1}
    assert code.python == "# agavepy speaks v2 of the API, and this one does not; use curl.\n"


def test_a_nonce_and_the_token_are_variables(request_of: HttpRequest) -> None:
    code = code_of(request_of, "nonce-delete", actor_id=ACTOR_ID)
    assert f'/actors/v2/{ACTOR_ID}/nonces/$NONCE"' in code.curl
    assert 'nonceId=os.environ["NONCE"]' in code.python
    assert "access-token-of-jdoe" not in code.curl + code.python


def test_a_search_asks_in_the_names_of_the_api(request_of: HttpRequest) -> None:
    code = code_of(request_of, "executions-search", query={"exit_code.neq": "0", "message_received_time.gt": "2026"})
    address = urlsplit(shlex.split(code.curl)[-1])
    assert address.path == "/actors/v2/search/executions"
    assert parse_qs(address.query) == {"exitCode.neq": ["0"], "messageReceivedTime.gt": ["2026"]}


@pytest.mark.parametrize("name", OPERATIONS)
def test_python_is_python_and_calls_what_agavepy_has(request_of: HttpRequest, name: str) -> None:
    code = code_of(request_of, name, body=EXAMPLES.get(name), **{key: IDS[key] for key in ids_of(name)})
    if not OPERATIONS[name].agavepy:
        assert "agavepy has no call for this" in code.python
        return
    given = call_in(code)
    takes = AGAVEPY[given.pop("of")]
    assert [one for one in given if one not in ("body", "environment", "message", "headers")] == takes


# Every page ----------------------------------------------------------------------------------------------------

PAGES = {
    "overview": ["actor-list", "executions-search"],
    "actor-update": ["actor-update"],
    "actor-list": ["actor-list"],
    "actor-create": ["actor-create"],
    "actor-detail": ["actor"],
    "actor-configuration": ["actor", "permissions"],
    "actor-delete": ["actor-delete"],
    "message-create": ["message-count", "message-send"],
    "message-purge": ["message-purge"],
    "worker-list": ["worker-list", "worker-add"],
    "worker-detail": ["worker"],
    "worker-stop": ["worker-stop"],
    "nonce-list": ["nonce-list", "nonce-create"],
    "nonce-detail": ["nonce"],
    "nonce-delete": ["nonce-delete"],
    "schedule-list": ["actor-list"],
    "schedule-update": ["actor"],
    "link-list": ["actor-list"],
    "nonce-overview": ["actor-list"],
    "nonce-replace": ["nonce-create", "nonce-delete"],
    "alias-nonce-replace": ["alias-nonce-create", "alias-nonce-delete"],
    "state-detail": ["state"],
    "state-update": ["state-update"],
    "state-reset": ["state"],
    "administration": ["utilization"],
    "all-workers": ["workers-search"],
    "config-list": ["config-list"],
    "config-create": ["config-create"],
    "config-detail": ["config-list"],
    "config-update": ["config-update"],
    "config-delete": ["config-delete"],
    "alias-list": ["alias-list"],
    "alias-create": ["alias-create"],
    "alias-detail": ["alias"],
    "alias-update": ["alias-update"],
    "alias-delete": ["alias-delete"],
    "alias-nonce-list": ["alias-nonce-list", "alias-nonce-create"],
    "alias-nonce-detail": ["alias-nonce"],
    "alias-nonce-delete": ["alias-nonce-delete"],
    "permission-list": ["permissions", "permission-grant"],
    "alias-permission-list": ["alias-permissions", "alias-permission-grant"],
    "config-permission-list": ["config-permissions", "config-permission-grant"],
    "execution-list": ["execution-search", "execution-list"],
    "history": ["executions-search"],
    "execution-create": ["execution-register"],
    "execution-detail": ["execution", "log"],
    "execution-halt": ["execution-halt"],
    "execution-logs": ["log"],
}


@pytest.mark.django_db
@pytest.mark.parametrize("name", PAGES)
def test_a_page_shows_its_calls_and_makes_none_for_it(signed_in: Client, name: str) -> None:
    with responses.RequestsMock() as wire:
        answer_everything(wire)
        page = signed_in.get(crawled()[f"actors:{name}"]).content.decode()
    shown = re.findall(r'id="code-([a-z-]+)-curl"', page)
    assert shown == PAGES[name]
    assert "access-token-of-jdoe" not in page
    assert NONCE_ID not in page


def test_a_filter_is_what_the_line_asks(signed_in: Client) -> None:
    with responses.RequestsMock() as wire:
        answer_everything(wire)
        page = signed_in.get("/executions/?outcome=failed&executor=-jdoe&window=all&worker=W1").content.decode()
    asked = parse_qs(urlsplit(shlex.split(shown_in(page, "executions-search"))[-1]).query)
    assert asked == {
        "status": ["COMPLETE"],
        "exitCode.neq": ["0"],
        "executor.neq": ["jdoe"],
        "workerId": ["W1"],
        "limit": ["50"],
    }


def test_what_is_typed_is_what_the_line_sends(signed_in: Client) -> None:
    with responses.RequestsMock() as wire:
        answer_everything(wire, status=400)
        page = signed_in.post(f"/actors/{ACTOR_ID}/workers/", {"num": "7"}).content.decode()
    words = shlex.split(shown_in(page, "worker-add"))
    assert json.loads(words[words.index("--data-binary") + 1]) == {"num": 7}


def test_a_message_to_be_sent_again_is_what_the_line_sends(signed_in: Client, api: API) -> None:
    sent = Sent("json", b'{"city": "Austin", "n": 0}', {"API_KEY": "hunter2", "A": "1"})
    kept_messages.keep(Credentials("default", "jdoe", "a"), ACTOR_ID, EXECUTION_ID, sent)
    api.get(f"/actors/v2/{ACTOR_ID}", actor_payload())
    api.get(f"/actors/v2/{ACTOR_ID}/messages", {"messages": 0})
    api.get(f"/actors/v2/{ACTOR_ID}/executions/{EXECUTION_ID}", execution_payload())
    page = signed_in.get(f"/actors/{ACTOR_ID}/messages/?again={EXECUTION_ID}").content.decode()
    told = curl_is_told(shown_in(page, "message-send"), {"SECRET_API_KEY": "s1"})[1]
    assert json.loads(told["--data-binary"]) == {"city": "Austin", "n": 0}
    assert parse_qs(urlsplit(told["address"]).query) == {"A": ["1"], "API_KEY": ["s1"]}
    assert "set <code>SECRET_API_KEY</code> first" in page


@pytest.mark.parametrize(("kind", "words", "body"), [("json", "{}", {}), ("text", "hi", {"message": "hi"})])
@pytest.mark.parametrize("script", [True, False])
def test_a_preview_carries_its_code_along(
    signed_in: Client, kind: str, words: str, body: dict[str, str], script: bool
) -> None:
    typed = {"kind": kind, "message": words, "env_name": "CITY", "env_value": "Austin"}
    headers = {"HX-Request": "true"} if script else {}
    page = signed_in.post(f"/actors/{ACTOR_ID}/messages/preview/", typed, headers=headers).content.decode()
    told = curl_is_told(shown_in(page, "message-send"), {})[1]
    assert json.loads(told["--data-binary"]) == body
    assert urlsplit(told["address"]).query == "CITY=Austin"
    assert page.count('hx-swap-oob="true"') == script
    assert page.count("<summary>As code") == (not script)


def test_a_file_is_shown_as_one(signed_in: Client) -> None:
    page = signed_in.post(f"/actors/{ACTOR_ID}/messages/preview/", {"kind": "file"}).content.decode()
    assert "--data-binary @FILE" in shown_in(page, "message-send-file")


def test_two_that_are_compared_are_both_shown(signed_in: Client) -> None:
    with responses.RequestsMock() as wire:
        answer_everything(wire)
        page = signed_in.get(f"/compare/?a={ACTOR_ID}/{EXECUTION_ID}&b={ACTOR_ID}/Other").content.decode()
    for number, one in enumerate((EXECUTION_ID, "Other")):
        assert shown_in(page, f"execution-{number}").endswith(f"/actors/v2/{ACTOR_ID}/executions/{one}")
        assert shown_in(page, f"log-{number}").endswith(f"/executions/{one}/logs")


# Pages that have no call of their own to show, each with the reason.
WITHOUT = {
    "account/detail.html": "the portal's own",
    "account/preferences.html": "the portal's own",
    "activity/actor.html": "the portal's own",
    "activity/check.html": "it asks what the page of the thing itself shows",
    "activity/detail.html": "the portal's own",
    "activity/list.html": "the portal's own",
    "api/docs.html": "the portal's own",
    "actors/conflict.html": "nothing can be sent from it; the review shows it",
    "actors/outdated.html": "nothing can be sent from it",
    "bulk/detail.html": "the portal's own",
    "bulk/list.html": "the portal's own",
    "bulk/preview.html": "many calls, each as the page of its execution, worker or actor shows it",
    "errors/page.html": "no page of the API",
    "evidence/set.html": "many calls, each as the page of its execution shows it",
    "executions/log_forget.html": "the portal's own",
    "executions/log_line.html": "a part of the log, which shows it",
    "nonces/note.html": "the portal's own",
    "help/detail.html": "the portal's own",
    "mailboxes/list.html": "many calls, each as the page of its actor shows it",
    "places/list.html": "the portal's own",
    "saved_views/list.html": "the portal's own",
    "sign_in/form.html": "nobody is signed in",
    "workers/gone.html": "nothing is there",
}


def test_each_page_shows_itself_or_says_here_why_not() -> None:
    pages = {
        str(path.relative_to(TEMPLATES)): path.read_text()
        for path in TEMPLATES.rglob("*.html")
        if '{% extends "base.html" %}' in path.read_text()
    }
    assert {name for name, text in pages.items() if "{% as_code " not in text} == set(WITHOUT)


def test_a_review_shows_the_whole_definition(signed_in: Client) -> None:
    address = f"/actors/{ACTOR_ID}/edit/"
    with responses.RequestsMock() as wire:
        answer_everything(wire)
        form = signed_in.get(address).content.decode()
        seen = re.search(r'name="seen" value="([^"]+)"', form)
        assert seen
        typed = {"image": "new/image", "stateless": "true", "seen": unescape(seen[1]), "step": "review"}
        page = signed_in.post(address, typed).content.decode()
    words = shlex.split(shown_in(page, "actor-update"))
    assert words[words.index("-X") + 1] == "PUT"
    assert json.loads(words[words.index("--data-binary") + 1])["image"] == "new/image"


# At a real API -------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def abaco(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    running = start_sandbox(tmp_path_factory.mktemp("ascode"), fill="none", SANDBOX_PULL_SECONDS="0.05")
    yield running
    running.stop()


def test_the_lines_work(abaco: Sandbox, request_of: HttpRequest, settings: Any, tmp_path: Path) -> None:
    settings.TENANTS = {"default": replace(settings.TENANTS["default"], url=abaco.url)}
    admin = abaco.sign_in("admin")

    def run(name: str, **more: Any) -> Any:
        ids = more.pop("ids", {})
        code = code_of(request_of, name, body=more.pop("body", EXAMPLES.get(name)), **more, **ids)
        return shell(code, admin, tmp_path)

    made = run("actor-create", body={"image": "abacosamples/test", "description": HOSTILE})
    ids = {"actor_id": made["id"]}
    assert made["description"] == HOSTILE
    assert [one["id"] for one in run("actor-list")] == [made["id"]]
    assert run("actor", ids=ids)["image"] == "abacosamples/test"
    changed = {"image": "abacosamples/test", "log_ex": 60, "default_environment": {"CITY": "Austin"}}
    assert run("actor-update", ids=ids, body=changed)["logEx"] == 60
    sent = run("message-send", ids=ids, body={"message": HOSTILE}, query={"CITY": "El Paso & \N{PILE OF POO}"})
    execution = ids | {"execution_id": sent["executionId"]}
    admin.ended(made["id"], sent["executionId"])
    assert run("execution", ids=execution)["exitCode"] == 0
    assert "CITY=El Paso & \N{PILE OF POO}" in run("log", ids=execution)["logs"]
    assert run("execution-list", ids=ids)["totalExecutions"] == 1
    found = run("execution-search", ids=ids, query={"status": "COMPLETE", "exit_code": "0", "limit": "50"})
    assert [one["id"] for one in found["search"]] == [sent["executionId"]]
    assert len(run("executions-search", query={"executor": "admin"})["search"]) == 1
    assert run("message-count", ids=ids)["messages"] == 0
    assert run("permissions", ids=ids) == {"admin": "UPDATE"}
    worker = run("worker-list", ids=ids)[0]["id"]
    assert run("worker", ids=ids | {"worker_id": worker})["id"] == worker
    assert run("worker-stop", ids=ids | {"worker_id": worker}) is None
    run("worker-add", ids=ids)
    (tmp_path / "FILE").write_bytes(b"\0\1")
    assert admin.ended(made["id"], run("message-send-file", ids=ids)["executionId"])["status"] == "COMPLETE"
    nonce = run("nonce-create", ids=ids)
    assert nonce["maxUses"] == 1
    os.environ["NONCE"] = nonce["id"]
    try:
        assert run("nonce", ids=ids)["id"] == nonce["id"]
        assert run("nonce-delete", ids=ids) is None
    finally:
        del os.environ["NONCE"]
    assert run("message-purge", ids=ids)["msg"] == "Actor mailbox purged."
    assert run("actor-delete", ids=ids) is None


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


def curl_is_told(line: str, variables: dict[str, str]) -> tuple[str, dict[str, str]]:
    """Return what bash complains of in a line, and what it hands to curl: each option's last value, and the address."""
    stand_in = "curl() { printf '%s\\0' \"$@\"; }\n"
    env = {"PATH": os.environ["PATH"], "TOKEN": "t", **variables}
    done = subprocess.run(["bash", "-c", stand_in + line], env=env, capture_output=True, text=True, timeout=30)
    words = done.stdout.split("\0")[:-1]
    told = {word: words[place + 1] for place, word in enumerate(words[:-1]) if word.startswith("-")}
    return done.stderr, told | {"address": words[-1], "header": words[2]} if words else {}


def ids_of(name: str) -> list[str]:
    return [part[1:-1] for part in OPERATIONS[name].path if part.startswith("{") and part != "{nonce_id}"]


def call_in(code: Code) -> dict[str, str]:
    """Return what the call to agavepy is given, each as source, and under `of` what is called."""
    calls = [node for node in ast.walk(ast.parse(code.python)) if isinstance(node, ast.Call)]
    call = next(node for node in calls if ast.unparse(node.func).startswith("ag.actors."))
    return {"of": ast.unparse(call.func).rpartition(".")[2]} | {
        str(word.arg): ast.unparse(word.value) for word in call.keywords
    }


def shown_in(page: str, name: str) -> str:
    found = re.search(rf'id="code-{name}-curl"[^>]*>(.*?)</pre>', page, re.DOTALL)
    assert found
    return unescape(found[1])
