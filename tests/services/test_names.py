"""Names of aliases and configs are judged as Abaco behind its nginx treats them, by its recorded answers."""

import json
from collections import defaultdict
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path
from urllib.parse import unquote

import pytest

from actors_app.services.errors import AbacoError, Unaddressable
from actors_app.services.names import Kind, has_page, problem_of
from actors_app.services.urls import Segment, actor, alias, config, upstream_url

RECORDINGS = Path(__file__).parent.parent / "recordings"
FOLDERS = ("v2-nginx", "v3-nginx")
ADMIN = "testuser"
# Names that a recording shows no answer of, in both ways of writing them.
REFUSED: dict[Kind, list[str]] = {
    "alias": [
        *("messages", "Messages", "MESSAGES-of-mine", "messages.1", "workers", "workers2", "workers-x", "permissions"),
        *("permissionsfoo", "admin", "Admin", "ADMINISTRATION", "admin-x", "my-admin", "an-admin-tool", "aliases"),
        *("aliases-x", "my-aliases", "search", "utilization", "configs", "executions", "nonces", "logs", "adapters"),
        *(
            "zlVl01zOo4pXE",
            "0xqLm30klw3qG",
            "re",
            "new",
            "",
            ".",
            "..",
            "a..b",
            ".a",
            "ü",
            "half%20done",
            "a b",
            "a/b",
            "a?b",
            "a#b",
            'a"b',
            "a\\b",
            "a\nb",
        ),
        "a" * 129,
    ],
    "config": [
        *("messages", "Messages_x", "workers", "workers_x", "permissions", "permissions_x", "admin", "my_admin"),
        *("executions", "nonces", "logs", "adapters", "utilization", "new", "", "..", "ü", "half%20done", "a b"),
    ],
}
ALLOWED: dict[Kind, list[str]] = {
    "alias": [
        *("my-alias", "a", "A.b~c_d-9", "a" * 128, "Workers-x", "WORKERS", "Permissions-x", "search-x", "Search"),
        *("utilization-x", "configs-x", "Configs", "nonces-x", "executions-x", "state", "hints", "my-messages"),
        *("my-workers", "my-permissions", "myAliases", "my-Admin", "New", "new-one", "metrics", "cron", "Executions"),
    ],
    "config": [
        *(
            "zlVl01zOo4pXE",
            "my_config",
            "Workers_x",
            "Permissions_x",
            "search",
            "search_x",
            "configs",
            "aliases",
            "my_aliases",
        ),
        *("Admin_x", "my_messages", "utilization_x", "state", "hints", "metrics"),
    ],
}


def answers(folder: str) -> Iterator[tuple[str, str, str, int, object]]:
    """Return who asked, the method, the decoded path, the status and the body of each recorded answer."""
    for file in sorted((RECORDINGS / folder).glob("*.json")):
        recording = json.loads(file.read_text())
        asked, answer = recording["request"], recording["response"]
        token = asked["headers"].get("Authorization") or asked["headers"].get("X-Tapis-Token") or ""
        path = unquote(unquote(asked["path"])).removeprefix("/v3")
        yield token.rpartition("token-")[2], asked["method"], path, answer["status"], answer["body"]


def reads(kind: Kind) -> dict[str, dict[tuple[str, bool], bool]]:
    """Return whether reads of each recorded name gave what bears it: by its own path or as an actor, and by admin."""
    root = {"alias": "aliases", "config": "configs"}[kind]
    found: dict[str, dict[tuple[str, bool], bool]] = defaultdict(dict)
    names = {
        path.split("/")[3]
        for folder in FOLDERS
        for _, _, path, _, _ in answers(folder)
        if path.startswith(f"/actors/{root}/") and path.count("/") == 3
    }
    for folder in FOLDERS:
        for who, method, path, status, body in answers(folder):
            parts = path.split("/")[2:]
            is_own, is_actor = parts[:1] == [root] and len(parts) == 2, kind == "alias" and len(parts) == 1
            if method != "GET" or not (is_own or is_actor) or parts[-1] not in names or who not in (ADMIN, "jdoe"):
                continue
            result = body.get("result") if isinstance(body, dict) else None
            bears_it = isinstance(result, dict) and (
                result.get("alias", result.get("name")) == parts[-1] if is_own else "image" in result
            )
            if status == 404 and isinstance(body, dict) and f"found: {parts[-1]}." in str(body["message"]):
                continue  # it was asked for when there was none
            found[parts[-1]]["own" if is_own else "actor", who == ADMIN] = status == 200 and bears_it
    return found


