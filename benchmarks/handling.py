"""What the portal does with texts of the API, each act with one text: what P13 measures, by goal."""

import json
import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from itertools import chain
from typing import Any

Act = Callable[[str], object]
PIECE = 1_000  # characters of a log in one piece, where it comes in small ones
FEW = 40  # characters of each of many things
NOW = datetime(2026, 12, 1, tzinfo=UTC)


def acts() -> dict[str, dict[str, Act]]:
    """Return each act by its name, by its goal."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    import django

    django.setup()
    return {
        "P13-logs": _of_logs(),
        "P13-json": _of_json(),
        "P13-secrets": _of_secrets(),
        "P13-files": _of_files(),
        "P13-definitions": _of_definitions(),
        "P13-why": _of_why(),
        "P13-words": _of_words(),
        "P13-names": _of_names(),
        "P13-forms": _of_forms(),
        "P13-errors": _of_errors(),
    }


def _pieces(text: str, size: int = PIECE) -> Iterator[str]:
    return (text[place : place + size] for place in range(0, len(text), size))


def _of_logs() -> dict[str, Act]:
    from actors_app.executions.comparison import difference, tail_of
    from actors_app.logs.parts import LogQuery, read_part
    from actors_app.logs.reading import read_line
    from actors_app.masking import Masker
    from actors_app.search.views import _excerpt
    from actors_app.services.calls import Call
    from actors_app.services.logs import _texts
    from actors_app.services.types import Log
    from actors_app.services.urls import upstream_url
    from actors_app.templatetags.logs import log_lines

    open_ = Masker(reveals=True)

    def shown(asked: LogQuery, size: int = 10_000_000) -> Act:
        return lambda text: log_lines(read_part(_pieces(text, size), asked, open_), "/")

    call = Call("GET", upstream_url("actors"), is_large=True)
    return {
        "find": shown(LogQuery(find="a")),
        "find in pieces": shown(LogQuery(find="a"), PIECE),
        "find a long text": shown(LogQuery(find="a" * 60 + "b")),
        "levels": shown(LogQuery(level="error")),
        "show": shown(LogQuery(tail=True)),
        "show a line": lambda text: read_line(_pieces(text), 1, 0, open_),
        "stream": lambda text: list(_texts(call, _bytes(json.dumps({"result": {"logs": text}}).encode()))),
        "compare": lambda text: difference(tail_of([text]), tail_of([text[1:]]), ["aB3dE5gH7jK9m"]),
        "compare exactly": lambda text: difference(tail_of(_pieces(text)), tail_of([text[1:]]), exact=True),
        "search": lambda text: _excerpt(Log(actor_id="a", execution_id="b", text=text), "a b c d"),
    }


def _bytes(body: bytes, size: int = PIECE) -> Iterator[bytes]:
    return (body[place : place + size] for place in range(0, len(body), size))


def _of_json() -> dict[str, Act]:
    from actors_app.executions.shapes import shape_of
    from actors_app.services.jsons import UnreadableJSON, dump_json, load_json
    from actors_app.templatetags.actors import json_value, pretty_json, value_words

    def nested(text: str) -> Any:
        value: Any = [text]
        for place in range(0, len(text), max(1, len(text) // 60)):
            value = {text[:place]: [text[place : place + 9]], "in": value}
        return value

    def read(text: str) -> object:
        with suppress(UnreadableJSON):
            return load_json(text.encode(errors="replace"))
        return None

    return {
        "read": read,
        "read a text": lambda text: load_json(dump_json(text)),
        "pretty": lambda text: pretty_json(nested(text)),
        "pretty rows": lambda text: pretty_json([{part: place} for place, part in enumerate(_pieces(text, FEW))]),
        "values": lambda text: (
            json_value(text),
            json_value({text: text}),
            value_words(text.split()),
            value_words([text]),
        ),
        "shape": lambda text: shape_of(text.encode(errors="replace"), is_whole=True),
        "shape of a beginning": lambda text: shape_of(text.encode(errors="replace"), is_whole=False),
        "shape of JSON": lambda text: shape_of(
            json.dumps([{"a": text, text: "b"}, text.split()]).encode(), is_whole=True
        ),
        "shape of a table": lambda text: shape_of(
            json.dumps([{text[:9]: part} for part in text.split("a")]).encode(), is_whole=True
        ),
        "shape of CSV": lambda text: shape_of(f"one,two\n{text}\n1,2\n3,4\n".encode(errors="replace"), is_whole=True),
        "shape of an object": lambda text: shape_of((text + ".").encode("latin-1", "replace"), is_whole=True),
    }


def _of_secrets() -> dict[str, Act]:
    from actors_app.executions.archive import masked
    from actors_app.masking import Masker, may_hold_secret
    from portal.logs import redacted

    return {
        "text": lambda text: Masker().text(text),
        "pieces": lambda text: "".join(Masker().pieces(_pieces(text))),
        "bytes": lambda text: Masker().data(text.encode(errors="replace"), keeps_length=True),
        "value": lambda text: Masker().value({"a": [text, {text: text}], "password": text}),
        "a name": lambda text: Masker().environment({text: "a", "a": text}),
        "variable": lambda text: may_hold_secret("a", text),
        "result": lambda text: masked(json.dumps({"a": text, text: 1}).encode(), Masker()),
        "line of our log": redacted,
    }


def _of_files() -> dict[str, Act]:
    from actors_app.core.pages.downloads import safe_cell
    from actors_app.history.export import Note, _csv, _json_lines
    from actors_app.history.query import HistoryRow

    short = {1: ("a", "b", "c", "d", True)}

    def row(text: str) -> HistoryRow:
        values = dict.fromkeys(HistoryRow._fields) | {
            "actor": 1,
            "id": "a",
            "executor": text,
            "status": text,
            "received": 1,
        }
        return HistoryRow(**{**values, "outcome": "failed", "worker_id": text, "in_api": True, "last_seen": 1})

    def table(write: Any) -> Act:
        def act(text: str) -> object:
            return [
                *write([[row(text)]], {1: ("a", text, text, text, True)}, [Note("error", text)]),
                *write([[row(part) for part in _pieces(text, FEW)]], short, []),
            ]

        return act

    return {
        "cell": safe_cell,
        "CSV": table(partial(_csv, mark=",")),
        "JSON lines": table(_json_lines),
    }


def _of_definitions() -> dict[str, Act]:
    from actors_app.actors.definition import (
        definition_of,
        differences,
        full_update,
        redacted,
        sign_definition,
        unsign_definition,
    )
    from actors_app.actors.definition_files import NoDefinition, as_text, parse_definition
    from actors_app.actors.former_values import FormerReader, Sight
    from actors_app.actors.review import changes_between
    from actors_app.actors.revisions import difference
    from actors_app.services.types import Actor

    def actor(text: str, more: str = "") -> Actor:
        many = {f"{part}{place}": part for place, part in enumerate(_pieces(text, 5 * FEW))}
        return Actor(
            id="a",
            image=text,
            description=text + more,
            hints=tuple(text.split()),
            state={"a": [text]},
            default_environment={text: text + more, "a": more, **many},
            create_time=NOW,
            last_update_time=NOW,
        )

    def compare(text: str) -> object:
        before, after = definition_of(actor(text)), definition_of(actor(text, "x"))
        found = differences(before, after)
        for sight in Sight:
            difference(FormerReader(sight, "t", "a", before), before, after)
        return found, changes_between(before, after), redacted(after)

    def written(text: str) -> object:
        with suppress(NoDefinition):
            return as_text({"description": text}), parse_definition(
                {"image": text, "description": text, text: 1, "hints": text.split()}
            )
        return None

    return {
        "compare": compare,
        "file": written,
        "update": lambda text: full_update(actor(text), {"description": text}),
        "sign": lambda text: unsign_definition("a", sign_definition("a", actor(text))),
    }


def _of_why() -> dict[str, Act]:
    from actors_app.executions.endings import final_state_in_words, state_in_words
    from actors_app.services.types import Actor, Execution, Mailbox, Worker
    from actors_app.workers.why import ActorState, why_not_running

    def why(text: str) -> object:
        execution = Execution(id="a", status=text, worker_id="w", final_state={"Error": text, text: text})
        waiting = Execution(
            id="b", status="SUBMITTED", worker_id=f"w{(len(text) - 1) // FEW}", message_received_time=NOW
        )
        workers = [
            Worker(id=f"w{place}", status="BUSY", image=part, create_time=NOW, last_execution_time=NOW)
            for place, part in enumerate(_pieces(text, FEW))
        ]
        ended = {worker.id: () for worker in workers[:-1]}
        at = NOW.replace(year=2027)
        actor = Actor(id="a", image=text, status="READY")
        failed = Actor(id="a", status="ERROR", status_message=text, default_environment={text: text})
        return (
            state_in_words(execution),
            final_state_in_words(execution),
            why_not_running(waiting, ActorState(actor, Mailbox(messages=3), workers, unfinished=ended), at),
            why_not_running(
                waiting, ActorState(failed, Mailbox(messages=3), [Worker(id=text, status=text, image=text)]), at
            ),
        )

    return {"why": why}


def _of_words() -> dict[str, Act]:
    from django.template import engines

    from actors_app.core.pages.formatting import storable, visible

    lines = engines["django"].from_string(
        "{{ text|visible|shortened:80 }}{{ text|visible_name }}{{ text|json_value }}{{ text|pretty_json }}"
    )
    return {"visible": visible, "storable": storable, "page": lambda text: lines.render({"text": text})}


def _of_names() -> dict[str, Act]:
    from actors_app.executions.forms_comparison import named
    from actors_app.permissions.likeness import by_drawing, doubt, is_several
    from actors_app.services.calls import Call
    from actors_app.services.dialects import DIALECTS
    from actors_app.services.errors import AbacoError
    from actors_app.services.hashids import is_hashid
    from actors_app.services.names import problem_of
    from actors_app.services.naming import check
    from actors_app.services.times import parse_time
    from actors_app.services.urls import _NONCE, _process_and_path, upstream_url

    call = Call("GET", upstream_url("actors"))

    def naming(text: str) -> None:
        for make in DIALECTS.values():
            with suppress(AbacoError):
                check(call, make(), [{text: 1, part: text} for part in _pieces(text, FEW)], True)

    return {
        "hashids": is_hashid,
        "alias": lambda text: problem_of("alias", text),
        "paths": lambda text: (_process_and_path(f"/actors/{text}/x"), _NONCE.fullmatch(text)),
        "look-alikes": lambda text: (doubt(text, by_drawing([text, "admin"])), is_several(text)),
        "execution": named,
        "naming": naming,
        "time": parse_time,
    }


def _of_forms() -> dict[str, Act]:
    from django import forms

    from actors_app.actors.forms_inputs import check_webhook
    from actors_app.actors.images import check_image
    from actors_app.core.cron import Schedule
    from actors_app.core.pages.form_fields import has_unseen, read_json
    from actors_app.core.pages.forms_cron import check_schedule
    from actors_app.core.pages.forms_environment import EnvironmentField, TypedEnvironment

    def tried(check: Callable[[Any], object]) -> Act:
        def act(text: str) -> object:
            with suppress(forms.ValidationError):
                return check(text)
            return None

        return act

    environment = EnvironmentField(raw_json=True)
    return {
        "schedule": tried(check_schedule),
        "schedule with a count": tried(lambda text: check_schedule(f"now + {text} hours")),
        "schedule of the API": Schedule.parse,
        "image": tried(check_image),
        "image with a tag": tried(lambda text: check_image(f"docker run a:{text}")),
        "webhook": tried(check_webhook),
        "webhook of a host": tried(lambda text: check_webhook(f"https://{text}/")),
        "JSON": tried(read_json),
        "JSON with a name twice": tried(
            lambda text: read_json(
                "{" + ",".join(f'"{place}":1' for place in chain(range(len(text) // FEW), [len(text) // FEW - 1])) + "}"
            )
        ),
        "variables": tried(
            lambda text: environment.clean(
                TypedEnvironment(rows=tuple((f"a{place}", part) for place, part in enumerate(_pieces(text, FEW))))
            )
        ),
        "variable": tried(lambda text: environment.clean(TypedEnvironment(rows=((text, text),)))),
        "unseen": has_unseen,
    }


def _of_errors() -> dict[str, Act]:
    from actors_app.services.classify import classify

    return {
        "refusal": lambda text: classify(
            400, {}, json.dumps({"status": "error", "message": text}).encode(), method="POST", label="/actors"
        ),
        "no JSON": lambda text: classify(
            400, {"Retry-After": text}, f'{{"message": "{text}'.encode(errors="replace"), label=text
        ),
        "fault": lambda text: classify(500, {}, f"fault {text}".encode(errors="replace")),
        "too many": lambda text: classify(429, {"Retry-After": text}, b""),
    }
