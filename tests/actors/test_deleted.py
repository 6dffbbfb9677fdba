"""The pages of an actor that the API says is gone: every link works, and no action is offered that cannot."""

import json
import re
from dataclasses import replace
from html import unescape
from io import BytesIO
from typing import Any
from urllib.parse import urljoin
from zipfile import ZipFile

import pytest
import responses
from django.test import Client
from django.urls import reverse

from actors_app import urls
from actors_app.actors import archive as definition_archive
from actors_app.history.ingest import record
from actors_app.history.models import ActorHistory
from actors_app.services.dialects import DIALECTS
from actors_app.services.types import Actor, Execution
from tests.conftest import API
from tests.support.payloads import ACTOR_ID, EXECUTION_ID, WORKER_ID, actor_payload, execution_payload, refusal, snake
from tests.support.recorded import answer

pytestmark = pytest.mark.django_db
ROOTS = {"v2": "/actors/v2", "v3": "/v3/actors"}
IDS = {
    "actor_id": ACTOR_ID,
    "execution_id": EXECUTION_ID,
    "worker_id": WORKER_ID,
    "handle": "0" * 32,
    "result_id": 1,
}
# What leads out of the portal's own pages, or changes only what the visitor sees.
ELSEWHERE = ("/account/", "/executions/views/")


@pytest.fixture(params=["v2", "v3"])
def gone(request: Any, api: API, settings: Any) -> str:
    """Let an actor of the visitor's own be gone at the API, and the portal remember what it did."""
    version, root = request.param, ROOTS[request.param]
    settings.TENANTS = {"default": replace(settings.TENANTS["default"], version=version)}
    api.wire.assert_all_requests_are_fired = False
    dialect = DIALECTS[version]()
    spoken = snake if version == "v3" else dict
    for revision in (2, 3):
        at = f"2026-11-2{revision}T10:00:00.123Z"
        definition = spoken(actor_payload(description=f"of {revision}", revision=revision, lastUpdateTime=at))
        definition_archive.record("default", [Actor.from_api(definition, dialect)])
    row = ActorHistory.objects.create(tenant="default", actor_id=ACTOR_ID, name="word-count", owner="jdoe")
    running = {"status": "RUNNING", "finishTime": None, "exitCode": None, "finalState": None}
    for changes in ({}, {"id": "Running000001", "workerId": WORKER_ID, **running}):
        record(row, [Execution.from_api(spoken(execution_payload(**changes)), dialect)])
    for listed in ("aliases", "configs"):
        api.get(f"{root}/{listed}", [])
    api.wire.add_callback("GET", f"https://api.example.org{root}", nothing)
    api.refuse("GET", f"{root}/aliases/admin-role-probe", "Abaco Admin role required.")
    words, status = f"No actor found with identifier: {ACTOR_ID}.", 404
    if version == "v3":  # an owner is told that it is not theirs: the search shows that it is gone
        recorded = answer("actors_delete_again", "v3-nginx")
        words, status = recorded["body"]["message"], recorded["status"]
    url = re.compile(re.escape(f"https://api.example.org{root}/{ACTOR_ID}") + "(/.*)?$")
    for method in (responses.GET, responses.POST, responses.PUT, responses.DELETE):
        api.wire.add(method, url, json=refusal(words), status=status)
    return str(version)


def nothing(request: Any) -> tuple[int, dict[str, str], str]:
    """Answer the list of actors, and a search of it, with none."""
    result = {"_metadata": {"total_count": 0}, "search": []} if request.params else []
    metadata = {"metadata": {}} if "/v3/" in request.url else {}
    return 200, {}, json.dumps({"status": "success", "message": "ok", "result": result} | metadata)


def pages(client: Client) -> dict[str, str]:
    """Return the main part of each page of the actor that the portal still has, by its address."""
    found = {}
    every = [
        *(urls.actor_paths + urls.message_paths + urls.worker_paths),
        *(urls.nonce_paths + urls.permission_paths + urls.execution_paths),
    ]
    for path in every:
        wanted = {name: IDS[name] for name in path.pattern.converters} | {"actor_id": ACTOR_ID}
        for changes in ({}, {"execution_id": "Running000001"}):
            if changes and "execution_id" not in wanted:
                continue
            address = reverse(f"actors:{path.name}", kwargs={**wanted, **changes})
            response = read(client, f"{address}?window=all" if path.name == "execution-list" else address)
            if response.status_code == 200 and not response.streaming:
                found[address] = response.content.decode().partition("<main")[2].partition("</main>")[0]
    return found


