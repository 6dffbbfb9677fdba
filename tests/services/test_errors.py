"""The tree of errors: what every class says, and what it says of a write."""

from collections.abc import Iterator

import pytest

from actors_app.services import errors
from actors_app.services.errors import (
    AbacoError,
    CallError,
    InvalidRequest,
    SignedOut,
    TimedOut,
    Unreachable,
    WrongPassword,
)


def family(kind: type[CallError]) -> Iterator[type[CallError]]:
    yield kind
    for child in kind.__subclasses__():
        yield from family(child)


OURS = [kind for kind in family(CallError) if kind.__module__ == errors.__name__]


@pytest.mark.parametrize("kind", OURS, ids=lambda kind: kind.__name__)
def test_each_can_be_raised_bare_and_speaks_in_sentences(kind: type[CallError]) -> None:
    with pytest.raises(CallError) as caught:
        raise kind
    error = caught.value
    assert error.user_message[0].isupper()
    assert error.user_message.endswith(".")
    assert error.advice.endswith(".")
    assert error.detail == error.kind == str(error)
    assert (error.changed, error.reason, error.field) == ("no", None, None)
    assert 400 <= error.status < 600


def test_the_docstring_draws_the_tree() -> None:
    drawn = OURS
    assert len(drawn) > 10
    for kind in drawn:
        line = next(line for line in (errors.__doc__ or "").splitlines() if f" {kind.__name__} " in line)
        if kind not in (CallError, AbacoError, errors.APIError):
            assert kind.kind in line
            assert str(kind.status) in line


def test_a_wrong_password_belongs_to_the_form_and_a_timeout_is_silence() -> None:
    assert issubclass(WrongPassword, InvalidRequest)
    assert not issubclass(WrongPassword, SignedOut)
    assert issubclass(TimedOut, Unreachable)


def test_what_a_write_may_have_done_decides_the_advice() -> None:
    assert TimedOut(changed="unknown").kind == "unknown-outcome"
    assert TimedOut(changed="unknown").advice == errors.CHECK_FIRST
    done = TimedOut(changed="yes")
    assert (done.kind, done.advice) == ("timeout", errors.DONE_UNSEEN)
