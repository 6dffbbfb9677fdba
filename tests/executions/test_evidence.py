"""Evidence packs: each hash holds, what is missing is named with its reason, and nobody gets what is not theirs."""

import hashlib
import io
import json
import zipfile
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from actors_app.core.clock import now_ms
from actors_app.core.operations.models import AuditEntry
from actors_app.core.security.credentials import Credentials
from actors_app.core.security.models import Readable
from actors_app.executions import archive as result_archive
from actors_app.executions.evidence import CAP
from actors_app.history.models import ActorHistory, ExecutionRecord
from actors_app.logs import archive as log_archive
from actors_app.masking import MASK
from actors_app.messages import archive as message_archive
from tests.conftest import API
from tests.history.world import ago, answering
from tests.support.payloads import ACTOR_ID, EXECUTION_ID, actor_payload, execution_payload, refusal

pytestmark = pytest.mark.django_db
URL = f"/actors/{ACTOR_ID}/executions/{EXECUTION_ID}/evidence/"
SET = "/executions/evidence/"
ACTOR = f"/actors/v2/{ACTOR_ID}"
EXECUTION = f"{ACTOR}/executions/{EXECUTION_ID}"
JDOE = Credentials("default", "jdoe", "t")
BOB = Credentials("default", "bob", "t")


def opened(answer: Any) -> dict[str, bytes]:
    """Return the files of a pack by their names below its folder, after proving every sum."""
    assert answer.status_code == 200, answer.content
    assert answer.headers["Content-Type"] == "application/zip"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    with zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as file:
        assert file.testzip() is None
        (folder,) = {name.partition("/")[0] for name in file.namelist()}
        assert not [name for name in file.namelist() if ".." in name or "\\" in name or name.startswith("/")]
        files = {name.removeprefix(f"{folder}/"): file.read(name) for name in file.namelist()}
    named = {entry["name"]: entry for entry in json.loads(files["manifest.json"])["files"]}
    assert set(named) == set(files) - {"manifest.json", "SHA256SUMS"}
    for name, entry in named.items():
        assert entry["sha256"] == hashlib.sha256(files[name]).hexdigest()
        assert entry["bytes"] == len(files[name])
        assert entry["read_at"]
        assert entry["source"]
    sums = dict(line.split("  ")[::-1] for line in files["SHA256SUMS"].decode().splitlines())
    assert sums == {n: hashlib.sha256(data).hexdigest() for n, data in files.items() if n != "SHA256SUMS"}
    return files


