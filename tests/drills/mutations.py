"""Seed faults into the security layer, one at a time in a copy of the tree, and see which the tests catch.

`python -m tests.drills mutations [--only WORDS] [--jobs N]`. Each fault is a text and what it becomes (listed in
`tests/faults/seeded.py`); at least 90 % must be caught by the test files named beside it.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import Queue

from tests.faults.seeded import SEEDED, Seeded

ROOT = Path(__file__).parents[2]
COPIED = ("actors_app", "portal", "sandbox", "templates", "static", "tests", "manage.py", "pyproject.toml")
ASKED = 0.9


def copy_tree(to: Path) -> Path:
    """Copy what the tests need."""
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, to / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, to / name)
    return to


def run_tests(tree: Path, tests: tuple[str, ...], seconds: float) -> bool:
    """Whether these tests pass in a tree within a time; a fault may well make one wait for ever."""
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "--no-migrations", *tests]
    env = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        return subprocess.run(command, cwd=tree, env=env, capture_output=True, timeout=seconds).returncode == 0
    except subprocess.TimeoutExpired:
        return False


def is_caught(tree: Path, fault: Seeded) -> bool | None:
    """Whether the tests notice a fault; None where its place in the source is not there any more."""
    path = tree / fault.file
    good = path.read_text()
    if good.count(fault.old) < 1:
        return None
    path.write_text(good.replace(fault.old, fault.new, 1))
    try:
        return not run_tests(tree, fault.tests, 180)
    finally:
        path.write_text(good)


def main(arguments: list[str]) -> int:
    """Seed every fault; print the survivors and the share that was caught."""
    parser = argparse.ArgumentParser(prog="mutations", description=__doc__)
    parser.add_argument("--only", default="", help="only faults whose file or text holds this")
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args(arguments)
    chosen = [fault for fault in SEEDED if options.only in f"{fault.file} {fault.old} {fault.new}"]
    start = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="seeded-") as folder:
        trees: Queue[Path] = Queue()
        for number in range(options.jobs):
            trees.put(copy_tree(Path(folder) / str(number)))

        def judge(fault: Seeded) -> bool | None:
            mine = trees.get()
            verdict = is_caught(mine, fault)
            trees.put(mine)
            if not verdict:
                word = "NOT FOUND" if verdict is None else "SURVIVED"
                sys.stdout.write(f"{word}  {fault.file}: {fault.old!r} -> {fault.new!r}\n")
                sys.stdout.flush()
            return verdict

        with ThreadPoolExecutor(options.jobs) as pool:
            every = tuple(sorted({test for fault in chosen for test in fault.tests}))
            sound = pool.submit(run_tests, copy_tree(Path(folder) / "sound"), every, 1800)
            verdicts = list(pool.map(judge, chosen))
        if not sound.result():
            sys.stdout.write("The tests fail without any fault, so nothing was shown.\n")
            return 2
    caught = sum(verdict is True for verdict in verdicts)
    share = caught / len(chosen) if chosen else 0.0
    sys.stdout.write(
        f"{caught} of {len(chosen)} caught, {share:.0%}; {time.monotonic() - start:.0f} s; asked: {ASKED:.0%}\n"
    )
    return 0 if share >= ASKED and None not in verdicts else 1
