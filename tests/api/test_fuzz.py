"""What `fuzz.py` tries, in small: five examples of each operation, all checks, all phases, over real processes."""

import re
from pathlib import Path

import pytest

from tests.api.conftest import Running
from tests.api.fuzz import fuzz
from tests.api.operations import OPERATIONS


@pytest.mark.parametrize(("examples", "least"), [(5, 40), pytest.param(20, 40, marks=pytest.mark.full)])
def test_nothing_that_is_sent_breaks_a_promise_of_the_schema(
    running: Running, tmp_path: Path, examples: int, least: int
) -> None:
    done = fuzz(*running, tmp_path, examples)
    assert done.returncode == 0, done.stdout[-20_000:] + done.stderr[-2000:]
    assert f"Tested: {len(OPERATIONS)}" in done.stdout
    found = re.search(r"(\d+) generated, (\d+) passed", done.stdout)
    assert found
    assert found[1] == found[2]
    assert int(found[1]) > least * len(OPERATIONS)
