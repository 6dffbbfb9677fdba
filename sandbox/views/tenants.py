"""The Tenants API of Tapis, as far as it is read: `GET /v3/sites`, `/v3/tenants`, and one of each.

tapipy asks for both lists when it is told an address and no tenant. What is shown and in which words is that of
`tapis-project/tenants-api service/controllers.py` and `models.py`; values that are empty are left out of a tenant.
"""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from sandbox import access, times
from sandbox.access import UnknownToken
from sandbox.answers import NO_SUCH_METHOD, Refusal, refused, success
from sandbox.claims import SERVICE_TENANT, SITE
from sandbox.dialect import V2

Kind = tuple[str, str, Callable[[V2], dict[str, Any]]]
CREATED = times.now()
BY = {
    "create_time": str(CREATED),
    "created_by": f"tenants@{SERVICE_TENANT}",
    "last_update_time": str(CREATED),
    "last_updated_by": f"tenants@{SERVICE_TENANT}",
}


def site(dialect: V2) -> dict[str, Any]:
    """Return the one site, which is the primary one."""
    return BY | {
        "site_id": SITE,
        "primary": True,
        "base_url": settings.SANDBOX_URL,
        "tenant_base_url_template": settings.SANDBOX_URL,
        "site_admin_tenant_id": SERVICE_TENANT,
        "services": ["actors", "authenticator", "tenants"],
    }


def tenant(dialect: V2) -> dict[str, Any]:
    """Return the one tenant; it has no public key, since nobody signs its tokens."""
    url = settings.SANDBOX_URL
    return BY | {
        "tenant_id": dialect.tenant,
        "base_url": url,
        "site_id": SITE,
        "status": "active",
        "token_service": f"{url}/v3/tokens",
        "security_kernel": f"{url}/v3/security",
        "authenticator": f"{url}/v3/oauth2",
        "owner": "admin@sandbox.example.org",
        "admin_user": "admin",
        "token_gen_services": ["actors", "authenticator"],
        "description": "The tenant of the sandbox.",
    }


SITES: Kind = ("site", "Site", site)
TENANTS: Kind = ("tenant", "Tenant", tenant)


def collection(request: HttpRequest, dialect: V2, kind: Kind) -> HttpResponse:
    """Answer the list of sites or of tenants."""
    _, noun, record = kind
    return _answer(request, dialect, lambda: success(dialect, f"{noun}s retrieved successfully.", [record(dialect)]))


def item(request: HttpRequest, dialect: V2, kind: Kind, name: str) -> HttpResponse:
    """Answer one site or tenant."""
    word, noun, record = kind

    def read() -> HttpResponse:
        found = record(dialect)
        if found[f"{word}_id"] != name:
            raise Refusal(f"No {word} found with {word}_id {name}.")
        return success(dialect, f"{noun} retrieved successfully.", found)

    return _answer(request, dialect, read)


def _answer(request: HttpRequest, dialect: V2, read: Callable[[], HttpResponse]) -> HttpResponse:
    # Reading needs no token; one that is given must be good.
    try:
        access.identify(request, dialect)
        if request.method not in ("GET", "HEAD"):
            raise Refusal(NO_SUCH_METHOD, 405)
        return read()
    except UnknownToken:
        return dialect.refuse_token(request)
    except Refusal as refusal:
        return refused(dialect, refusal)
