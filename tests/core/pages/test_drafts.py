"""A form whose sender turns out to be signed out: nothing typed is lost, sent, or shown to anybody else."""

import json
import re
from datetime import timedelta
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from actors_app.core.models import Draft
from actors_app.core.operations.models import AuditEntry
from actors_app.core.pages import drafts
from actors_app.core.security.crypto import decrypt
from tests.conftest import API
from tests.core.pages.support import (
    ACTOR,
    FORMS,
    HOME,
    ID,
    JDOE,
    KEY,
    MESSAGE,
    OWN,
    Browser,
    assert_all_typed,
    end_session,
    sent_messages,
    sign_in_again,
)
from tests.support.payloads import actor_payload

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", FORMS)
def test_what_was_typed_is_there_again_and_was_not_sent(name: str, signed_in: Client, api: API) -> None:
    url, typed = FORMS[name]
    end_session(signed_in)
    answer = signed_in.post(url, {**OWN, **typed})
    where = answer["Location"]
    assert where.startswith("/sign-in/?next=")
    assert b"your draft is saved" in signed_in.get(where).content
    back = sign_in_again(signed_in, api, where)
    assert urlsplit(back).path == url
    for _ in range(2):  # a reload shows it again
        page = signed_in.get(back)
        assert page.status_code == 200
        assert b"You were signed out. We restored your draft; nothing was sent." in page.content
        assert_all_typed(page.content.decode(), typed)
    assert not AuditEntry.objects.exists()
    writes = [request.method for request in api.asked if "/actors/" in request.url and request.method != "GET"]
    assert writes == [], "the API was asked to change nothing"


def test_an_edit_is_there_again_at_its_first_step(signed_in: Client, api: API) -> None:
    api.get(ACTOR, actor_payload(id=ID))
    page = signed_in.get(HOME + "edit/").content.decode()
    seen = re.search(r'name="seen" value="([^"]*)"', page)[1]  # type: ignore[index]
    whose = re.search(r'name="whose" value="([^"]*)"', page)[1]  # type: ignore[index]
    assert whose == OWN["whose"]
    end_session(signed_in)
    typed = {"seen": unescape(seen), "image": "other/image", "description": "other words", "max_workers": "4"}
    for step in ("review", "save"):
        where = signed_in.post(HOME + "edit/", {**OWN, **typed, "step": step})["Location"]
        assert "draft" in where
    page = signed_in.get(sign_in_again(signed_in, api, where)).content.decode()
    assert_all_typed(page, typed)
    assert "Review changes" in page
    assert "nothing was sent" in page


@pytest.mark.parametrize("name", FORMS)
def test_somebody_else_sees_nothing_of_it(name: str, signed_in: Client, api: API) -> None:
    url, typed = FORMS[name]
    end_session(signed_in)
    where = signed_in.post(url, {**OWN, **typed})["Location"]
    back = sign_in_again(signed_in, api, where, username="eve")
    answer = signed_in.get(back)
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert not Draft.objects.exists()


def test_a_refused_renewal_in_the_middle_of_the_write_gives_a_new_key(sign_in: Browser, api: API) -> None:
    client = sign_in(refresh_token="")
    api.answer("POST", ACTOR + "/messages", json={"fault": {"message": "Invalid Credentials"}}, status=401)
    where = client.post(HOME + "messages/", {**OWN, **MESSAGE})["Location"]
    page = client.get(sign_in_again(client, api, where)).content.decode()
    assert_all_typed(page, MESSAGE)
    assert KEY not in page, "its key is used up"
    assert sent_messages(api) == 1


def test_a_form_that_was_sent_before_keeps_its_key_so_that_it_is_not_sent_twice(signed_in: Client, api: API) -> None:
    api.post(ACTOR + "/messages", {"executionId": "abc123", "msg": "x"})
    first = signed_in.post(HOME + "messages/", {**OWN, **MESSAGE})
    end_session(signed_in)
    where = signed_in.post(HOME + "messages/", {**OWN, **MESSAGE})["Location"]
    page = signed_in.get(sign_in_again(signed_in, api, where)).content.decode()
    assert f'value="{KEY}"' in page
    again = signed_in.post(HOME + "messages/", {**OWN, **MESSAGE})
    assert again["Location"] == first["Location"]
    assert sent_messages(api) == 1


def test_what_is_kept_is_encrypted_bound_and_without_secrets(signed_in: Client, sign_in: Browser) -> None:
    end_session(signed_in)
    signed_in.post(HOME + "messages/", {**OWN, **MESSAGE, "password": "pw-canary", "access_token": "token-canary"})
    row = Draft.objects.get()
    kept = json.loads(decrypt("draft", row.content))
    assert "canary" not in json.dumps(kept)
    assert "or <b>" not in row.content
    # A row that was moved under another handle does not open, nor on another page, nor when it is too old.
    assert drafts.find(row.handle, HOME + "messages/", "default") is not None
    assert drafts.find(row.handle, HOME + "workers/", "default") is None
    Draft.objects.create(handle="f" * 32, content=row.content, expires_at=row.expires_at)
    assert drafts.find("f" * 32, HOME + "messages/", "default") is None
    Draft.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert drafts.find(row.handle, HOME + "messages/", "default") is None
    answer = sign_in().get(HOME + f"messages/?draft={row.handle}")
    assert answer["Location"] == HOME + "messages/"


def test_a_lost_key_loses_the_draft_and_nothing_else(signed_in: Client, sign_in: Browser, monkeypatch: Any) -> None:
    end_session(signed_in)
    signed_in.post(HOME + "messages/", {**OWN, **MESSAGE})
    monkeypatch.setattr(settings, "CREDENTIAL_KEYS", ["b3RoZXIta2V5LTMyLWJ5dGVzLWxvbmctISEhISEhISE="])
    assert sign_in().get(HOME + f"messages/?draft={Draft.objects.get().handle}").status_code == 302


def test_few_are_kept_at_once(signed_in: Client) -> None:
    end_session(signed_in)
    for number in range(drafts.KEPT_AT_ONCE + 3):
        where = signed_in.post(HOME + "workers/", {**OWN, "num": str(number)})["Location"]
    assert Draft.objects.count() == drafts.KEPT_AT_ONCE
    newest = parse_qs(urlsplit(parse_qs(urlsplit(where).query)["next"][0]).query)["draft"][0]
    assert Draft.objects.filter(handle=newest).exists()


@pytest.mark.parametrize("whose", ["", "forged", drafts.sign_owner(JDOE)[:-1] + "x"])
def test_a_form_that_does_not_say_whose_it_is_is_not_kept(signed_in: Client, whose: str) -> None:
    end_session(signed_in)
    answer = signed_in.post(HOME + "messages/", {**OWN, **MESSAGE, "whose": whose})
    assert answer["Location"].endswith("because=not-sent")
    assert b"before anything was sent" in signed_in.get(answer["Location"]).content
    assert not Draft.objects.exists()


def test_a_file_has_to_be_chosen_again(signed_in: Client, api: API) -> None:
    end_session(signed_in)
    file = SimpleUploadedFile("data.bin", b"\x00secret bytes")
    where = signed_in.post(HOME + "messages/", {**OWN, "kind": "file", "message": "", "file": file})["Location"]
    page = signed_in.get(sign_in_again(signed_in, api, where)).content
    assert b"Choose data.bin again" in page


def test_a_form_of_somebody_else_is_refused(sign_in: Browser) -> None:
    answer = sign_in(username="eve").post(HOME + "messages/", {**OWN, **MESSAGE})
    assert answer.status_code == 403
    assert b"in a different session" in answer.content
    assert not AuditEntry.objects.exists()
