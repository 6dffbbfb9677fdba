"""The activity: who sees which lines, the filter, the pages, the files."""

import csv
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from html import unescape
from io import StringIO
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from actors_app.core.operations.models import AuditEntry
from tests.conftest import API
from tests.support.audit import read, wrote
from tests.support.payloads import ACTOR_ID, EXECUTION_ID, WORKER_ID, actor_payload
from tests.support.plans import postgresql_steps, sqlite_steps

Browser = Callable[..., Client]
URL = "/activity/"
PROBE = "/actors/v2/aliases/admin-role-probe"
DAY = timedelta(days=1)


def page(client: Client, api: API, query: str = "", *actors: dict[str, Any], status: int = 200) -> str:
    api.get("/actors/v2", list(actors))
    api.refuse("GET", PROBE, "Abaco Admin role required.")
    answer = client.get(URL + query)
    assert answer.status_code == status
    return answer.content.decode()


def shown(text: str) -> list[int]:
    return [int(number) for number in re.findall(r'aria-label="Details of entry (\d+)"', text)]


def test_it_works(signed_in: Client, api: API) -> None:
    sent, refused = wrote(), wrote("worker.stop", "refused", object_id=WORKER_ID)
    text = page(signed_in, api, "", actor_payload())
    assert shown(text) == [refused.pk, sent.pk]
    assert f'sent a message to <a class="plain-link" href="/actors/{ACTOR_ID}/"><bdi>word-count</bdi></a>' in text
    assert f'href="/actors/{ACTOR_ID}/executions/{EXECUTION_ID}/">{EXECUTION_ID}</a>' in text
    assert "attempted to stop a worker of" in text
    assert f'href="/actors/{ACTOR_ID}/workers/{WORKER_ID}/">{WORKER_ID}</a>' in text
    assert 'class="badge ok"' in text
    assert 'class="badge bad"' in text
    assert "Check</a>" not in text
    assert 'aria-current="page">' in text


def test_an_administrator_reads_every_entry_of_the_tenant(signed_in: Client, api: API) -> None:
    theirs, elsewhere = wrote(username="team", actor_id="Hidden1"), wrote(username="team", tenant="other")
    text = page(signed_in, api)
    assert shown(text) == []
    assert "Administrator view" not in text
    for _ in range(2):
        api.get("/actors/v2", [])
        api.refuse("GET", PROBE, "No alias found: admin-role-probe.", status=404)
    text = signed_in.get(URL).content.decode()
    assert shown(text) == [theirs.pk]
    assert elsewhere.pk not in shown(text)
    assert "Administrator view" in text
    assert 'href="/actors/Hidden1/"' in text
    answer = signed_in.get(f"{URL}?format=jsonl")
    assert [json.loads(line)["id"] for line in b"".join(answer.streaming_content).splitlines()] == [theirs.pk]


def test_an_unknown_role_is_told_and_shows_no_more(signed_in: Client, api: API) -> None:
    wrote(username="team", actor_id="Hidden1")
    api.get("/actors/v2", [])
    api.answer("GET", PROBE, body="", status=500)
    text = signed_in.get(URL).content.decode()
    assert shown(text) == []
    assert "Entries visible to administrators only are not listed." in text


def test_it_rejects_the_wrong_method(signed_in: Client) -> None:
    assert signed_in.post(URL).status_code == 405


def test_it_needs_credentials(client: Client, db: None) -> None:
    assert client.get(URL)["Location"].startswith("/sign-in/")


def test_it_answers_htmx_with_the_fragment(signed_in: Client, api: API, htmx: dict[str, str]) -> None:
    api.get("/actors/v2", [])
    answer = signed_in.get(URL, headers=htmx).content.decode()
    assert answer.lstrip().startswith("<section")
    assert 'id="activity"' in answer


def test_it_survives_silence_with_what_the_visitor_did(signed_in: Client, api: API) -> None:
    own = wrote()
    wrote(username="team")
    for _ in range(2):
        api.is_silent("GET", "/actors/v2")
    text = signed_in.get(URL).content.decode()
    assert shown(text) == [own.pk]
    assert "Showing your own entries only." in text
    assert "Retry" in text


