"""Every recorded answer of Abaco is a success that can be read, or the error of the table."""

import json
import re
from pathlib import Path

import pytest

from actors_app.services.caller import open_envelope
from actors_app.services.calls import Call, Reply
from actors_app.services.classify import classify, parse_retry_after
from actors_app.services.errors import (
    AbacoError,
    BadAnswer,
    Conflict,
    Forbidden,
    InvalidRequest,
    InvalidToken,
    NotFound,
    RateLimited,
    ServiceFailed,
    SignedOut,
    Unsupported,
)
from actors_app.services.urls import UpstreamPath

TAPIS = [  # what only v3 says, all of it as 400
    ("Could not parse the Tapis access token.", InvalidToken),
    ("Invalid Tapis token.", InvalidToken),
    ("Not authorized -- you do not have access to this actor.", Forbidden),
    ("run_as_executor isn't supported for your tenant", InvalidRequest),
    ("Cannot set both use_container_uid and run_as_executor as true", InvalidRequest),
]
RECORDINGS = Path(__file__).parent.parent / "recordings" / "v2"
CASES = sorted(path.stem for path in RECORDINGS.glob("*.json"))

READ = """
actor_get_by_alias actors_create_bad_image actors_create_cron_now actors_create_form actors_create_full
actors_create_mixed_types actors_create_privileged_ok actors_create_sleep_loop actors_create_wrong_case_field
actors_delete_again_admin actors_delete_cleanup actors_get actors_get_admin_sees_all actors_get_full
actors_get_with_query actors_list_few actors_search_limit actors_search_skip actors_update
actors_update_cron_off actors_update_force actors_update_link_cycle actors_update_same_image
admin_executions admin_workers aliases_create aliases_delete aliases_get aliases_list aliases_nonces_create
aliases_permissions_get aliases_permissions_post aliases_put configs_create configs_create_secret
configs_list double_slash executions_by_alias_limit executions_get_complete executions_get_force_quit
executions_get_fresh executions_get_running executions_list executions_list_40 executions_list_limit
executions_list_limit_large executions_list_none executions_list_pretty executions_list_skip
executions_search_status logs_get logs_get_none_yet logs_get_running messages_delete messages_get
messages_post_binary messages_post_by_alias messages_post_env_query messages_post_error_actor
messages_post_form messages_post_json_dict messages_post_json_empty messages_post_json_message
messages_post_json_null messages_post_message_dict messages_post_message_empty messages_post_message_null
messages_post_query_only messages_post_text_plain_json nonce_use_unlimited_get nonces_create_default
nonces_create_json_empty nonces_create_level_uses nonces_create_read nonces_delete nonces_get
nonces_get_after_use nonces_list nonces_list_empty nonces_list_query permissions_get_after
permissions_get_by_reader permissions_none permissions_post permissions_world search_actors
search_actors_exact search_executions search_executions_time search_logs slow_store_3s state_get_stateful
state_post_dict state_post_number utilization workers_delete workers_get workers_list workers_list_busy
workers_list_error_actor workers_list_search workers_of_deleted_admin workers_post_admin_already
workers_post_admin_more
"""
SUCCESS = READ.split()
EMPTY = ("actors_options", "results_get_none")  # a success with no body, which only `/results` may have
CUT = ("logs_get_truncated",)  # the recording itself was cut, so there is no body to read
REFUSED = {
    SignedOut: "abaco_bad_jwt abaco_tampered_jwt gateway_bad_token",
    Forbidden: """actors_create_maxworkers_denied actors_create_memlimit_denied actors_create_privileged_denied
        actors_create_queue_denied actors_get_denied actors_update_denied admin_denied
        aliases_create_denied_actor aliases_delete_denied aliases_get_denied executions_get_denied
        messages_post_denied nonce_use_read_to_execute nonces_create_denied permissions_post_by_reader_denied
        workers_delete_not_admin_no_perm workers_post_not_admin""",
    NotFound: """actors_delete_again actors_get_deleted actors_get_deleted_admin actors_get_unknown_short
        actors_update_unknown aliases_delete_again aliases_put_unknown_actor configs_get_unknown
        executions_delete_unknown executions_get_unknown executions_of_deleted executions_of_deleted_admin
        messages_to_deleted nonce_use_bad nonce_use_other_actor nonces_delete_none_ever nonces_get_deleted
        nonces_get_unknown unicode_id workers_delete_gone workers_get_unknown workers_list_unknown_actor""",
    Conflict: "aliases_create_duplicate executions_delete_complete state_post_stateless",
    Unsupported: """abaco_unknown_root actors_delete_collection actors_patch actors_post_on_id messages_put
        nonces_put permissions_delete""",
    InvalidRequest: """actors_create_bad_json actors_create_bad_link actors_create_bad_log_ex
        actors_create_bad_maxworkers actors_create_bad_queue actors_create_bad_stateless actors_create_charset
        actors_create_cron_garbage actors_create_cron_past actors_create_empty_json actors_create_env_string
        actors_create_json_as_form actors_create_json_list actors_create_json_null actors_create_missing_image
        actors_create_no_body actors_create_text_plain actors_search_bad_limit actors_update_bad_json
        actors_update_link_self actors_update_no_image aliases_create_forbidden_char aliases_create_hashid
        aliases_create_missing_actor aliases_create_missing_alias aliases_create_reserved aliases_create_slash
        aliases_nonces_create_update_level aliases_put_missing aliases_put_with_alias configs_create_missing
        executions_post executions_post_missing messages_post_bad_json messages_post_json_list messages_post_nothing
        messages_post_over_1mb_nginx_413 nonces_create_bad_level nonces_create_bad_uses nonces_create_minus2
        permissions_post_bad_level permissions_post_lower permissions_post_missing_user search_between_bad
        search_bogus search_executions_bad_time shim_token_bad space_id state_post_bad_json state_post_empty
        workers_post_admin_bad_num""",
    ServiceFailed: """actors_get_trailing_slash actors_head actors_list_trailing_slash configs_delete
        configs_permissions encoded_id nginx_502_backend_down unknown_subresource""",
}
TABLE: dict[str, type[AbacoError]] = {case: error for error, cases in REFUSED.items() for case in cases.split()}


