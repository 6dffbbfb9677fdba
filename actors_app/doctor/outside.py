"""Whom the portal talks to: the API, the people at its public address, and the account that collects the history."""

import time
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.db import Error
from django.db.models import Max

from actors_app.credentials import client_for
from actors_app.doctor import Findings, probing, warning, well, wrong
from actors_app.doctor.probing import Unreached
from actors_app.management.commands.collect_history import ServiceAccount
from actors_app.models import ActorHistory
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
STALE = 15 * 60  # seconds


def apis() -> Findings:
    """Ask every API as somebody without a token: it must refuse, in time and by the same clock."""
    if not settings.TENANTS:
        yield wrong("API", "There is none to talk to: set ACTORS_API_URL or PORTAL_TENANTS_FILE.")
    for tenant in settings.TENANTS.values():
        yield from _api(tenant)


def _api(tenant: Tenant) -> Findings:
    about = f"API {tenant.name}"
    client = client_for(tenant)
    began = time.monotonic()
    try:
        client.send(Call("GET", upstream_url(*client.dialect.actors_root), repeatable=False), {})
    except (SignedOut, Forbidden):
        yield well(about, f"{tenant.url} answers in {time.monotonic() - began:.2f} s and asks for a sign-in.")
    except NotFound:
        yield wrong(
            about, f"{tenant.url} has no Actors API of version {tenant.version}: check the address and the version."
        )
        return
    except AbacoError as error:
        yield wrong(about, f"{tenant.url}: {error.user_message}")
        return
    else:
        yield warning(about, f"{tenant.url} lists actors to somebody without a token.")
    if not tenant.takes_password and not tenant.takes_code:
        yield warning(about, "People can sign in with a pasted token only: no OAuth client is set.")
    try:
        seen = probing.ask(tenant.url, "/")
    except Unreached:
        return  # the door has said how it is
    yield from _clock(about, seen.clock)


def _clock(about: str, clock: datetime | None) -> Findings:
    if clock is None:
        return
    apart = abs((clock.astimezone(UTC) - datetime.now(UTC)).total_seconds())
    if apart > APART:
        level = wrong if apart > FAR_APART else warning
        yield level("clock", f"This machine's clock and that of {about} are {apart:.0f} s apart: set this one by NTP.")
    else:
        yield well("clock", f"This machine and {about} agree on the time.")


def public(url: str, ca_file: str = "") -> Findings:
    """Come in by the front door, as a visitor does, through whatever stands before the portal."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        yield wrong("front door", f"{url!r} is no address such as https://portal.example.org.")
        return
    try:
        seen = probing.ask(url, "/sign-in/", ca_file=ca_file)
    except Unreached as problem:
        yield wrong("front door", f"{url} cannot be entered: {problem}.")
        return
    yield from _entered(url, seen)
    if seen.certificate_ends:
        left = seen.certificate_ends - datetime.now(UTC)
        level = warning if left < SOON else well
        yield level("front door", f"Its certificate ends in {left.days} days.")
    try:
        if probing.ask(url, "/metrics", ca_file=ca_file).status == 200:
            yield warning(
                "front door", "Anybody can read /metrics: refuse it at the proxy, or close it with METRICS_TOKEN."
            )
    except Unreached:
        pass
    if parts.scheme == "https" and not parts.port:
        yield from _plain(url.replace("https:", "http:", 1))


def _entered(url: str, seen: probing.Seen) -> Findings:
    to = seen.headers.get("location", "")
    if seen.status == 200 and url.startswith("http:") and not settings.PLAIN_HTTP:
        yield wrong("front door", f"{url} shows the page for signing in without TLS.")
    elif seen.status == 200:
        yield well("front door", f"{url} shows the page for signing in, in {seen.seconds:.2f} s.")
        if url.startswith("https:") and "strict-transport-security" not in seen.headers:
            yield warning("front door", "It does not say Strict-Transport-Security: does the proxy remove headers?")
    elif seen.status in (301, 302, 307, 308) and url.startswith("https:") and urlsplit(to).path == "/sign-in/":
        yield wrong(
            "front door",
            f"{url} sends people to {to} for ever: the proxy must send X-Forwarded-Proto: https, and "
            "PORTAL_BEHIND_PROXY must be true.",
        )
    elif seen.status == 400:
        yield wrong(
            "front door",
            f"{url} is refused: ALLOWED_HOSTS does not name {urlsplit(url).hostname}, "
            "or the proxy does not pass Host on.",
        )
    elif seen.status in (502, 503, 504):
        yield wrong("front door", f"{url} answers {seen.status}: does the proxy reach the portal, and /readyz say ok?")
    else:
        yield wrong("front door", f"{url} answers {seen.status} where it should show the page for signing in.")


def _plain(url: str) -> Findings:
    try:
        seen = probing.ask(url, "/sign-in/")
    except Unreached:
        return  # nobody listens without TLS, which is as good
    if seen.status not in (301, 308) or not seen.headers.get("location", "").startswith("https://"):
        yield wrong("front door", f"{url} answers {seen.status} instead of sending people to https.")


def collector() -> Findings:
    """Sign in as the account that collects the history, and see whether it does."""
    if not settings.COLLECTOR_USERNAME:
        yield warning("history", "COLLECTOR_USERNAME is not set: the history fills only as people look at it.")
        return
    if not settings.COLLECTOR_PASSWORD:
        # A portal that does not collect has no password; signing in without one would count towards a lock.
        yield well(
            "history",
            "The account of COLLECTOR_USERNAME is not checked here, since COLLECTOR_PASSWORD is not set: "
            "ask where collect_history runs.",
        )
        yield from _freshness()
        return
    for tenant in settings.TENANTS.values():
        if not tenant.client_key:
            continue
        account = ServiceAccount(tenant, settings.COLLECTOR_USERNAME, settings.COLLECTOR_PASSWORD)
        abaco = Abaco(client_for(tenant), account)
        try:
            found, role = len(abaco.actors.list()), abaco.roles.admin()
        except (WrongPassword, ClientRefused, SignedOut) as refusal:
            yield wrong("history", f"{tenant.name} refuses the account of COLLECTOR_USERNAME: {refusal.user_message}")
        except NamingMismatch as error:
            yield wrong(f"API {tenant.name}", error.user_message)
        except AbacoError as error:
            yield wrong(
                "history", f"The account of COLLECTOR_USERNAME cannot look at {tenant.name}: {error.user_message}"
            )
        else:
            whose = "all actors, as an administrator" if role.is_admin else f"{found} actors: those it may read"
            yield well("history", f"The account of COLLECTOR_USERNAME sees {whose} in {tenant.name}.")
            if role.is_unknown:
                yield warning(
                    "history",
                    f"Whether that account is an administrator of {tenant.name} is not known: the API gave no answer "
                    "that tells. As one it would see all actors.",
                )
    yield from _freshness()


def _freshness() -> Findings:
    try:
        looked = ActorHistory.objects.filter(deleted=None).aggregate(newest=Max("looked"))["newest"] or 0
    except Error:
        return  # said of the store
    age = time.time() - looked / 1000
    if not looked:
        yield warning("history", "Nothing was collected yet: start manage.py collect_history.")
    elif age > STALE:
        yield warning("history", f"It was last read {age / 60:.0f} minutes ago: does manage.py collect_history run?")
    else:
        yield well("history", f"It was last read {age:.0f} s ago.")
