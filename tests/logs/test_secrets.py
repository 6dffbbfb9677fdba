"""Secrets in logs, messages and results: nobody sees them unasked, the owner of the actor alone may ask."""

import base64
import hashlib
import io
import json
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from actors_app.core.operations.keys import FIELD, new_key
from actors_app.core.operations.models import AuditEntry
from actors_app.core.security.credentials import Credentials
from actors_app.executions import archive as result_archive
from actors_app.executions.models import KeptResult
from actors_app.logs import archive as log_archive
from actors_app.masking import MASK
from actors_app.messages import archive as message_archive
from actors_app.messages.archive import Sent
from tests.conftest import API
from tests.support.payloads import ACTOR_ID, EXECUTION_ID, actor_payload, execution_payload, search_payload

pytestmark = pytest.mark.django_db
Browser = Callable[..., Client]
PAGE = f"/actors/{ACTOR_ID}/executions/{EXECUTION_ID}/"
LOG_PAGE = f"{PAGE}logs/"
ACTOR = f"/actors/v2/{ACTOR_ID}"
EXECUTION = f"{ACTOR}/executions/{EXECUTION_ID}"
JDOE = Credentials("default", "jdoe", "")
OTHER = "0MuSNpU6GT7DQ"
TOKEN = "eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiJ9.eyJqdGkiOiI5YjQ1Iiwic3ViIjoiamRvZSJ9.Y2FuYXJ5LWNhbmFyeS1jYW5hcnk"
NONCE = "TACC-PROD_R4R3byRMGK4gL"
SECRETS = (TOKEN, TOKEN[-20:], NONCE, NONCE[-8:], "hunter2")
LOG = (
    "Environment:\n"
    f"_abaco_actor_dbid=TACC-PROD_{ACTOR_ID}\n"
    f"_abaco_access_token={TOKEN}\n"
    f"x-nonce={NONCE}\n"
    "DATABASE_URL=postgres://me:hunter2@db/x\n"
    "ERROR the end\n"
)
MASKED = LOG.replace(TOKEN, MASK).replace(NONCE, MASK).replace("hunter2", MASK)
LIVE = "holds a credential that opens the API in your name"
ROLES = ["owner", "reader", "admin"]


def content(answer: Any) -> str:
    data = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return data.decode()


def is_clean(text: str) -> bool:
    return not any(secret in text for secret in SECRETS)


def actor_of(role: str) -> dict[str, Any]:
    """Return the actor as the API shows it to somebody; an administrator reads those of others."""
    return actor_payload(owner="jdoe" if role == "owner" else "ann")


def answers(api: API, role: str = "owner", log: str = LOG, *, actor: bool = True, **changes: Any) -> None:
    if actor:
        api.get(ACTOR, actor_of(role))
    api.get(EXECUTION, execution_payload(**changes))
    api.get(f"{EXECUTION}/logs", {"logs": log})


def looks() -> list[tuple[str, str, str]]:
    """Return who looked at what, by the trail."""
    entries = AuditEntry.objects.filter(action="secret.reveal", kind=AuditEntry.READ)
    return [(entry.username, entry.object_id, json.loads(entry.details)["what"]) for entry in entries]


# Logs ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("address", [PAGE, LOG_PAGE, f"{LOG_PAGE}?level=error", f"{LOG_PAGE}?line=3"])
def test_a_page_shows_the_log_without_its_secrets(role: str, address: str, sign_in: Browser, api: API) -> None:
    answers(api, role)
    page = content(sign_in().get(address))
    assert is_clean(page)
    assert "3 secrets are hidden here; the log may contain more" in page
    assert f"TACC-PROD_{ACTOR_ID}" in page or "level" in address, "an id is no nonce"
    assert (LIVE in page) == (role == "owner")
    assert ("Show them" in page) == (role == "owner")
    assert ("Only the owner of the actor may see them." in page) == (role != "owner")
    assert looks() == []


def test_the_owner_is_told_how_long_the_token_lives(signed_in: Client, api: API) -> None:
    answers(api)
    page = content(signed_in.get(PAGE))
    assert "_abaco_access_token</code> has expired; a nonce is live until it is deleted" in page


def test_the_owner_is_warned_while_it_runs(signed_in: Client, api: API, htmx: dict[str, str]) -> None:
    running = {"status": "RUNNING", "startTime": None, "finishTime": None, "exitCode": None, "finalState": {}}
    answers(api, **running)
    page = content(signed_in.get(PAGE))
    assert "is live for up to 4 h after the execution started" in page
    poll = f"{LOG_PAGE}?poll=1&tail=1&own=1&life=none"
    assert f'hx-get="{poll.replace("&", "&amp;")}"' in page
    part = content(signed_in.get(poll, headers=htmx))
    assert is_clean(part)
    assert LIVE in part
    assert f'action="{PAGE}"' in part


