"""Spoil fields of the API's objects at random, and see that every page renders; asked: 10,000 examples, none failing.

`python -m tests.drills fields [--examples N]`. The test command does the same with a hundred, and 250 with `--full`.
"""

import argparse
import os
import subprocess
import sys

TEST = "tests/faults/test_answers.py::test_f37_a_page_renders_whatever_its_fields_hold"


def main(arguments: list[str]) -> int:
    """Run the test with so many examples; return its exit code."""
    parser = argparse.ArgumentParser(prog="fields", description=__doc__)
    parser.add_argument("--examples", type=int, default=10_000)
    options = parser.parse_args(arguments)
    env = {**os.environ, "FIELD_EXAMPLES": str(options.examples)}
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "--no-migrations",
        "--hypothesis-show-statistics",
        TEST,
    ]
    return subprocess.run(command, env=env).returncode
