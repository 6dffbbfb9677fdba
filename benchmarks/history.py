"""`python -m benchmarks.history`: what the pages of the execution history cost, with few executions and with many.

Parts: `pages` compares each filter and order among 250 executions and among very many, `paging` page 1,000 with page 1,
`export` the memory that a file of 100,000 rows takes, `first` the first look at an actor with that of the API's own
answer, `calls` what a second look asks the API. See benchmarks/README.md.
"""

import argparse
import json
import os
import platform
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import requests

from benchmarks import looks
from benchmarks.cases import PER_PAGE, STOPPED, Case, cases, next_of, rows_of
from benchmarks.measuring import Asking, Figure, compare, table
from benchmarks.portals import Portal, StubAPI, collect_static, portal_of, stub_of
from benchmarks.shapes import SHAPES
from benchmarks.stores import Store, store_of

RATIO = 1.15  # CPU of a page among very many executions, at most, of that of the same page among 250
SLOWEST = 100.0  # milliseconds, at p95
STEADY = (0.85, 1.15)  # accepted ratio of the same page measured twice
DEEP = 1_000  # pages
ALIKE = 5  # rows more than the page it is compared with
PAIRS = {"one": ("one-250", "one-100k"), "all": ("all-250", "all-1m")}
PARTS = ("pages", "paging", "export", "first", "calls")


class NotSteadyError(Exception):
    """The same page, measured twice, differs too much: other results are not valid."""


class Run:
    """One run: its stores, its portals, and the figures so far."""

    def __init__(self, options: argparse.Namespace, stack: ExitStack) -> None:
        self.options, self.stack = options, stack
        self.folder: Path = options.folder
        self.figures: list[Figure] = []
        self.stores: dict[str, Store] = {}
        self.portals: dict[str, Portal] = {}
        self.apis: dict[str, StubAPI] = {}
        collect_static(self.folder)

    def open(self, name: str) -> tuple[Store, Portal]:
        """Return a store and a portal of it, in which somebody has signed in."""
        if name not in self.portals:
            shape = SHAPES[name]
            store = self.stores[name] = store_of(shape, self.folder, say)
            api = self.stack.enter_context(stub_of("store", self.folder, shape=name, store=store.file))
            portal = self.stack.enter_context(portal_of(store.file, self.folder, api=api.url))
            portal.sign_in()
            self.portals[name], self.apis[name] = portal, api
        return self.stores[name], self.portals[name]

    def add(self, figure: Figure) -> None:
        """Keep a figure and say it."""
        self.figures.append(figure)
        say(figure.line())

    @contextmanager
    def measuring(self, name: str) -> Iterator[None]:
        """Go on with the next figure where a page could not be measured; the run then ends with 1."""
        try:
            yield
        except (AssertionError, RuntimeError, requests.RequestException) as problem:
            self.add(Figure(name, problem=str(problem)))

    def wanted(self, name: str) -> bool:
        """Whether this case was asked for."""
        return not self.options.cases or any(part in name for part in self.options.cases.split(","))

    def asking(self, name: str, path: str) -> Asking:
        """Return what asks a portal for a page."""
        portal = self.portals[name]
        return Asking(portal.cpu, lambda: portal.get(path))

    # Parts ------------------------------------------------------------------------------------------------

    def pages(self) -> None:
        """Compare each page among few executions and among many."""
        for page, (few, many) in PAIRS.items():
            chosen = [case for case in cases(page) if self.wanted(case.name)]
            if not chosen:
                continue
            with self.measuring(f"control, {chosen[0].name}"):
                self.control(few, chosen[0])
            for case in chosen:
                with self.measuring(case.name):
                    self.add(self.page(case, few, many))

    def page(self, case: Case, few: str, many: str) -> Figure:
        """Compare one page among few executions and among many, once it shows the right ones in both."""
        paths, counts, notes = {}, [], []
        for name in (few, many):
            store, portal = self.open(name)
            paths[name] = case.path(store)
            for _ in range(3):
                opened = time.time_ns() // 1_000_000
                answer = portal.get(paths[name])
            counts.append(case.check(store, answer.text, opened))
            notes.append(f"{counts[-1]}{' (and stopped)' if STOPPED in answer.text else ''}")
        figure = compare(
            case.name, self.asking(few, paths[few]), self.asking(many, paths[many]), self.options.rounds,
            self.options.requests,
        )  # fmt: skip
        figure.note = f"{' and '.join(notes)} rows"
        # A page of fifty rows is not compared with one of five; and no one index has an order within a window.
        is_alike = counts[1] <= counts[0] + ALIKE and not (case.is_order and case.window != "all")
        figure.limits(RATIO if is_alike else None, SLOWEST)
        return figure

    def control(self, name: str, case: Case) -> None:
        """Measure one page against itself."""
        store, portal = self.open(name)
        path = case.path(store)
        for _ in range(20):
            portal.get(path)
        asking = self.asking(name, path)
        figure = compare(f"control, {case.name}", asking, asking, self.options.rounds, self.options.requests)
        self.add(figure)
        if not STEADY[0] <= figure.ratio <= STEADY[1]:
            raise NotSteadyError(f"The same page twice is {figure.ratio:.2f}: not steady, run it again.")

    def paging(self) -> None:
        """Compare a page far back with the first."""
        for page in PAIRS:
            name = PAIRS[page][1]
            if not self.wanted(f"{page}: page"):
                continue
            with self.measuring(f"{page}: page {DEEP:,} and page 1"):
                self.add(self.deep_page(page, name))

    def deep_page(self, page: str, name: str) -> Figure:
        """Follow the links to the page far back, then compare it with the first."""
        store, portal = self.open(name)
        first = Case(page, "", "1", "all").path(store)
        path, seen = first, set[str]()
        for number in range(2, DEEP + 1):
            answer = portal.get(path).text
            seen.update(rows_of(answer))
            following = next_of(answer)
            if following is None:
                raise AssertionError(f"page {number - 1} leads nowhere")
            path = following if following.startswith("/") else first.partition("?")[0] + following
        if len(seen) != (DEEP - 1) * PER_PAGE:
            raise AssertionError(f"{DEEP - 1} pages show {len(seen):,} executions")
        figure = compare(
            f"{page}: page {DEEP:,} and page 1", self.asking(name, first), self.asking(name, path),
            self.options.rounds, self.options.requests,
        )  # fmt: skip
        figure.limits(RATIO, SLOWEST)
        return figure

    def export(self) -> None:
        """Measure the memory and the time that a file of all executions takes."""
        for form in ("csv", "jsonl"):
            if self.wanted(f"export {form}"):
                with self.measuring(f"export {form}"):
                    self.add(looks.export(store_of(SHAPES["one-100k"], self.folder, say), form, self.folder))

    def first(self) -> None:
        """Compare the first look at an actor with 5,000 executions with the API's own answer."""
        if self.wanted("first look"):
            with self.measuring("first look"):
                self.add(looks.first_look(self.folder, self.options.rounds))

    def calls(self) -> None:
        """Count what a second look asks the API."""
        for page, (_, many) in PAIRS.items():
            if self.wanted(f"{page}: second look"):
                with self.measuring(f"{page}: second look"):
                    store, portal = self.open(many)
                    self.add(looks.second_look(page, Case(page, "", "1", "24h").path(store), portal, self.apis[many]))


