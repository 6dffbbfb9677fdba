"""Control and direction characters of the API are visible marks on every page, and never themselves."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from actors_app.core.security.credentials import client_for
from portal.tenants import Tenant
from tests.canary.secrets import CanaryAPI
from tests.canary.tour import Tour

pytestmark = pytest.mark.django_db(transaction=True)
HOSTILE = "\u202egpj.\x07\x1b[31m\u200b\u2066end"
RAW = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
# A form must hold a value as it is, or sending it back would change it.
FORMS = re.compile(r"<textarea.*?</textarea>|<(?:input|option)[^>]*>", re.DOTALL)
KEPT = ("id", "actorId", "workerId", "username", "level")


def spoiled(value: Any, name: str = "") -> Any:
    """Return what the API says with every text made hostile, but for what pages are found by."""
    if isinstance(value, dict):
        return {key: spoiled(inner, key) for key, inner in value.items()}
    if isinstance(value, list):
        return [spoiled(inner, name) for inner in value]
    return value + HOSTILE if isinstance(value, str) and name not in KEPT else value


class HostileAPI(CanaryAPI):
    """An API whose every text is hostile."""

    def _result(self, method: str, path: str) -> Any:
        return spoiled(super()._result(method, path))


@pytest.fixture
def api(settings: Any) -> Iterator[HostileAPI]:
    with HostileAPI() as api:
        tenant = Tenant("default", "Hostile", api.url, client_key="portal", client_secret="x" * 9)
        settings.TENANTS = {"default": tenant}
        yield api
        client_for.cache_clear()


def test_no_page_lets_a_control_or_a_direction_through(api: HostileAPI) -> None:
    tour = Tour(Client(), "hostile")
    tour.sign_in("demo")
    tour.pages()
    files = ("-logs", "evidence-pack", "api:")  # which hold what the API said as it is, for programs
    bodies = [one for one in tour.seen if one.where.endswith("body") and not any(name in one.where for name in files)]
    assert sum("gpj." in one.text for one in bodies) > 15
    found = []
    for one in bodies:
        shown = FORMS.sub("", one.text)
        if match := RAW.search(shown):
            found.append(f"{one.where}: {shown[max(0, match.start() - 80) : match.end() + 5]!r}")
    assert found == []
