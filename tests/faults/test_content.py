"""Faults in what an answer says: unknown words, doubles, hostile logs, lists that move, results that are not there."""

import json
from typing import Any

import pytest
from django.test import Client

from tests.faults import failures as f
from tests.faults.pages import Page
from tests.faults.stand_in import StandIn
from tests.faults.world import A, E
from tests.support import payloads
from tests.support.payloads import EXECUTION_ID


def ids_of(response: Any) -> list[str]:
    """Return every element's id on a page."""
    return [part.partition('"')[0] for part in response.content.decode().split(' id="')[1:]]


@pytest.mark.parametrize("status", ["PAUSED", None, "", ["READY"], 7, "ready", "READY ", "\uff32EADY"])
def test_f36_a_status_that_nobody_knows_is_never_green(stand: StandIn, signed_in: Client, status: Any) -> None:
    stand.fail(f.result([payloads.actor_payload(status=status)]), "GET", "/actors/v2")
    response = signed_in.get("/actors/")
    assert response.status_code == 200
    row = response.content.decode().partition("<tbody")[2]
    assert "word-count" in row
    assert not {"ok", "good", "ready", "green"} & set(row.partition('class="badge')[2].partition('"')[0].split())


def test_f38_ids_that_come_twice_leave_the_page_whole(stand: StandIn, signed_in: Client) -> None:
    twins = [payloads.actor_payload(), payloads.actor_payload(name="the-other", status="ERROR")]
    stand.fail(f.result(twins), "GET", "/actors/v2")
    response = signed_in.get("/actors/")
    text = Page.of(response).text
    assert "word-count" in text
    assert "the-other" in text
    assert len(ids_of(response)) == len(set(ids_of(response)))
    workers = [payloads.worker_payload(), payloads.worker_payload(status="BUSY")]
    stand.heal()
    stand.fail(f.result(workers), "GET", "/workers")
    response = signed_in.get(A + "workers/")
    assert response.status_code == 200
    assert len(ids_of(response)) == len(set(ids_of(response)))


LOGS = {
    "surrogates": '"half \\ud800 and \\udc00"',
    "nul": '"a\\u0000b"',
    "one_line": json.dumps("x" * 1_000_000),
    "ansi": json.dumps("\x1b[31mred\x1b[0m \x1b]0;title\x07 \x1b[2J"),
    "crlf": json.dumps("one\r\ntwo\rthree\n"),
    "markup": json.dumps("<script>alert(1)</script>"),
    "bidi": json.dumps("a\u202eb"),
    "number": "7",
    "list": '["a"]',
    "null": "null",
    "empty": '""',
}


@pytest.mark.parametrize("log", LOGS.values(), ids=LOGS)
def test_f41_a_log_is_readable_whatever_is_in_it(stand: StandIn, signed_in: Client, log: str) -> None:
    body = b'{"status": "success", "message": "m", "result": {"logs": ' + log.encode() + b"}}"
    stand.fail(f.answer(body), "GET", "/logs")
    for address in (E, E + "logs/"):
        response = signed_in.get(address)
        assert response.status_code == 200
        content = b"".join(response).decode()  # a long log's page comes in pieces
        assert not {"\x00", "\x1b", "\u202e"} & set(content)
        assert "<script>alert" not in content


def test_f41_a_log_of_invalid_utf8_is_readable(stand: StandIn, signed_in: Client) -> None:
    body = b'{"status": "success", "message": "m", "result": {"logs": "caf\xe9 \xff\xfe end"}}'
    stand.fail(f.answer(body), "GET", "/logs")
    assert "\ufffd" in Page.of(signed_in.get(E + "logs/")).text


def test_f44_no_result_and_an_empty_one_are_told_honestly(stand: StandIn, signed_in: Client) -> None:
    stand.fail(f.answer(b"", kind="application/octet-stream"), "GET", "/results")
    response = signed_in.post(E + "results/", follow=True)
    assert "No result available" in Page.of(response).words


def test_f45_a_result_that_breaks_on_its_way_is_said_to_be_maybe_lost(stand: StandIn, signed_in: Client) -> None:
    stand.fail(f.reset_in_body, "GET", "/results")
    response = signed_in.post(E + "results/")
    assert response.status_code == 502
    assert "cut off" in Page.of(response).words
    assert sum("/results" in asked[1] for asked in stand.asked) == 1


def test_f45_a_result_that_was_taken_is_here_again_and_again(stand: StandIn, signed_in: Client) -> None:
    page = Page.of(signed_in.post(E + "results/", follow=True))
    link = next(link for link in page.links if "/results/" in link and link.rstrip("/")[-1].isdigit())
    for _ in range(2):
        assert signed_in.get(link).content == b"a result"
    assert sum("/results" in asked[1] for asked in stand.asked) == 1


def test_f47_workers_that_were_there_already_are_no_success(stand: StandIn, signed_in: Client) -> None:
    said = json.dumps(payloads.envelope(None, "Actor x already had 1 worker(s).")).encode()
    stand.fail(f.answer(said), "POST", "/workers")
    words = Page.of(signed_in.post(A + "workers/", {"num": "1"}, follow=True)).words
    assert "No change. Currently 1 worker." in words


@pytest.mark.parametrize("total", [0, 1, 10**9, None, "many"])
def test_f43_a_list_that_moves_while_it_is_read_is_shown(stand: StandIn, signed_in: Client, total: Any) -> None:
    rows = [payloads.execution_row(), payloads.execution_row()]
    stand.fail(f.result(payloads.listing_payload(*rows, totalExecutions=total)), "GET", "/executions")
    response = signed_in.get(A + "executions/?page=2&window=all")  # the row's time is a fixed one
    assert response.status_code == 200
    assert EXECUTION_ID in response.content.decode()


def test_f22_a_message_that_was_taken_without_an_id_leads_to_the_list(stand: StandIn, signed_in: Client) -> None:
    stand.fail(f.result({}), "POST", "/messages")
    response = signed_in.post(A + "messages/", {"kind": "text", "message": "x"})
    assert (response.status_code, response.headers["Location"]) == (302, A + "executions/")
