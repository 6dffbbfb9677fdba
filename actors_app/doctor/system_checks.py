"""What Django cannot know about a safe deployment: `manage.py check --deploy --fail-level WARNING` must be silent.

Checks marked `deploy` hold where the portal is served to others; the rest hold everywhere, in tests too.
"""

import json
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from cryptography.fernet import Fernet
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.checks import Warning as Notice
from django.db import Error as StoreError

from actors_app.core.security import origins
from portal.tenants import LOOPBACK

HTMX_CONFIG = {
    "selfRequestsOnly": True,
    "allowEval": False,
    "allowScriptTags": False,
    "historyCacheSize": 0,
    "refreshOnHistoryMiss": True,
    "historyRestoreAsHxRequest": False,
    "includeIndicatorStyles": False,
    "timeout": 30000,
    "methodsThatUseUrlParams": ["get"],
}
QUIET = ("urllib3", "requests")
NEEDED = (  # in this order, others may stand between them
    "portal.middleware.RequestIdMiddleware",
    "portal.middleware.HeadersMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "actors_app.core.body_limits.BodyMiddleware",
    "actors_app.core.pages.middleware.WriteGuardMiddleware",
)
YEAR = 365 * 24 * 60 * 60

Check = Callable[[], bool]


def _safe(number: int, says: str, *, deploy: bool = False) -> Callable[[Check], Check]:
    """Register a function that returns whether something is as it must be; `says` is the sentence when it is not."""

    def registered(holds: Check) -> Check:
        def check(app_configs: object, **kwargs: Any) -> list[CheckMessage]:
            return [] if holds() else [Error(says, id=f"actors.E{number:03}")]

        register(check, Tags.security, deploy=deploy)
        return holds

    return registered


@_safe(1, "DEBUG is on: error pages show settings and variables of the code.", deploy=True)
def debug_is_off() -> bool:
    """Whether no page shows the inside of the portal."""
    return not settings.DEBUG


@_safe(2, "SECRET_KEY or one of its fallbacks has fewer than 50 characters or is not random enough.", deploy=True)
def secret_keys_are_strong() -> bool:
    """Whether nobody can guess a key that signs."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return all(len(key) >= 50 and len(set(key)) >= 12 for key in keys)


@_safe(3, "All signing keys and encryption keys must be different.")
def keys_are_separate() -> bool:
    """Whether knowing one key opens nothing that another guards."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS, *settings.CREDENTIAL_KEYS, *settings.EVIDENCE_KEYS]
    return len(set(keys)) == len(keys)


@_safe(4, "PORTAL_CREDENTIAL_KEYS is empty, or contains a key that is invalid or not random enough.")
def credential_keys_are_valid() -> bool:
    """Whether everything that is kept can be encrypted."""
    for key in settings.CREDENTIAL_KEYS:
        try:
            Fernet(key)
        except ValueError:
            return False
        if len(set(key)) < 12:
            return False
    return bool(settings.CREDENTIAL_KEYS)


@_safe(5, "ALLOWED_HOSTS is empty or contains a wildcard. List each host.", deploy=True)
def hosts_are_named() -> bool:
    """Whether the portal answers under its own names only."""
    return bool(settings.ALLOWED_HOSTS) and not any(
        host == "*" or host.startswith(".") for host in settings.ALLOWED_HOSTS
    )


@_safe(6, "An Actors API is called over plain HTTP, which is allowed only on this machine.")
def apis_are_https() -> bool:
    """Whether no token travels in the clear."""
    addresses = [urlsplit(tenant.url) for tenant in settings.TENANTS.values()]
    return all(address.scheme == "https" or address.hostname in LOOPBACK for address in addresses)


@_safe(7, "No Actors API is configured. Set ACTORS_API_URL or PORTAL_TENANTS_FILE.", deploy=True)
def there_is_an_api() -> bool:
    """Whether anybody can sign in."""
    return bool(settings.TENANTS)


@_safe(8, "Cookies must be Secure, HttpOnly and SameSite, with no domain and the prefix __Host-.", deploy=True)
def cookies_are_bound_to_the_host() -> bool:
    """Whether no other host can read or set the portal's cookies."""
    return all(
        getattr(settings, f"{kind}_COOKIE_NAME").startswith("__Host-")
        and getattr(settings, f"{kind}_COOKIE_SECURE")
        and getattr(settings, f"{kind}_COOKIE_HTTPONLY")
        and getattr(settings, f"{kind}_COOKIE_SAMESITE") in ("Lax", "Strict")
        and getattr(settings, f"{kind}_COOKIE_PATH") == "/"
        and getattr(settings, f"{kind}_COOKIE_DOMAIN") is None
        for kind in ("SESSION", "CSRF")
    )


@_safe(9, "SESSION_ENGINE must be the portal's own, and SESSION_SERIALIZER must use JSON.")
def sessions_are_ours() -> bool:
    """Whether no page can overwrite a sign-in by saving its session."""
    return settings.SESSION_ENGINE == "actors_app.core.security.sessions" and settings.SESSION_SERIALIZER.endswith(
        ".JSONSerializer"
    )