def test_what_is_looked_for_is_looked_for_in_what_is_shown(signed_in: Client, api: API) -> None:
    answers(api)
    page = content(signed_in.get(LOG_PAGE, {"find": TOKEN[-20:]}))
    assert "In none of" in page
    assert page.count(TOKEN[-20:]) == page.count(f'value="{TOKEN[-20:]}"') + page.count(f"find={TOKEN[-20:]}")
    assert "1 of 2" in content(signed_in.get(LOG_PAGE, {"find": "_abaco"}))


def test_a_log_without_secrets_says_nothing(signed_in: Client, api: API) -> None:
    answers(api, log="one\ntwo\n")
    page = content(signed_in.get(PAGE))
    assert "data-secrets" not in page
    assert "Show them" not in page


def test_a_long_page_that_comes_in_pieces_is_masked(signed_in: Client, api: API) -> None:
    answers(api, log="a line\n" * 20_000 + LOG)
    answer = signed_in.get(LOG_PAGE)
    assert answer.streaming
    page = content(answer)
    assert is_clean(page)
    assert "3 secrets are hidden here" in page


def test_a_file_has_no_secrets(signed_in: Client, api: API) -> None:
    api.get(f"{EXECUTION}/logs", {"logs": LOG})
    assert content(signed_in.get(f"{LOG_PAGE}?download=1")) == MASKED


def test_one_long_line_is_masked_at_every_place(signed_in: Client, api: API) -> None:
    long = "x " * 20_000 + f"token={TOKEN} " + "y " * 20_000
    api.get(ACTOR, actor_payload())
    api.get(EXECUTION, execution_payload())
    api.get(f"{EXECUTION}/logs", {"logs": long})
    pages = [content(signed_in.get(LOG_PAGE, {"line": 1, "at": at})) for at in (0, 39_000, 40_006, 40_050)]
    assert all(is_clean(page) for page in pages)
    assert any(MASK in page for page in pages)
    assert all("1 secret of this log is hidden" in page and "Show them" in page for page in pages)


@pytest.mark.parametrize("address", [PAGE, LOG_PAGE, f"{LOG_PAGE}?find=token&level=error", f"{LOG_PAGE}?line=3&at=0"])
def test_the_owner_asks_and_sees_them_and_that_is_recorded(address: str, signed_in: Client, api: API) -> None:
    answers(api, log=LOG.replace("\n", " ERROR\n"))
    answer = signed_in.post(address)
    page = content(answer)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert any(secret in page for secret in SECRETS)
    assert looks() == [("jdoe", EXECUTION_ID, "page" if address == PAGE else "log")]
    if "at" not in address:
        assert "This is the log with its secrets." in page
        assert "hx-get" not in page.partition('id="execution-log"')[2].partition(">")[0]
    assert is_clean(content(signed_in.get(address))), "asked once is not asked for ever"


def test_the_owner_takes_the_file_with_them(signed_in: Client, api: API) -> None:
    api.get(ACTOR, actor_payload())
    api.get(f"{EXECUTION}/logs", {"logs": LOG})
    answer = signed_in.post(f"{LOG_PAGE}?download=1")
    assert content(answer) == LOG
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert looks() == [("jdoe", EXECUTION_ID, "file of the log")]


@pytest.mark.parametrize("role", ["reader", "admin"])
@pytest.mark.parametrize("address", [PAGE, LOG_PAGE, f"{LOG_PAGE}?download=1", f"{LOG_PAGE}?line=1&at=0"])
def test_nobody_else_sees_them_by_asking(role: str, address: str, signed_in: Client, api: API) -> None:
    api.get(ACTOR, actor_of(role))
    answer = signed_in.post(address)
    page = content(answer)
    assert answer.status_code == 403
    assert "Only the owner of the actor may see these secrets" in page
    assert is_clean(page)
    assert len(api.asked) == 1, "the log was not even asked for"
    assert looks() == []


def test_an_actor_without_an_owner_is_nobodys(sign_in: Browser, api: API) -> None:
    api.get(ACTOR, actor_payload(owner=""))
    assert sign_in().post(PAGE).status_code == 403


