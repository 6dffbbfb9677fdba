"""Secrets in messages, results, evidence and comparisons: nobody sees them unasked."""

import hashlib
import io
import json
import zipfile
from typing import Any

import pytest
from django.test import Client

from actors_app.core.operations.perform import KEY_FIELD, new_key
from actors_app.executions import archive as result_archive
from actors_app.masking import MASK
from actors_app.messages import archive as message_archive
from actors_app.messages.archive import Sent
from tests.conftest import API
from tests.logs.secrets import (
    ACTOR,
    EXECUTION,
    JDOE,
    LOG,
    MASKED,
    NONCE,
    OTHER,
    PAGE,
    ROLES,
    TOKEN,
    answers,
    content,
    is_clean,
    looks,
)
from tests.support.payloads import ACTOR_ID, EXECUTION_ID, actor_payload, execution_payload

pytestmark = pytest.mark.django_db

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
    assert "2 secrets hidden; there may be more" in page
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
        answer = signed_in.post(f"/actors/{ACTOR_ID}/messages/", {**data, **change, KEY_FIELD: new_key()})
        page = content(answer)
        assert answer.status_code == 422
        assert "hides a secret" in page
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
    return {**data, "kind": sent.kind, KEY_FIELD: new_key()}


# Results ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ROLES)
def test_a_result_is_shown_and_sent_without_them(role: str, signed_in: Client, api: API) -> None:
    answers(api, role, log="")
    row = result_archive.keep(JDOE, ACTOR_ID, EXECUTION_ID, LOG.encode())
    page = content(signed_in.get(PAGE))
    assert is_clean(page)
    assert "3 secrets hidden" in page
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
        assert f"{MASK}, different value" in page
    api_answer = signed_in.get(
        f"/api/v1/executions/comparison/?a={ACTOR_ID}/{EXECUTION_ID}&b={ACTOR_ID}/{OTHER}", secure=True
    )
    assert api_answer.status_code == 200
    assert is_clean(api_answer.content.decode())
    assert api_answer.json()["is_same_message"] is True
