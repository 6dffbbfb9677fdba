"""A hostile answer costs a process no more than 30 MB; the drill `bombs` meets the others."""

import json

import pytest

from actors_app.services.jsons import MAX_OBJECTS, MAX_VALUES, TooMuchJSON, check_shape, load_json
from tests.drills.bombs import ALLOWED, CASES, victim


@pytest.mark.parametrize("name", ["50 MB of gzip", "endless chunks", "200,000 levels", "300,000 actors"])
def test_the_memory_rises_little(name: str) -> None:
    met = json.loads(victim(*CASES[name]))
    assert met["outcome"] in ("too-large", "unreadable")
    assert met["rise"] <= ALLOWED


def test_many_objects_and_many_values_are_refused_before_they_are_read() -> None:
    for few, many in (
        (b",".join([b"{}"] * MAX_OBJECTS), b",".join([b"{}"] * (MAX_OBJECTS + 1))),
        (b",".join([b"1"] * MAX_VALUES), b",".join([b"1"] * (MAX_VALUES + 2))),
    ):
        check_shape(b"[" + few + b"]")
        with pytest.raises(TooMuchJSON):
            check_shape(b"[" + many + b"]")


def test_braces_and_commas_in_texts_are_not_counted() -> None:
    text = "{," * MAX_VALUES
    assert load_json(json.dumps([text, 'a "quoted" word'] * 2).encode())[0] == text
