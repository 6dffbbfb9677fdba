"""The page of all places, and the bars that lead to them."""

import pytest
from django.test import Client

from actors_app.core.pages.navigation import GROUPS, OTHER_PAGES, TAB_BAR
from tests.conftest import API

pytestmark = pytest.mark.django_db
URL = "/places/"


def test_it_leads_to_every_place_without_asking_the_api(api: API, signed_in: Client) -> None:
    page = signed_in.get(URL).content.decode()
    for group in GROUPS:
        for place in group.places:
            # Once at the side, once on the page itself, and once more in the bar of a phone where it stands there.
            assert page.count(f'href="{place.href}"') >= 2 + (place in TAB_BAR)
    for place in OTHER_PAGES.places:
        assert f'href="{place.href}"' in page
    assert api.asked == []


def test_the_place_one_is_at_is_marked(signed_in: Client) -> None:
    page = signed_in.get(URL).content.decode()
    assert page.count('aria-current="page"') == 1
    assert f'href="{URL}" aria-current="page"' in page


def test_what_is_behind_more_is_said_to_be_there(signed_in: Client) -> None:
    assert f'href="{URL}" aria-current="true"' in signed_in.get("/account/").content.decode()


def test_it_needs_credentials(client: Client) -> None:
    assert client.get(URL).status_code == 302


def test_it_rejects_the_wrong_method(signed_in: Client) -> None:
    assert signed_in.post(URL).status_code == 405
