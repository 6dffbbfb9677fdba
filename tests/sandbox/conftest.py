"""One running sandbox for the tests of this folder, and the three people in it."""

from collections.abc import Iterator

import pytest

from tests.sandbox.contract_state import Store
from tests.sandbox.support import Person, Sandbox, start_sandbox


@pytest.fixture(scope="session")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    running = start_sandbox(
        tmp_path_factory.mktemp("sandbox"),
        fill="none",
        SANDBOX_PULL_SECONDS="0.05",
        SANDBOX_CRON_SECONDS="0.5",
    )
    yield running
    running.stop()


@pytest.fixture(scope="session")
def demo(sandbox: Sandbox) -> Person:
    return sandbox.sign_in("demo")


@pytest.fixture(scope="session")
def team(sandbox: Sandbox) -> Person:
    return sandbox.sign_in("team")


@pytest.fixture(scope="session")
def admin(sandbox: Sandbox) -> Person:
    return sandbox.sign_in("admin")


@pytest.fixture(scope="module")
def abaco(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """A sandbox that runs nothing, to replay recordings on; `SANDBOX` of a module is its environment."""
    directory = tmp_path_factory.mktemp("contract")
    running = start_sandbox(directory, "none", SANDBOX_ENGINE="off", **request.module.SANDBOX)
    yield running
    running.stop()


@pytest.fixture(scope="module")
def store(abaco: Sandbox) -> Iterator[Store]:
    """The store of that sandbox."""
    opened = Store(str(abaco.database))
    yield opened
    opened.db.close()