def say(text: str) -> None:
    """Tell whoever waits how far it is."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def main() -> int:
    """Run the parts that are asked for, write the figures, and return 1 where one is over its limit."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.history", description=__doc__)
    parser.add_argument("--rounds", type=int, default=7, help="rounds of each comparison")
    parser.add_argument("--requests", type=int, default=8, help="requests for each page in a round")
    parser.add_argument("--parts", default=",".join(PARTS), help=f"of {', '.join(PARTS)}")
    parser.add_argument("--cases", default="", help="only cases with one of these texts in the name, joined by commas")
    parser.add_argument(
        "--folder", type=Path, default=Path(tempfile.gettempdir()) / "portal-benchmarks",
        help="folder of the databases, which are reused for two hours",
    )  # fmt: skip
    parser.add_argument("--write", type=Path, help="output file of the JSON; a table in Markdown is written beside it")
    options = parser.parse_args()
    unknown = set(options.parts.split(",")) - set(PARTS)
    if unknown:
        parser.error(f"there is no part {', '.join(sorted(unknown))}")
    options.folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        run = Run(options, stack)
        try:
            for part in PARTS:
                if part in options.parts.split(","):
                    getattr(run, part)()
        except NotSteadyError as problem:
            say(str(problem))
            return 2
        finally:
            write(run, options)
    over = [figure.name for figure in run.figures if figure.is_over]
    say(f"{len(run.figures)} figures, {len(over)} over their limit{': ' if over else ''}{'; '.join(over)}")
    return 1 if over else 0


def write(run: Run, options: argparse.Namespace) -> None:
    """Write the figures, with the machine they were taken on, where a file was named."""
    if options.write is None:
        return
    about = {
        "when": time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime()),
        "python": platform.python_version(),
        "cores": os.cpu_count(),
        "load": os.getloadavg(),
        "rounds": options.rounds,
        "requests": options.requests,
    }
    found = {"about": about, "figures": [figure.record() for figure in run.figures]}
    options.write.write_text(json.dumps(found, indent=1))
    options.write.with_suffix(".md").write_text(table(run.figures))


if __name__ == "__main__":
    sys.exit(main())
