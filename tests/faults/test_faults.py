"""One case for each fault between the portal and the API: what a page, a fragment and a form say, and keep.

Whatever breaks, the answer is ours: what happened, whether anything was changed, what to do next, and the number of one
line in the log. What was typed is still there, no secret is, and the other pages work.
"""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from django.test import Client

from tests.faults import failures as f
from tests.faults.conftest import shorten
from tests.faults.pages import Page
from tests.faults.stand_in import ACTOR, Failure, StandIn
from tests.support.payloads import ACTOR_ID

READ = f"/actors/{ACTOR_ID}/configuration/"
SEND = f"/actors/{ACTOR_ID}/messages/"
TYPED = {
    "kind": "text",
    "message": 'a <b>"typed"</b> & \u00fc\u05d0 message\nof two lines',
    "env_name": ["NAME", "OTHER"],
    "env_value": ["value & <i>", "2"],
}
CHANGED = {
    "no": "Nothing was changed.",
    "yes": "The change was saved.",
    "unknown": "We do not know whether",
}
NAMELESS = b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200 + b"\r\n"
PYTHON = "Unrecognized exception type: <class 'KeyError'>; exception: 'secret-of-the-server'"


@dataclass(frozen=True)
class Case:
    """A fault, what a read is answered with (status and words), and a write (status and whether it was done)."""

    name: str
    failure: Failure
    read: tuple[int, str]
    write: tuple[int, str]
    reads: int = 1
    limits: tuple[tuple[str, float], ...] = ()


SHORT = (("answer", 0.3), ("gap", 0.3))
UNREADABLE = "unreadable response"
CUT = "was cut off"
TIRED = "returned an error"
LATER = format_datetime(datetime.now(UTC) + timedelta(seconds=120), usegmt=True)

