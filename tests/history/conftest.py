"""What the tests of the history share: a world for an API, and the API as somebody may use it."""

from collections.abc import Iterator

import pytest

from actors_app.services import Abaco, AbacoClient
from actors_app.services.calls import Limits
from tests.history.world import World, answering
from tests.services.conftest import Visitor
from tests.support import payloads


@pytest.fixture
def world(db: None) -> Iterator[World]:
    """Answer every call from a world."""
    with answering() as found:
        yield found


@pytest.fixture
def abaco() -> Abaco:
    """Return the API as somebody may use it."""
    return Abaco(AbacoClient(payloads.API, limits=Limits(pause=0.0)), Visitor("a-token"))