def read(client: Client, address: str, **options: Any) -> Any:
    """Return the answer to a GET, read to its end."""
    response: Any = client.get(address, **options)
    if response.streaming:
        b"".join(response.streaming_content)
    return response


def controls(page: str) -> list[str]:
    """Return the opening tags of what a visitor can press, but for what stands disabled and says why."""
    tags = re.findall(r"<(?:a|button)\b[^>]*>", page)
    return [unescape(tag) for tag in tags if 'aria-disabled="true"' not in tag]


def test_every_link_on_its_pages_leads_somewhere(gone: str, signed_in: Client) -> None:
    found = pages(signed_in)
    kept = ("executions/", "revisions/", f"executions/{EXECUTION_ID}/")
    assert {f"/actors/{ACTOR_ID}/{page}" for page in kept} <= set(found)
    for address, page in found.items():
        links = {urljoin(address, match[1]) for tag in controls(page) if (match := re.search(r'href="([^"]*)"', tag))}
        for link in sorted(links):
            response = read(signed_in, link.partition("#")[0])
            assert response.status_code < 400, (address, link, response.status_code)


def test_no_form_on_its_pages_asks_the_api_for_what_cannot_work(gone: str, signed_in: Client) -> None:
    for address, page in pages(signed_in).items():
        for form, content in re.findall(r"<form\b([^>]*)>(.*?)</form>", page, re.DOTALL):
            action = urljoin(address, unescape((re.search(r'action="([^"]*)"', form) or ["", address])[1]))
            for tag in controls(content):
                target = urljoin(address, unescape((re.search(r'formaction="([^"]*)"', tag) or ["", action])[1]))
                if not tag.startswith("<button") or 'type="button"' in tag or target.startswith(ELSEWHERE):
                    continue
                # A form that only asks for another page of the portal's own memory, or for a file of it.
                assert 'method="get"' in form, (address, target, tag)
                assert not re.search('value="(halt|resend)"', tag), (address, tag)


def test_what_it_cannot_do_is_disabled_and_says_why(gone: str, signed_in: Client) -> None:
    for address, page in pages(signed_in).items():
        assert re.search("(Actor d|D)eleted</span></h1>", page.replace("\n", "")), address
        for label in ("Edit", "Delete actor…", "Send message"):
            tags = [
                tag for tag, text in re.findall(r"(<a\b[^>]*>)(.*?)</a>", page, re.DOTALL) if text.endswith(f" {label}")
            ]
            assert len(tags) == (f"/{ACTOR_ID}/executions/" not in address or address.endswith("/executions/"))
            for tag in tags:
                assert 'aria-disabled="true" title="This actor was deleted."' in tag, (address, label)
        assert "Resend" not in re.sub(r"<button[^>]*aria-disabled[^>]*>.*?</button>", "", page, flags=re.DOTALL)


def test_nothing_is_followed_on_its_pages(gone: str, signed_in: Client) -> None:
    for address, page in pages(signed_in).items():
        for tag in re.findall(r"<[^>]*hx-get[^>]*>", page):
            path = unescape((re.search(r'hx-get="([^"]*)"', tag) or ["", ""])[1])
            response = read(signed_in, urljoin(address, path), headers={"HX-Request": "true"})
            assert response.status_code < 400, (address, path)


