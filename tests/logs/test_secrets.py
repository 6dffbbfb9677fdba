"""Secrets in logs: nobody sees them unasked, the owner of the actor alone may ask."""

import hashlib

import pytest
from django.test import Client

from actors_app.logs import archive as log_archive
from actors_app.masking import MASK
from tests.conftest import API
from tests.logs.secrets import (
    ACTOR,
    EXECUTION,
    JDOE,
    LIVE,
    LOG,
    LOG_PAGE,
    MASKED,
    PAGE,
    ROLES,
    SECRETS,
    TOKEN,
    Browser,
    actor_of,
    answers,
    content,
    is_clean,
    looks,
)
from tests.support.payloads import ACTOR_ID, EXECUTION_ID, actor_payload, execution_payload, search_payload

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("address", [PAGE, LOG_PAGE, f"{LOG_PAGE}?level=error", f"{LOG_PAGE}?line=3"])
def test_a_page_shows_the_log_without_its_secrets(role: str, address: str, sign_in: Browser, api: API) -> None:
    answers(api, role)
    page = content(sign_in().get(address))
    assert is_clean(page)
    assert "3 secrets hidden; there may be more" in page
    assert f"TACC-PROD_{ACTOR_ID}" in page or "level" in address, "an id is no nonce"
    assert (LIVE in page) == (role == "owner")
    assert ("Reveal secrets" in page) == (role == "owner")
    assert ("Only the actor's owner can reveal them." in page) == (role != "owner")
    assert looks() == []


def test_the_owner_is_told_how_long_the_token_lives(signed_in: Client, api: API) -> None:
    answers(api)
    page = content(signed_in.get(PAGE))
    assert "_abaco_access_token</code> has expired; nonces are valid until deleted" in page


def test_the_owner_is_warned_while_it_runs(signed_in: Client, api: API, htmx: dict[str, str]) -> None:
    running = {"status": "RUNNING", "startTime": None, "finishTime": None, "exitCode": None, "finalState": {}}
    answers(api, **running)
    page = content(signed_in.get(PAGE))
    assert "is valid for up to 4 h after the execution started" in page
    poll = f"{LOG_PAGE}?poll=1&tail=1&own=1&life=none"
    assert f'hx-get="{poll.replace("&", "&amp;")}"' in page
    part = content(signed_in.get(poll, headers=htmx))
    assert is_clean(part)
    assert LIVE in part
    assert f'action="{PAGE}"' in part


def test_what_is_looked_for_is_looked_for_in_what_is_shown(signed_in: Client, api: API) -> None:
    answers(api)
    page = content(signed_in.get(LOG_PAGE, {"find": TOKEN[-20:]}))
    assert "No matches in" in page
    assert page.count(TOKEN[-20:]) == page.count(f'value="{TOKEN[-20:]}"') + page.count(f"find={TOKEN[-20:]}")
    assert "1 of 2" in content(signed_in.get(LOG_PAGE, {"find": "_abaco"}))


def test_a_log_without_secrets_says_nothing(signed_in: Client, api: API) -> None:
    answers(api, log="one\ntwo\n")
    page = content(signed_in.get(PAGE))
    assert "data-secrets" not in page
    assert "Reveal secrets" not in page


def test_a_long_page_that_comes_in_pieces_is_masked(signed_in: Client, api: API) -> None:
    answers(api, log="a line\n" * 20_000 + LOG)
    answer = signed_in.get(LOG_PAGE)
    assert answer.streaming
    page = content(answer)
    assert is_clean(page)
    assert "3 secrets hidden; there may be more" in page


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
    assert all("1 secret in this log hidden" in page and "Reveal secrets" in page for page in pages)


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
        assert "Secrets are visible; this is recorded" in page
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
    assert "Only the actor&#x27;s owner can reveal these secrets" in page
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
    assert looks() == [("jdoe", EXECUTION_ID, "file of the archived log")]


@pytest.mark.parametrize("q", ["token", TOKEN])
def test_a_log_that_was_found_is_shown_without_them(q: str, signed_in: Client, api: API) -> None:
    api.get("/actors/v2/search/logs", search_payload({"logs": LOG, "_links": {}}))
    page = content(signed_in.get("/search/", {"kind": "logs", "q": q}))
    assert is_clean(page.replace(q, "") if q == TOKEN else page)
    assert MASK in page