CASES = [
    Case("F05_no_answer", f.black_hole, (504, "timed out"), (504, "unknown"), limits=SHORT),
    Case("F05_drip_of_headers", f.drip_headers, (504, "timed out"), (504, "unknown"), limits=SHORT),
    Case("F05_drip_of_body", f.drip_body, (504, "timed out"), (504, "yes"), limits=SHORT),
    Case("F08_reset", f.reset, (502, "closed the connection"), (502, "unknown"), reads=2),
    Case("F08_end", f.hang_up, (502, "closed the connection"), (502, "unknown"), reads=2),
    Case("F09_reset_after_headers", f.reset_after_headers, (502, CUT), (502, "yes")),
    Case("F09_reset_in_body", f.reset_in_body, (502, CUT), (502, "yes")),
    Case("F09_short_body", f.raw(f.OK + b"Content-Length: 100\r\n\r\n" + f.ENVELOPE[:15]), (502, CUT), (502, "yes")),
    Case("F09_short_chunk", f.raw(f.OK + b"Transfer-Encoding: chunked\r\n\r\n50\r\n{"), (502, CUT), (502, "yes")),
    Case("F10_truncated_json", f.answer(f.ENVELOPE[:-9]), (502, UNREADABLE), (502, "yes")),
    Case("F11_endless_chunks", f.endless_chunks, (502, "too large"), (502, "yes"), limits=(("whole", 300_000),)),
    Case("F12_gzip_bomb", f.gzip_bomb(2), (502, "too large"), (502, "yes"), limits=(("whole", 300_000),)),
    Case("F12_nested_gzip", f.packed("gzip", "gzip"), (502, UNREADABLE), (502, "yes")),
    Case("F12_deflate", f.packed("deflate"), (502, UNREADABLE), (502, "yes")),
    Case("F12_broken_gzip", f.answer(b"no gzip", "Content-Encoding: gzip"), (502, CUT), (502, "yes")),
    Case("F13_large_body", f.large_body, (502, "too large"), (502, "yes"), limits=(("whole", 300_000),)),
    Case("F13_not_http", f.raw(b"garbage\r\n\r\n"), (502, UNREADABLE), (502, "unknown")),
    Case("F13_many_headers", f.raw(NAMELESS), (502, UNREADABLE), (502, "unknown")),
    Case("F13_deep_json", f.answer(b"[" * 200_000), (502, UNREADABLE), (502, "yes")),
    Case("F13_long_number", f.answer(b"1" * 5000), (502, UNREADABLE), (502, "yes")),
    Case("F13_nan", f.answer(b'{"status": "success", "result": NaN}'), (502, UNREADABLE), (502, "yes")),
    Case("F19_seconds", f.refuse("429 Slow", "x", "Retry-After: 120"), (503, "in 2 minutes"), (503, "no")),
    Case("F19_date", f.refuse("429 Slow", "x", f"Retry-After: {LATER}"), (503, "in "), (503, "no")),
    Case("F19_absurd", f.refuse("429 Slow", "x", "Retry-After: 1000000000"), (503, "in 60 minutes"), (503, "no")),
    Case("F19_negative", f.refuse("429 Slow", "x", "Retry-After: -5"), (503, "in a moment"), (503, "no")),
    Case("F19_garbage", f.refuse("429 Slow", "x", "Retry-After: soon <b>"), (503, "in a moment"), (503, "no")),
    Case("F20_other_host", f.redirect("https://elsewhere.example/"), (502, "redirect"), (502, "unknown")),
    Case("F20_downgrade", f.redirect("http://api.example.org/", "301 Moved"), (502, "redirect"), (502, "unknown")),
    Case("F20_loop", f.redirect(ACTOR, "307 Again"), (502, "redirect"), (502, "unknown")),
    Case("F20_same_host", f.redirect("/other", "308 There"), (502, "redirect"), (502, "unknown")),
    Case("F22_empty_200", f.answer(b""), (502, "empty response"), (502, "yes")),
    Case("F22_empty_204", f.raw(b"HTTP/1.1 204 No Content\r\n\r\n"), (502, "empty response"), (502, "yes")),
    Case("F23_no_result", f.answer(b'{"status": "success", "message": "m"}'), (502, UNREADABLE), (502, "yes")),
    Case("F23_no_status", f.answer(b'{"result": {}}'), (502, UNREADABLE), (502, "yes")),
    Case("F23_list", f.answer(b"[1, 2]"), (502, UNREADABLE), (502, "yes")),
    Case("F23_error_with_200", f.refuse("200 OK", "Broken <b>here"), (400, "Broken <b>here"), (422, "no")),
    Case("F24_python_text", f.refuse("500 Oops", PYTHON), (502, TIRED), (502, "unknown")),
    Case("F24_html", f.answer(b"<h1>dead</h1>", status="500 No", kind="text/html"), (502, TIRED), (502, "unknown")),
    Case("F24_none_as_json", f.answer(b"{'message': None}", status="500 No"), (502, TIRED), (502, "unknown")),
    Case("F24_bad_gateway", f.answer(b"<html>", status="502 Bad"), (502, TIRED), (502, "unknown"), reads=2),
    Case("F24_unavailable", f.answer(b"", status="503 Busy"), (502, TIRED), (502, "unknown"), reads=2),
    Case("F24_gateway_time", f.answer(b"", status="504 Late"), (502, TIRED), (502, "unknown"), reads=2),
    Case("F25_no_executions", f.refuse("400 Bad", "No executions found with id x"), (404, "Not found"), (404, "no")),
    Case("F25_no_nonce", f.refuse("400 Bad", "Nonce not found."), (404, "Not found"), (404, "no")),
    Case("F25_not_found", f.refuse("404 No", "No actor found"), (404, "Not found"), (404, "no")),
    Case("F26_not_authorised", f.refuse("400 Bad", "Not authorized -- no"), (403, "permission"), (403, "no")),
    Case("F26_admin_role", f.refuse("400 Bad", "Abaco Admin role required."), (403, "permission"), (403, "no")),
    Case("F31_forbidden", f.refuse("403 No", "no"), (403, "permission"), (403, "no")),
    Case("F34_no_such_method", f.answer(b"", status="405 No"), (501, "Not available"), (501, "no")),
    Case("F35_too_large", f.answer(b"", status="413 Large"), (413, "arge"), (422, "no")),
    Case("F42_conflict", f.refuse("409 No", "Busy."), (409, "current state"), (409, "no")),
    Case("F42_html_for_json", f.answer(b"<b>hi</b>", kind="text/html"), (502, UNREADABLE), (502, "yes")),
    Case("F42_bytes_for_json", f.answer(b"\xff\xfe\x00", kind="image/png"), (502, UNREADABLE), (502, "yes")),
]


def check_promises(response: Any, server: StandIn, log: str) -> Page:
    """Check what holds for every fault: our page, its number in one line of the log, no secret anywhere."""
    page = Page.of(response)
    number = response.headers["X-Request-ID"]
    assert number in page.text
    assert [line for line in log.splitlines() if number in line] == log.splitlines()
    assert len(log.splitlines()) == 1
    # The command that sends the message from a shell names the API, and is meant to.
    body = re.sub(r"(?s)<pre.*?</pre>", "", response.content.decode())
    for secret in ("access-token-of-jdoe", "refresh-token-of-jdoe", f":{server.port}", "secret-of-the-server"):
        assert secret not in body + log + str(response.headers)
    assert "Traceback" not in page.text
    assert re.search(
        r"Try again|Go back|Back to|Ask |Look |Check |Correct|Contact |Send |Reload |[Mm]ake it|Narrow|[Ss]horten",
        page.text,
    )
    return page


