"""What `fuzz.py` tries, in small: two examples of each operation and all checks, over real processes."""

import re
from pathlib import Path

import pytest

from tests.core.api.fuzz import fuzz
from tests.core.api.operations import OPERATIONS
from tests.support.json_api import Running

# Boundary values, which are the phase `coverage`, are 80 requests an operation: they are for the full run.
# The examples of a plain run are the same each time, so that what it says of a change is about the change.
SOME = (2, ("--phases", "examples,fuzzing,stateful", "--seed", "1"), 1)
ALL = (20, (), 40)


@pytest.mark.parametrize(("examples", "options", "least"), [SOME, pytest.param(*ALL, marks=pytest.mark.full)])
def test_nothing_that_is_sent_breaks_a_promise_of_the_schema(
    running: Running, tmp_path: Path, examples: int, options: tuple[str, ...], least: int
) -> None:
    done = fuzz(*running, tmp_path, examples, *options)
    assert done.returncode == 0, done.stdout[-20_000:] + done.stderr[-2000:]
    assert f"Tested: {len(OPERATIONS)}" in done.stdout
    found = re.search(r"(\d+) generated, (\d+) passed", done.stdout)
    assert found
    assert found[1] == found[2]
    assert int(found[1]) > least * len(OPERATIONS)
