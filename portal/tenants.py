"""The Actors APIs this deployment may talk to, read once from its configuration.

A visitor picks a tenant from this list and can never type an address.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

WAYS = ("code", "password", "token")
WITH_A_CLIENT = ("code", "password")  # ways for which the portal needs an OAuth client of its own
UNASKED = ("password", "token")  # for a code, the client must be registered with the portal's address first
VERSIONS = ("v2", "v2-snake", "v3")
COLLECTOR = ("collector_username", "collector_password", "collector_password_file")
SETTINGS = {"label", "url", "version", "sign_in", "client_key", "client_secret", *COLLECTOR}
LOOPBACK = ("localhost", "127.0.0.1", "::1")
_USUAL_PORTS = {"https": 443, "http": 80}


class TenantError(ValueError):
    """A tenant's configuration that cannot be used; the text is a sentence for the operator."""


@dataclass(frozen=True, slots=True)
class Tenant:
    """One Actors API: where it is, which version it speaks and how people sign in there."""

    name: str
    label: str
    url: str
    version: str = "v2"
    sign_in: tuple[str, ...] = UNASKED
    client_key: str = ""
    client_secret: str = field(default="", repr=False)
    # The account with which `manage.py collect_history` reads, and its password or a file that holds it.
    collector_username: str = ""
    collector_password: str = field(default="", repr=False)
    collector_password_file: str = ""

    @property
    def origin(self) -> str:
        """The API itself, in whichever way its address is written."""
        return origin_of(self.url)

    @property
    def takes_code(self) -> bool:
        """Whether people can sign in at the API's own page and come back with a code."""
        return "code" in self.sign_in

    @property
    def takes_password(self) -> bool:
        """Whether people can sign in with a user name and a password."""
        return "password" in self.sign_in

    @property
    def takes_token(self) -> bool:
        """Whether people can sign in with an access token they already have."""
        return "token" in self.sign_in


@lru_cache(maxsize=256)
def origin_of(url: str) -> str:
    """Return the origin of an API's address: scheme, host, port unless it is the usual one, and base path.

    Two APIs may share a host under different paths, so the path belongs to it; its case counts, that of the rest does
    not (RFC 3986, 6.2). Raises ValueError for an address without a host, or with a port that is none.
    """
    parts = urlsplit(url)
    host = (parts.hostname or "").rstrip(".")
    if not host:
        raise ValueError("an address without a host")
    host = f"[{host}]" if ":" in host else host if host.isascii() else host.encode("idna").decode()
    port = "" if parts.port in (None, _USUAL_PORTS.get(parts.scheme)) else f":{parts.port}"
    return f"{parts.scheme}://{host}{port}{parts.path.rstrip('/')}"


def read_tenant(name: str, table: Mapping[str, Any]) -> Tenant:
    """Make a tenant of one table of settings; raise TenantError with a sentence when it cannot be used."""
    if unknown := sorted(set(table) - SETTINGS):
        raise TenantError(f"Tenant {name}: unknown setting {unknown[0]}. Allowed: {', '.join(sorted(SETTINGS))}.")
    url = str(table.get("url", "")).rstrip("/")
    try:
        parts = urlsplit(url)
        origin_of(url)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in ("https", "http"):
        raise TenantError(f"Tenant {name}: url must be the URL of the API, such as https://api.example.org.")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise TenantError(f"Tenant {name}: url must not contain a username, a password, a query or a fragment.")
    if parts.scheme == "http" and parts.hostname not in LOOPBACK:
        raise TenantError(f"Tenant {name}: url must be https; http is allowed only on this machine.")
    version = str(table.get("version") or "v2")
    if version not in VERSIONS:
        raise TenantError(f"Tenant {name}: version must be one of {', '.join(VERSIONS)}, not {version!r}.")
    asked = table.get("sign_in")
    ways = tuple(asked) if isinstance(asked, list | tuple) and asked else UNASKED
    if (asked and ways is UNASKED) or not all(way in WAYS for way in ways):
        raise TenantError(
            f"Tenant {name}: sign_in must be a list that contains only {', '.join(WAYS[:-1])} and {WAYS[-1]}."
        )
    key, secret = str(table.get("client_key") or ""), str(table.get("client_secret") or "")
    if not (key and secret):
        if asked and (way := next((way for way in ways if way in WITH_A_CLIENT), "")):
            raise TenantError(f"Tenant {name}: sign-in with a {way} requires client_key and client_secret.")
        ways = tuple(way for way in ways if way not in WITH_A_CLIENT)
    account = _account(name, table, has_client=bool(key and secret))
    return Tenant(name, str(table.get("label") or parts.hostname), url, version, ways, key, secret, *account)


def _account(name: str, table: Mapping[str, Any], *, has_client: bool) -> tuple[str, str, str]:
    """Return the collector's user name, password and file of the password; all are empty where nobody collects."""
    username, password, file = (str(table.get(setting) or "") for setting in COLLECTOR)
    if (password or file) and not username:
        raise TenantError(f"Tenant {name}: a collector password requires collector_username.")
    if username and bool(password) == bool(file):
        raise TenantError(
            f"Tenant {name}: collector_username requires either collector_password or collector_password_file."
        )
    if username and not has_client:
        raise TenantError(f"Tenant {name}: the collector signs in with a password: set client_key and client_secret.")
    return username, password, file


def read_tenants(
    file: str,
    url: str,
    version: str,
    client_key: str,
    client_secret: str,
    label: str = "",
    sign_in: Sequence[str] = (),
) -> dict[str, Tenant]:
    """Read the tenants of a TOML file, or the one given by its parts; an empty dict when neither is set."""
    if file:
        try:
            tables = tomllib.loads(Path(file).read_text(encoding="utf-8"))
        except (OSError, tomllib.TOMLDecodeError) as problem:
            raise TenantError(f"PORTAL_TENANTS_FILE {file} cannot be read: {problem}.") from problem
        tenants = {}
        for name, table in tables.items():
            if not isinstance(table, dict):
                raise TenantError(f"PORTAL_TENANTS_FILE {file}: {name} must be a table of settings.")
            tenants[name] = read_tenant(name, table)
        if not tenants:
            raise TenantError(f"PORTAL_TENANTS_FILE {file} contains no tenant.")
        return tenants
    if not url:
        return {}
    table = {
        "url": url,
        "version": version,
        "label": label,
        "client_key": client_key,
        "client_secret": client_secret,
        "sign_in": list(sign_in),
    }
    return {"default": read_tenant("default", table)}
