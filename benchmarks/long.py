"""P6 and P7: pages of very many executions, and very long logs."""

from contextlib import ExitStack

from benchmarks import logs, looks
from benchmarks.bench import Bench
from benchmarks.cases import Case
from benchmarks.client import Visitor
from benchmarks.measuring import WARM, Asking, Figure, compare
from benchmarks.portals import Portal, StubAPI, portal_of, stub_of
from benchmarks.shapes import SELDOM, SHAPES
from benchmarks.stores import Store, store_of

REQUESTS = 20
ROW = 196  # bytes of an execution in the API's own listing, as the sandbox writes it: 9.8 MB for 50,000
EVERYTHING = Case("one", "", "1", "all")


def p6(bench: Bench) -> None:
    """Compare an actor with 100,000 executions with one that has 250."""
    with ExitStack() as stack:
        few, many = (_open(bench, stack, name) for name in ("one-250", "one-100k"))
        bench.figures["P6-memory"] = memory(*many[:2])
        asks = [_asking(stack, store, portal) for store, portal, _ in (few, many)]
        bench.figures["P6-page"] = compare("P6-page", *asks, bench.rounds, REQUESTS)
        bench.figures |= second_look(*many)
    bench.figures["P6-first"] = looks.first_look(bench.folder, bench.rounds)


def memory(store: Store, portal: Portal) -> Figure:
    """Measure how far memory rises when a process shows its first page of very many executions."""
    # What the page brings into memory however many there are is there before.
    portal.get(f"{EVERYTHING.path(store)}&executor={SELDOM}")
    portal.forget_most()
    before, whole = portal.memory("VmRSS"), store.shape.executions * ROW / 1e6
    EVERYTHING.check(store, portal.get(EVERYTHING.path(store)).text, store.made)
    rise = portal.memory("VmHWM") - before
    return Figure("P6-memory", whole, rise, "MB", ratio=rise / whole)


def second_look(store: Store, portal: Portal, api: StubAPI, away: float = looks.AWAY) -> dict[str, Figure]:
    """Count what a page of very many executions asks the API when it is opened again, and the bytes of the answers."""
    asked = looks.asked_again(Case("one", "", "1", "24h").path(store), portal, api, away)
    calls = sum(asked.calls.values())
    return {
        "P6-calls": Figure("P6-calls", value=calls, unit="calls", note=", ".join(asked.calls)),
        "P6-bytes": Figure("P6-bytes", value=asked.bytes / 1000, unit="kB"),
    }


def _asking(stack: ExitStack, store: Store, portal: Portal) -> Asking:
    visitor, path = Visitor(portal.url, portal.cookies), EVERYTHING.path(store)
    stack.callback(visitor.close)
    asking = Asking(portal.cpu, lambda: visitor.get(path))
    asking.cost(WARM)
    return asking


def _open(bench: Bench, stack: ExitStack, name: str) -> tuple[Store, Portal, StubAPI]:
    store = store_of(SHAPES[name], bench.folder)
    api = stack.enter_context(stub_of("store", bench.folder, shape=name, store=store.file))
    portal = stack.enter_context(portal_of(store.file, bench.folder, api=api.url))
    portal.sign_in()
    return store, portal, api


def p7(bench: Bench) -> None:
    """Compare logs that are sent as they come with the same held back, and see what memory eight at once take."""
    with (
        stub_of("actors", bench.folder) as api,
        logs.portal(api.url, bench.folder, "portal.wsgi") as streamed,
        logs.portal(api.url, bench.folder, "benchmarks.apps.held") as held,
    ):
        bench.figures["P7-differs"] = logs.identical(streamed)
        for goal, execution, download in (
            ("P7-file", "log10", True), ("P7-page", "log10", False), ("P7-small-file", "log1", True),
        ):  # fmt: skip
            bench.figures[goal] = logs.first_bytes(streamed, held, execution, download, bench.rounds)
        for goal, download in (("P7-memory", True), ("P7-memory-page", False)):
            bench.figures[goal] = logs.memory(streamed, download, "streamed", None)