def test_each_recorded_alias_is_judged_as_the_server_treats_it() -> None:
    recorded = reads("alias")
    for name, read in recorded.items():
        problem = problem_of("alias", name)
        if problem is None:
            assert all(read.values()), (name, read)
        elif name != "messages":  # the API refuses that one itself
            assert not all(read.values()), (name, read)
            if read.get(("own", True)) or read.get(("own", False)):
                assert problem.has_page, name
            if read.get(("own", True)) is False:
                assert not problem.has_page, name
    assert len(recorded) > 20


def test_each_recorded_config_is_judged_as_the_server_treats_it() -> None:
    recorded = {name: read for name, read in reads("config").items() if ("own", True) in read}
    for name, read in recorded.items():
        assert has_page("config", name) is read["own", True], (name, read)
    assert len(recorded) > 10


@pytest.mark.parametrize(
    ("kind", "name"), [(kind, name) for kind, names in REFUSED.items() for name in names], ids=repr
)
def test_a_name_that_cannot_be_used_is_refused_with_the_reason(kind: Kind, name: str) -> None:
    problem = problem_of(kind, name)
    assert problem is not None
    assert problem.reason.endswith(".")
    assert not problem.effect or problem.effect.endswith(".")


@pytest.mark.parametrize(
    ("kind", "name"), [(kind, name) for kind, names in ALLOWED.items() for name in names], ids=repr
)
def test_a_name_without_a_problem_makes_every_path(kind: Kind, name: str) -> None:
    assert problem_of(kind, name) is None
    if kind == "config":
        assert upstream_url("actors", "v2", "configs", config(name)).path == f"/actors/v2/configs/{name}"
        return
    assert upstream_url("actors", "v2", "aliases", alias(name)).path == f"/actors/v2/aliases/{name}"
    assert upstream_url("actors", "v2", actor(name), "messages").path == f"/actors/v2/{name}/messages"


@pytest.mark.parametrize("name", ["admin", "Admin-x", "ADMIN", "aliases", "my-aliases", "search", "configs"])
def test_no_path_is_made_where_the_api_would_read_another_route(name: str) -> None:
    with pytest.raises(Unaddressable, match="would read another address with this: actor"):
        actor(name)


@pytest.mark.parametrize(
    ("kind", "name", "words"),
    [
        ("alias", "messages-x", "Only the operators of the API can remove it"),
        ("alias", "admin-x", "An administrator can delete it"),
        ("alias", "search", "An administrator can delete it"),
        ("alias", "my-aliases", "Its owner can delete it"),
        ("config", "workers_x", "Only the operators of the API can remove it"),
        ("config", "my_admin", "An administrator can delete it"),
    ],
)
def test_who_can_do_what_about_an_existing_one_is_said(kind: Kind, name: str, words: str) -> None:
    problem = problem_of(kind, name)
    assert problem is not None
    assert words in problem.explanation


def test_a_config_named_new_suffers_nothing() -> None:
    problem = problem_of("config", "new")
    assert problem is not None
    assert problem.explanation == ""
    assert has_page("config", "new")


WORDS = ("messages", "workers", "permissions", "admin", "aliases", "search", "configs", "utilization", "new", "logs")
PIECES = [case(word) for word in WORDS for case in (str, str.title, str.upper)] + ["", "-", "x", ".", "my-"]


def builds(*segments: Callable[[], Segment] | str) -> bool:
    """Return whether a path of these can be made at all."""
    try:
        upstream_url("actors", "v2", *(segment if isinstance(segment, str) else segment() for segment in segments))
    except AbacoError:
        return False
    return True


def test_what_is_judged_to_have_no_page_is_what_no_path_is_made_for() -> None:
    refused = 0
    for name in map("".join, product(PIECES, repeat=3)):
        refused += not has_page("alias", name)
        assert builds("aliases", lambda name=name: alias(name)) == has_page("alias", name), name
        assert builds("configs", lambda name=name: config(name)) == has_page("config", name), name
        if problem_of("alias", name) is None:
            assert builds(lambda name=name: actor(name), "executions"), name
            assert builds(lambda name=name: actor(name), "messages"), name
    assert refused > 1000