def manifest(files: dict[str, bytes]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(files["manifest.json"])
    return found


def missing(files: dict[str, bytes]) -> dict[str, str]:
    return {entry["what"]: entry["why"] for entry in manifest(files)["missing"]}


def answers(api: API, *, log: str = "line 1\nline 2\n", **actor: Any) -> None:
    api.get(ACTOR, actor_payload(**actor))
    api.get(f"{ACTOR}/permissions", {"jdoe": "UPDATE", "bob": "READ"})
    api.get(EXECUTION, execution_payload())
    api.get(f"{EXECUTION}/logs", {"logs": log, "_links": {}})


def test_it_holds_all_that_can_be_known(api: API, signed_in: Client) -> None:
    links = {"_links": {"self": "https://localhost:5000//v3/canary-0"}, "apiServer": "https://localhost:5000/canary-0"}
    answers(api, defaultEnvironment={"API_KEY": "canary-1", "greeting": "hello"}, unknownField=7, **links)
    environment = {"DB_PASSWORD": "canary-2", "mode": "fast"}
    message_archive.keep(JDOE, ACTOR_ID, EXECUTION_ID, message_archive.Sent("text", b"count this", environment))
    result_archive.keep(JDOE, ACTOR_ID, EXECUTION_ID, b'{"words": 3}')
    result_archive.keep(BOB, ACTOR_ID, EXECUTION_ID, b"of somebody else")
    answer = signed_in.get(URL)
    assert f'filename="evidence-{EXECUTION_ID}.zip"' in answer.headers["Content-Disposition"]
    files = opened(answer)
    assert set(files) == {
        "actor.json", "permissions.json", "audit.jsonl", "execution.json", "log.txt", "message.txt",
        "message-environment.json", "results/1.json", "README.txt", "manifest.json", "SHA256SUMS",
    }  # fmt: skip
    assert files["log.txt"] == b"line 1\nline 2\n"
    assert files["message.txt"] == b"count this"
    assert json.loads(files["message-environment.json"]) == {"DB_PASSWORD": MASK, "mode": "fast"}
    assert json.loads(files["actor.json"])["defaultEnvironment"] == {"API_KEY": MASK, "greeting": "hello"}
    assert json.loads(files["actor.json"])["unknownField"] == 7
    assert json.loads(files["permissions.json"]) == {"jdoe": "UPDATE", "bob": "READ"}
    told = json.loads(files["execution.json"])
    addresses = ("_links", "apiServer")  # those that the API writes of itself
    assert told["api"] == {name: value for name, value in execution_payload().items() if name not in addresses}
    assert told["portal"]["execution_id"] == EXECUTION_ID
    assert b"canary" not in b"".join(files.values())
    about = manifest(files)
    assert about["missing"] == []
    assert about["made_by"] == {"username": "jdoe", "tenant": "default"}
    assert about["portal_version"]
    sources = {entry["name"]: entry["source"] for entry in about["files"]}
    assert sources["actor.json"] == f"GET {ACTOR}"
    assert sources["log.txt"] == f"GET {EXECUTION}/logs"
    assert b"sha256sum -c SHA256SUMS" in files["README.txt"]


def test_that_it_was_taken_is_in_the_trail_and_in_the_pack(api: API, signed_in: Client) -> None:
    answers(api)
    files = opened(signed_in.get(URL))
    entry = AuditEntry.objects.get()
    assert (entry.kind, entry.action) == (AuditEntry.READ, "evidence.take")
    assert (entry.actor_id, entry.object_id, entry.outcome) == (ACTOR_ID, EXECUTION_ID, AuditEntry.DONE)
    (line,) = files["audit.jsonl"].splitlines()
    assert json.loads(line)["action"] == "evidence.take"


def test_a_missing_log_and_message_are_named_with_their_reasons(api: API, signed_in: Client) -> None:
    answers(api, log="")
    files = opened(signed_in.get(URL))
    assert "log.txt" not in files
    assert missing(files)["log.txt"].startswith("Not in the API.")
    assert b"it was not sent through this portal" in files["message-missing.txt"]


def test_a_kept_log_takes_the_place_of_one_that_expired(api: API, signed_in: Client) -> None:
    answers(api, log="")
    log_archive.keep(BOB, ACTOR_ID, EXECUTION_ID, lambda: iter(["kept ", "words\n"]))
    files = opened(signed_in.get(URL))
    assert files["log.txt"] == b"kept words\n"
    (source,) = [entry["source"] for entry in manifest(files)["files"] if entry["name"] == "log.txt"]
    assert "archived by bob" in source


def test_a_message_is_for_its_sender_and_the_owner_only(api: API, signed_in: Client) -> None:
    answers(api, owner="carol")
    message_archive.keep(BOB, ACTOR_ID, EXECUTION_ID, message_archive.Sent("text", b"canary", {}))
    files = opened(signed_in.get(URL))
    assert b"canary" not in b"".join(files.values())
    assert "Only bob and the actor's owner can see it." in missing(files)["message"]


def test_a_log_that_breaks_off_is_named_so(api: API, signed_in: Client) -> None:
    api.get(ACTOR, actor_payload())
    api.get(f"{ACTOR}/permissions", {"jdoe": "UPDATE"})
    api.get(EXECUTION, execution_payload())
    api.get(f"{EXECUTION}/logs", body='{"message": "OK", "result": {"logs": "only the beginn')
    files = opened(signed_in.get(URL))
    assert files["log.txt"] == b"only the beginn"
    (entry,) = [entry for entry in manifest(files)["files"] if entry["name"] == "log.txt"]
    assert entry["incomplete"].startswith("Interrupted.")
    assert "the rest of log.txt" in missing(files)


def test_an_api_that_falls_silent_in_the_middle_leaves_a_whole_zip(api: API, signed_in: Client) -> None:
    api.get(ACTOR, actor_payload())
    api.is_silent("GET", f"{ACTOR}/permissions")
    api.get(EXECUTION, execution_payload())
    api.is_silent("GET", f"{EXECUTION}/logs")
    files = opened(signed_in.get(URL))
    assert set(missing(files)) >= {"permissions.json", "log.txt"}
    assert all(missing(files).values())
    assert "execution.json" in files


def test_a_refusal_of_the_actor_is_one_of_the_whole(api: API, signed_in: Client) -> None:
    for path in (ACTOR, f"{ACTOR}/permissions", EXECUTION):
        api.refuse("GET", path, "Not authorized -- you do not have access to this actor.")
    remembered(1)
    answer = signed_in.get(URL)
    assert answer.status_code == 403
    assert not answer.streaming
    assert not AuditEntry.objects.exists()


def test_what_the_api_has_forgotten_is_packed_from_memory(api: API, signed_in: Client) -> None:
    remembered(1, EXECUTION_ID)
    api.get(ACTOR, actor_payload())
    api.get(f"{ACTOR}/permissions", {"jdoe": "UPDATE"})
    api.refuse("GET", EXECUTION, f"No executions found with actor id of A and execution id of {EXECUTION_ID}.")
    api.get(f"{EXECUTION}/logs", {"logs": ""})
    files = opened(signed_in.get(URL))
    told = json.loads(files["execution.json"])
    assert told["api"] is None
    assert told["portal"]["outcome"] == "succeeded"
    assert "execution.json: api" in missing(files)


def test_an_execution_that_nobody_knows_is_not_found(api: API, signed_in: Client) -> None:
    api.get(ACTOR, actor_payload())
    api.get(f"{ACTOR}/permissions", {"jdoe": "UPDATE"})
    api.refuse("GET", EXECUTION, f"No executions found with actor id of A and execution id of {EXECUTION_ID}.")
    assert signed_in.get(URL).status_code == 404


def test_a_long_log_goes_through_in_pieces(api: API, signed_in: Client) -> None:
    answers(api, log="0123456789abcde\n" * 200_000)
    sizes = []

    class Measured:
        def __init__(self, answer: Any) -> None:
            self.status_code, self.headers, self.content = answer.status_code, answer.headers, b""
            self.streaming_content = self.pieces(answer)

        def pieces(self, answer: Any) -> Any:
            for piece in answer.streaming_content:
                sizes.append(len(piece))
                yield piece

    files = opened(Measured(signed_in.get(URL)))
    assert len(files["log.txt"]) == 3_200_000
    assert max(sizes) < 200_000


# A set --------------------------------------------------------------------------------------------------------


def remembered(number: int, *ids: str, name: str = "word-count") -> ActorHistory:
    """Remember an actor of jdoe's with so many executions."""
    at = now_ms()
    actor = ActorHistory.objects.create(
        tenant="default", actor_id=ACTOR_ID, name=name, owner="jdoe", image="i", is_whole=True, until=at, looked=at
    )
    ExecutionRecord.objects.bulk_create(
        ExecutionRecord(
            actor=actor,
            execution_id=ids[place] if ids else f"e{place:04}",
            status="COMPLETE",
            outcome="succeeded",
            received=at - place * 1000,
            first_seen=at,
            last_seen=at,
        )
        for place in range(number)
    )
    Readable.objects.create(tenant="default", username="jdoe", actors=json.dumps([actor.pk]), checked=at)
    return actor


def test_a_set_holds_what_came_since_anybody_looked(signed_in: Client) -> None:
    with answering() as world:
        world.actor()
        world.run("Old1", ago(hours=3))
        signed_in.get("/executions/")
        world.run("New2", ago(minutes=1))
        cache.clear()
        assert "2 executions" in signed_in.get(SET).content.decode()
        world.run("New3", ago(seconds=1))
        cache.clear()
        about = manifest(opened(signed_in.get(SET, {"download": "1"})))["about"]
    assert about["executions"] == 3
    assert "stale" not in about


def test_a_set_of_a_silent_api_says_of_when_it_is(signed_in: Client) -> None:
    with answering() as world:
        world.actor()
        world.failing = {name: (500, {}, "{}") for name in ("search-all", "search", "listing")}
        nothing = signed_in.get(SET)
        world.failing = {}
        world.run("Old1", ago(hours=3))
        signed_in.get("/executions/")
        cache.clear()
        world.failing = {name: (500, {}, "{}") for name in ("search-all", "search", "listing", "execution", "actor")}
        page = signed_in.get(SET).content.decode()
        about = manifest(opened(signed_in.get(SET, {"download": "1"})))["about"]
    assert nothing.status_code == 502
    assert "Could not load the executions" in nothing.content.decode()
    assert "The pack will contain the portal's history only" in page
    assert about["stale"].startswith("The API did not respond. Data as of 20")


def test_the_page_says_what_a_set_would_hold(signed_in: Client) -> None:
    remembered(3)
    page = signed_in.get(SET, {"outcome": "succeeded"})
    text = page.content.decode()
    assert page.status_code == 200
    assert "3 executions" in text
    assert 'href="?outcome=succeeded&amp;download=1"' in text
    assert not AuditEntry.objects.exists()


def test_a_set_has_a_folder_for_each_execution(api: API, signed_in: Client) -> None:
    remembered(2)
    api.get(ACTOR, actor_payload())
    api.get(f"{ACTOR}/permissions", {"jdoe": "UPDATE"})
    for id_, log in (("e0000", "zero"), ("e0001", "one")):
        api.get(f"{ACTOR}/executions/{id_}", execution_payload(id=id_))
        api.get(f"{ACTOR}/executions/{id_}/logs", {"logs": log})
    files = opened(signed_in.get(SET, {"download": "1"}))
    assert files["executions/e0000/log.txt"] == b"zero"
    assert files["executions/e0001/log.txt"] == b"one"
    assert f"actors/{ACTOR_ID}/actor.json" in files
    assert manifest(files)["about"]["executions"] == 2
    entry = AuditEntry.objects.get()
    assert json.loads(entry.details)["ids"] == ["e0000", "e0001"]


def test_hostile_names_make_no_path(api: API, signed_in: Client) -> None:
    remembered(2, "../../etc/passwd", "a\\b", name="../../x\r\n")
    files = opened(signed_in.get(SET, {"download": "1", "q": "../.."}))
    assert "an execution" in missing(files)


def test_more_than_the_cap_is_cut_and_said(api: API, signed_in: Client) -> None:
    remembered(CAP + 1)
    text = signed_in.get(SET).content.decode()
    assert f"First {CAP} of {CAP + 1} executions" in text
    assert "Limited to 200 executions per pack" in text
    api.wire.assert_all_requests_are_fired = False
    api.wire.add("GET", __import__("re").compile(r".*"), json=refusal("no"), status=500)
    files = opened(signed_in.get(SET, {"download": "1"}))
    about = manifest(files)["about"]
    assert (about["executions"], about["is_cut"]) == (CAP, True)
    assert sum(name.endswith("execution.json") for name in files) == CAP


def test_an_actor_that_is_refused_in_the_middle_gives_nothing(api: API, signed_in: Client) -> None:
    remembered(1)
    for path in (ACTOR, f"{ACTOR}/permissions", f"{ACTOR}/executions/e0000"):
        api.refuse("GET", path, "Not authorized -- you do not have access to this actor.")
    files = opened(signed_in.get(SET, {"download": "1"}))
    assert set(files) == {"README.txt", "manifest.json", "SHA256SUMS"}
    assert missing(files)["execution e0000"] == "You no longer have access to its actor."


@pytest.mark.parametrize("query", [{"outcome": "canary-x"}, {"download": "7"}, {"from": "yesterday"}])
def test_a_bad_filter_is_no_pack(signed_in: Client, query: dict[str, str]) -> None:
    answer = signed_in.get(SET, query)
    assert answer.status_code == 422
    assert "No pack was created." in answer.content.decode()


def test_a_set_of_nothing_says_so(signed_in: Client) -> None:
    with answering() as world:
        world.actor()
        assert "No executions match these filters" in signed_in.get(SET).content.decode()


@pytest.mark.parametrize("url", [URL, SET])
def test_it_rejects_the_wrong_method(signed_in: Client, url: str) -> None:
    assert signed_in.post(url).status_code == 405


@pytest.mark.parametrize("url", [URL, SET])
def test_it_needs_credentials(client: Client, url: str) -> None:
    assert client.get(url).status_code in (302, 401)
