"""How many workers may be asked for."""

import pytest

from actors_app.services.dialects import DIALECTS
from actors_app.services.types import Actor
from actors_app.workers.forms import ScaleForm
from tests.support.payloads import actor_payload


def actor(**changes: object) -> Actor:
    return Actor.from_api(actor_payload(**changes), DIALECTS["v2"]())


@pytest.mark.parametrize(
    ("text", "num"), [("1", 1), ("100", 100), (" 3 ", 3), ("3.0", 3), ("\N{FULLWIDTH DIGIT THREE}", 3)]
)
def test_numbers(text: str, num: int) -> None:
    form = ScaleForm({"num": text})
    assert form.is_valid(), form.errors
    assert form.cleaned_data["num"] == num


@pytest.mark.parametrize("text", ["", "0", "-5", "101", "1.5", "1e2", "ten", "9" * 5000, "1\0"])
def test_what_is_no_number_of_workers(text: str) -> None:
    form = ScaleForm({"num": text})
    assert form.errors["num"] == ["Enter a whole number from 1 to 100."]


def test_an_actor_that_keeps_state_has_one_worker() -> None:
    assert ScaleForm({"num": "1"}, actor=actor(stateless=False)).is_valid()
    assert "Stateful" in ScaleForm({"num": "2"}, actor=actor(stateless=False)).errors["num"][0]


@pytest.mark.parametrize(("most", "num", "is_taken"), [(3, 3, True), (3, 4, False), (1, 2, False), (None, 100, True)])
def test_no_more_than_the_actor_may_have(most: int | None, num: int, is_taken: bool) -> None:
    form = ScaleForm({"num": str(num)}, actor=actor(maxWorkers=most))
    assert form.is_valid() is is_taken
    if not is_taken:
        assert f"maximum is {most} worker" in form.errors["num"][0]