def test_start_and_end_are_one_line_and_reading_is_a_line(signed_in: Client, api: API) -> None:
    wrote()
    looked = read()
    text = page(signed_in, api)
    assert len(shown(text)) == 2
    assert shown(text)[0] == looked.pk
    assert "revealed a nonce of" in text


def test_without_an_end_it_is_under_way_and_then_unknown(signed_in: Client, api: API) -> None:
    old = wrote(outcome="", ago=timedelta(seconds=61))
    young = wrote(outcome="", ago=timedelta(seconds=30))
    silent = wrote(outcome="unknown")
    text = page(signed_in, api)
    assert text.count("In progress") == 1
    checks = [int(number) for number in re.findall(r'href="/activity/(\d+)/check/"', text)]
    assert checks == [silent.pk, old.pk]
    assert young.pk not in checks


def test_others_are_seen_only_at_actors_that_may_be_read_now(signed_in: Client, api: API) -> None:
    own = wrote()
    own_elsewhere = wrote(actor_id="deleted-one")
    theirs = wrote(username="team")
    wrote(username="team", actor_id="not-mine")
    wrote(username="team", actor_id="")
    wrote(tenant="other", username="jdoe")
    wrote(tenant="other", username="team")
    assert shown(page(signed_in, api, "?window=all", actor_payload())) == [theirs.pk, own_elsewhere.pk, own.pk]
    assert shown(page(signed_in, api, "?window=all")) == [own_elsewhere.pk, own.pk]


def test_each_filter_narrows(signed_in: Client, api: API) -> None:
    sent = wrote(ago=40 * DAY)
    theirs = wrote("actor.update", "refused", username="team", ago=10 * DAY)
    silent = wrote("nonce.create", "unknown", ago=5 * DAY)
    looked = read(actor_id="another")
    lost = wrote(outcome="", actor_id="another", ago=2 * DAY)
    day = (datetime.now(UTC) - 10 * DAY).strftime("%Y-%m-%d")
    for query, expected in (
        ("", [lost, looked, silent, theirs]),
        ("?window=24h", [looked]),
        ("?window=7d", [lost, looked, silent]),
        ("?window=all", [lost, looked, silent, theirs, sent]),
        (f"?from={day}&to={day}", [theirs]),
        (f"?to={day}", [theirs, sent]),
        (f"?from={day}&window=24h", [lost, looked, silent, theirs]),
        ("?who=team", [theirs]),
        ("?action=nonce.create", [silent]),
        ("?outcome=done&window=all", [looked, sent]),
        ("?outcome=refused", [theirs]),
        ("?outcome=unknown", [lost, silent]),
        ("?actor=another", [lost, looked]),
        ("?actor=word-count", [silent, theirs]),
        (f"?actor={ACTOR_ID}&outcome=unknown", [silent]),
        ("?who=nobody", []),
    ):
        assert shown(page(signed_in, api, query, actor_payload())) == [entry.pk for entry in expected], query


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("action=nothing", "Unknown action."),
        ("outcome=nothing", "Unknown outcome."),
        ("window=1y", "Unknown period. The parameter was ignored."),
        ("before=0", "Page not found. The parameter was ignored."),
        ("before=x", "Page not found. The parameter was ignored."),
        ("before=" + "9" * 5000, "Page not found. The parameter was ignored."),
        ("from=yesterday", "Enter a date (YYYY-MM-DD) or a time."),
        ("to=0001-01-01", "Enter a date in this century."),
        ("to=9999-12-31", "Enter a date in this century."),
        ("from=2020-11-02&to=2020-11-01", "End must be after start."),
        ("who=" + "x" * 256, "Too long."),
        ("who=%00", "Null characters are not allowed."),
        ("actor=" + "x" * 256, "Too long."),
    ],
    ids=lambda value: value[:24],
)
def test_what_is_not_understood_is_named_and_left_out(signed_in: Client, api: API, query: str, words: str) -> None:
    line = wrote()
    text = page(signed_in, api, "?" + query)
    assert words in text
    assert shown(text) == [line.pk]
    # A file with more in it than was asked for is not made.
    assert words in page(signed_in, api, f"?{query}&format=csv", status=422)


