"""Whom the portal talks to: the API, the people at its public address, and the accounts that collect the history."""

import time
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.db import Error

from actors_app.core.clock import MINUTE, SECOND, now_ms
from actors_app.core.security import origins
from actors_app.core.security.credentials import client_for
from actors_app.doctor import Findings, failure, ok, probing, warning
from actors_app.doctor.probing import Unreached
from actors_app.history import heartbeat
from actors_app.history.accounts import ServiceAccount, password_at, username_at
from actors_app.history.models import CollectorBeat
from actors_app.services import Abaco
from actors_app.services.calls import Call
from actors_app.services.errors import (
    AbacoError,
    ClientRefused,
    Forbidden,
    NamingMismatch,
    NotFound,
    SignedOut,
    WrongPassword,
)
from actors_app.services.urls import upstream_url
from portal.tenants import Tenant

APART, FAR_APART = 30, 300  # seconds between two clocks
SOON = timedelta(days=14)
STALE = 15 * MINUTE


def apis() -> Findings:
    """Ask every API as somebody without a token: it must refuse, in time and by the same clock."""
    if not settings.TENANTS:
        yield failure("API", "No API is configured. Set ACTORS_API_URL or PORTAL_TENANTS_FILE.")
    for tenant in settings.TENANTS.values():
        yield from _api(tenant)


def _api(tenant: Tenant) -> Findings:
    about = f"API {tenant.name}"
    client = client_for(tenant)
    began = time.monotonic()
    try:
        client.send(Call("GET", upstream_url(*client.dialect.actors_root), repeatable=False), {})
    except (SignedOut, Forbidden):
        yield ok(about, f"{tenant.url} responds in {time.monotonic() - began:.2f} s and requires a sign-in.")
    except NotFound:
        yield failure(
            about, f"{tenant.url} has no Actors API of version {tenant.version}. Check the URL and the version."
        )
        return
    except AbacoError as error:
        yield failure(about, f"{tenant.url}: {error.user_message}")
        return
    else:
        yield warning(about, f"{tenant.url} lists actors without a token.")
    if not tenant.takes_password and not tenant.takes_code:
        yield warning(about, "Users can sign in only with an access token, since no OAuth client is set.")
    try:
        response = probing.ask(tenant.url, "/")
    except Unreached:
        return  # the door has said how it is
    yield from _clock(about, response.clock)


def _clock(about: str, clock: datetime | None) -> Findings:
    if clock is None:
        return
    apart = abs((clock.astimezone(UTC) - datetime.now(UTC)).total_seconds())
    if apart > APART:
        level = failure if apart > FAR_APART else warning
        yield level(
            "clock",
            f"The clocks of this machine and of {about} differ by {apart:.0f} s. Synchronize this machine with NTP.",
        )
    else:
        yield ok("clock", f"The clocks of this machine and of {about} agree.")