def label_of(path: str) -> str:
    """Return a recorded path as the door would write it, its ids left out."""
    path = "/" + path.lstrip("/")
    for noun, kind in (("nonces", "nonce"), ("executions", "execution"), ("workers", "worker")):
        path = re.sub(rf"/{noun}/[^/]+", rf"/{noun}/{{{kind}}}", path)
    return re.sub(r"^/actors/v2/(?!search|aliases|admin|configs|utilization)[^/]+", "/actors/v2/{actor}", path)


def test_every_recording_has_its_row() -> None:
    named = [*SUCCESS, *EMPTY, *CUT, *TABLE]
    assert sorted(named) == CASES


def test_a_recorded_answer_is_what_it_means(subtests: pytest.Subtests) -> None:
    assert CASES
    for case in CASES:
        with subtests.test(case):
            check_recording(case)


def check_recording(case: str) -> None:
    recorded = json.loads((RECORDINGS / f"{case}.json").read_text(encoding="utf-8"))
    request, response = recorded["request"], recorded["response"]
    label = label_of(request["path"])
    text = json.dumps(response["body"]) if response["body_is_json"] else response["raw_text"]
    call = Call(request["method"], UpstreamPath(request["path"], label))
    if case in SUCCESS:
        opened = open_envelope(call, Reply(response["status"], text.encode()))
        assert opened["result"] == response["body"]["result"]
    elif case in EMPTY:
        assert (response["status"], text) == (200, "")
        with pytest.raises(BadAnswer):
            open_envelope(call, Reply(200, b""))
    elif case in CUT:
        assert response["body"] is None
    else:
        error = classify(response["status"], response["headers"], text.encode(), method=request["method"], label=label)
        assert type(error) is TABLE[case]
        assert error.user_message.endswith(".")
        assert error.advice.endswith(".")
        assert "Unrecognized exception" not in str(error.reason)
        assert error.detail == f"{request['method']} {label} was answered {response['status']}"


def refuse(status: int, message: str = "No.", method: str = "GET", label: str = "/actors/v2") -> AbacoError:
    body = json.dumps({"status": "error", "message": message, "result": None, "version": "dev"}).encode()
    return classify(status, {}, body, method=method, label=label)


@pytest.mark.parametrize(
    ("status", "error", "kind", "ours"),
    [
        (400, InvalidRequest, "invalid", 400),
        (401, SignedOut, "signed-out", 401),
        (403, Forbidden, "forbidden", 403),
        (404, NotFound, "gone", 404),
        (405, Unsupported, "unsupported", 501),
        (409, Conflict, "conflict", 409),
        (410, NotFound, "gone", 404),
        (413, InvalidRequest, "too-large", 413),
        (422, InvalidRequest, "invalid", 400),
        (429, RateLimited, "rate-limited", 503),
        (500, ServiceFailed, "upstream-error", 502),
        (501, Unsupported, "unsupported", 501),
        (502, ServiceFailed, "upstream-error", 502),
        (503, ServiceFailed, "upstream-error", 502),
        (504, ServiceFailed, "upstream-error", 502),
        (599, ServiceFailed, "upstream-error", 502),
        (301, BadAnswer, "unreadable", 502),
        (307, BadAnswer, "unreadable", 502),
    ],
)
def test_a_status_alone_decides_where_no_message_does(
    status: int, error: type[AbacoError], kind: str, ours: int
) -> None:
    found = refuse(status)
    assert (type(found), found.kind, found.status, found.changed) == (error, kind, ours, "no")


