"""Answers of the API for a log."""

import pytest

from tests.logs.support import ACTOR, EXECUTION, LOGS
from tests.support.payloads import actor_payload, execution_payload


@pytest.fixture
def log_of(api):
    """Answer for the execution and its log, and for the actor where the whole page is asked for."""

    def answer(log, actor=True, **changes):
        if actor:
            api.get(ACTOR, actor_payload())
        api.get(EXECUTION, execution_payload(**changes))
        api.get(LOGS, {"logs": log})

    return answer
