"""No call is built that Abaco's nginx, or its code, would read as another: each path with hostile ids."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st

from actors_app.services import urls
from actors_app.services.errors import NotFound, Unaddressable
from tests.conftest import API
from tests.services.abaco_front import Reached, reached
from tests.support.payloads import refusal

RECORDINGS = Path(__file__).parents[1] / "recordings"
ROOTS = {"v2": ("actors", "v2"), "v3": ("v3", "actors")}
IDS: dict[str, Callable[[str], urls.Segment]] = {
    "{actor}": urls.actor,
    "{alias}": urls.alias,
    "{config}": urls.config,
    "{execution}": urls.execution,
    "{worker}": urls.worker,
    "{nonce}": urls.nonce,
}
GOOD = {
    "{actor}": "zlVl01zOo4pXE",
    "{alias}": "my-alias",
    "{config}": "my.config",
    "{execution}": "PYaE7Gm5DRJAN",
    "{worker}": "0xqx3yRWN4jrB",
    "{nonce}": "TACC-PROD_zy5Ol8aXE6W1q",
}
# Every path that the services build, below the root; `test_these_are_all_paths` holds it to their source.
PATHS = (
    "",
    "utilization",
    "admin",
    "admin/workers",
    "admin/executions",
    "search/executions",
    "search/workers",
    "search/actors",
    "search/logs",
    "aliases",
    "aliases/{alias}",
    "aliases/{alias}/nonces",
    "aliases/{alias}/nonces/{nonce}",
    "aliases/{alias}/permissions",
    "configs",
    "configs/{config}",
    "configs/{config}/permissions",
    "{actor}",
    "{actor}/state",
    "{actor}/messages",
    "{actor}/workers",
    "{actor}/workers/{worker}",
    "{actor}/permissions",
    "{actor}/nonces",
    "{actor}/nonces/{nonce}",
    "{actor}/executions",
    "{actor}/executions/{execution}",
    "{actor}/executions/{execution}/results",
    "{actor}/executions/{execution}/logs",
)
WORDS = ("messages", "workers", "permissions", "admin", "aliases", "search", "configs", "utilization", "executions")
CASES = [form(word) for word in WORDS for form in (str, str.capitalize, str.upper)]
HOSTILE = [
    *CASES,
    *(
        form.format(word)
        for word in CASES
        for form in ("{0}x", "x{0}", "{0}-x", "x-{0}", "{0}.x", "x_{0}", "{0}_{0}", "x{0}x")
    ),
    *("..", ".", "...", "a..b", "x.", ".x", "", " ", "a b", "a\tb", "a\nb", "a\r\nb", "a\0b", "\x7f", "a\u0085b"),
    *("a/b", "a%2Fb", "a%2fmessages", "%2e%2e", "a%3Fb", "a?b", "a%23b", "a#b", "a%00", "a%20b", "a%", "%", "a;b"),
    *(
        "a/messages",
        "../admin",
        "x/../admin",
        "x/workers",
        "x/permissions",
        "ü",
        "\u0430dmin",
        "a\u202eb",
        "half%20done",
    ),
]


def built(version: str, path: str, ids: dict[str, str]) -> str:
    """Return the path that is sent."""
    parts = [IDS[part](ids[part]) if part in IDS else part for part in path.split("/") if part]
    return urls.upstream_url(*ROOTS[version], *parts).path


def arrives(version: str, sent: str) -> Reached | None:
    """Return where it arrives: in v2 the gateway says `/actors` to nginx where it was asked for `/actors/v2`."""
    if version == "v2":
        assert sent.startswith("/actors/v2")
        return reached("/actors" + sent.removeprefix("/actors/v2"), "/actors")
    return reached(sent, "/v3/actors")


def expected(path: str, ids: dict[str, str]) -> Reached:
    """Return where a path is meant to arrive."""
    process = "registry"
    if "messages" in path:
        process = "messages"
    elif path.startswith("admin") or "workers" in path.removeprefix("search/workers") or "permissions" in path:
        process = "admin"
    route = re.sub(r"^/actors/search/\w+", "/actors/search/{type}", f"/actors/{path}".rstrip("/"))
    kinds = [part for part in path.split("/") if part in IDS]
    names = tuple(ids[kind] for kind in kinds) if kinds else tuple(path.split("/")[1:]) if "search" in path else ()
    return Reached(process, route, names, ids["{actor}"] if "{actor}" in path else "")


both = pytest.mark.parametrize("version", ["v2", "v3"])


@both
@pytest.mark.parametrize("path", PATHS)
def test_every_path_arrives_where_it_is_meant_to(version: str, path: str) -> None:
    assert arrives(version, built(version, path, GOOD)) == expected(path, GOOD)


@both
@pytest.mark.parametrize("path", [path for path in PATHS if "{" in path])
def test_a_hostile_id_is_refused_or_arrives_there_too(version: str, path: str) -> None:
    refused, sent = 0, 0
    for kind in (part for part in path.split("/") if part in IDS):
        for text in HOSTILE:
            ids = GOOD | {kind: text}
            try:
                address = built(version, path, ids)
            except (NotFound, Unaddressable):
                refused += 1
                continue
            sent += 1
            assert arrives(version, address) == expected(path, ids), (path, kind, text)
    assert refused > 20
    assert sent > 20, "a name that is no trap must not be refused"


@settings(max_examples=1500, deadline=None)
@given(
    version=st.sampled_from(["v2", "v3"]),
    path=st.sampled_from([path for path in PATHS if "{" in path]),
    pieces=st.lists(
        st.sampled_from([*CASES, "", "a", "Z", "9", ".", "-", "_", "~", "/", "%2F", "%3f", "?", "#", "..", " ", "ü"]),
        max_size=4,
    ),
)
def test_no_id_made_of_pieces_arrives_elsewhere(version: str, path: str, pieces: list[str]) -> None:
    kind = next(part for part in reversed(path.split("/")) if part in IDS)
    ids = GOOD | {kind: "".join(pieces)}
    try:
        address = built(version, path, ids)
    except (NotFound, Unaddressable):
        return
    assert arrives(version, address) == expected(path, ids)


@both
@pytest.mark.parametrize(
    ("path", "ids"),
    [
        ("aliases/{alias}", {"{alias}": "messages-x"}),
        ("aliases/{alias}", {"{alias}": "Messages"}),
        ("aliases/{alias}", {"{alias}": "workers"}),
        ("aliases/{alias}/nonces", {"{alias}": "permissions-x"}),
        ("configs/{config}", {"{config}": "permissions-x"}),
        ("configs/{config}", {"{config}": "MESSAGES"}),
        ("{actor}/executions/{execution}", {"{execution}": "messagesAbc"}),
        ("{actor}/executions/{execution}/logs", {"{execution}": "Messages"}),
        ("{actor}/executions/{execution}", {"{execution}": "workers1"}),
        ("{actor}/executions/{execution}", {"{execution}": "xaliasesx"}),
        ("{actor}/workers/{worker}", {"{worker}": "mESSAGESx"}),
        ("{actor}/workers/{worker}", {"{worker}": "aliases"}),
        ("{actor}/nonces/{nonce}", {"{nonce}": "permissions_x"}),
        ("{actor}/nonces/{nonce}", {"{nonce}": "messages_x"}),
        ("{actor}/state", {"{actor}": "Admin-x"}),
        ("{actor}", {"{actor}": "x-aliases"}),
        ("{actor}", {"{actor}": "search"}),
    ],
)
def test_a_trap_is_refused_with_a_sentence(version: str, path: str, ids: dict[str, str]) -> None:
    with pytest.raises(Unaddressable) as caught:
        built(version, path, GOOD | ids)
    assert caught.value.user_message.endswith(".")
    assert caught.value.status == 404
    assert caught.value.kind == "unaddressable"
    assert next(iter(ids.values())) not in caught.value.detail


@both
@pytest.mark.parametrize(
    ("path", "ids"),
    [
        ("aliases/{alias}", {"{alias}": "Workers-x"}),
        ("aliases/{alias}", {"{alias}": "x-workers"}),
        ("aliases/{alias}", {"{alias}": "admin-x"}),
        ("aliases/{alias}/permissions", {"{alias}": "workers-x"}),
        ("aliases/{alias}/permissions", {"{alias}": "permissions"}),
        ("{actor}/messages", {"{actor}": "messages-x"}),
        ("{actor}/executions", {"{actor}": "searching"}),
        ("{actor}/workers/{worker}", {"{worker}": "workersX"}),
        ("configs/{config}", {"{config}": "x-aliases"}),
    ],
)
def test_what_is_no_trap_is_sent(version: str, path: str, ids: dict[str, str]) -> None:
    built(version, path, GOOD | ids)


@both
def test_nothing_can_stand_behind_the_messages_of_an_actor(version: str) -> None:
    for word in ("logs", "state", urls.execution("PYaE7Gm5DRJAN")):
        with pytest.raises(ValueError, match="passes on as it is"):
            urls.upstream_url(*ROOTS[version], urls.actor("A"), "messages", word)
    with pytest.raises(ValueError, match="passes on as it is"):
        urls.upstream_url(*ROOTS[version], urls.actor("A"), "permissions", "state")


def test_these_are_all_paths() -> None:
    """The calls that the services make, by the words that stand in their source."""
    source = "".join(path.read_text() for path in Path(urls.__file__).parent.glob("*.py"))
    words = set(re.findall(r'path\((?:[^()"]|\([^()]*\)|"[a-z-]+")*\)', source))
    used = {word for call in words for word in re.findall(r'"([a-z-]+)"', call)}
    assert used <= {part for path in PATHS for part in path.split("/")}


# The model itself ------------------------------------------------------------------------------------------------


def recordings() -> list[Path]:
    """Return the recorded requests for which a route was looked for: some methods and sizes are answered before."""
    names = [path for folder in ("v2-nginx", "v3-nginx") for path in sorted((RECORDINGS / folder).glob("route_*.json"))]
    return [path for path in names if _is_routed(path)]


def _is_routed(path: Path) -> bool:
    recorded = json.loads(path.read_text())
    method = recorded["request"]["method"]
    return method.isupper() and method not in ("OPTIONS", "TRACE", "PROPFIND") and "route_size" not in recorded["case"]


NO_ROUTE = "<h1>Internal Server Error</h1>"


def test_the_model_agrees_with_the_recordings(subtests: pytest.Subtests) -> None:
    assert recordings()
    for path in recordings():
        with subtests.test(f"{path.parent.name}/{path.stem}"):
            check_recording(path)


def check_recording(path: Path) -> None:
    recorded = json.loads(path.read_text())
    found = reached(recorded["request"]["path"], "/v3/actors" if path.parent.name == "v3-nginx" else "/actors")
    text = recorded["response"].get("raw_text") or ""
    if found is not None:
        assert (NO_ROUTE in text) == (found.route == "")
    else:
        assert recorded["response"]["status"] in (400, 404, 500)


# On pages and in the JSON API -------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("/aliases/messages-x/", "The API routes names that start with “messages” elsewhere"),
        ("/aliases/workers-x/delete/", "The API routes names that start with “workers” elsewhere"),
        ("/actors/admin-x/", "This name does not reach the actor."),
        ("/actors/my-aliases/workers/", "The API does not look up names that contain “aliases” as actors"),
        ("/actors/search/state/", "The API uses /actors/search"),
        ("/actors/zlVl01zOo4pXE/executions/messagesX/logs/", "The Actors API cannot look this up"),
    ],
)
def test_a_page_says_why_nothing_was_asked(signed_in: Client, api: API, address: str, words: str) -> None:
    for part in ("", "/zlVl01zOo4pXE", "/aliases", "/configs"):
        api.wire.add("GET", f"https://api.example.org/actors/v2{part}", json=refusal("not there"), status=404)
    api.wire.assert_all_requests_are_fired = False
    answer = signed_in.get(address)
    assert answer.status_code == 404
    assert words in answer.content.decode()
    asked = " ".join(one.path_url for one in api.asked)
    assert not re.search(r"/(aliases/(messages|workers)-x|admin-x|my-aliases|search/state|messagesX)", asked)


@pytest.mark.django_db
def test_a_program_is_told_too(signed_in: Client, api: API) -> None:
    found = signed_in.get("/api/v1/actors/admin-x/").json()
    assert (found["status"], found["kind"], found["changed"]) == (404, "unaddressable", "no")
    assert "This name does not reach the actor." in found["detail"]
    assert not api.asked
