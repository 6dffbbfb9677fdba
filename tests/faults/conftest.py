"""What the tests of faults share: a stand-in for the API as the portal's only tenant, and short limits of time."""

from collections.abc import Iterator
from typing import Any

import pytest

from actors_app.core.security.credentials import client_for
from actors_app.services.calls import Limits
from portal.tenants import Tenant
from tests.faults.stand_in import StandIn


@pytest.fixture
def stand(settings: Any) -> Iterator[StandIn]:
    """Return a stand-in that the portal takes for the API."""
    with StandIn() as server:
        settings.TENANTS = {"default": tenant_at(server.url)}
        shorten()
        yield server


def tenant_at(url: str) -> Tenant:
    """Return a tenant at an address."""
    return Tenant("default", "Stand-in", url, client_key="portal", client_secret="portal-secret")


def shorten(**limits: float) -> None:
    """Shorten the limits of the one tenant's client, of which some must be waited out here."""
    from django.conf import settings

    client_for(settings.TENANTS["default"]).limits = Limits(**{"pause": 0.01, **limits})
