"""Which nonces may be made."""

from typing import Any

import pytest
from django.http import QueryDict

from actors_app.nonces.forms import NonceFilter, NonceForm


def typed(**fields: str) -> NonceForm:
    data = QueryDict(mutable=True)
    data.update(fields)
    return NonceForm(data)


def test_what_was_not_sent_gets_the_careful_defaults() -> None:
    form = typed()
    assert form.is_valid(), form.errors
    assert (form.cleaned_data["level"], form.cleaned_data["max_uses"]) == ("EXECUTE", 1)


@pytest.mark.parametrize(
    ("fields", "level", "max_uses"),
    [
        ({"level": "READ", "max_uses": "5"}, "READ", 5),
        ({"level": "UPDATE", "confirm_update": "on"}, "UPDATE", 1),
        ({"max_uses": "", "unlimited": "on"}, "EXECUTE", -1),
        ({"max_uses": "ten", "unlimited": "on"}, "EXECUTE", -1),
        ({"max_uses": "1000000000"}, "EXECUTE", 1_000_000_000),
    ],
)
def test_nonces_that_can_be_made(fields: dict[str, str], level: str, max_uses: int) -> None:
    form = typed(**fields)
    assert form.is_valid(), form.errors
    assert (form.cleaned_data["level"], form.cleaned_data["max_uses"]) == (level, max_uses)


@pytest.mark.parametrize("uses", ["", "0", "-1", "-2", "-1000", "1.5", "ten", "1" + "0" * 30, "9" * 5000])
def test_uses_that_cannot_be_asked_for(uses: str) -> None:
    assert "Enter a whole number from 1 to 1,000,000,000" in typed(max_uses=uses).errors["max_uses"][0]


@pytest.mark.parametrize("level", ["", "NONE", "ADMIN", "execute"])
def test_levels_that_do_not_exist_here(level: str) -> None:
    assert typed(level=level).errors["level"][0].startswith("Choose")


def test_update_needs_its_own_tick() -> None:
    assert "Confirm" in typed(level="UPDATE").errors["confirm_update"][0]


def test_descriptions() -> None:
    assert typed(description="<b>\N{PILE OF POO}" + "d" * 490).is_valid()
    assert "at most 500" in typed(description="d" * 501).errors["description"][0]
    assert "invalid character" in typed(description="a\0b").errors["description"][0]


@pytest.mark.parametrize(
    ("query", "chosen"),
    [
        ({}, {"show": "", "page": 1}),
        ({"show": "used-up", "page": "3"}, {"show": "used-up", "page": 3}),
        ({"show": "x", "page": "-1"}, {"show": "", "page": 1}),
    ],
)
def test_the_filter_reads_any_address(query: dict[str, str], chosen: dict[str, Any]) -> None:
    assert NonceFilter(query).chosen == chosen
