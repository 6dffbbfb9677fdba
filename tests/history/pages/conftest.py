"""The history that the lists of executions show here."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from tests.history.world import World, ago, answering


@pytest.fixture
def world(db: None) -> Iterator[World]:
    """Answer every call from a world with one actor."""
    with answering() as found:
        found.actor(name="word-count", image="abacosamples/wc:1", owner="jdoe")
        yield found


@pytest.fixture
def busy(world: World) -> World:
    """Let both of two actors have run something of each kind."""
    world.actor("other", name="Zebra", image="tacc/zebra", owner="mvaughn")
    world.run("Ok1", ago(minutes=1), executor="jdoe", workerId="w1")
    world.run("Fail2", ago(minutes=2), exitCode=2, executor="ann", workerId="w2")
    world.run("Err3", ago(minutes=3), status="ERROR", exitCode=None, executor="ann")
    world.run("Oom4", ago(minutes=4), exitCode=137, finalState={"OOMKilled": True})
    world.waits("Wait5", ago(minutes=5))
    world.run("Run6", ago(minutes=6), status="RUNNING", exitCode=None, finishTime=None, finalState=None)
    long = ago(minutes=90)
    world.run("Long7", long, "other", finishTime=f"{long + timedelta(minutes=40):%Y-%m-%dT%H:%M:%S.000Z}")
    world.run("Old8", ago(days=3), "other", executor="bob")
    return world
