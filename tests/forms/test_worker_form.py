"""How many workers may be asked for."""

import pytest

from actors_app.forms.workers import ScaleForm


def seen(actor_id: str, stateless: bool, most: int | None = None) -> str:
    return str(ScaleForm(actor_id=actor_id, stateless=stateless, max_workers=most).initial["seen"])


@pytest.mark.parametrize(
    ("text", "num"), [("1", 1), ("100", 100), (" 3 ", 3), ("3.0", 3), ("\N{FULLWIDTH DIGIT THREE}", 3)]
)
def test_numbers(text: str, num: int) -> None:
    form = ScaleForm({"num": text}, actor_id="a")
    assert form.is_valid(), form.errors
    assert form.cleaned_data["num"] == num


@pytest.mark.parametrize("text", ["", "0", "-5", "101", "1.5", "1e2", "ten", "9" * 5000, "1\0"])
def test_what_is_no_number_of_workers(text: str) -> None:
    form = ScaleForm({"num": text}, actor_id="a")
    assert form.errors["num"] == ["Type a whole number from 1 to 100."]


def test_an_actor_that_keeps_state_has_one_worker() -> None:
    assert ScaleForm({"num": "1", "seen": seen("a", False)}, actor_id="a").is_valid()
    assert "keeps state" in ScaleForm({"num": "2", "seen": seen("a", False)}, actor_id="a").errors["num"][0]


@pytest.mark.parametrize(("most", "num", "is_taken"), [(3, 3, True), (3, 4, False), (1, 2, False), (None, 100, True)])
def test_no_more_than_the_actor_may_have(most: int | None, num: int, is_taken: bool) -> None:
    form = ScaleForm({"num": str(num), "seen": seen("a", True, most)}, actor_id="a")
    assert form.is_valid() is is_taken
    if not is_taken:
        assert f"at most {most} worker" in form.errors["num"][0]


@pytest.mark.parametrize(
    "knowledge",
    ["", "forged", seen("other", False), seen("a", True)],
    ids=["none", "forged", "of another actor", "of a stateless actor"],
)
def test_without_proof_of_state_the_api_decides(knowledge: str) -> None:
    assert ScaleForm({"num": "2", "seen": knowledge}, actor_id="a").is_valid()