@pytest.mark.parametrize("status", ["COMPLETE", "RUNNING", "SUBMITTED"])
def test_what_administrators_are_still_shown_offers_nothing(
    gone: str, signed_in: Client, api: API, status: str
) -> None:
    """The API answers administrators for the executions of a deleted actor (TACC/abaco actors/controllers.py)."""
    changes = {} if status == "COMPLETE" else {"status": status, "finishTime": None, "exitCode": None}
    shown = execution_payload(**changes)
    api.wire.remove(
        responses.GET, re.compile(re.escape(f"https://api.example.org{ROOTS[gone]}/{ACTOR_ID}") + "(/.*)?$")
    )
    refused = {"json": refusal(f"No actor found with id: {ACTOR_ID}."), "status": 404}
    own = f"https://api.example.org{ROOTS[gone]}/{ACTOR_ID}"
    api.wire.get(re.compile(re.escape(own) + "(/executions/[^/]+/logs|/(?!executions).*)?$"), **refused)
    api.get(f"{ROOTS[gone]}/{ACTOR_ID}/executions/{EXECUTION_ID}", snake(shown) if gone == "v3" else shown)
    for name in ("execution-detail", "execution-halt"):
        page = signed_in.get(reverse(f"actors:{name}", args=[ACTOR_ID, EXECUTION_ID])).content.decode()
        assert "Actor deleted</span></h1>" in page.replace("\n", ""), name
        pressed = "".join(controls(page))
        for act in ("edit/", "delete/", "messages/", "halt/", "workers/"):
            assert f'"/actors/{ACTOR_ID}/{act}' not in pressed, (name, act)
        assert f'"/actors/{ACTOR_ID}/executions/{EXECUTION_ID}/halt/' not in pressed
        assert "Halt execution</button>" not in page
        assert "hx-get" not in page.partition("<main")[2].partition("</main>")[0].partition("log-title")[0]


def test_its_result_page_finds_out_by_itself(gone: str, signed_in: Client) -> None:
    page = signed_in.get(f"/actors/{ACTOR_ID}/executions/{EXECUTION_ID}/results/").content.decode()
    assert "Actor deleted</span></h1>" in page.replace("\n", "")
    pressed = "".join(controls(page.partition("<main")[2].partition("</main>")[0]))
    for act in ("edit/", "delete/", "messages/", "workers/"):
        assert f'"/actors/{ACTOR_ID}/{act}' not in pressed, act


@pytest.mark.parametrize("name", ["execution-detail", "execution-halt", "result-take"])
def test_an_actor_that_was_never_recorded_has_no_link_to_what_is_not_there(
    gone: str, signed_in: Client, api: API, name: str
) -> None:
    """The API answers administrators for the executions of a deleted actor, the portal's history has none of it."""
    ActorHistory.objects.all().delete()
    own = f"https://api.example.org{ROOTS[gone]}/{ACTOR_ID}"
    api.wire.remove(responses.GET, re.compile(re.escape(own) + "(/.*)?$"))
    refused = {"json": refusal(f"No actor found with id: {ACTOR_ID}."), "status": 404}
    api.wire.get(re.compile(re.escape(own) + "(/executions/[^/]+/logs|/(?!executions).*)?$"), **refused)
    shown = execution_payload()
    api.get(f"{ROOTS[gone]}/{ACTOR_ID}/executions/{EXECUTION_ID}", snake(shown) if gone == "v3" else shown)
    page = signed_in.get(reverse(f"actors:{name}", args=[ACTOR_ID, EXECUTION_ID])).content.decode()
    assert "Actor deleted</span></h1>" in page.replace("\n", "")
    pressed = "".join(controls(page.partition("<main")[2].partition("</main>")[0]))
    for listed in ("executions/", "revisions/"):
        assert f'"/actors/{ACTOR_ID}/{listed}"' not in pressed, listed


def test_the_json_api_still_has_its_history(gone: str, signed_in: Client) -> None:
    answered = json.loads(signed_in.get(f"/api/v1/actors/{ACTOR_ID}/executions/").content)
    assert {one["id"] for one in answered["items"]} == {EXECUTION_ID, "Running000001"}


def test_its_evidence_is_what_the_portal_has(gone: str, signed_in: Client) -> None:
    taken = signed_in.get(f"/actors/{ACTOR_ID}/executions/{EXECUTION_ID}/evidence/")
    with ZipFile(BytesIO(b"".join(taken.streaming_content))) as pack:  # type: ignore[attr-defined]  # a file
        (missing,) = [name for name in pack.namelist() if name.endswith("missing.txt")] or [""]
        texts = {name: pack.read(name).decode("utf-8", "replace") for name in pack.namelist()}
    assert any(EXECUTION_ID in text for text in texts.values()), sorted(texts)
    assert "no longer have access to its actor" not in "".join(texts.values()), missing