def test_a_kept_log_is_kept_whole_and_shown_without_them(signed_in: Client, api: API) -> None:
    answers(api, log="")
    kept = log_archive.keep(JDOE, ACTOR_ID, EXECUTION_ID, lambda: iter([LOG[:90], LOG[90:]]))
    assert kept is not None
    assert kept.sha256 == hashlib.sha256(LOG.encode()).hexdigest()
    for address in (PAGE, LOG_PAGE, f"{LOG_PAGE}?kept=1", f"{LOG_PAGE}?kept=1&line=3&at=0"):
        assert is_clean(content(signed_in.get(address)))
    assert content(signed_in.get(f"{LOG_PAGE}?kept=1&download=1")) == MASKED
    assert content(signed_in.post(f"{LOG_PAGE}?kept=1&download=1")) == LOG
    assert looks() == [("jdoe", EXECUTION_ID, "file of the kept log")]


@pytest.mark.parametrize("q", ["token", TOKEN])
def test_a_log_that_was_found_is_shown_without_them(q: str, signed_in: Client, api: API) -> None:
    api.get("/actors/v2/search/logs", search_payload({"logs": LOG, "_links": {}}))
    page = content(signed_in.get("/search/", {"kind": "logs", "q": q}))
    assert is_clean(page.replace(q, "") if q == TOKEN else page)
    assert MASK in page


# What was sent ---------------------------------------------------------------------------------------------------

SENT = [
    Sent("text", f"use x-nonce={NONCE} please".encode(), {"DB_PASS": "hunter2", "mode": "fast"}),
    Sent("json", json.dumps({"token": TOKEN, "n": 1}).encode(), {"URL": "https://me:hunter2@host/"}),
]


@pytest.mark.parametrize("sent", SENT, ids=["text", "json"])
def test_a_message_is_shown_without_them_until_the_owner_asks(sent: Sent, signed_in: Client, api: API) -> None:
    message_archive.keep(JDOE, ACTOR_ID, EXECUTION_ID, sent)
    answers(api, log="")
    page = content(signed_in.get(PAGE))
    assert is_clean(page)
    assert "2 secrets are hidden in what was sent" in page
    assert "hunter2" in content(signed_in.post(PAGE))


@pytest.mark.parametrize("sent", SENT, ids=["text", "json"])
def test_it_is_sent_again_as_it_was_without_being_shown(sent: Sent, signed_in: Client, api: API) -> None:
    message_archive.keep(JDOE, ACTOR_ID, EXECUTION_ID, sent)
    form = opened(signed_in, api)
    assert is_clean(form)
    api.post(f"{ACTOR}/messages", {"executionId": OTHER, "msg": ""})
    kept = message_archive.kept_message("default", EXECUTION_ID)
    assert kept is not None
    answer = signed_in.post(f"/actors/{ACTOR_ID}/messages/", typed(form, sent))
    assert answer.status_code == 302, content(answer)
    request = api.asked[-1]
    body = request.body if isinstance(request.body, str) else request.body.decode()
    if sent.kind == "text":
        assert f"x-nonce={NONCE}" in json.loads(body)["message"]
        assert "DB_PASS=hunter2" in request.url
    else:
        assert json.loads(body) == {"token": TOKEN, "n": 1}
        assert "hunter2" in request.url


def test_a_mask_within_something_that_was_changed_is_refused(signed_in: Client, api: API) -> None:
    message_archive.keep(JDOE, ACTOR_ID, EXECUTION_ID, SENT[0])
    data = typed(opened(signed_in, api), SENT[0])
    asked = len(api.asked)
    for change in ({"message": f"now x-nonce={MASK}"}, {"env_value": ["slow", MASK]}):
        answer = signed_in.post(f"/actors/{ACTOR_ID}/messages/", {**data, **change, FIELD: new_key()})
        page = content(answer)
        assert answer.status_code == 422
        assert "stands in it for something that is hidden" in page
        assert is_clean(page)
    assert not [request for request in api.asked[asked:] if request.method == "POST"]


def opened(client: Client, api: API) -> str:
    api.get(ACTOR, actor_payload())
    api.get(EXECUTION, execution_payload())
    api.get(f"{ACTOR}/messages", {"messages": 0})
    return content(client.get(f"/actors/{ACTOR_ID}/messages/", {"again": EXECUTION_ID}))


def typed(page: str, sent: Sent) -> dict[str, Any]:
    """Return the form as a browser sends it back, with nothing changed."""
    from tests.canary.forms import forms_of

    (form,) = [form for form in forms_of(page) if any(name == "env_name" for name, _ in form.fields)]
    data: dict[str, Any] = {}
    for name, value in form.fields:
        data.setdefault(name, []).append(value.replace("\n", "\r\n"))
    return {**data, "kind": sent.kind, FIELD: new_key()}


