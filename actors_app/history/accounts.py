"""The accounts that collect the history: one for each tenant that names one, or COLLECTOR_USERNAME at the one API."""

import logging
import time
from pathlib import Path

from django.conf import settings

from actors_app.core.security.credentials import client_for
from actors_app.services import tokens
from actors_app.services.errors import AbacoError, ClientRefused, WrongPassword
from portal import logs
from portal.tenants import Tenant

log = logging.getLogger("actors_app.history")

RENEW_BEFORE = 60  # seconds before its end at which a token is replaced


class AccountError(ValueError):
    """Settings with which nobody can collect; the text is a sentence for the operator."""


class ServiceAccount:
    """The credentials of the account that collects: a token for its password, and another when that ends."""

    def __init__(self, tenant: Tenant) -> None:
        self._tenant, self._username, self._password = tenant, username_at(tenant), password_at(tenant)
        self._token, self._until, self._ends = "", 0.0, 0.0

    def access_token(self) -> str:
        """Return a token that should work now; raise what the token endpoint refuses, or fails at without one."""
        if self._token and time.monotonic() < self._until:
            return self._token
        try:
            return self.renew(self._token)
        except (WrongPassword, ClientRefused):
            raise
        except AbacoError as failure:
            if not self._token or time.monotonic() > self._ends:
                raise
            log.warning("The token of the collector account could not be renewed, but still works: %s", failure.detail)
            return self._token

    def renew(self, rejected: str, /) -> str:
        """Sign in again; raise what the token endpoint refuses."""
        if self._token and self._token != rejected:
            return self._token
        client = client_for(self._tenant)
        grant = tokens.password(
            client, self._tenant.client_key, self._tenant.client_secret, self._username, self._password
        )
        self._token = grant.access_token
        self._ends = time.monotonic() + (grant.expires_in or 3600)
        self._until = max(self._ends - RENEW_BEFORE, time.monotonic() + 30)
        return self._token


def username_at(tenant: Tenant) -> str:
    """Return the user name of the account that collects at a tenant; empty where nobody does."""
    return tenant.collector_username or (settings.COLLECTOR_USERNAME if len(settings.TENANTS) == 1 else "")


def password_at(tenant: Tenant) -> str:
    """Return that account's password; empty where this process does not know it, as a portal need not."""
    if not tenant.collector_username:
        return settings.COLLECTOR_PASSWORD if len(settings.TENANTS) == 1 else ""
    if not tenant.collector_password_file:
        return tenant.collector_password
    try:
        password = Path(tenant.collector_password_file).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeError):
        return ""
    logs.hide([password])
    return password


def tenants_to_collect(name: str = "") -> list[Tenant]:
    """Return the tenants with an account that collects, or the one of a name.

    Raises AccountError where there is none, or where an account lacks what signs it in. Nobody is asked.
    """
    tenants = settings.TENANTS
    if not tenants or (name and name not in tenants):
        raise AccountError(f"Specify a tenant with --tenant: {', '.join(tenants) or 'no tenants are configured'}.")
    chosen = [tenant for tenant in tenants.values() if username_at(tenant) and name in ("", tenant.name)]
    if not chosen and len(tenants) == 1:
        raise AccountError("Set COLLECTOR_USERNAME and COLLECTOR_PASSWORD to an account with access to the actors.")
    if not chosen:
        raise AccountError(
            f"No collector account is set for {name or 'any tenant'}: set collector_username and collector_password "
            "in the file of PORTAL_TENANTS_FILE. COLLECTOR_USERNAME works only with a single API, so its password is "
            "never sent to another."
        )
    for tenant in chosen:
        if not password_at(tenant):
            raise AccountError(_missing_password(tenant))
        if not (tenant.client_key and tenant.client_secret):
            raise AccountError(
                f"The collector signs in at {tenant.name} with a password: set ACTORS_API_CLIENT_KEY and "
                "ACTORS_API_CLIENT_SECRET."
            )
    return chosen


def _missing_password(tenant: Tenant) -> str:
    if not tenant.collector_username:
        return "Set COLLECTOR_USERNAME and COLLECTOR_PASSWORD to an account with access to the actors."
    file = tenant.collector_password_file
    return f"{file} cannot be read, or is empty: it must contain the collector's password for {tenant.name}."