def test_a_format_there_is_not_is_refused(signed_in: Client, api: API) -> None:
    assert "Choose csv or jsonl. The parameter was ignored." in page(signed_in, api, "?format=pdf", status=422)


def test_pages_of_fifty_go_by_the_last_line(signed_in: Client, api: API) -> None:
    entries = [wrote(outcome="") for _ in range(51)]
    first = page(signed_in, api, "?who=jdoe")
    assert shown(first) == [entry.pk for entry in reversed(entries[1:])]
    assert f'href="?who=jdoe&amp;before={entries[1].pk}"' in first
    wrote()
    second = page(signed_in, api, f"?who=jdoe&before={entries[1].pk}")
    assert shown(second) == [entries[0].pk]
    assert 'href="?who=jdoe"' in second
    assert "End of log" in page(signed_in, api, f"?before={entries[0].pk}")


def test_each_way_to_be_empty_says_which(signed_in: Client, api: API) -> None:
    assert "No entries yet" in page(signed_in, api)
    wrote(ago=100 * DAY)
    assert "No entries in this period" in page(signed_in, api)
    assert 'href="?window=all"' in page(signed_in, api)
    assert "No entries match these filters" in page(signed_in, api, "?who=nobody")


def test_hostile_text_is_literal(signed_in: Client, api: API) -> None:
    wrote("actor.create", actor_id="", details={"name": "<script>alert(1)</script>\u202e"}, end={"error": {}})
    wrote("<b>odd", username="jdoe")
    text = page(signed_in, api)
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;⟦RIGHT-TO-LEFT OVERRIDE⟧" in text
    assert "&lt;b&gt;odd" in text


def file_of(client: Client, api: API, query: str) -> tuple[Any, str]:
    api.get("/actors/v2", [actor_payload()])
    answer = client.get(URL + query)
    assert answer.status_code == 200
    return answer, b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]


def test_csv_has_the_filtered_lines_in_safe_cells(signed_in: Client, api: API) -> None:
    wrote(username="team")
    own = wrote("actor.update", details={"before": {"description": "=1+1"}, "after": {"x": "\r\n"}})
    bad = wrote(end={"error": {"user_message": "Refused.", "reason": "=HYPERLINK(1)"}}, outcome="refused")
    answer, text = file_of(signed_in, api, "?who=jdoe&format=csv")
    assert re.fullmatch(r'attachment; filename="activity-[\d-]{10}\.csv"', answer["Content-Disposition"])
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert text.startswith("\ufeff"), "a spreadsheet is told that this is UTF-8"
    first, second = csv.DictReader(StringIO(text[1:]))
    assert [int(first["id"]), int(second["id"])] == [bad.pk, own.pk]
    assert first["reason"] == "'=HYPERLINK(1)"
    assert json.loads(second["before"]) == {"description": "=1+1"}
    assert "\r\n" not in second["after"]
    assert "digest" not in text


