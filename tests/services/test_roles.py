"""Whether somebody is an administrator: the answers of the real server behind its nginx, and all that is no answer."""

import json
from pathlib import Path
from typing import Any

import pytest
import responses
from requests.exceptions import ConnectionError as Reset
from requests.exceptions import ReadTimeout

from actors_app.services import Abaco, AbacoClient
from actors_app.services.calls import Limits
from actors_app.services.errors import SignedOut
from actors_app.services.observer import NullObserver
from actors_app.services.types import AdminRole
from tests.services.conftest import ROOT, Visitor

RECORDINGS = Path(__file__).parents[1] / "recordings"
ADDRESSES = {
    "v2": f"{ROOT}/actors/v2/aliases/admin-role-probe",
    "v3": f"{ROOT}/v3/actors/aliases/admin-role-probe",
}
both = pytest.mark.parametrize("version", ["v2", "v3"])


class Hearing(NullObserver):
    """Remember what was said of the role."""

    def __init__(self) -> None:
        self.roles: list[AdminRole] = []

    def role(self, role: AdminRole, asked: float) -> None:
        self.roles.append(role)


def asked(version: str, *, status: int = 200, body: Any = b"") -> tuple[AdminRole, list[AdminRole]]:
    """Ask for the role where the API answers this; return it, and what an observer heard."""
    hearing = Hearing()
    abaco = Abaco(AbacoClient(ROOT, version, limits=Limits(pause=0.0)), Visitor(), observer=hearing)
    with responses.RequestsMock() as wire:
        wire.get(ADDRESSES[version], status=status, body=body)
        return abaco.roles.admin(), hearing.roles


def recorded(path: Path) -> tuple[int, bytes]:
    """Return the status and the body of a recorded answer."""
    answer = json.loads(path.read_text())["response"]
    return answer["status"], (json.dumps(answer["body"]) if answer["body_is_json"] else answer["raw_text"]).encode()


def said(word: str, message: str, result: Any = None) -> bytes:
    return json.dumps({"status": word, "message": message, "result": result, "version": "dev"}).encode()


@both
@pytest.mark.parametrize("who", ["limited", "plain", "privileged"])
def test_everybody_else_is_none(version: str, who: str) -> None:
    status, body = recorded(RECORDINGS / f"{version}-nginx" / f"route_aliases_admin_role_probe_{who}.json")
    assert asked(version, status=status, body=body) == (AdminRole.OTHER, [AdminRole.OTHER])


@both
def test_an_administrator_is_told_that_there_is_no_such_alias(version: str) -> None:
    status, body = recorded(RECORDINGS / "v2-nginx" / "alias_ordinary_16_delete_admin_after.json")
    assert asked(version, status=status, body=body) == (AdminRole.ADMIN, [AdminRole.ADMIN])


@both
def test_an_administrator_is_shown_the_alias_that_somebody_made(version: str) -> None:
    actor, more = ("actor_id", {"metadata": {}}) if version == "v3" else ("actorId", {})
    result = {"alias": "admin-role-probe", actor: "A", "owner": "somebody"}
    body = json.dumps(json.loads(said("success", "Alias retrieved.", result)) | more).encode()
    assert asked(version, body=body) == (AdminRole.ADMIN, [AdminRole.ADMIN])


# What the server says at the addresses that were asked before, and its nginx while a process is down.
@both
@pytest.mark.parametrize(
    "path",
    [
        *sorted((RECORDINGS / "v2-nginx").glob("route_admin_role_probe_*.json")),
        *sorted((RECORDINGS / "v3-nginx").glob("route_admin_role_probe_*.json")),
        *sorted((RECORDINGS / "v2-nginx").glob("route_role_admin_probe_[!n]*.json")),
        RECORDINGS / "v3-nginx" / "nginx_502_backend_down_get.json",
    ],
    ids=lambda path: f"{path.parent.name}/{path.stem}",
)
def test_any_other_recorded_answer_does_not_tell(version: str, path: Path) -> None:
    status, body = recorded(path)
    assert asked(version, status=status, body=body) == (AdminRole.UNKNOWN, [])


NONE_FOUND, ROLE_REQUIRED = "No alias found: admin-role-probe.", "Abaco Admin role required."


@both
@pytest.mark.parametrize(
    ("status", "body"),
    [
        (404, b"<html>404 Not Found</html>"),
        (404, b""),
        (404, said("error", "No actor found with identifier: admin-role-probe.")),
        (404, said("error", ROLE_REQUIRED)),
        (400, said("error", NONE_FOUND)),
        (400, said("error", "Not authorized -- missing required role.")),
        (400, b"Abaco Admin role required."),
        (403, said("error", ROLE_REQUIRED)),
        (403, b"Forbidden"),
        (500, said("error", ROLE_REQUIRED)),
        (500, said("error", NONE_FOUND)),
        (429, b""),
        (302, b""),
        (503, b""),
        (504, b"<html>"),
        (200, b""),
        (200, b"[]"),
        (200, b"<html>"),
        (200, said("error", NONE_FOUND)),
        (200, said("error", ROLE_REQUIRED)),
        (200, said("success", "OK")),
        (200, said("success", "OK", [])),
        (200, said("success", "OK", {})),
        (200, said("success", "OK", {"alias": "another"})),
        (200, said("success", "OK", {"alias": ["admin-role-probe"]})),
        (200, b'{"status": "success"}'),
    ],
)
def test_nothing_else_tells(version: str, status: int, body: bytes) -> None:
    assert asked(version, status=status, body=body) == (AdminRole.UNKNOWN, [])


@both
@pytest.mark.parametrize("silence", [Reset("reset"), ReadTimeout("late")])
def test_silence_does_not_tell(version: str, silence: Exception) -> None:
    assert asked(version, body=silence) == (AdminRole.UNKNOWN, [])


@both
def test_nobody_is_signed_out(version: str) -> None:
    with pytest.raises(SignedOut):
        asked(version, status=400, body=said("error", "No JWT or nonce provided."))


def test_unknown_is_neither_yes_nor_no() -> None:
    for role in AdminRole:
        with pytest.raises(TypeError, match="neither true nor false"):
            bool(role)
