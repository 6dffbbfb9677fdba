"""Programs that some tests need and not every machine has."""

import os
from typing import NoReturn

import pytest


def missing(program: str, package: str) -> NoReturn:
    """Skip a test and say how to get what it needs; fail it where REQUIRE_ and the program's name are set, as in CI."""
    words = f"{program} was not found; on Debian: apt install {package}"
    if os.environ.get(f"REQUIRE_{program.upper()}"):
        pytest.fail(words)
    pytest.skip(words)