def test_json_lines_are_one_object_each(signed_in: Client, api: API, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("actors_app.audit.activity.EXPORT_BATCH", 2)
    entries = [wrote(details={"after": {"x": "a\r\nb\u2028"}}) for _ in range(5)]
    answer, text = file_of(signed_in, api, "?format=jsonl&before=1")
    assert answer["Content-Type"] == "application/jsonl"
    records = [json.loads(line) for line in text.split("\n")[:-1]]
    assert [record["id"] for record in records] == [entry.pk for entry in reversed(entries)]
    assert text.isascii()
    (first, *_) = records
    assert (first["outcome"], first["object_id"], first["answer"]) == ("done", EXECUTION_ID, "Message sent.")
    assert first["hash"] == entries[-1].hash
    assert first["end_hash"] == AuditEntry.objects.get(start=entries[-1]).hash


def test_the_links_to_files_leave_out_what_the_page_left_out(signed_in: Client, api: API) -> None:
    wrote()
    text = page(signed_in, api, "?who=jdoe&from=whenever&before=99&outcome=done")
    links = [unescape(link) for link in re.findall(r'href="([^"]*format=\w+)"', text)]
    assert links == ["?who=jdoe&outcome=done&format=csv", "?who=jdoe&outcome=done&format=jsonl"]
    assert file_of(signed_in, api, links[0])[1].count("\n") == 2


def test_an_empty_file_is_a_file(signed_in: Client, api: API) -> None:
    assert file_of(signed_in, api, "?format=csv")[1] == ""


@pytest.mark.store
@pytest.mark.parametrize(
    "query", ["", "who=team", f"actor={ACTOR_ID}", "action=message.send", "outcome=unknown", "outcome=done", "before=9"]
)
@pytest.mark.parametrize("span", ["window=7d", "window=all", "from=2026-01-01&to=2027-01-01"])
def test_every_filter_is_answered_by_an_index(signed_in: Client, api: API, query: str, span: str) -> None:
    wrote()
    with CaptureQueriesContext(connection) as asked:
        page(signed_in, api, f"?{span}&{query}", actor_payload())
    selects = [one["sql"] for one in asked if "portal_audit" in one["sql"]]
    assert selects
    for sql in selects:
        if connection.vendor == "postgresql":
            steps = postgresql_steps(sql)
            assert not any(step["Node Type"] == "Seq Scan" for step in steps), steps
            continue
        plan = sqlite_steps(sql)
        assert all("USING" in step for step in plan if step.startswith(("SCAN", "SEARCH"))), plan
        assert not any("TEMP B-TREE" in step or step.startswith("SCAN") for step in plan), plan


def test_an_actors_own_tab(signed_in: Client, api: API) -> None:
    own, theirs = wrote(), wrote(username="team")
    wrote(actor_id="another")
    api.get(f"/actors/v2/{ACTOR_ID}", actor_payload())
    answer = signed_in.get(f"/actors/{ACTOR_ID}/activity/")
    text = answer.content.decode()
    assert shown(text) == [theirs.pk, own.pk]
    assert re.search(r'href="/actors/\w+/activity/" aria-current="page">Audit log', text)
    assert 'name="actor"' not in text
    api.get(f"/actors/v2/{ACTOR_ID}", actor_payload())
    file = signed_in.get(f"/actors/{ACTOR_ID}/activity/?format=jsonl")
    assert len(b"".join(file.streaming_content).splitlines()) == 2  # type: ignore[attr-defined]


def test_an_alias_shows_the_actor_it_names_now(signed_in: Client, api: API) -> None:
    line = wrote()
    wrote(actor_id="nightly", username="team")
    api.get("/actors/v2/nightly", actor_payload())
    assert shown(signed_in.get("/actors/nightly/activity/").content.decode()) == [line.pk]


def test_the_tab_of_an_actor_that_may_not_be_read(signed_in: Client, api: API) -> None:
    wrote(username="team")
    api.refuse("GET", f"/actors/v2/{ACTOR_ID}", "Not authorized -- you do not have access to this actor.")
    answer = signed_in.get(f"/actors/{ACTOR_ID}/activity/")
    assert answer.status_code == 403
    assert "team" not in answer.content.decode()


def test_the_tab_rejects_the_wrong_method_and_needs_credentials(signed_in: Client, db: None) -> None:
    assert signed_in.post(f"/actors/{ACTOR_ID}/activity/").status_code == 405
    assert Client().get(f"/actors/{ACTOR_ID}/activity/")["Location"].startswith("/sign-in/")


def test_a_clock_that_was_set_back_hides_no_line(signed_in: Client, api: API) -> None:
    first, early, last = wrote(), wrote(ago=5 * DAY), wrote()
    assert shown(page(signed_in, api, "?window=24h")) == [last.pk, first.pk]
    assert shown(page(signed_in, api, "?window=7d")) == [last.pk, early.pk, first.pk]