@pytest.mark.parametrize("status", [500, 502, 503, 504, 302, 308])
def test_a_write_that_failed_there_is_of_unknown_outcome(status: int) -> None:
    error = refuse(status, method="POST")
    assert (error.changed, error.kind) == ("unknown", "unknown-outcome")
    assert "Check" in error.advice


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 409, 413, 429])
def test_a_write_that_was_refused_changed_nothing(status: int) -> None:
    assert refuse(status, method="POST").changed == "no"


@pytest.mark.parametrize(
    ("message", "error"),
    [
        ("Could not parse the Tapis access token.", InvalidToken),
        ("Invalid Tapis token.", InvalidToken),
        ("Not authorized -- missing required role.", Forbidden),
        ("No remaining uses left for this nonce.", Forbidden),
        ("No alias found: x.", NotFound),
        ("No config found: x.", NotFound),
        ("Message exceeds max content length of: 500000000", InvalidRequest),
    ],
)
def test_a_400_is_what_it_says(message: str, error: type[AbacoError]) -> None:
    assert type(refuse(400, message)) is error


def test_too_long_a_message_is_too_large_whatever_its_status() -> None:
    error = refuse(400, "Message exceeds max content length of: 500000000", method="POST")
    assert (error.kind, error.status, error.changed) == ("too-large", 413, "no")


@pytest.mark.parametrize("words", ["KeyError'>. Exception: 'X'", "TypeError'>. Exception: 'NoneType'"])
def test_deleting_a_nonce_twice_finds_nothing(words: str) -> None:
    message = f"Unrecognized exception type: <class '{words}"
    label = "/actors/v2/{actor}/nonces/{nonce}"
    error = refuse(500, message, method="DELETE", label=label)
    assert (type(error), error.changed, error.reason) == (NotFound, "no", None)
    assert type(refuse(500, message, method="DELETE", label="/actors/v2/{actor}")) is ServiceFailed


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (b"<ams:fault xmlns:ams='x'><ams:code>900904</ams:code></ams:fault>", SignedOut),
        (b"<ams:fault xmlns:ams='x'><ams:code>900903</ams:code></ams:fault>", SignedOut),
        (b'{"fault": {"code": 900908, "message": "Resource forbidden"}}', Forbidden),
        (b'{"fault": {"code": 900800, "message": "Message throttled out"}}', RateLimited),
        (b'{"fault": {"message": "Runtime Error: Invalid Credentials"}}', SignedOut),
        (b'{"error": "invalid_token"}', SignedOut),
        (b"<html>401</html>", SignedOut),
        (b"", SignedOut),
        (b"[" * 100_000, SignedOut),
        (b'{"message": ["a list"]}', SignedOut),
        (b"\xff\xfe", SignedOut),
    ],
)
def test_a_gateway_speaks_its_own_languages(body: bytes, error: type[AbacoError]) -> None:
    assert type(classify(401, {}, body)) is error


def test_the_field_that_was_refused_is_named() -> None:
    error = refuse(400, "Invalid actor description: {'image': 'Reference to image on docker hub.'}")
    assert error.field == "image"
    assert error.reason is not None


def test_a_reason_is_cut_and_holds_no_control_characters() -> None:
    error = refuse(400, "No\x00 \x1b[31mred\u202e\nlines " + "x" * 1000)
    assert error.reason is not None
    assert error.reason.startswith("No [31mred lines xxx")
    assert len(error.reason) == 300


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("120", 120),
        (" 7 ", 7),
        ("1000000000", 3600),
        ("-5", None),
        ("soon", None),
        ("", None),
        (None, None),
        ("1" * 5000, None),
        ("Wed, 21 Oct 2015 07:28:00 GMT", 0),
        ("Wed, 21 Oct 2199 07:28:00 GMT", 3600),
        ("Wed, 21 Oct 2199 07:28:00 -0000", 3600),
        ("Wed, 99 Oct 2199 07:28:00 GMT", None),
    ],
)
def test_how_long_to_wait_is_read_with_care(header: str | None, seconds: int | None) -> None:
    assert parse_retry_after(header) == seconds
    error = classify(429, {} if header is None else {"Retry-After": header}, b"")
    assert isinstance(error, RateLimited)
    assert error.retry_after == seconds
    assert error.advice.endswith(".")


def test_a_wait_is_said_in_words() -> None:
    assert classify(429, {"retry-after": "120"}, b"").advice == "Try again in 2 minutes."
    assert classify(429, {"retry-after": "1"}, b"").advice == "Try again in 1 second."
    assert classify(429, {"retry-after": "3600"}, b"").advice == "Try again in 60 minutes."


@pytest.mark.parametrize(("message", "error"), TAPIS)
def test_what_only_v3_says(message: str, error: type[AbacoError]) -> None:
    body = json.dumps({"message": message, "metadata": {}, "result": None, "status": "error", "version": "dev"})
    found = classify(400, {}, body.encode(), method="PUT", label="/v3/actors/{actor}")
    assert type(found) is error
    assert found.changed == "no"
