"""A form whose sender turns out to be signed out: nothing typed is lost, sent, or shown to anybody else."""

import json
import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.signing import dumps
from django.test import Client, RequestFactory
from django.utils import timezone

from actors_app.core.models import Draft
from actors_app.core.operations.models import AuditEntry
from actors_app.core.pages import drafts
from actors_app.core.security.crypto import decrypt
from actors_app.core.security.models import PortalSession
from tests.conftest import API
from tests.permissions.test_rights import everything
from tests.support.payloads import actor_payload
from tests.support.routes import answer_everything, crawled

pytestmark = pytest.mark.django_db
ID = "zlVl01zOo4pXE"
HOME = f"/actors/{ID}/"
ACTOR = f"/actors/v2/{ID}"
KEY = "0123456789abcdef" * 2
JDOE = drafts.Person("default", "jdoe")
OWN = {"write_key": KEY, "whose": drafts.sign_owner(JDOE)}
TOKENS = {"access_token": "a2", "refresh_token": "r2", "expires_in": 14400, "token_type": "bearer"}
MESSAGE = {
    "kind": "text",
    "message": "to be\nor <b>not</b> \N{SNOWMAN}",
    "env_name": ["A", "B"],
    "env_value": ["1", "2"],
}
Browser = Callable[..., Client]


def expected(purpose: str) -> str:
    return dumps([ID, "wc"], salt=purpose)


# Every form in which something is typed: where it is sent, and what.
FORMS: dict[str, tuple[str, dict[str, Any]]] = {
    "message": (HOME + "messages/", MESSAGE),
    "message-preview": (HOME + "messages/preview/", MESSAGE),
    "message-incomplete": (HOME + "messages/", {"kind": "json", "message": "{not json"}),
    "purge": (HOME + "messages/purge/", {"confirm": "wc", "expected": expected("purge")}),
    "workers": (HOME + "workers/", {"num": "3"}),
    "nonce": (HOME + "nonces/", {"level": "READ", "max_uses": "7", "description": "for the cron job"}),
    "create": ("/actors/new/", {"image": "a/b:1", "name": "wc", "description": "counts", "max_workers": "2"}),
    "delete": (HOME + "delete/", {"confirm": "w", "expected": expected("actor-delete")}),
    "register": (HOME + "executions/new/", {"runtime": "11", "cpu": "22", "io": "33"}),
}


def end_session(client: Client) -> None:
    """Sign out everywhere else: the row goes, the browser keeps its cookie."""
    PortalSession.objects.all().delete()


def sign_in_again(client: Client, api: API, where: str, username: str = "jdoe") -> str:
    """Sign in on the page that was led to; return where that leads. From then on the API has one of everything."""
    api.post("/token", json=TOKENS)
    api.get("/profiles/v2/me", {"username": username})
    page = client.get(where).content.decode()
    target = unescape(re.search(r'name="next" value="([^"]*)"', page)[1])  # type: ignore[index]
    answer = client.post("/sign-in/", {"username": username, "password": "pw", "next": target})
    answer_everything(api.wire)
    return str(answer["Location"])


def values_of(page: str) -> list[str]:
    """Return everything that stands in the inputs of a page."""
    ticked = re.findall(r'<option value="([^"]*)" selected', page)
    inputs = re.findall(r'<input[^>]*? value="([^"]*)"', page)
    areas = re.findall(r"<textarea[^>]*>\r?\n?(.*?)</textarea>", page, re.DOTALL)
    return [unescape(value).strip() for value in (*ticked, *inputs, *areas)]


def assert_all_typed(page: str, typed: dict[str, Any]) -> None:
    shown = values_of(page)
    for name, value in typed.items():
        for one in value if isinstance(value, list) else [value]:
            assert name == "expected" or one.strip() in shown, name


def sent_messages(api: API) -> int:
    """Count the messages that the API was sent."""
    return len([request for request in api.asked if f"{ACTOR}/messages" in request.url and request.method == "POST"])


@pytest.mark.parametrize("name", FORMS)
def test_what_was_typed_is_there_again_and_was_not_sent(name: str, signed_in: Client, api: API) -> None:
    url, typed = FORMS[name]
    end_session(signed_in)
    answer = signed_in.post(url, {**OWN, **typed})
    where = answer["Location"]
    assert where.startswith("/sign-in/?next=")
    assert b"What you typed is kept" in signed_in.get(where).content
    back = sign_in_again(signed_in, api, where)
    assert urlsplit(back).path == url
    for _ in range(2):  # a reload shows it again
        page = signed_in.get(back)
        assert page.status_code == 200
        assert b"You were signed out. This is as you typed it; nothing was sent." in page.content
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
    assert "Review the changes" in page
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
    assert b"nothing was sent" in signed_in.get(answer["Location"]).content
    assert not Draft.objects.exists()


def test_a_file_has_to_be_chosen_again(signed_in: Client, api: API) -> None:
    end_session(signed_in)
    file = SimpleUploadedFile("data.bin", b"\x00secret bytes")
    where = signed_in.post(HOME + "messages/", {**OWN, "kind": "file", "message": "", "file": file})["Location"]
    page = signed_in.get(sign_in_again(signed_in, api, where)).content
    assert b"Choose the file data.bin again" in page


