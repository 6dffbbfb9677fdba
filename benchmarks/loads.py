"""P8 and P9: many people at once, before an API that takes its time and before one that hangs."""

import time

from benchmarks.bench import Bench
from benchmarks.client import Crowd, Load, Visitor, open_loop
from benchmarks.measuring import Figure, percentile
from benchmarks.portals import Portal

LIST, APART = "/actors/", "/places/"  # the second asks the API nothing
SERVICE = 0.1  # seconds that the API takes
SECONDS, RUNS = 15.0, 3
STALL, CROWD = 5.0, 200
LOOK_EVERY, LOOKING = 0.05, 6.0  # seconds between two looks, and how long is looked


def p8(bench: Bench) -> None:
    """Open lists at 40 and at 80 a second, whatever became of the ones before."""
    portal = _portal(bench, "busy")
    idle = portal.memory("VmRSS")
    portal.forget_most()
    bench.api.be_slow(SERVICE)
    errors: list[str] = []
    try:
        for rate in (40, 80):
            loads = [
                open_loop(portal.url, portal.cookies, [LIST], rate, SECONDS, seed=number) for number in range(RUNS)
            ]
            errors += [error for load in loads for error in load.errors]
            for goal, share in ((f"P8-{rate}", 95), (f"P8-{rate}-p99", 99)):
                bench.figures[goal] = _waited(goal, loads, share)
    finally:
        bench.api.be_slow()
    bench.figures["P8-errors"] = Figure("P8-errors", value=len(errors), unit="", note=", ".join(sorted(set(errors))))
    most = portal.memory("VmHWM")
    bench.figures["P8-memory"] = Figure("P8-memory", idle, most, "MB", ratio=most / idle)


def _waited(goal: str, loads: list[Load], share: int) -> Figure:
    figure = Figure(goal)
    for load in loads:
        figure.add(SERVICE * 1000, percentile(load.waits, share))
    return figure


def p9(bench: Bench) -> None:
    """Look at a page that asks no API while very many wait for one that hangs."""
    portal = _portal(bench, "stalled")
    bench.api.be_slow(stall=STALL)
    try:
        with Crowd(portal.url, portal.cookies, LIST, CROWD) as crowd:
            time.sleep(0.5)
            waits = _looks(portal)
    finally:
        bench.api.be_slow()
    refused = sum(status == 503 for status in crowd.statuses)
    figure = Figure("P9", STALL * 1000, percentile(waits, 99), ratio=percentile(waits, 99) / STALL / 1000)
    figure.note = f"p50 {percentile(waits, 50):.0f} ms over {len(waits)} requests; "
    figure.note += f"{refused} requests of the waiting users got 503"
    bench.figures["P9"] = figure


def _looks(portal: Portal) -> list[float]:
    visitor, waits = Visitor(portal.url, portal.cookies), list[float]()
    began = time.perf_counter()
    due = began
    while due < began + LOOKING and time.perf_counter() < began + 5 * LOOKING:
        if (left := due - time.perf_counter()) > 0:
            time.sleep(left)
        visitor.get(APART)
        # From when it was due, so that a look that takes long is not the only one that counts for it.
        waits.append((time.perf_counter() - due) * 1000)
        due += LOOK_EVERY
    visitor.close()
    return waits


def _portal(bench: Bench, name: str) -> Portal:
    """Run the portal as it is served, on whatever core is free; somebody is signed in, and both processes are warm."""
    portal = bench.begin(name, workers=2, threads=32).at("rows50")
    open_loop(portal.url, portal.cookies, [LIST, APART], rate=20, seconds=4, seed=0)
    return portal
