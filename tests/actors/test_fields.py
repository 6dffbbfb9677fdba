"""Each field of an actor's definition is declared once; whatever cannot be made of the declaration has it too."""

import re
from pathlib import Path
from typing import get_type_hints

import pytest

from actors_app.actors.definition import DEFAULTS, EDITABLE, LABELS
from actors_app.actors.forms import ActorForm
from actors_app.actors.serializers import Actor as ActorOut
from actors_app.actors.serializers import ActorChanges, ActorDefinition
from actors_app.core.addresses import LONGEST
from actors_app.services.actors import ACTOR_FIELDS
from actors_app.services.dialects import DIALECTS
from actors_app.services.messages import PRIVILEGED_KEYS
from actors_app.services.naming import TELLING
from actors_app.services.types import Actor
from actors_app.services.types.actor_fields import FIELD, FIELDS, PRIVILEGED_FIELDS, ActorField
from tests.support.payloads import ACTOR_ID, actor_payload

TYPES = {
    "text": (str, str | None),
    "choice": (str,),
    "truth": (bool,),
    "number": (int | None,),
    "list": (tuple[str, ...],),
    "object": (dict,),
}
EACH = pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.name)
TEMPLATES = Path(__file__).resolve().parents[2] / "templates" / "actors"


@EACH
def test_an_actor_has_it_and_reads_it(field: ActorField) -> None:
    hint = get_type_hints(Actor)[field.name]
    assert field.type == "json" or hint in TYPES[field.type] or getattr(hint, "__origin__", None) in TYPES[field.type]
    value = {"text": "v", "choice": "json", "truth": True, "number": 7, "list": ["v"], "object": {"a": "v"}}.get(
        field.type, {"a": 1}
    )
    for version in DIALECTS:
        api = DIALECTS[version]()
        actor = Actor.from_api({**actor_payload(id=ACTOR_ID), api.name(field.name): value}, api)
        assert getattr(actor, field.name) == (tuple(value) if isinstance(value, list) else value)


@EACH
def test_the_form_and_the_api_take_it(field: ActorField) -> None:
    assert field.name in ActorForm.base_fields
    assert field.name in ActorDefinition().fields
    assert (field.name in ActorChanges().fields) == field.can_change
    assert field.name in ActorOut().fields


@EACH
def test_the_pages_have_its_input_and_its_value(field: ActorField) -> None:
    assert re.search(rf"\bform\.{field.name}\b", (TEMPLATES / "_fields.html").read_text())
    # The page of the configuration shows a state and an environment apart, with their secrets hidden.
    if field.name not in ("state", "default_environment"):
        assert re.search(rf"\bactor\.{field.name}\b", (TEMPLATES / "configuration.html").read_text())


def test_who_may_set_it_is_said_once() -> None:
    assert len(PRIVILEGED_KEYS) == 10
    assert {DIALECTS["v2"]().name(name) for name in PRIVILEGED_FIELDS} | set(PRIVILEGED_FIELDS) == PRIVILEGED_KEYS


def test_what_is_made_of_the_declarations_is_whole() -> None:
    assert frozenset(FIELD) == ACTOR_FIELDS
    assert set(EDITABLE) == ACTOR_FIELDS - {"name"}
    assert all(LABELS.values())
    assert DEFAULTS.keys() <= LABELS.keys()
    assert {name for name in FIELD if "_" in name} <= TELLING
    assert FIELD["webhook"].longest == LONGEST
