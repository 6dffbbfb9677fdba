"""The API as bulk acts on actors meet it, on v2 and v3 alike."""

from dataclasses import replace
from typing import Any

import pytest

from tests.bulk.actors.support import Wire
from tests.conftest import API


@pytest.fixture(params=["v2", "v3"])
def both(request: pytest.FixtureRequest, settings: Any, api: API) -> Wire:
    """The API as either version answers."""
    settings.TENANTS = {"default": replace(settings.TENANTS["default"], version=request.param)}
    return Wire(api, request.param)


@pytest.fixture
def wire(api: API) -> Wire:
    """The API of v2, for what does not depend on the version."""
    return Wire(api, "v2")
