"""Every page shows itself as code, or stands here with the reason why not."""

import json
import re
import shlex
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import responses
from django.test import Client

from actors_app.core.operations.operation import operations
from actors_app.core.security.credentials import Credentials
from actors_app.messages import archive as message_archive
from actors_app.messages.archive import Sent
from tests.conftest import API
from tests.support.payloads import ACTOR_ID, EXECUTION_ID, NONCE_ID, actor_payload, execution_payload
from tests.support.routes import answer_everything, crawled
from tests.support.told import curl_is_told

TEMPLATES = Path(__file__).resolve().parents[3] / "templates"


# The page of an operation shows that operation; others, and those that show more, have a row.
PAGES = {
    name: [name]
    for operation in operations()
    if operation.title
    and (operation.needs or operation.purpose)
    and (name := operation.name.replace(".", "-")) in operation.pages
}
PAGES |= {
    "overview": ["actor-list", "search-executions"],
    "actor-list": ["actor-list"],
    "actor-detail": ["actor-get"],
    "actor-configuration": ["actor-get", "permission-list"],
    "actor-restart": ["actor-update"],
    "message-create": ["mailbox-count", "message-send"],
    "message-purge": ["mailbox-purge"],
    "worker-list": ["worker-list", "worker-ensure"],
    "worker-detail": ["worker-get"],
    "nonce-list": ["nonce-list", "nonce-create"],
    "nonce-detail": ["nonce-get"],
    "schedule-list": ["actor-list"],
    "schedule-update": ["actor-get"],
    "link-list": ["actor-list"],
    "nonce-overview": ["actor-list"],
    "nonce-replace": ["nonce-create", "nonce-delete"],
    "alias-nonce-replace": ["alias-nonce-create", "alias-nonce-delete"],
    "state-detail": ["state-get"],
    "state-reset": ["state-get"],
    "administration": ["admin-utilization"],
    "all-workers": ["search-workers"],
    "config-list": ["config-list"],
    "config-create": ["config-create"],
    "config-detail": ["config-list"],
    "alias-list": ["alias-list"],
    "alias-detail": ["alias-get"],
    "alias-nonce-list": ["alias-nonce-list", "alias-nonce-create"],
    "alias-nonce-detail": ["alias-nonce-get"],
    "permission-list": ["permission-list", "permission-grant"],
    "alias-permission-list": ["alias-permission-list", "alias-permission-grant"],
    "config-permission-list": ["config-permission-list", "config-permission-grant"],
    "execution-list": ["execution-search", "execution-list"],
    "history": ["search-executions"],
    "execution-create": ["execution-register"],
    "execution-detail": ["execution-get", "log-get"],
    "execution-logs": ["log-get"],
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
    asked = parse_qs(urlsplit(shlex.split(shown_in(page, "search-executions"))[-1]).query)
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
    words = shlex.split(shown_in(page, "worker-ensure"))
    assert json.loads(words[words.index("--data-binary") + 1]) == {"num": 7}


def test_a_message_to_be_sent_again_is_what_the_line_sends(signed_in: Client, api: API) -> None:
    sent = Sent("json", b'{"city": "Austin", "n": 0}', {"API_KEY": "hunter2", "A": "1"})
    message_archive.keep(Credentials("default", "jdoe", "a"), ACTOR_ID, EXECUTION_ID, sent)
    api.get(f"/actors/v2/{ACTOR_ID}", actor_payload())
    api.get(f"/actors/v2/{ACTOR_ID}/messages", {"messages": 0})
    api.get(f"/actors/v2/{ACTOR_ID}/executions/{EXECUTION_ID}", execution_payload())
    page = signed_in.get(f"/actors/{ACTOR_ID}/messages/?again={EXECUTION_ID}").content.decode()
    told = curl_is_told(shown_in(page, "message-send"), {"SECRET_API_KEY": "s1"})[1]
    assert json.loads(told["--data-binary"]) == {"city": "Austin", "n": 0}
    assert parse_qs(urlsplit(told["address"]).query) == {"A": ["1"], "API_KEY": ["s1"]}
    assert "set <code>SECRET_API_KEY</code> before you run it" in page


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
    assert page.count("API call</span></summary>") == (not script)


def test_a_file_is_shown_as_one(signed_in: Client) -> None:
    page = signed_in.post(f"/actors/{ACTOR_ID}/messages/preview/", {"kind": "file"}).content.decode()
    assert "--data-binary @FILE" in shown_in(page, "message-send-file")


def test_two_that_are_compared_are_both_shown(signed_in: Client) -> None:
    with responses.RequestsMock() as wire:
        answer_everything(wire)
        page = signed_in.get(f"/compare/?a={ACTOR_ID}/{EXECUTION_ID}&b={ACTOR_ID}/Other").content.decode()
    for number, one in enumerate((EXECUTION_ID, "Other")):
        assert shown_in(page, f"execution-get-{number}").endswith(f"/actors/v2/{ACTOR_ID}/executions/{one}")
        assert shown_in(page, f"log-get-{number}").endswith(f"/executions/{one}/logs")


# Pages that have no call of their own to show, each with the reason.
WITHOUT = {
    "account/detail.html": "the portal's own",
    "account/preferences.html": "the portal's own",
    "audit/actor.html": "the portal's own",
    "audit/check.html": "it asks what the page of the thing itself shows",
    "audit/detail.html": "the portal's own",
    "audit/list.html": "the portal's own",
    "api/docs.html": "the portal's own",
    "actors/conflict.html": "nothing can be sent from it; the review shows it",
    "actors/outdated.html": "nothing can be sent from it",
    "bulk/detail.html": "the portal's own",
    "bulk/list.html": "the portal's own",
    "bulk/preview.html": "many calls, each as the page of its execution, worker or actor shows it",
    "errors/page.html": "no page of the API",
    "reports/report.html": "counts in the portal's history; its one call is that of the permissions page",
    "executions/verify.html": "no call: a file that somebody brings is verified",
    "audit/verify.html": "no call of its own: the portal's own log is verified, for who is an administrator",
    "executions/evidence.html": "many calls, each as the page of its execution shows it",
    "logs/forget.html": "the portal's own",
    "logs/line.html": "a part of the log, which shows it",
    "nonces/note.html": "the portal's own",
    "help/detail.html": "the portal's own",
    "messages/mailboxes.html": "many calls, each as the page of its actor shows it",
    "places/list.html": "the portal's own",
    "saved_views/list.html": "the portal's own",
    "account/sign_in.html": "nobody is signed in",
    "workers/gone.html": "nothing is there",
}


def test_each_page_shows_itself_or_says_here_why_not() -> None:
    pages = {
        str(path.relative_to(TEMPLATES)): path.read_text()
        for path in TEMPLATES.rglob("*.html")
        if '{% extends "base.html" %}' in path.read_text()
    }
    assert {name for name, text in pages.items() if not re.search(r"\{% as_code | calls=", text)} == set(WITHOUT)


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


def shown_in(page: str, name: str) -> str:
    found = re.search(rf'id="code-{name}-curl"[^>]*>(.*?)</pre>', page, re.DOTALL)
    assert found
    return unescape(found[1])