@_safe(10, "The htmx configuration in templates/base.html is not secure.")
def htmx_is_tame() -> bool:
    """Whether htmx evaluates nothing, keeps nothing, and asks nobody else."""
    page = (settings.BASE_DIR / "templates" / "base.html").read_text(encoding="utf-8")
    match = re.search(r"<meta name=\"htmx-config\"\s+content='([^']*)'", page)
    try:
        config = json.loads(match[1]) if match else {}
    except ValueError:
        return False
    return HTMX_CONFIG.items() <= config.items() and 'hx-history="false"' in page


@_safe(
    11,
    "The loggers of urllib3 and requests must be at WARNING or above, since they log URLs, which can contain a nonce.",
)
def clients_log_quietly() -> bool:
    """Whether no log line can hold an address of the API."""
    logging: dict[str, Any] = settings.LOGGING
    loggers, root = logging["loggers"], logging["root"]["level"]
    return all(loggers.get(name, {}).get("level", root) in ("WARNING", "ERROR", "CRITICAL") for name in QUIET)


@_safe(12, "Django's admin and accounts must not be installed, since all users sign in at the API.")
def there_are_no_local_accounts() -> bool:
    """Whether there is no second way in."""
    return not {"django.contrib.admin", "django.contrib.auth"} & set(settings.INSTALLED_APPS)


@_safe(13, "The Content-Security-Policy must be enforced, deny by default, and contain no wildcard or unsafe source.")
def the_policy_is_strict() -> bool:
    """Whether a browser runs nothing but the portal's own scripts."""
    policy = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    sources = [str(source) for listed in policy.values() for source in listed]
    return (
        [str(source) for source in policy.get("default-src", [])] == ["'none'"]
        and not any("unsafe" in source or "*" in source or source.endswith(":") for source in sources)
        and {"base-uri", "form-action", "frame-ancestors"} <= set(policy)
        and not getattr(settings, "CONTENT_SECURITY_POLICY_REPORT_ONLY", None)
    )


@_safe(
    14, "The portal must be served only over HTTPS, with Strict-Transport-Security for at least a year.", deploy=True
)
def https_is_a_must() -> bool:
    """Whether no browser speaks to the portal in the clear."""
    return (
        settings.SECURE_SSL_REDIRECT
        and settings.SECURE_HSTS_SECONDS >= YEAR
        and (settings.SECURE_HSTS_INCLUDE_SUBDOMAINS or bool(settings.SCRIPT_NAME))  # the subdomains are another's
        and not settings.PLAIN_HTTP
    )


@_safe(15, "A proxy header is trusted without PORTAL_BEHIND_PROXY. Any client could send it.")
def proxies_are_declared() -> bool:
    """Whether nobody but a proxy of ours says where a request comes from."""
    believed = settings.SECURE_PROXY_SSL_HEADER or settings.USE_X_FORWARDED_HOST or settings.USE_X_FORWARDED_PORT
    return not believed or (settings.BEHIND_PROXY and not settings.USE_X_FORWARDED_HOST)


@_safe(16, "The database is in memory: each process would have its own, and lose it when it ends.", deploy=True)
def the_store_lasts() -> bool:
    """Whether sign-ins and the trail outlive a process."""
    name = str(settings.DATABASES["default"]["NAME"])
    return bool(name) and ":memory:" not in name and "mode=memory" not in name


@_safe(17, "A security middleware is missing or in the wrong position.")
def protection_is_in_place() -> bool:
    """Whether every request goes through all that protects, in the order that works."""
    present = [name for name in settings.MIDDLEWARE if name in NEEDED]
    return tuple(present) == NEEDED


@_safe(18, "System checks are silenced.")
def nothing_is_silenced() -> bool:
    """Whether all of this is heard, but what Django says of a host's subdomains where the host is not the portal's."""
    subdomains = {"security.W005", "security.W021"} if settings.SCRIPT_NAME else set()
    return set(settings.SILENCED_SYSTEM_CHECKS) <= subdomains


@_safe(20, "EVIDENCE_KEY contains a key that is not random enough.", deploy=True)
def evidence_keys_are_random() -> bool:
    """Whether nobody can guess a key that signs evidence."""
    return all(len(set(key)) >= 12 for key in settings.EVIDENCE_KEYS)


@register(Tags.database)
def addresses_are_as_they_were(app_configs: object, databases: object = None, **kwargs: Any) -> list[CheckMessage]:
    """Name the tenants that have another API at their address than the one of which rows are kept.

    Only where the store may be asked: `manage.py check --database default`, and `migrate`.
    """
    try:
        return [Notice(str(change), id="actors.W019") for change in origins.changes()] if databases else []
    except StoreError:
        return []  # it does not answer, or has no such table before its migration