def test_a_form_of_somebody_else_is_refused(sign_in: Browser) -> None:
    answer = sign_in(username="eve").post(HOME + "messages/", {**OWN, **MESSAGE})
    assert answer.status_code == 403
    assert b"opened in another sign-in" in answer.content
    assert not AuditEntry.objects.exists()


# A GET writes nothing ---------------------------------------------------------------------------------------

# Values that the forms of the portal take, each form finding its own among them.
TYPED = MESSAGE | {
    "text": "given to the cron job",
    "name": "My view",
    "query": "status=ERROR",
    "step": "save",
    "zone": "UTC",
    "theme": "dark",
    "density": "compact",
    "page_size": "50",
    "wrap": "1",
    "after": "0",
    "image": "a/b:1",
    "stateless": "true",
    "user": "jane",
    "level": "READ",
    "max_uses": "2",
    "num": "2",
    "alias": "counting",
    "actor_id": "another",
    "value": "7",
    "actors": "another",
    "state": '{"count": 2}',
    "reason": "no longer needed",
    "runtime": "1",
    "cpu": "2",
    "io": "3",
    "count": "2",
    "unit": "day",
    "confirm": "wc",
    "expected": "wc",
}


def draft_of(url: str, typed: dict[str, Any]) -> str:
    """Keep what somebody typed on a page, whose address may take no form at all; return the draft's handle."""
    return drafts.keep(RequestFactory().post(url, OWN | typed))


def written() -> dict[str, Any]:
    """Return every row of the store, but of a session only what it may do: its notices are for the next page."""
    return everything() | {"PortalSession": list(PortalSession.objects.values_list("pk", "read_only", "credential"))}


@pytest.mark.parametrize("read_only", [False, True], ids=["may write", "reads only"])
def test_no_route_writes_for_a_get_with_a_draft(read_only: bool, signed_in: Client, api: API) -> None:
    answer_everything(api.wire)
    PortalSession.objects.update(read_only=read_only)
    for name, url in crawled().items():
        handle = draft_of(url, TYPED)
        before = written()
        signed_in.get(url, {"draft": handle})
        assert written() == before, name
    assert {request.method for request in api.asked if "/actors/" in request.url} == {"GET"}


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("actors:nonce-note", {"text": "given to the cron job"}),
        ("actors:alias-nonce-note", {"text": "given to the cron job"}),
        ("actors:view-list", {"name": "My view", "query": "status=ERROR"}),
        ("actors:preferences", {"zone": "UTC", "theme": "dark", "density": "compact", "page_size": "50"}),
        ("actors:permission-list", {"user": "jane", "level": "UPDATE"}),
        ("actors:permission-change", {"user": "jdoe", "level": "NONE"}),
        ("actors:alias-create", {"alias": "counting", "actor_id": "another"}),
        ("actors:config-create", {"name": "conf", "value": "7", "actors": "another"}),
        ("actors:state-update", {"state": '{"count": 2}', "seen": "signed"}),
        ("actors:schedule-update", {"count": "12", "unit": "week", "day": "2031-01-15"}),
    ],
)
def test_forms_that_a_draft_fills_hold_all_of_it(name: str, typed: dict[str, Any], signed_in: Client, api: API) -> None:
    answer_everything(api.wire)
    url = crawled()[name]
    page = signed_in.get(url, {"draft": draft_of(url, typed)})
    assert page.status_code == 200
    checked = re.findall(r'<input[^>]*? value="([^"]*)"[^>]*? checked', page.content.decode())
    assert_all_typed(page.content.decode() + "".join(f'<option value="{one}" selected>' for one in checked), typed)


def test_a_saved_view_is_filled_and_no_name_of_another(signed_in: Client) -> None:
    url = crawled()["actors:view-list"]
    signed_in.post(url, {"name": "Failures", "query": "status=ERROR"})
    page = signed_in.get(url, {"draft": draft_of(url, {"name": "Mine", "query": ""})}).content.decode()
    assert values_of(page).count("Mine") == 1
    assert "Failures" in values_of(page)
    assert "was not saved" not in page


def test_a_tick_that_was_taken_away_stays_away(signed_in: Client, api: API) -> None:
    api.get(ACTOR, actor_payload(id=ID, cronSchedule="2031-01-15 08 + 1 day", cronOn=True))
    page = signed_in.get(HOME + "schedule/", {"draft": draft_of(HOME + "schedule/", {"count": "2", "unit": "day"})})
    assert page.status_code == 200
    assert not re.search(r'<input[^>]*name="on"[^>]*checked', page.content.decode())


# With script ------------------------------------------------------------------------------------------------


def test_htmx_gets_the_sign_in_over_the_page(signed_in: Client, htmx: dict[str, str]) -> None:
    end_session(signed_in)
    answer = signed_in.post(HOME + "messages/", {**OWN, **MESSAGE}, headers=htmx)
    page = answer.content.decode()
    assert answer.status_code == 401
    assert "HX-Redirect" not in answer.headers
    assert "<dialog open" in page
    assert 'value="jdoe"' in page, "who it was is known"
    assert 'id="write-key"' not in page, "its key is unused"
    assert not Draft.objects.exists(), "the page itself has it"