# Results ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ROLES)
def test_a_result_is_shown_and_sent_without_them(role: str, signed_in: Client, api: API) -> None:
    answers(api, role, log="")
    row = result_archive.keep(JDOE, ACTOR_ID, EXECUTION_ID, LOG.encode())
    page = content(signed_in.get(PAGE))
    assert is_clean(page)
    assert "3 secrets are hidden in it" in page
    assert ("Download with secrets" in page) == (role == "owner")
    file = f"{PAGE}results/{row.pk}/"
    assert content(signed_in.get(file)) == MASKED
    assert is_clean(content(signed_in.get(f"{PAGE}results/")))
    answer = signed_in.post(file)
    assert (answer.status_code, is_clean(content(answer))) == ((200, False) if role == "owner" else (403, True))
    assert looks() == ([("jdoe", EXECUTION_ID, "file of a result")] if role == "owner" else [])


def test_a_result_that_is_json_stays_json(signed_in: Client) -> None:
    for value in ({"token": TOKEN, "n": [1.5, None]}, [f"{TOKEN}\n{NONCE}", "password='"], {"say": '="password\'="'}):
        row = result_archive.keep(JDOE, ACTOR_ID, EXECUTION_ID, json.dumps(value).encode())
        file = signed_in.get(f"{PAGE}results/{row.pk}/").content
        assert type(json.loads(file)) is type(value)
        assert is_clean(file.decode())


def test_a_result_that_is_no_text_is_as_long_as_it_was_and_a_picture_as_it_is(signed_in: Client) -> None:
    for data in (
        b"\x80\x04\x95\x00" + TOKEN.encode() + b"\x94.",
        b"\xff broken\n_abaco_access_token=" + TOKEN.encode(),
    ):
        row = result_archive.keep(JDOE, ACTOR_ID, EXECUTION_ID, data)
        file = signed_in.get(f"{PAGE}results/{row.pk}/").content
        assert len(file) == len(data)
        assert TOKEN.encode() not in file
    picture = b"\x89PNG\r\n\x1a\n" + TOKEN.encode()
    row = result_archive.keep(JDOE, ACTOR_ID, EXECUTION_ID, picture)
    assert signed_in.get(f"{PAGE}results/{row.pk}/").content == picture


# Evidence and comparison -----------------------------------------------------------------------------------------


def test_evidence_has_none_and_says_what_was_replaced(signed_in: Client, api: API) -> None:
    answers(api, finalState={"Error": f"token={TOKEN}", "ExitCode": 0})
    api.get(f"{ACTOR}/permissions", {"jdoe": "UPDATE"})
    message_archive.keep(JDOE, ACTOR_ID, EXECUTION_ID, SENT[0])
    result_archive.keep(JDOE, ACTOR_ID, EXECUTION_ID, LOG.encode())
    answer = signed_in.get(f"{PAGE}evidence/")
    data = b"".join(answer.streaming_content)
    with zipfile.ZipFile(io.BytesIO(data)) as pack:
        files = {name.partition("/")[2]: pack.read(name) for name in pack.namelist()}
    for name, file in files.items():
        assert is_clean(file.decode()), name
    assert files["log.txt"].decode() == MASKED
    assert MASK.encode() in files["README.txt"]
    entries = {entry["name"]: entry for entry in json.loads(files["manifest.json"])["files"]}
    log = entries["log.txt"]
    assert log["secrets_replaced"] == 3
    assert log["sha256"] == hashlib.sha256(MASKED.encode()).hexdigest()
    assert log["original_sha256"] == hashlib.sha256(LOG.encode()).hexdigest()
    replaced = {name: entry["secrets_replaced"] for name, entry in entries.items() if "secrets_replaced" in entry}
    assert replaced == {
        "execution.json": 1, "log.txt": 3, "message.txt": 1, "message-environment.json": 1, "results/1.txt": 3,
    }  # fmt: skip
    assert [name for name, entry in entries.items() if "original_sha256" in entry] == ["log.txt"], "no digest of a word"


def test_a_comparison_has_none(signed_in: Client, api: API) -> None:
    answers(api, finalState={"Error": f"token={TOKEN}"})
    there = f"{ACTOR}/executions/{OTHER}"
    api.get(there, execution_payload(id=OTHER, finalState={"Error": "none"}))
    api.get(f"{there}/logs", {"logs": LOG.replace(TOKEN, TOKEN[:-4] + "aaaa").replace("Environment", "Umgebung")})
    for execution, password in ((EXECUTION_ID, "hunter2"), (OTHER, "hunter22")):
        sent = Sent("text", f"use x-nonce={NONCE}".encode(), {"DB_PASS": password})
        message_archive.keep(JDOE, ACTOR_ID, execution, sent)
        result_archive.keep(JDOE, ACTOR_ID, execution, f"{execution} token={TOKEN}".encode())
    for address in (f"/compare/?a={ACTOR_ID}/{EXECUTION_ID}&b={ACTOR_ID}/{OTHER}",):
        page = content(signed_in.get(address))
        assert is_clean(page)
        assert MASK in page
        assert f"{MASK}, another" in page
    api_answer = signed_in.get(
        f"/api/v1/executions/comparison/?a={ACTOR_ID}/{EXECUTION_ID}&b={ACTOR_ID}/{OTHER}", secure=True
    )
    assert api_answer.status_code == 200
    assert is_clean(api_answer.content.decode())
    assert api_answer.json()["is_same_message"] is True


