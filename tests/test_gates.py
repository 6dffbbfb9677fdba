"""What the portal's pages cost in calls, connections, bytes and memory: exact, so that more of it fails the tests.

The limits are those of `benchmarks/goals.toml`, and so is how it is measured; times are the business of that command.
"""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from benchmarks import goals, logs, long, pages
from benchmarks.bench import Bench
from benchmarks.measuring import Figure
from benchmarks.portals import portal_of, stub_of
from benchmarks.shapes import SHAPES
from benchmarks.stores import store_of

pytestmark = pytest.mark.gate


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    with ExitStack() as stack:
        folder = tmp_path_factory.mktemp("gates")
        yield Bench(folder, stack, rounds=1, peers=folder / "none", is_collected=False)


def holds(goal: str, figure: Figure) -> None:
    wanted = goals.goals()[goal]
    assert wanted.gate or wanted.limit, "it has a limit"
    assert wanted.verdict(figure) == "met", f"{goal}: {wanted.what}: {wanted.figure(figure):.3g} > {wanted.limit}"


def test_pages_make_few_calls_in_one_wave_over_connections_that_are_kept(bench: Bench) -> None:
    pages.p4(bench, pages=40)
    for goal, figure in bench.figures.items():
        holds(goal, figure)
    assert bench.figures["P4-list"].value == 1
    assert bench.figures["P4-actor"].value == 5


def test_a_long_log_is_sent_as_it_is_and_never_held(bench: Bench) -> None:
    portal = bench.signed_in("rows50")
    holds("P7-differs", logs.identical(portal))
    holds("P7-memory", logs.memory(portal, True, "streamed", None))


def test_a_page_of_very_many_executions_takes_little_memory(bench: Bench) -> None:
    store = store_of(SHAPES["one-100k"], bench.folder)
    with (
        stub_of("store", bench.folder, shape="one-100k", store=store.file) as api,
        portal_of(
            store.file, bench.folder, api=api.url, app="benchmarks.apps.portal", BENCHMARK_PLAIN_STATIC="1"
        ) as portal,
    ):
        portal.sign_in()
        holds("P6-memory", long.memory(store, portal))
