"""Evidence packs: each hash holds, what is missing is named with its reason, and nobody gets what is not theirs."""

import hashlib
import io
import json
import re
import tracemalloc
import zipfile
from itertools import chain
from typing import Any

import pytest
from django.core.cache import cache
from django.db import OperationalError, connection
from django.test import Client

from actors_app.core.clock import now_ms
from actors_app.core.operations.models import AuditEntry
from actors_app.core.security import signatures
from actors_app.core.security.credentials import Credentials
from actors_app.core.security.models import Readable
from actors_app.executions import archive as result_archive
from actors_app.executions import views_evidence
from actors_app.executions.evidence import DETAILED
from actors_app.history.models import ActorHistory, ExecutionRecord, HistoryGap
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
EXECUTIONS = f"{ACTOR}/executions"
EXECUTION = f"{EXECUTIONS}/{EXECUTION_ID}"
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
    assert set(named) == set(files) - {"manifest.json", "SHA256SUMS", "SIGNATURE"}
    for name, entry in named.items():
        assert entry["sha256"] == hashlib.sha256(files[name]).hexdigest()
        assert entry["bytes"] == len(files[name])
        assert entry["read_at"]
        assert entry["source"]
    sums = dict(line.split("  ")[::-1] for line in files["SHA256SUMS"].decode().splitlines())
    assert sums == {
        n: hashlib.sha256(data).hexdigest() for n, data in files.items() if n not in ("SHA256SUMS", "SIGNATURE")
    }
    signer = signatures.signer_of(files["SHA256SUMS"], files["SIGNATURE"].decode())
    assert signer is not None
    assert signer.pem.encode() == files["public-key.pem"]
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
        "SIGNATURE", "public-key.pem",
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
        page = signed_in.get(SET).content.decode()
        assert "2 executions" in page
        assert "Complete: every execution that matches the filter." in page
        world.run("New3", ago(seconds=1))
        cache.clear()
        told = manifest(opened(signed_in.get(SET, {"download": "1"})))
    assert told["about"]["executions"] == 3
    assert told["completeness"]["is_complete"] is True
    assert "stale" not in told["completeness"]


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
        completeness = manifest(opened(signed_in.get(SET, {"download": "1"})))["completeness"]
    assert nothing.status_code == 502
    assert "Could not load the executions" in nothing.content.decode()
    assert "The pack will contain the portal's history only" in page
    assert completeness["stale"].startswith("The API did not respond. Data as of 20")
    assert completeness["is_complete"] is False


def test_the_page_says_what_a_set_would_hold(signed_in: Client) -> None:
    remembered(3)
    page = signed_in.get(SET, {"outcome": "succeeded"})
    text = page.content.decode()
    assert page.status_code == 200
    assert "3 executions" in text
    assert "The pack is signed" in text
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


def answered(api: API) -> None:
    """Answer for the actor, and with an error for everything about its executions."""
    api.get(ACTOR, actor_payload())
    api.get(f"{ACTOR}/permissions", {"jdoe": "UPDATE"})
    api.wire.assert_all_requests_are_fired = False
    api.wire.add("GET", re.compile(rf".*{EXECUTIONS}.*"), json=refusal("no"), status=500)


@pytest.mark.store
def test_a_large_set_has_the_record_of_each_and_the_files_of_the_first(api: API, signed_in: Client) -> None:
    remembered(DETAILED + 2)
    text = signed_in.get(SET).content.decode()
    assert f"{DETAILED + 2} executions" in text
    assert "The first 200 also include:" in text
    assert "Not included: logs, messages and results of the others." in text
    answered(api)
    files = opened(signed_in.get(SET, {"download": "1"}))
    about = manifest(files)["about"]
    assert (about["executions"], about["executions_with_files"]) == (DETAILED + 2, DETAILED)
    assert sum(name.endswith("execution.json") for name in files) == DETAILED
    records = [json.loads(line) for line in files["executions.jsonl"].splitlines()]
    assert [record["execution_id"] for record in records] == [f"e{place:04}" for place in range(DETAILED + 2)]
    assert records[0]["outcome"] == "succeeded"
    assert f"the records of {DETAILED + 2} executions".encode() in files["README.txt"]
    entry = AuditEntry.objects.get()
    details = json.loads(entry.details)
    assert (entry.actor_id, entry.object_id, details["executions"]) == (ACTOR_ID, "", DETAILED + 2)
    assert "ids" not in details


