"""Change functions of the security layer, one thing at a time in a copy of the tree, and see what the tests notice.

`python -m tests.drills mutations [--only WORDS] [--minutes 30] [--jobs 2]`. mutmut changes the functions that
`tests/faults/mutated.py` names and runs the tests beside them. Each change that none of them noticed is shown: it needs
a test, or changes nothing that matters. At least 90 % must be noticed, but for changes of nothing but a text.
"""

import argparse
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from tests.faults.mutated import MUTATED, Mutated

ROOT = Path(__file__).parents[2]
COPIED = ("actors_app", "portal", "sandbox", "templates", "static", "tests", "docs", "manage.py", "pyproject.toml")
REQUIRED = 0.9
_TEXT = re.compile(r"f?(?:\"[^\"]*\"|'[^']*')|\bNone\b")
_NOTICED = ("killed", "timeout", "suspicious", "segfault")


def copy_tree(to: Path, chosen: Sequence[Mutated]) -> None:
    """Copy what the tests need, with the settings of mutmut."""
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, to / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, to / name)
    tests = list(dict.fromkeys(test for each in chosen for test in each.tests))
    with (to / "pyproject.toml").open("a") as file:
        file.write(
            f"""
[tool.mutmut]
source_paths = ["actors_app/", "portal/"]
only_mutate = {[each.file for each in chosen]}
also_copy = {list(COPIED)}
pytest_add_cli_args = ["-p", "no:cacheprovider", "--no-migrations"]
pytest_add_cli_args_test_selection = {tests}
"""
        )


def patterns(chosen: Iterable[Mutated]) -> list[str]:
    """Return the names of all changes to some functions, as mutmut has them."""
    names = []
    for each in chosen:
        module = each.file.removesuffix(".py").replace("/", ".")
        for function in each.functions:
            owner, _, name = function.rpartition(".")
            names.append(f"{module}.{f'xǁ{owner}ǁ' if owner else 'x_'}{name}__mutmut_*")
    return names


def _mutmut(tree: Path, *arguments: str) -> str:
    command = [sys.executable, "-m", "mutmut", *arguments]
    return subprocess.run(command, cwd=tree, capture_output=True, text=True, check=False).stdout


def is_text_alone(difference: str) -> bool:
    """Whether a change is one of a text in the code, such as the words of an error, or leaves it out."""
    lines = [line for line in difference.splitlines() if line[:1] in "+-" and line[:3] not in ("+++", "---")]
    bare = [_TEXT.sub('""', line[1:]) for line in lines]
    return len(bare) == 2 and bare[0] == bare[1]


def main(arguments: list[str]) -> int:
    """Run mutmut for some minutes; print what survived and the share that was noticed."""
    parser = argparse.ArgumentParser(prog="mutations", description=__doc__)
    parser.add_argument("--only", default="", help="only functions whose file or name has this")
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args(arguments)
    chosen = [
        each._replace(functions=functions)
        for each in MUTATED
        if (functions := tuple(name for name in each.functions if options.only in f"{each.file} {name}"))
    ]
    with tempfile.TemporaryDirectory(prefix="mutations-") as folder:
        tree = Path(folder)
        copy_tree(tree, chosen)
        command = [sys.executable, "-m", "mutmut", "run", "--max-children", str(options.jobs), *patterns(chosen)]
        with (tree / "log").open("w+") as log:
            run = subprocess.Popen(command, cwd=tree, stdout=log, stderr=subprocess.STDOUT, start_new_session=True)
            try:
                run.wait(options.minutes * 60)
            except subprocess.TimeoutExpired:
                os.killpg(run.pid, signal.SIGKILL)  # what was tried until then is stored
                run.wait()
        results = [line.strip().split(": ") for line in _mutmut(tree, "results", "--all", "true").splitlines()]
        of_functions = tuple(name.removesuffix("*") for name in patterns(chosen))
        states = {pair[0]: pair[1] for pair in results if len(pair) == 2 and pair[0].startswith(of_functions)}
        counts, survivors = Counter(states.values()), 0
        for name in sorted(name for name, state in states.items() if state in ("survived", "no tests")):
            difference = _mutmut(tree, "show", name)
            if not is_text_alone(difference):
                survivors += 1
                sys.stdout.write(f"{states[name].upper()}  {difference}\n")
        noticed = sum(counts[state] for state in _NOTICED)
        if not noticed:
            sys.stdout.write((tree / "log").read_text()[-2000:] + "\nNothing was shown.\n")
            return 2
    share = noticed / (noticed + survivors)
    sys.stdout.write(f"{dict(counts)}; {noticed} noticed, {survivors} not, {share:.0%}; required: {REQUIRED:.0%}\n")
    return 0 if share >= REQUIRED else 1