def public(url: str, ca_file: str = "") -> Findings:
    """Come in by the front door, as a visitor does, through whatever stands before the portal."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        yield failure("public URL", f"{url!r} is not a URL such as https://portal.example.org.")
        return
    if parts.path != settings.SCRIPT_NAME:
        yield failure(
            "public URL",
            f"{url} has {f'the path {parts.path}' if parts.path else 'no path'}, but links use "
            f"{settings.SCRIPT_NAME or 'no path'}. Set SCRIPT_NAME to the path under which the proxy serves the "
            "portal, or leave it empty if the portal has its own host.",
        )
        return
    try:
        response = probing.ask(url, f"{parts.path}/sign-in/", ca_file=ca_file)
    except Unreached as problem:
        yield failure("public URL", f"{url} cannot be reached: {problem}.")
        return
    yield from _entered(url, response)
    if response.certificate_ends:
        remaining = response.certificate_ends - datetime.now(UTC)
        level = warning if remaining < SOON else ok
        yield level("public URL", f"The certificate expires in {remaining.days} days.")
    try:
        if probing.ask(url, f"{parts.path}/metrics", ca_file=ca_file).status == 200:
            yield warning("public URL", "Anyone can read /metrics. Block it at the proxy, or set METRICS_TOKEN.")
    except Unreached:
        pass
    if parts.scheme == "https" and not parts.port:
        yield from _plain(url.replace("https:", "http:", 1))


def _entered(url: str, response: probing.Response) -> Findings:
    to = response.headers.get("location", "")
    if response.status == 200 and url.startswith("http:") and not settings.PLAIN_HTTP:
        yield failure("public URL", f"{url} shows the sign-in page without TLS.")
    elif response.status == 200:
        yield ok("public URL", f"{url} shows the sign-in page in {response.seconds:.2f} s.")
        if url.startswith("https:") and "strict-transport-security" not in response.headers:
            yield warning(
                "public URL",
                "The header Strict-Transport-Security is missing. Check whether the proxy removes headers.",
            )
    elif (
        response.status in (301, 302, 307, 308)
        and url.startswith("https:")
        and urlsplit(to).path == f"{urlsplit(url).path}/sign-in/"
    ):
        yield failure(
            "public URL",
            f"{url} redirects to {to} forever: the proxy must send X-Forwarded-Proto: https, and PORTAL_BEHIND_PROXY "
            "must be true.",
        )
    elif response.status == 400:
        yield failure(
            "public URL",
            f"{url} returns 400: ALLOWED_HOSTS does not include {urlsplit(url).hostname}, or the proxy does not pass "
            "on Host.",
        )
    elif response.status in (502, 503, 504):
        yield failure(
            "public URL",
            f"{url} returns {response.status}. Check whether the proxy reaches the portal, and what /readyz returns.",
        )
    else:
        yield failure("public URL", f"{url} returns {response.status} instead of the sign-in page.")


def _plain(url: str) -> Findings:
    try:
        response = probing.ask(url, f"{urlsplit(url).path}/sign-in/")
    except Unreached:
        return  # nobody listens without TLS, which is as good
    if response.status not in (301, 308) or not response.headers.get("location", "").startswith("https://"):
        yield failure("public URL", f"{url} returns {response.status} instead of a redirect to https.")


def collector() -> Findings:
    """Try each account that collects the history, where its password is known here, and see whether it collects."""
    tenants = [tenant for tenant in settings.TENANTS.values() if username_at(tenant)]
    if not tenants and settings.COLLECTOR_USERNAME:
        yield failure(
            "history",
            "COLLECTOR_USERNAME is for a single API. Set collector_username for each tenant in the file of "
            "PORTAL_TENANTS_FILE.",
        )
    elif not tenants:
        yield ok(
            "history", "COLLECTOR_USERNAME is not set: without a collector, the history fills as users open pages."
        )
    for tenant in tenants:
        if password_at(tenant):
            yield from _account(tenant)
        else:
            # A portal that does not collect knows no password; signing in without one would count towards a lock.
            yield ok(
                "history",
                f"The collector account for {tenant.name} is not tested, since its password is not set here. Run "
                "doctor where collect_history runs.",
            )
    yield from _beats(tenants)


def _account(tenant: Tenant) -> Findings:
    abaco = Abaco(client_for(tenant), ServiceAccount(tenant))
    try:
        count, role = len(abaco.actors.list()), abaco.roles.admin()
    except (WrongPassword, ClientRefused, SignedOut) as refusal:
        yield failure("history", f"{tenant.name} rejects the collector account: {refusal.user_message}")
    except NamingMismatch as error:
        yield failure(f"API {tenant.name}", error.user_message)
    except AbacoError as error:
        yield failure("history", f"The collector account cannot read {tenant.name}: {error.user_message}")
    else:
        scope = "all actors, as an administrator" if role.is_admin else f"the {count} actors that it can access"
        yield ok("history", f"The collector account sees {scope} in {tenant.name}.")
        if role.is_unknown:
            yield warning(
                "history",
                f"The role of the collector account at {tenant.name} is unknown, since the API did not respond. An "
                "administrator would see all actors.",
            )


def _beats(tenants: list[Tenant]) -> Findings:
    """Say of each tenant whether it is being collected, by the collector's own sign of life."""
    try:
        last, keys = CollectorBeat.objects.in_bulk(), origins.keys()
    except Error:
        return  # said of the store
    for name in (tenant.name for tenant in tenants):
        if (row := last.get(keys[name])) is None:
            yield warning("history", f"{name} has never been synced. Start manage.py collect_history.")
        elif row.refusal:
            yield failure("history", f"The collector has stopped syncing {name} until it is restarted: {row.refusal}")
        elif (now_ms() - row.at) > heartbeat.SILENT:
            silent = (now_ms() - row.at) / MINUTE
            yield warning(
                "history",
                f"The collector of {name} last reported {silent:.0f} minutes ago, on {row.host}. Check whether "
                "manage.py collect_history is running.",
            )
        elif not row.whole:
            yield ok("history", f"The collector of {name} is running its first round.")
        elif (late := now_ms() - row.whole) > STALE:
            yield warning(
                "history",
                f"The collector of {name} is running, but its last complete round was {late / MINUTE:.0f} minutes ago.",
            )
        else:
            yield ok(
                "history", f"The collector of {name} is running. Its last complete round was {late / SECOND:.0f} s ago."
            )