# The JSON API ----------------------------------------------------------------------------------------------------

API_PAGE = f"/api/v1{PAGE}"


def ask(client: Client, address: str, accept: str = "application/json") -> Any:
    return client.get(API_PAGE + address, secure=True, headers={"accept": accept})


@pytest.mark.parametrize("accept", ["application/json", "text/plain"])
def test_programs_get_logs_without_them_until_the_owner_asks(accept: str, signed_in: Client, api: API) -> None:
    api.get(f"{EXECUTION}/logs", {"logs": LOG})
    answer = ask(signed_in, "logs/", accept)
    text = content(answer)
    assert is_clean(text)
    if accept == "application/json":
        assert (answer.json()["logs"], answer.json()["secrets_masked"]) == (MASKED, 3)
    else:
        assert text == MASKED
    api.get(ACTOR, actor_payload())
    answer = ask(signed_in, "logs/?secrets=shown", accept)
    assert TOKEN in content(answer)
    assert len(looks()) == 1


@pytest.mark.parametrize("role", ["reader", "admin"])
def test_no_other_program_gets_them(role: str, signed_in: Client, api: API) -> None:
    api.get(ACTOR, actor_of(role))
    row = result_archive.keep(JDOE, ACTOR_ID, EXECUTION_ID, LOG.encode())
    for address in ("logs/?secrets=shown", f"results/{row.pk}/?secrets=shown"):
        answer = ask(signed_in, address)
        assert answer.status_code == 403, answer.content
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert is_clean(answer.content.decode())
    assert ask(signed_in, "logs/?secrets=please").status_code == 422
    assert looks() == []


@pytest.mark.parametrize(
    "data", [LOG.encode(), json.dumps({"token": TOKEN, "url": LOG}).encode(), b"\x00" + TOKEN.encode()]
)
def test_programs_get_results_without_them(data: bytes, signed_in: Client, api: API) -> None:
    row = result_archive.keep(JDOE, ACTOR_ID, EXECUTION_ID, data)
    inner = ask(signed_in, f"results/{row.pk}/").json()
    text = json.dumps(inner)
    if inner["encoding"] == "base64":
        text = base64.b64decode(inner["content"]).decode()
    assert is_clean(text)
    assert is_clean(ask(signed_in, f"results/{row.pk}/", "application/octet-stream").content.decode())
    api.get(ACTOR, actor_payload())
    answer = ask(signed_in, f"results/{row.pk}/?secrets=shown", "application/octet-stream")
    assert answer.content == data
    assert looks() == [("jdoe", EXECUTION_ID, "file of a result")]


def test_programs_get_kept_logs_and_found_ones_without_them(signed_in: Client, api: API) -> None:
    log_archive.keep(JDOE, ACTOR_ID, EXECUTION_ID, lambda: iter([LOG]))
    api.get(ACTOR, actor_payload())
    api.get(EXECUTION, execution_payload(finalState={"Error": f"token={TOKEN}"}))
    api.get(f"{ACTOR}/permissions", {})
    assert content(ask(signed_in, "logs/kept/", "text/plain")) == MASKED
    assert content(ask(signed_in, "logs/kept/?secrets=shown", "text/plain")) == LOG
    assert is_clean(content(ask(signed_in, "")))
    api.get("/actors/v2/search/logs", search_payload({"logs": LOG, "_links": {}}))
    answer = signed_in.get("/api/v1/search/logs/?q=token", secure=True)
    assert answer.status_code == 200
    assert is_clean(answer.content.decode())
    assert len(looks()) == 1


def test_the_store_has_a_kept_secret_encrypted_alone() -> None:
    result_archive.keep(JDOE, ACTOR_ID, EXECUTION_ID, LOG.encode())
    log_archive.keep(JDOE, ACTOR_ID, EXECUTION_ID, lambda: iter([LOG]))
    row = KeptResult.objects.get()
    assert TOKEN.encode() not in bytes(row.content) + bytes(row.preview)