def test_htmx_gets_a_new_key_where_the_old_one_is_used_up(sign_in: Browser, api: API, htmx: dict[str, str]) -> None:
    api.answer("POST", ACTOR + "/messages", json={"fault": {"message": "Invalid Credentials"}}, status=401)
    answer = sign_in(refresh_token="").post(HOME + "messages/", {**OWN, **MESSAGE}, headers=htmx)
    assert answer.status_code == 401
    assert 'hx-swap-oob="true"' in answer.content.decode()


def test_a_wrong_password_keeps_the_dialog(htmx: dict[str, str], api: API) -> None:
    api.answer("POST", "/token", json={"error": "invalid_grant"}, status=400)
    typed = {"username": "jdoe", "password": "wrong", "whose": OWN["whose"]}
    answer = Client().post("/sign-in/", typed, headers=htmx)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert page.count("<dialog open") == 1
    assert "<html" not in page
    assert f'value="{OWN["whose"]}"' in page


def test_the_same_person_stays_on_the_page(htmx: dict[str, str], api: API) -> None:
    api.post("/token", json=TOKENS)
    api.get("/profiles/v2/me", {"username": "jdoe"})
    typed = {"username": "jdoe", "password": "pw", "whose": OWN["whose"]}
    answer = Client().post("/sign-in/", typed, headers=htmx)
    assert answer.status_code == 200
    assert "HX-Redirect" not in answer.headers
    assert "csrfmiddlewaretoken" in answer.content.decode()
    assert "You are signed in again. Nothing was sent" in answer.content.decode()


@pytest.mark.parametrize("whose", [OWN["whose"], "", "forged"])
def test_anybody_else_is_led_away(htmx: dict[str, str], api: API, whose: str) -> None:
    api.post("/token", json=TOKENS)
    api.get("/profiles/v2/me", {"username": "eve"})
    answer = Client().post("/sign-in/", {"username": "eve", "password": "pw", "whose": whose}, headers=htmx)
    assert answer.headers["HX-Redirect"] == "/"


# A proof of origin that is gone -----------------------------------------------------------------------------


def strict(client: Client) -> Client:
    """Return the same browser with Django's check of forms switched on, which its test client leaves out."""
    checked = Client(enforce_csrf_checks=True)
    checked.cookies = client.cookies
    return checked


def test_a_lost_csrf_cookie_loses_no_words(signed_in: Client, api: API) -> None:
    answer_everything(api.wire)
    browser = strict(signed_in)
    answer = browser.post(HOME + "messages/", {**OWN, **MESSAGE})
    assert answer["Location"].startswith(HOME + "messages/?draft=")
    page = browser.get(answer["Location"]).content.decode()
    assert_all_typed(page, MESSAGE)
    assert "You were signed out" not in page
    assert "you are still signed in. This is as you typed it; nothing was sent." in page
    assert not AuditEntry.objects.exists()


def test_a_lost_csrf_cookie_is_given_anew_to_htmx(signed_in: Client, htmx: dict[str, str]) -> None:
    answer = strict(signed_in).post(HOME + "messages/", {**OWN, **MESSAGE}, headers=htmx)
    assert answer.status_code == 403
    assert b"csrfmiddlewaretoken" in answer.content
    assert b"nothing was sent" in answer.content


def test_all_cookies_lost_asks_for_a_sign_in() -> None:
    answer = Client(enforce_csrf_checks=True).post(HOME + "messages/", {**OWN, **MESSAGE})
    assert answer["Location"].startswith("/sign-in/")
    assert "draft" in answer["Location"]


@pytest.mark.parametrize("whose", ["", drafts.sign_owner(drafts.Person("default", "eve"))])
def test_a_form_from_elsewhere_is_refused_and_not_kept(signed_in: Client, whose: str) -> None:
    answer = strict(signed_in).post(HOME + "messages/", {**OWN, **MESSAGE, "whose": whose})
    assert answer.status_code == 403
    assert not Draft.objects.exists()


# Signed out elsewhere while the request runs ----------------------------------------------------------------


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}], ids=["plain", "htmx"])
def test_a_write_that_was_made_is_not_offered_again(signed_in: Client, api: API, headers: dict[str, str]) -> None:
    def sign_out_meanwhile(request: Any) -> tuple[int, dict[str, str], str]:
        PortalSession.objects.all().delete()
        return 200, {}, json.dumps({"status": "success", "result": {"executionId": "abc123"}, "message": "OK"})

    api.wire.add_callback("POST", f"https://api.example.org{ACTOR}/messages", callback=sign_out_meanwhile)
    answer = signed_in.post(HOME + "messages/", {**OWN, **MESSAGE}, headers=headers)
    where = answer.headers.get("HX-Redirect") or answer.headers["Location"]
    assert where.endswith("because=sent")
    assert b"It was sent" in signed_in.get(where).content
    assert not Draft.objects.exists()
    assert not PortalSession.objects.exclude(credential="").exists(), "no session came back to life"
