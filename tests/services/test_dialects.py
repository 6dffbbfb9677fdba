"""What differs between the versions, in tables, and what v3 alone makes of a call."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
import responses

from actors_app.services import Abaco, AbacoClient, tokens
from actors_app.services.calls import Limits
from actors_app.services.dialects import DIALECTS
from actors_app.services.errors import (
    CallError,
    ClientRefused,
    CodeRefused,
    Forbidden,
    NotFound,
    PortalRefused,
    ServiceFailed,
    SignedOut,
    TimedOut,
    TokenRenewed,
    WrongPassword,
)
from actors_app.services.schedules import from_now_on
from actors_app.services.types import Actor, Execution
from tests.services.conftest import ROOT, Visitor

A = "zlVl01zOo4pXE"
NOT_YOURS = "Not authorized -- you do not have access to this actor."
ENDPOINTS = {"v2": f"{ROOT}/token", "v3": f"{ROOT}/v3/oauth2/tokens"}
KEY, SECRET, BACK, VERIFIER = "portal", "client-canary", "https://portal.example.org/sign-in/callback/", "v" * 43
both = pytest.mark.parametrize("version", ["v2", "v3"])


def client_of(version: str) -> AbacoClient:
    return AbacoClient(ROOT, version, limits=Limits(pause=0.0))


def abaco_of(version: str, *its_tokens: str) -> Abaco:
    return Abaco(client_of(version), Visitor(*its_tokens))


def envelope(result: Any) -> dict[str, Any]:
    return {"status": "success", "message": "OK", "metadata": {}, "version": "dev", "result": result}


def refusal(message: str) -> dict[str, Any]:
    return {"status": "error", "message": message, "metadata": {}, "version": "dev", "result": None}


def granted(version: str) -> dict[str, Any]:
    """Return what a token endpoint gives."""
    if version == "v2":
        return {"access_token": "a1", "refresh_token": "r1", "expires_in": 14400}
    access = {"access_token": "a1", "expires_at": "2099-01-01T00:00:00+00:00", "expires_in": 14400, "jti": "x"}
    refresh = {"refresh_token": "r1", "expires_at": "2099-01-01T00:00:00+00:00", "expires_in": 31536000, "jti": "y"}
    return envelope({"access_token": access, "refresh_token": refresh})


@pytest.mark.parametrize(
    ("version", "name", "header", "root", "profile"),
    [
        ("v2", "maxWorkers", {"Authorization": "Bearer t"}, ("actors", "v2"), ("profiles", "v2", "me")),
        ("v3", "max_workers", {"X-Tapis-Token": "t"}, ("v3", "actors"), ("v3", "oauth2", "userinfo")),
    ],
)
def test_names_headers_and_paths(
    version: str, name: str, header: dict[str, str], root: tuple[str, ...], profile: tuple[str, ...]
) -> None:
    dialect = DIALECTS[version]()
    assert dialect.name("max_workers") == name
    assert dialect.name("_links") == "_links"
    assert dialect.auth_headers("t") == header
    assert (dialect.actors_root, dialect.profile_path) == (root, profile)


# The token endpoint ------------------------------------------------------------------------------------------


@both
@responses.activate
def test_each_way_to_tokens_sends_its_own_form(version: str) -> None:
    responses.post(ENDPOINTS[version], json=granted(version))
    client = client_of(version)
    found = [
        tokens.password(client, KEY, SECRET, "jdoe", "pw"),
        tokens.refresh(client, KEY, SECRET, "old"),
        tokens.code(client, KEY, SECRET, "c0de", BACK, VERIFIER),
    ]
    assert [(one.access_token, one.refresh_token, one.expires_in) for one in found] == [("a1", "r1", 14400)] * 3
    scope = {"scope": ["PRODUCTION"]} if version == "v2" else {}
    sent = [parse_qs(str(call.request.body.decode())) for call in responses.calls]
    assert sent == [
        {"grant_type": ["password"], "username": ["jdoe"], "password": ["pw"], **scope},
        {"grant_type": ["refresh_token"], "refresh_token": ["old"], **scope},
        {
            "grant_type": ["authorization_code"],
            "code": ["c0de"],
            "redirect_uri": [BACK],
            "code_verifier": [VERIFIER],
            **scope,
        },
    ]
    assert all(call.request.headers["Authorization"].startswith("Basic ") for call in responses.calls)


@pytest.mark.parametrize(
    ("access", "seconds"),
    [
        ({"access_token": "a", "expires_in": 5}, range(5, 6)),
        ({"access_token": "a"}, range(1)),
        ({"access_token": "a", "expires_at": (datetime.now(UTC) + timedelta(days=1)).isoformat()}, range(80000, 86401)),
        ({"access_token": "a", "expires_at": "2020-01-01T00:00:00+00:00"}, range(1)),
        ({"access_token": "a", "expires_at": 7, "expires_in": "soon"}, range(1)),
    ],
)
def test_how_long_a_token_of_tapis_lasts(access: dict[str, Any], seconds: range) -> None:
    found = DIALECTS["v3"]().tokens(envelope({"access_token": access}))
    assert found.expires_in in seconds
    assert found.refresh_token is None


@pytest.mark.parametrize(
    "answer", [None, [], {}, {"access_token": "flat"}, envelope(None), envelope({"access_token": "a"}),
               envelope({"access_token": {"access_token": 7}}), envelope([])],
)  # fmt: skip
def test_what_holds_no_token_of_tapis_is_none(answer: Any) -> None:
    assert DIALECTS["v3"]().tokens(answer) is None


@pytest.mark.parametrize(
    ("message", "password", "refresh", "code"),
    [
        ("Invalid username/password combination.", WrongPassword, SignedOut, CodeRefused),
        ("Invalid refresh_token.", WrongPassword, SignedOut, CodeRefused),
        ("Invalid token type. The refresh_token grant type required", WrongPassword, SignedOut, CodeRefused),
        ("authorization code not valid.", WrongPassword, SignedOut, CodeRefused),
        ("authorization code has expired.", WrongPassword, SignedOut, CodeRefused),
        ("Invalid client credentials: portal, client-canary. session: x", ClientRefused, PortalRefused, ClientRefused),
        ("client_id from header (a) does not match the client_id in the token claim (b).", ClientRefused, PortalRefused,
         ClientRefused),
        ("Invalid redirect_uri parameter: does not match callback URL registered with client.", ClientRefused,
         PortalRefused, ClientRefused),
        ("Invalid grant_type (code); this grant type is not allowed for this tenant.", ServiceFailed, ServiceFailed,
         ServiceFailed),
        ("Failure to generate an access token; please try again later.", ServiceFailed, ServiceFailed, ServiceFailed),
    ],
)  # fmt: skip
@responses.activate
def test_what_a_refusal_of_tapis_means(
    message: str, password: type[CallError], refresh: type[CallError], code: type[CallError]
) -> None:
    responses.post(ENDPOINTS["v3"], json=refusal(message), status=400)
    client = client_of("v3")
    with pytest.raises(password) as one:
        tokens.password(client, KEY, SECRET, "jdoe", "p")
    with pytest.raises(refresh) as two:
        tokens.refresh(client, KEY, SECRET, "r")
    with pytest.raises(code) as three:
        tokens.code(client, KEY, SECRET, "c", BACK, VERIFIER)
    for caught, meant in ((one, password), (two, refresh), (three, code)):
        error = caught.value
        assert type(error) is meant
        assert "canary" not in f"{error!r}{error.user_message}{error.detail}{error.reason}"


@both
@responses.activate
def test_a_refused_code_and_a_silent_endpoint(version: str) -> None:
    said = {"error": "invalid_grant"} if version == "v2" else refusal("authorization code not valid.")
    responses.post(ENDPOINTS[version], json=said, status=400)
    with pytest.raises(CodeRefused):
        tokens.code(client_of(version), KEY, SECRET, "c", BACK, VERIFIER)
    responses.replace("POST", ENDPOINTS[version], body=requests.ReadTimeout())
    with pytest.raises(TimedOut):
        tokens.code(client_of(version), KEY, SECRET, "c", BACK, VERIFIER)


@pytest.mark.parametrize(("version", "path", "scope"), [("v2", "/authorize", ["PRODUCTION"]),
                                                        ("v3", "/v3/oauth2/authorize", None)])  # fmt: skip
def test_the_address_of_the_sign_in_page(version: str, path: str, scope: list[str] | None) -> None:
    verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"  # with its challenge from RFC 7636, appendix B
    address = urlsplit(tokens.authorize_url(client_of(version), KEY, BACK, "st", verifier))
    query = parse_qs(address.query)
    assert (f"{address.scheme}://{address.netloc}", address.path) == (ROOT, path)
    assert query["code_challenge"] == ["E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"]
    assert query["code_challenge_method"] == ["S256"]
    assert (query["client_id"], query["redirect_uri"], query["state"]) == ([KEY], [BACK], ["st"])
    assert (query["response_type"], query.get("scope")) == (["code"], scope)


# What v3 refuses ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("message", ["Could not parse the Tapis access token.", "Invalid Tapis token."])
@responses.activate
def test_a_bad_token_is_a_400_and_is_renewed(message: str) -> None:
    url = f"{ROOT}/v3/actors/{A}"
    responses.get(url, json=refusal(message), status=400)
    responses.get(url, json=envelope({"id": A, "max_workers": 3}))
    assert abaco_of("v3", "old", "new").actors.get(A).max_workers == 3
    assert [call.request.headers["X-Tapis-Token"] for call in responses.calls] == ["old", "new"]
    responses.post(f"{url}/messages", json=refusal(message), status=400)
    with pytest.raises(TokenRenewed):
        abaco_of("v3", "old", "new").messages.send_text(A, "hej")


@responses.activate
def test_an_actor_that_is_not_there_is_told_from_one_that_is_not_yours() -> None:
    url = f"{ROOT}/v3/actors"
    responses.get(f"{url}/{A}", json=refusal(NOT_YOURS), status=400)
    responses.get(url, json=envelope({"_metadata": {}, "search": [{"id": A}]}))
    with pytest.raises(Forbidden):
        abaco_of("v3").actors.get(A)
    assert responses.calls[1].request.url == f"{url}?id={A}&limit=1"
    responses.replace("GET", url, json=envelope({"_metadata": {}, "search": []}))
    with pytest.raises(NotFound) as gone:
        abaco_of("v3").actors.get(A)
    assert gone.value.may_be_hidden
    assert "do not have access" in gone.value.user_message
    responses.replace("GET", url, json=refusal("no"), status=500)
    with pytest.raises(Forbidden):
        abaco_of("v3").actors.get(A)


@responses.activate
def test_v2_says_so_itself() -> None:
    responses.get(f"{ROOT}/actors/v2/{A}", json=refusal(NOT_YOURS), status=400)
    with pytest.raises(Forbidden):
        abaco_of("v2").actors.get(A)
    assert len(responses.calls) == 1


@responses.activate
def test_the_broken_list_of_executions_is_a_failure_of_the_api() -> None:
    said = "Unrecognized exception type: <class 'ValueError'>. Exception: too many values to unpack (expected 2)"
    responses.get(f"{ROOT}/v3/actors/{A}/executions", json=refusal(said), status=500)
    with pytest.raises(ServiceFailed):
        abaco_of("v3").executions.list(A)


# What v3 answers ---------------------------------------------------------------------------------------------


@responses.activate
def test_who_one_is_at_tapis() -> None:
    profile = {"username": "jdoe", "given_name": "Jo", "last_name": "Doe", "email": "j@example.org", "phone": None}
    responses.get(f"{ROOT}/v3/oauth2/userinfo", json=envelope(profile))
    me = abaco_of("v3").profile.me()
    assert (me.username, me.full_name) == ("jdoe", "Jo Doe")


KUBERNETES = {
    "container_id": "containerd://1",
    "exit_code": 1,
    "finished_at": "Mon, 23 Nov 2026 15:55:10 GMT",
    "message": None,
    "reason": "Error",
    "signal": None,
    "started_at": "Mon, 23 Nov 2026 15:55:00 GMT",
}


@pytest.mark.parametrize(
    ("code", "reason", "outcome"), [(1, "Error", "failed"), (0, "Completed", "succeeded"), (137, "OOMKilled", "oom")]
)
def test_an_execution_on_kubernetes(code: int, reason: str, outcome: str) -> None:
    final = KUBERNETES | {"exit_code": code, "reason": reason}
    data = {"id": "e", "status": "COMPLETE", "exit_code": code, "final_state": final, "finish_time": None,
            "start_time": "2026-11-23T15:55:00.397Z", "cpu": 0, "io": 0, "runtime": 9}  # fmt: skip
    found = Execution.from_api(data, DIALECTS["v3"]())
    assert found.finish_time == datetime(2026, 11, 23, 15, 55, 10, tzinfo=UTC)
    assert (found.outcome, found.cpu, found.io) == (outcome, None, None)
    assert found.run_seconds == pytest.approx(9.603)


@pytest.mark.parametrize("final", [None, {}, {"finished_at": None}, {"finished_at": 7}, {"unavailable": True}])
def test_an_end_that_is_not_told_is_not_known(final: Any) -> None:
    data = {"id": "e", "status": "COMPLETE", "final_state": final, "finish_time": None}
    assert Execution.from_api(data, DIALECTS["v3"]()).finish_time is None


# What a PUT must carry ---------------------------------------------------------------------------------------


def actor_of(version: str, **fields: Any) -> Actor:
    dialect = DIALECTS[version]()
    return Actor.from_api({dialect.name(name): value for name, value in fields.items()}, dialect)


def test_an_update_loses_nothing_at_either_version() -> None:
    fields = {"id": A, "image": "i", "status_message": "why", "cron_on": True, "run_as_executor": True,
              "cron_schedule": "2099-01-01 10 + 2 days", "cron_next_ex": "2099-01-01 10"}  # fmt: skip
    v2, v3 = actor_of("v2", **fields).definition(), actor_of("v3", **fields).definition()
    extra = {name: value for name, value in v3.items() if name not in v2}
    assert extra == {
        "status_message": "why",
        "run_as_executor": True,
        "cron_schedule": "2099-01-01 10 + 2 days",
        "cron_next_ex": "2099-01-01 10",
    }
    assert {name: v3[name] for name in v2} == v2


@responses.activate
def test_what_only_v3_takes_is_sent_by_its_own_names() -> None:
    responses.put(f"{ROOT}/v3/actors/{A}", json=envelope({"id": A}))
    abaco_of("v3").actors.update(A, {"image": "i", "cron_next_ex": "2099-01-01 10", "status_message": "why"})
    assert json.loads(responses.calls[0].request.body) == {
        "image": "i",
        "cron_next_ex": "2099-01-01 10",
        "status_message": "why",
    }


@pytest.mark.parametrize(
    ("schedule", "following", "goes_on"),
    [
        ("2099-01-01 10 + 2 days", "2099-01-01 10", "2099-01-01 10 + 2 days"),  # not begun
        ("2026-11-24 12 + 1 hour", "2026-11-24 13", "2026-11-24 12 + 1 hour"),  # begins in this hour
        ("2026-11-01 08 + 1 day", "2026-11-25 8", "2026-11-25 08 + 1 day"),
        ("now + 6 hours", "2026-11-24 15", "2026-11-24 15 + 6 hours"),
        ("now + 6 hours", None, "now + 6 hours"),
        ("2026-11-01 08 + 6 hours", "2026-11-02 02", "2026-11-24 14 + 6 hours"),  # switched off for a while
        ("2026-11-01 08 + 1 week", None, "2026-11-29 08 + 1 week"),
        ("2026-01-31 08 + 1 month", "2026-08-31 8", "2026-11-30 08 + 1 month"),
        ("2026-12-31 08 + 2 months", "2026-12-31 8", "2026-12-31 08 + 2 months"),
        ("2020-12-31 08 + 13 months", None, "2027-06-28 08 + 13 months"),
        ("2026-02-30 08 + 1 day", "no", "2026-02-30 08 + 1 day"),
        ("2026-11-01 08 + x days", "2026-11-25 8", "2026-11-01 08 + x days"),
        ("whatever", "2026-11-25 8", "whatever"),
    ],
)
def test_a_schedule_goes_on(schedule: str, following: str | None, goes_on: str) -> None:
    assert from_now_on(schedule, following, datetime(2026, 11, 24, 12, 40, tzinfo=UTC)) == goes_on


@both
def test_a_log_that_should_never_expire(version: str) -> None:
    assert actor_of(version, id=A, log_ex=-1).loses_logs is (version == "v3")
    assert not actor_of(version, id=A, log_ex=0).loses_logs
    assert actor_of(version, id=A, log_ex=0).log_life == (None if version == "v3" else 0)
    assert actor_of(version, id=A, log_ex=60).log_life == 60
    assert not actor_of(version, id=A, log_ex=60).loses_logs
    assert not actor_of(version, id=A).loses_logs


@both
def test_which_actors_a_list_leaves_out(version: str) -> None:
    assert abaco_of(version).actors.lists_world is (version == "v2")
