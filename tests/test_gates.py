"""What the portal's pages cost in calls, connections, bytes and memory, and texts by their length: what is exact.

The limits are those of `benchmarks/goals.toml`, and so is how it is measured; waiting is the business of that command.
Each test names in its mark the goals that it holds.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

import pytest

from benchmarks import goals, lengths, logs, long, pages, texts
from benchmarks.bench import Bench
from benchmarks.measuring import Figure
from benchmarks.portals import Portal, StubAPI, portal_of, stub_of
from benchmarks.shapes import SHAPES
from benchmarks.stores import Store, store_of

AWAY = 3.0  # seconds between two looks: more than the two for which what was just read counts as new
NOT_HELD_HERE = {"P8-errors": "takes six loads of 15 s each, with nothing else on the machine"}


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    with ExitStack() as stack:
        folder = tmp_path_factory.mktemp("gates")
        yield Bench(folder, stack, rounds=1, peers=folder / "none", is_collected=False)


@pytest.fixture
def holds(request: pytest.FixtureRequest) -> Iterator[Callable[[str, Figure], None]]:
    held = set()

    def hold(goal: str, figure: Figure) -> None:
        wanted = goals.goals()[goal]
        assert wanted.gate
        assert wanted.verdict(figure) == "met", f"{goal}: {wanted.what}: {wanted.figure(figure):.3g} > {wanted.limit}"
        held.add(goal)

    failed = request.session.testsfailed
    yield hold
    if request.session.testsfailed == failed:
        assert held == set(request.node.get_closest_marker("gate").args), "the goals of its mark, and no others"


@pytest.mark.gate("P4-list", "P4-actor", "P4-waves", "P4-connections")
def test_pages_make_few_calls_in_one_wave_over_connections_that_are_kept(
    bench: Bench, holds: Callable[[str, Figure], None]
) -> None:
    pages.p4(bench, pages=40)
    for goal, figure in bench.figures.items():
        holds(goal, figure)
    assert bench.figures["P4-list"].value == 1
    assert bench.figures["P4-actor"].value == 5


@pytest.mark.gate("P7-differs", "P7-memory")
def test_a_long_log_is_sent_as_it_is_and_never_held(bench: Bench, holds: Callable[[str, Figure], None]) -> None:
    portal = bench.signed_in("rows50")
    holds("P7-differs", logs.identical(portal))
    holds("P7-memory", logs.memory(portal, True, "streamed", None))


@contextmanager
def executions_of(bench: Bench, shape: str) -> Iterator[tuple[Store, Portal, StubAPI]]:
    """Run a portal whose history is of this shape, with somebody signed in, and its API."""
    store = store_of(SHAPES[shape], bench.folder)
    with (
        stub_of("store", bench.folder, shape=shape, store=store.file) as api,
        portal_of(
            store.file, bench.folder, api=api.url, app="benchmarks.apps.portal", BENCHMARK_PLAIN_STATIC="1"
        ) as portal,
    ):
        portal.sign_in()
        yield store, portal, api


def holds_second_look(holds: Callable[[str, Figure], None], store: Store, portal: Portal, api: StubAPI) -> None:
    second = long.second_look(store, portal, api, AWAY)
    # A look that comes too early asks nothing, and would hold anything.
    assert second["P6-calls"].value == 1
    assert second["P6-bytes"].value > 0
    for goal, figure in second.items():
        holds(goal, figure)


@pytest.mark.gate("P6-calls", "P6-bytes")
def test_a_page_of_executions_that_is_opened_again_takes_one_call(
    bench: Bench, holds: Callable[[str, Figure], None]
) -> None:
    with executions_of(bench, "one-250") as (store, portal, api):
        portal.get(long.EVERYTHING.path(store))
        holds_second_look(holds, store, portal, api)


@pytest.mark.full  # it fills a store with 100,000 executions; the test before holds the calls
@pytest.mark.gate("P6-memory", "P6-calls", "P6-bytes")
def test_a_page_of_very_many_executions_takes_little_memory_and_one_call(
    bench: Bench, holds: Callable[[str, Figure], None]
) -> None:
    with executions_of(bench, "one-100k") as (store, portal, api):
        holds("P6-memory", long.memory(store, portal))
        holds_second_look(holds, store, portal, api)


# More rounds make the figures calmer on a busy machine, and no other.
@pytest.mark.parametrize("rounds", [1, pytest.param(lengths.ROUNDS, marks=pytest.mark.full)])
@pytest.mark.gate("P11-listing", "P11-refusing", "P11-comparing")
def test_what_a_text_costs_grows_with_its_length_and_no_faster(
    holds: Callable[[str, Figure], None], rounds: int
) -> None:
    for measured in (lengths.listing(rounds), lengths.refusing(rounds), lengths.comparing(rounds)):
        for goal, figure in measured.items():
            holds(goal, figure)


@pytest.mark.full
@pytest.mark.gate(*(goal for goal in goals.goals() if goal.startswith("P13-")))
def test_what_is_done_with_a_text_grows_with_its_length_and_no_faster(holds: Callable[[str, Figure], None]) -> None:
    for goal, figure in texts.grown().items():
        assert figure.value > 0, "something was done"
        holds(goal, figure)


@pytest.mark.gate
def test_each_gate_is_held_by_a_test_or_has_its_reason() -> None:
    tests = [test for name, test in globals().items() if name.startswith("test_")]
    held = {goal for test in tests for mark in test.pytestmark if mark.name == "gate" for goal in mark.args}
    assert not held & set(NOT_HELD_HERE)
    assert held | set(NOT_HELD_HERE) == {goal.name for goal in goals.goals().values() if goal.gate}
    for file in (goals.FILE, goals.FILE.with_name("README.md"), goals.PAGE):
        text = file.read_text()
        assert all(goal in text for goal in NOT_HELD_HERE), f"{file.name} says what is not held by the tests"
