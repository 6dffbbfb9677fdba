"""The pictures of the documentation can be made: each page is there, and what is done on it first can be done."""

import pytest
from playwright.sync_api import Browser

from docs.screenshots import LARGEST, SHOTS, Shot, take, world_of
from tests.e2e.conftest import Portal

pytestmark = pytest.mark.browser


FIRST, *OTHERS = [shot for shot in SHOTS if shot.act]


@pytest.mark.parametrize(
    "shot", [FIRST, *(pytest.param(shot, marks=pytest.mark.full) for shot in OTHERS)], ids=lambda shot: shot.name
)
def test_a_picture_is_taken(portal: Portal, chromium: Browser, shot: Shot) -> None:
    world = world_of(portal.sandbox.sign_in("demo"))
    picture = take(chromium, portal.url, world, shot)
    assert picture[8:12] == b"WEBP"
    assert len(picture) <= LARGEST
