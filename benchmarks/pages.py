"""P1 to P5: what pages cost in CPU, in waiting over a long line, and in calls."""

import statistics

from benchmarks.answers import ACTOR
from benchmarks.bench import Bench
from benchmarks.measuring import Asking, Figure, compare, percentile

LIST, ACTOR_PAGE = "/actors/", f"/actors/{ACTOR}/"
REQUESTS = 40  # of each in a round
FAR_REQUESTS = 10
SERVICE = 0.05  # seconds that the API takes where the line is long
STEADY_PAGES = 200


def p1(bench: Bench) -> None:
    """Compare the list with the empty page."""
    for goal, path in (("P1", "/hello/"), ("P1-unread", "/hello/unread/")):
        bench.figures[goal] = compare(goal, bench.page(path), bench.page(LIST), bench.rounds, REQUESTS)


def p2(bench: Bench) -> None:
    """Compare the list with the bare call."""
    bench.figures["P2"] = compare("P2", bench.raw(50), bench.page(LIST), bench.rounds, REQUESTS)


def p3(bench: Bench) -> None:
    """Compare the waiting for the list and for an actor's page over a long line with that for one bare call."""
    asks = {
        "raw": bench.raw(50, far=True),
        "list": bench.page(LIST, "far", warm=3),
        "one": bench.raw(50, far=True, path=f"/actors/v2/{ACTOR}"),
        "actor": bench.page(ACTOR_PAGE, "far", warm=3),
    }
    waits: dict[str, list[float]] = {name: [] for name in asks}
    figures = {goal: Figure(goal) for goal in ("P3-list", "P3-actor")}
    bench.api.be_slow(SERVICE)
    try:
        for _ in range(bench.rounds):
            for name, asking in asks.items():
                asking.cost(FAR_REQUESTS, waits[name])
            for goal, base, other in (("P3-list", "raw", "list"), ("P3-actor", "one", "actor")):
                figures[goal].add(*(statistics.median(waits[name][-FAR_REQUESTS:]) for name in (base, other)))
    finally:
        bench.api.be_slow()
    base, value = (percentile(waits[name], 95) for name in ("raw", "list"))
    figures["P3-list-p95"] = Figure("P3-list-p95", base, value, ratio=value / base)
    bench.figures |= figures


def p4(bench: Bench, pages: int = STEADY_PAGES) -> None:
    """Count what pages ask of the API once everything is warm."""
    asks = {"P4-list": bench.page(LIST), "P4-actor": bench.page(ACTOR_PAGE)}
    # First, since all calls at once leave as many connections as there ever will be.
    bench.figures["P4-waves"] = _waves(bench, asks["P4-actor"])
    connections = 0
    for goal, asking in asks.items():
        bench.api.asked()
        asking.cost(pages // len(asks))
        asked = bench.api.asked()
        connections += asked.connections
        calls = sum(asked.calls.values()) / (pages // len(asks))
        bench.figures[goal] = Figure(goal, value=calls, unit="calls", note=", ".join(sorted(asked.calls)))
    bench.figures["P4-connections"] = Figure("P4-connections", value=connections, unit="connections")


def _waves(bench: Bench, asking: Asking) -> Figure:
    # An API that takes its time has all calls of one wave before it at once.
    bench.api.be_slow(SERVICE)
    try:
        asking.cost(1)
        bench.api.asked()
        asking.cost(1)
        asked = bench.api.asked()
    finally:
        bench.api.be_slow()
    calls = sum(asked.calls.values())
    note = f"{asked.at_once} of {calls} calls in parallel"
    return Figure("P4-waves", value=-(-calls // asked.at_once), unit="waves", note=note)


def p5(bench: Bench) -> None:
    """Compare lists of more and more actors."""
    bench.figures["P5-rows"] = compare(
        "P5-rows", bench.page(LIST), bench.page(LIST, "rows250"), bench.rounds, REQUESTS // 2
    )
    # Until the definitions of all are known, fifty of them are written down by each page.
    listed = bench.page(LIST, "rows2500", warm=60)
    bench.figures["P5-bounded"] = compare("P5-bounded", bench.raw(2500), listed, bench.rounds, REQUESTS // 3)
