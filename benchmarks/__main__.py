"""`python -m benchmarks`: measure the goals of `goals.toml` and write the results.

First, one page is measured against itself: if the result is not steady, the run is discarded and `docs/performance.md`
stays unchanged, as after a run of some goals. The exit code is 1 if a gate is over its limit or a time over 1.3 times
its limit, and 2 if the run is discarded.
"""

import argparse
import importlib.metadata
import json
import os
import platform
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import requests

from benchmarks import goals, lengths, loads, long, pages, peers, probe, texts
from benchmarks.bench import Bench
from benchmarks.measuring import Figure, compare
from benchmarks.stores import ROOT

MEASURES: dict[str, Callable[[Bench], None]] = {
    "P1": pages.p1, "P2": pages.p2, "P3": pages.p3, "P4": pages.p4, "P5": pages.p5, "P6": long.p6, "P7": long.p7,
    "P8": loads.p8, "P9": loads.p9, "P10": peers.p10,
    "P11": lengths.p11, "P12": lengths.p12, "P13": texts.p13,
}  # fmt: skip
PACKAGES = ("django", "requests", "urllib3", "msgspec", "gunicorn")
PROBLEMS = (AssertionError, RuntimeError, OSError, requests.RequestException, subprocess.SubprocessError)


def control(bench: Bench) -> Figure:
    """Measure one page against itself."""
    asking = bench.page(pages.LIST)
    return compare("control", asking, asking, max(bench.rounds, 3), pages.REQUESTS)


def about(options: argparse.Namespace) -> dict[str, Any]:
    """Return what a figure depends on besides the portal."""
    command = ["git", "describe", "--always", "--dirty"]
    version = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)  # noqa: S603
    return {
        "when": time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime()),
        "commit": version.stdout.strip() or "unknown",
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "packages": {name: importlib.metadata.version(name) for name in PACKAGES},
        "cores": len(os.sched_getaffinity(0)),
        "load": os.getloadavg(),
        "rounds": options.rounds,
    }


def main(arguments: list[str]) -> int:
    """Measure the selected goals; return the exit code."""
    known = goals.goals()
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--goals", default=",".join(MEASURES), help=f"from {', '.join(MEASURES)}, joined by commas")
    parser.add_argument("--rounds", type=int, default=7, help="rounds of each comparison")
    parser.add_argument("--write", type=Path, default=ROOT / "var" / "benchmarks.json", help="output file of the JSON")
    parser.add_argument(
        "--page", type=Path, default=goals.PAGE, help="file with the markers for the table of all goals"
    )
    parser.add_argument("--minutes", type=float, default=10, help="time limit; no group starts in its last minute")
    parser.add_argument("--peers", type=Path, default=ROOT / "var" / "peers", help="environment of the peers")
    options = parser.parse_args(arguments)
    asked = [name for name in options.goals.split(",") if name]
    if unknown := set(asked) - set(MEASURES):
        parser.error(f"there is no goal {', '.join(sorted(unknown))}")
    os.umask(0o077)
    # SIGTERM ends the started processes too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    before, started = about(options), time.monotonic()
    with tempfile.TemporaryDirectory(prefix="portal-benchmarks-") as name, ExitStack() as stack:
        bench = Bench(Path(name), stack, rounds=options.rounds, peers=options.peers.absolute())
        stack.enter_context(probe.on(bench.others))
        steady = control(bench)
        is_steady = goals.STEADY[0] <= steady.ratio <= goals.STEADY[1]
        say(f"control: the same page twice {steady.ratio:.2f}{'' if is_steady else ': DISCARDED, not steady'}")
        for group in asked:
            began = time.monotonic()
            try:
                if began - started > 60 * (options.minutes - 1):
                    raise RuntimeError("no time left")
                MEASURES[group](bench)
            except PROBLEMS as problem:
                say(f"{group}: {problem}")
                for goal in known.values():
                    if goal.group == group and goal.name not in bench.figures:
                        bench.figures[goal.name] = Figure(goal.name, problem=str(problem)[:200])
            for goal in known.values():
                if goal.group == group and (figure := bench.figures.get(goal.name)):
                    figure.name = f"{goal.name} {goal.verdict(figure)}"
                    say(figure.line())
            say(f"{group} took {time.monotonic() - began:.0f} s, load {os.getloadavg()[0]:.1f}")
    chosen = [goal for goal in known.values() if goal.group in asked]
    found = {
        "about": before | {"load_after": os.getloadavg()},
        "discarded": not is_steady,
        "control": steady.record(),
        "goals": {
            goal.name: {
                "what": goal.what, "of": goal.of, "limit": goal.limit, "stretch": goal.stretch, "gate": goal.gate,
                "verdict": goal.verdict(bench.figures.get(goal.name)),
                "figure": bench.figures[goal.name].record() if goal.name in bench.figures else None,
            }
            for goal in chosen
        },
    }  # fmt: skip
    text = said(found, is_steady) + goals.table(bench.figures, chosen)
    options.write.parent.mkdir(parents=True, exist_ok=True)
    options.write.write_text(json.dumps(found, indent=1))
    options.write.with_suffix(".md").write_text(text)
    say(f"\n{text}\nEvery round is in {options.write}.")
    if not is_steady:
        return 2
    # The table of some goals does not replace that of all.
    if set(asked) == set(MEASURES) and not goals.write_into(options.page, text):
        sys.exit(f"{options.page} has no markers for the table.")
    return int(any(goal.fails(bench.figures.get(goal.name)) for goal in chosen))


def said(found: dict[str, Any], is_steady: bool) -> str:
    """Return the sentence above the table: time, commit and machine."""
    about = found["about"]
    loads = " to ".join(f"{load[0]:.1f}" for load in (about["load"], about["load_after"]))
    return (
        f"{'' if is_steady else '**Discarded: the machine was not steady.** '}Measured on {about['when']} at commit "
        f"{about['commit']}, {about['cores']} cores, Python {about['python']}, load average {loads}, "
        f"{about['rounds']} rounds; the same page twice: {found['control']['ratio']:.2f}x.\n\n"
    )


def say(text: str) -> None:
    """Print progress."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