def test_a_large_set_has_nothing_of_an_actor_that_is_refused(api: API, signed_in: Client) -> None:
    remembered(DETAILED + 1)
    api.wire.assert_all_requests_are_fired = False
    no = refusal("Not authorized -- you do not have access to this actor.")
    api.wire.add("GET", re.compile(rf".*{ACTOR}.*"), json=no, status=400)
    files = opened(signed_in.get(SET, {"download": "1"}))
    assert files["executions.jsonl"] == b""
    assert manifest(files)["about"]["executions"] == 0
    assert f"the executions of actor {ACTOR_ID}" in missing(files)


def test_a_pack_of_many_is_made_in_bounded_memory(api: API, signed_in: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views_evidence, "DETAILED", 1)  # tracing makes the files of each slow
    number = 12_000
    remembered(number)
    answered(api)
    answer = signed_in.get(SET, {"download": "1"})
    tracemalloc.start()
    size = sum(len(piece) for piece in answer.streaming_content)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert size > number
    assert peak < 8 * 1024 * 1024


def test_the_store_that_stops_in_the_middle_leaves_a_whole_zip_that_says_so(api: API, signed_in: Client) -> None:
    remembered(1500)
    answered(api)
    answer = signed_in.get(SET, {"download": "1"})
    pieces = iter(answer.streaming_content)
    taken = [next(pieces)]

    class Answer:
        status_code, headers, content = answer.status_code, answer.headers, b""
        streaming_content = chain(taken, pieces)

    def fails(execute: Any, sql: str, params: Any, many: Any, context: Any) -> Any:
        if "portal_execution" in sql:
            raise OperationalError("gone")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(fails):
        files = opened(Answer())
    assert "the rest of executions.jsonl" in missing(files)
    (entry,) = [entry for entry in manifest(files)["files"] if entry["name"] == "executions.jsonl"]
    assert entry["incomplete"] == "The portal's database is unavailable."


def test_page_and_manifest_say_what_is_missing_and_why(api: API, signed_in: Client) -> None:
    actor = remembered(2)
    at = now_ms()
    ActorHistory.objects.filter(pk=actor.pk).update(is_whole=False, since=at - 60_000)
    HistoryGap.objects.create(actor=actor, start=at - 5_000_000, end=at - 4_000_000, reason=HistoryGap.FORGOTTEN)
    api.wire.assert_all_requests_are_fired = False
    api.wire.add("GET", re.compile(".*"), json=refusal("no"), status=500)
    text = signed_in.get(SET).content.decode()
    assert "Incomplete: 1 of 1 actor not fully synced." in text
    assert "1 gap in this history" in text
    assert "the API removed these executions before they were synced" in text
    assert "Complete: every" not in text
    told = manifest(opened(signed_in.get(SET, {"download": "1"})))["completeness"]
    assert told["is_complete"] is False
    assert told["actors_not_synced"] == [{"actor_id": ACTOR_ID, "actor_name": "word-count"}]
    (gap,) = told["gaps"]
    assert gap["actor_id"] == ACTOR_ID
    assert gap["reason"] == "the API removed these executions before they were synced"


def test_a_portal_without_a_key_says_that_its_packs_are_not_signed(api: API, signed_in: Client, settings: Any) -> None:
    settings.EVIDENCE_KEYS = []
    remembered(1, EXECUTION_ID)
    assert "The pack is not signed" in signed_in.get(SET).content.decode()
    answers(api)
    pack = zipfile.ZipFile(io.BytesIO(b"".join(signed_in.get(URL).streaming_content)))
    names = {name.partition("/")[2] for name in pack.namelist()}
    assert {"SIGNATURE", "public-key.pem"}.isdisjoint(names)
    (folder,) = {name.partition("/")[0] for name in pack.namelist()}
    assert json.loads(pack.read(f"{folder}/manifest.json"))["signature"] is None
    assert b"not signed" in pack.read(f"{folder}/README.txt")


def test_an_actor_that_is_refused_in_the_middle_gives_nothing(api: API, signed_in: Client) -> None:
    remembered(1)
    for path in (ACTOR, f"{ACTOR}/permissions", f"{ACTOR}/executions/e0000"):
        api.refuse("GET", path, "Not authorized -- you do not have access to this actor.")
    files = opened(signed_in.get(SET, {"download": "1"}))
    assert set(files) == {"README.txt", "manifest.json", "SHA256SUMS", "SIGNATURE", "public-key.pem"}
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
