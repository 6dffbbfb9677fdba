"""Actors as lines of a list: the same as whole ones, whatever the API writes."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import responses

from actors_app.services import Abaco, AbacoClient
from actors_app.services.errors import AbacoError, BadAnswer, Forbidden
from actors_app.services.types import Actor, ActorLine
from actors_app.services.types.actors import _FIELDS
from tests.services.conftest import ROOT, Visitor
from tests.support.payloads import actor_payload

TIMES = ("create_time", "last_update_time")
SHOWN = (*(field[0] for field in _FIELDS if field[0] not in ("created", "updated")), *TIMES)
ANSWERED = ("label", "is_ready", "is_error", "is_submitted", "is_shutting_down", "status_words")


def answer(body: bytes | str, path: str = "/actors/v2", status: int = 200) -> None:
    responses.get(ROOT + path, body=body, status=status, content_type="application/json")


def envelope(*actors: Any, **changes: Any) -> str:
    return json.dumps({"status": "success", "message": "OK", "version": "1", "result": list(actors)} | changes)


def shown(actor: Any) -> list[Any]:
    found = [getattr(actor, name) for name in (*SHOWN, *ANSWERED)]
    return [value.strip() if isinstance(value, str) else value for value in found]


@responses.activate
@pytest.mark.parametrize("version", ["v2", "v2-snake", "v3"])
def test_a_line_says_what_the_whole_actor_says(version: str) -> None:
    api = Abaco(AbacoClient(ROOT, version), Visitor())
    name = api.actors._caller.dialect.name
    payload = actor_payload(
        id="b1", name='<b>"é中😀"</b>', status="SHUTTING_DOWN", stateless=False, cronOn=True, revision=7
    )
    whole = {name(field): value for field, value in _snake(payload).items()}
    bare = {"id": "bare", name("create_time"): None, name("last_update_time"): None}
    path, more = ("/v3/actors", {"metadata": {}}) if version == "v3" else ("/actors/v2", {})
    answer(envelope(whole, bare, **more), path)
    found = api.actors.lines()
    assert all(isinstance(line, ActorLine) for line in found.lines)
    assert [shown(line) for line in found.lines] == [shown(actor) for actor in found.whole()]
    assert found.lines[0].last_update_time is not None
    assert found.whole()[0].default_environment == payload["defaultEnvironment"]
    assert len(responses.calls) == 1, "the answer is kept, not asked for again"


def _snake(payload: dict[str, Any]) -> dict[str, Any]:
    return {"".join(f"_{sign.lower()}" if sign.isupper() else sign for sign in key): payload[key] for key in payload}


@responses.activate
@pytest.mark.parametrize("folder", ["v2", "v2-snake"])
def test_a_recorded_list_is_read_alike(folder: str) -> None:
    abaco = Abaco(AbacoClient(ROOT, folder), Visitor())
    file = Path(__file__).parent.parent / "recordings" / folder / "actors_list_few.json"
    answer(json.dumps(json.loads(file.read_text())["response"]["body"]))
    found = abaco.actors.lines()
    assert found.lines
    assert [shown(line) for line in found.lines] == [shown(actor) for actor in found.whole()]


@responses.activate
@pytest.mark.parametrize(
    ("odd", "name"),
    [
        ({"id": "a", "name": 7}, "7"),
        ({"id": "a", "name": "x", "image": None}, "x"),
        ({"id": "a", "name": "x", "cronOn": "true"}, "x"),
        ({"id": "a", "name": "\ud800"}, "\ufffd"),
        ({"id": "a", "name": "x", "revision": 2**70}, "x"),
    ],
)
def test_where_one_is_odd_all_are_read_with_patience(abaco: Abaco, odd: dict[str, Any], name: str) -> None:
    answer(envelope({"id": "b"}, "noise", odd))
    found = abaco.actors.lines()
    assert [actor.label for actor in found.lines] == ["b", name]
    assert all(isinstance(actor, Actor) for actor in found.lines)


@responses.activate
@pytest.mark.parametrize(
    ("body", "error"),
    [
        ("[" * 5000, BadAnswer),
        (envelope({"id": "a", "state": json.loads("[" * 90 + "]" * 90)}).replace('"id": "a"', '"id": 1'), BadAnswer),
        ('{"status":"success","message":"","result":[' + '{"id":"a"},' * 60_000 + '{"id":"a"}]}', BadAnswer),
        (envelope(status="error", message="Not authorized -- missing required role."), Forbidden),
        ("no JSON", BadAnswer),
        ("", BadAnswer),
    ],
)
def test_what_is_no_list_is_the_error_it_was(abaco: Abaco, body: str, error: type[AbacoError]) -> None:
    answer(body)
    with pytest.raises(error):
        abaco.actors.lines()


@responses.activate
def test_nothing_is_built_of_what_no_list_shows(abaco: Abaco) -> None:
    deep = "[" * 60 + "]" * 60
    times = '"createTime":null,"lastUpdateTime":"x"'
    answer('{"status":"success","message":"","result":[{"id":"a",' + times + ',"state":' + deep + "}]}")
    (line,) = abaco.actors.lines().lines
    assert line == type(line)(id="a", created=None, updated="x")


def test_usual_times_and_odd_ones_are_read(abaco: Abaco) -> None:
    with responses.RequestsMock() as wire:
        times = ("2026-11-23T10:00:00.125Z", "2026-11-23T10:00:00.12Z0", "Mon, 23 Nov 2026 10:00:00 GMT", "None")
        rows = [{"id": str(number), "lastUpdateTime": text} for number, text in enumerate(times)]
        wire.get(ROOT + "/actors/v2", body=envelope(*rows))
        found = [line.last_update_time for line in abaco.actors.lines().lines]
    at = datetime(2026, 11, 23, 10, tzinfo=UTC)
    assert found == [at.replace(microsecond=125000), at.replace(microsecond=120000), at, None]