FRAGMENT = {"HX-Request": "true"}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_fault_met_by_a_read(case: Case, stand: StandIn, signed_in: Client, caplog: pytest.LogCaptureFixture) -> None:
    shorten(**dict(case.limits))
    stand.fail(case.failure)
    for headers in ({}, FRAGMENT):
        caplog.clear()
        response = signed_in.get(READ, headers=headers)
        page = check_promises(response, stand, caplog.text)
        status, words = case.read
        assert (response.status_code, words in page.words) == (status, True), page.words
        assert ("<html" in response.content.decode()) is not bool(headers)
        assert "data-alert" in response.content.decode()
    assert stand.count("GET") == 2 * case.reads
    stand.heal()
    shorten()
    assert signed_in.get(READ).status_code == 200
    assert signed_in.get("/account/").status_code == 200


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_fault_met_by_a_form(case: Case, stand: StandIn, signed_in: Client, caplog: pytest.LogCaptureFixture) -> None:
    shorten(**dict(case.limits))
    stand.fail(case.failure, "POST")
    for headers in ({}, FRAGMENT):
        caplog.clear()
        response = signed_in.post(SEND, TYPED, headers=headers)
        page = check_promises(response, stand, caplog.text)
        status, changed = case.write
        assert response.status_code == status, page.words
        assert CHANGED[changed] in page.words
        for name, typed in TYPED.items():
            for value in [typed] if isinstance(typed, str) else typed:
                assert name == "kind" or value in page.values
    assert stand.count("POST") == 2  # one for each form: nothing was sent again by itself
    stand.heal()
    shorten()
    assert signed_in.post(SEND, TYPED).status_code == 302


def test_every_case_has_a_name_of_its_own() -> None:
    names = [case.name for case in CASES]
    assert len(names) == len(set(names))


def test_f05_a_panel_that_fails_leaves_the_others(
    stand: StandIn, signed_in: Client, caplog: pytest.LogCaptureFixture
) -> None:
    shorten(answer=0.5)
    stand.fail(f.late, "GET", "/workers")
    response = signed_in.get(f"/actors/{ACTOR_ID}/")
    page = check_promises(response, stand, caplog.text)
    assert response.status_code == 200
    assert "word-count" in page.text
    assert "Could not load workers" in page.text
    assert "Could not load nonces" not in page.text


def test_f14_a_stale_connection_is_not_noticed(stand: StandIn, signed_in: Client) -> None:
    stand.fail(f.stale)
    for _ in range(4):
        assert signed_in.get(READ).status_code == 200
        assert signed_in.post(SEND, TYPED).status_code == 302
    assert stand.count("POST") == 4


def test_f08_one_reset_is_not_noticed_by_a_read(stand: StandIn, signed_in: Client) -> None:
    stand.fail(f.reset, "GET", times=1)
    assert signed_in.get(READ).status_code == 200
    assert stand.count("GET") == 2


def test_f28_an_old_token_is_renewed_and_the_read_made_again(stand: StandIn, signed_in: Client) -> None:
    stand.fail(f.refuse("401 Who", "Invalid Credentials"), "GET", times=1)
    new = b'{"access_token": "newer", "refresh_token": "newer-too", "expires_in": 3600, "token_type": "bearer"}'
    stand.fail(f.answer(new), "POST", "/token")
    assert signed_in.get(READ).status_code == 200
    assert [b"Bearer newer\r\n" in sent for method, _, sent in stand.asked if method == "GET"] == [False, True]
    assert stand.count("POST") == 1


@pytest.mark.parametrize(
    ("failure", "status", "limits"),
    [
        (f.black_hole, 504, {"token": 0.4}),
        (f.hang_up, 502, {}),
        (f.answer(b"<html>", status="503 Busy"), 502, {}),
        (f.answer(b"{", status="200 OK"), 502, {}),
        (f.answer(b'{"error": "server_error"}', status="500 Oops"), 502, {}),
    ],
    ids=["silent", "closed", "busy", "truncated", "server_error"],
)
def test_f50_a_token_endpoint_that_is_down_signs_nobody_out(
    failure: Failure,
    status: int,
    limits: dict[str, float],
    stand: StandIn,
    sign_in: Callable[..., Client],
    caplog: pytest.LogCaptureFixture,
) -> None:
    browser = sign_in(expires_at=time.time() - 5)
    shorten(**limits)
    stand.fail(failure, "POST", "/token")
    response = browser.get(READ)
    assert response.status_code == status
    check_promises(response, stand, caplog.text)
    stand.heal()
    shorten()
    new = b'{"access_token": "newer", "refresh_token": "newer-too", "expires_in": 3600, "token_type": "bearer"}'
    stand.fail(f.answer(new), "POST", "/token")
    assert browser.get(READ).status_code == 200


def test_f40_a_token_that_is_past_at_its_issue_is_no_loop(stand: StandIn, sign_in: Callable[..., Client]) -> None:
    past = b'{"access_token": "newer", "refresh_token": "newer-too", "expires_in": -600, "token_type": "bearer"}'
    stand.fail(f.answer(past), "POST", "/token")
    browser = sign_in(expires_at=time.time() - 5)
    assert browser.get(READ).status_code == 200
    assert stand.count("POST") == 1


def test_f40_a_date_that_is_far_off_means_nothing(stand: StandIn, signed_in: Client) -> None:
    import json

    from tests.support import payloads

    good = json.dumps(payloads.envelope(payloads.actor_payload())).encode()
    stand.fail(f.answer(good, "Date: Mon, 01 Jan 1990 00:00:00 GMT"))
    assert signed_in.get(READ).status_code == 200
