"""One running sandbox for the tests of this folder, and the three people in it."""

from collections.abc import Iterator

import pytest

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
