"""`manage.py doctor` on deployments with one real fault each: it must name that fault, and end as a script expects."""

import re
import socket
import ssl
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.core.management import call_command
from django.db import connection
from django.test import Client

from actors_app.account.models import SignInBucket
from actors_app.core.clock import now_ms
from actors_app.core.security.models import PortalSession
from actors_app.doctor import Finding, inside, outside
from actors_app.history import heartbeat
from actors_app.history.models import ActorHistory, CollectorBeat
from portal.tenants import Tenant
from tests.conftest import key_of
from tests.history.world import World
from tests.history.world import answering as answering_world
from tests.sandbox.support import free_port
from tests.services.conftest import RawServer
from tests.services.test_tls import over_tls
from tests.support.certificates import self_signed
from tests.support.store import taken_away

Handle = Callable[[RawServer, socket.socket], None]
Start = Callable[[Handle], RawServer]
Browser = Callable[..., Client]
STORE = pytest.mark.store


def said(findings: Iterator[Finding], level: str = "") -> str:
    """Return the sentences of a level, or all of them."""
    return "\n".join(one.says for one in findings if level in ("", one.level))


def levels(findings: Iterator[Finding]) -> list[str]:
    return [one.level for one in findings]


def store_files() -> list[Path]:
    """Return the tests' own store, where it is files: pytest made them with its umask."""
    name = Path(str(connection.settings_dict["NAME"]))
    return list(name.parent.glob(f"{name.name}*")) if connection.vendor == "sqlite" else []


@pytest.fixture
def serve() -> Iterator[Start]:
    """Return a function that starts a server of raw bytes."""
    started: list[RawServer] = []

    def start(handle: Handle) -> RawServer:
        started.append(RawServer(handle))
        return started[-1]

    yield start
    for server in started:
        server.close()


@pytest.fixture
def world(db: None) -> Iterator[World]:
    """Answer every call from a world."""
    with answering_world() as found:
        yield found


def answering(status: str, **headers: str) -> Handle:
    """Return what answers every request alike; `{url}` in a header is the server's own address."""

    def handle(server: RawServer, connection: socket.socket) -> None:
        while server.read_request(connection):
            url = server.url if not isinstance(connection, ssl.SSLSocket) else server.url.replace("http:", "https:")
            named = {name.replace("_", "-"): value.format(url=url) for name, value in headers.items()}
            lines = [f"HTTP/1.1 {status}", "Content-Length: 0", *(f"{name}: {text}" for name, text in named.items())]
            connection.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())

    return handle


def tenant(url: str, **more: Any) -> dict[str, Tenant]:
    return {"default": Tenant("default", "API", url, client_key="key", client_secret="secret", **more)}


# Inside -----------------------------------------------------------------------------------------------------


@STORE
@pytest.mark.django_db
def test_a_good_store_is_well_and_keeps_nothing_of_the_trial() -> None:
    found = list(inside.store())
    assert {one.level for one in found} == {"ok"}, found
    assert "All migrations are applied." in said(iter(found))
    assert not SignInBucket.objects.exists()


@STORE
@pytest.mark.django_db(transaction=True)
def test_a_store_that_is_away_is_said(tmp_path: Path) -> None:
    with taken_away(tmp_path):
        assert "Database error" in said(inside.store(), "error")
        assert "could not be checked, since the database is unavailable" in said(inside.keys(), "warning")


@STORE
@pytest.mark.django_db(transaction=True)
def test_a_store_that_takes_nothing_is_said() -> None:
    on, off = ("PRAGMA query_only=ON", "PRAGMA query_only=OFF")
    if connection.vendor == "postgresql":
        on, off = ("SET default_transaction_read_only = on", "SET default_transaction_read_only = off")
    with connection.cursor() as cursor:
        cursor.execute(on)
    try:
        assert "Database error" in said(inside.store(), "error")
    finally:
        with connection.cursor() as cursor:
            cursor.execute(off)


@STORE
@pytest.mark.django_db
def test_a_migration_that_lacks_is_named_and_one_that_is_newer() -> None:
    with connection.cursor() as cursor:
        columns, values = "(app, name, applied)", "('actors_app', '9999_x', '2026-01-01')"
        cursor.execute(f"INSERT INTO django_migrations {columns} VALUES {values}")  # noqa: S608 - of this line
        assert "it has the migration actors_app.9999_x" in said(inside.store(), "warning")
        cursor.execute("DELETE FROM django_migrations WHERE app = 'actors_app' AND name = '0001_initial'")
    assert "1 migrations are missing, starting with actors_app.0001_initial" in said(inside.store(), "error")


@STORE
@pytest.mark.django_db
def test_keys_of_sessions_that_the_store_holds_are_said(sign_in: Browser) -> None:
    key = key_of(sign_in())
    assert "session keys" not in said(inside.store(), "warning")
    PortalSession.objects.update(session_key=key)
    assert "manage.py hash_session_keys" in said(inside.store(), "warning")
    call_command("hash_session_keys", verbosity=0)
    assert "session keys" not in said(inside.store(), "warning")


@STORE
@pytest.mark.django_db
def test_a_key_that_was_lost_is_said_and_one_that_is_old(sign_in: Browser, settings: Any) -> None:
    sign_in()
    assert set(levels(inside.keys())) == {"ok"}
    first, new = settings.CREDENTIAL_KEYS[0], Fernet.generate_key().decode()
    settings.CREDENTIAL_KEYS = [new, first]
    assert "1 sign-ins use an older key" in said(inside.keys(), "warning")
    settings.CREDENTIAL_KEYS = [new]
    assert "1 of the latest 1 sign-ins cannot be decrypted" in said(inside.keys(), "error")


def test_evidence_that_nobody_signs_is_said(settings: Any) -> None:
    key, former = settings.EVIDENCE_KEYS[0], Fernet.generate_key().decode()
    assert "Evidence is signed with the key " in said(inside.signing(), "ok")
    settings.EVIDENCE_KEYS = [key, former]
    assert said(inside.signing(), "ok").endswith("1 former keys verify.")
    settings.EVIDENCE_KEYS = []
    assert "EVIDENCE_KEY is not set" in said(inside.signing(), "warning")


def test_files_that_were_not_collected_are_said(settings: Any, tmp_path: Path) -> None:
    settings.STATIC_ROOT = str(tmp_path / "static")
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"},
    }
    assert "contains no static files" in said(inside.static_files(), "error")
    call_command("collectstatic", interactive=False, verbosity=0)
    settings.STORAGES = dict(settings.STORAGES)  # the storage reads its list once
    assert {one.level for one in inside.static_files()} == {"ok"}
    gone = next((tmp_path / "static" / "js").glob("portal.*.js"))
    gone.unlink()
    assert "1 files are missing and 0 are outdated, such as js/portal.js" in said(inside.static_files(), "error")
    gone.write_text("old")
    source = tmp_path / "new"
    (source / "js").mkdir(parents=True)
    (source / "js" / "portal.js").write_text("a newer one")
    settings.STATICFILES_DIRS = [source]
    assert "0 files are missing and 1 are outdated" in said(inside.static_files(), "error")


@STORE
@pytest.mark.only_on("postgresql")
@pytest.mark.django_db
def test_a_connection_without_tls_is_said_unless_it_is_asked_for(settings: Any) -> None:
    settings.DATABASES["default"]["HOST"], here = "store.example.org", settings.DATABASES["default"]["HOST"]
    options = settings.DATABASES["default"]["OPTIONS"]
    try:
        assert "add ?sslmode=verify-full" in said(inside.store(), "warning")
        options["sslmode"] = "disable"
        assert "as set in DATABASE_URL (sslmode=disable)" in said(inside.store(), "ok")
        assert said(inside.store(), "warning") == ""
    finally:
        options.pop("sslmode", None)
        settings.DATABASES["default"]["HOST"] = here


def test_a_disk_without_room_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for bound in ("TOO_LITTLE", "LITTLE", "TOO_LITTLE_TEMPORARY", "LITTLE_TEMPORARY"):
        monkeypatch.setattr(inside, bound, 0)
    assert {one.level for one in inside.disks()} == {"ok"}
    for few, none in (("LITTLE", "TOO_LITTLE"), ("LITTLE_TEMPORARY", "TOO_LITTLE_TEMPORARY")):
        with monkeypatch.context() as patch:
            patch.setattr(inside, few, 2**60)
            assert "MB are free" in said(inside.disks(), "warning")
            patch.setattr(inside, none, 2**60)
            assert "MB are free" in said(inside.disks(), "error")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "missing"))
    assert "is not writable" in said(inside.disks(), "error")


def test_counts_without_a_disk_of_their_own_are_said(settings: Any, tmp_path: Path) -> None:
    settings.METRICS_DIR = ""
    assert "Set PORTAL_METRICS_DIR" in said(inside.room_for_counts(), "warning")
    settings.PLAIN_HTTP = True
    assert "Set PORTAL_METRICS_DIR" in said(inside.room_for_counts(), "ok")
    settings.METRICS_DIR = str(tmp_path / "missing")
    assert "does not exist yet or is not writable" in said(inside.room_for_counts(), "error")
    settings.METRICS_DIR = str(tmp_path)
    assert "is on the same disk as the temporary files" in said(inside.room_for_counts(), "warning")
    settings.METRICS_DIR = "/dev/shm"  # noqa: S108 - a disk of its own on every Linux
    assert "MB are free in /dev/shm" in said(inside.room_for_counts(), "ok")


def test_settings_that_are_not_safe_are_said(settings: Any) -> None:
    settings.DEBUG = True
    assert "DEBUG is on" in said(inside.configuration(), "error")
    assert "PORTAL_BEHIND_PROXY is off" in said(inside.configuration(), "warning")
    settings.PLAIN_HTTP = True
    assert "for local use only" in said(inside.configuration(), "warning")


# Outside ----------------------------------------------------------------------------------------------------


def test_an_api_that_asks_for_a_sign_in_is_well(serve: Start, settings: Any) -> None:
    server = serve(answering("401 Unauthorized", Date=format_datetime(datetime.now(UTC))))
    settings.TENANTS = tenant(server.url)
    assert [one.level for one in outside.apis()] == ["ok", "ok"]
    assert all(b"uthorization" not in request for request in server.requests)


@pytest.mark.parametrize(
    ("status", "level", "words"),
    [
        ("404 Not Found", "error", "has no Actors API of version v2"),
        ("200 OK", "warning", "lists actors without a token"),
        ("502 Bad Gateway", "error", "The Actors API"),
    ],
)
def test_an_api_that_is_none_is_said(serve: Start, settings: Any, status: str, level: str, words: str) -> None:
    settings.TENANTS = tenant(serve(answering(status)).url)
    assert words in said(outside.apis(), level)


def test_an_api_that_nobody_reaches_is_said(settings: Any) -> None:
    settings.TENANTS = tenant(f"http://127.0.0.1:{free_port()}")
    assert "Cannot reach the Actors API" in said(outside.apis(), "error")
    settings.TENANTS = {}
    assert "No API is configured" in said(outside.apis(), "error")


def test_an_api_of_an_unknown_authority_is_said(serve: Start, settings: Any, tmp_path: Path) -> None:
    server = serve(over_tls(self_signed(tmp_path), answering("401 Unauthorized")))
    settings.TENANTS = tenant(server.url.replace("http:", "https:"))
    assert "not trusted" in said(outside.apis(), "error")


@pytest.mark.parametrize(("minutes", "level"), [(-2, "warning"), (10, "error")])
def test_clocks_that_differ_are_said(serve: Start, settings: Any, minutes: int, level: str) -> None:
    there = format_datetime(datetime.now(UTC) + timedelta(minutes=minutes))
    settings.TENANTS = tenant(serve(answering("401 Unauthorized", Date=there)).url)
    found = re.search(r"differ by (\d+) s", said(outside.apis(), level))
    assert found
    assert abs(int(found[1]) - abs(minutes) * 60) < 30


DOORS: list[tuple[Handle, str, str]] = [
    (answering("301 Moved", Location="{url}/sign-in/"), "error", "forever: the proxy must send X-Forwarded-Proto"),
    (answering("400 Bad Request"), "error", "ALLOWED_HOSTS does not include 127.0.0.1"),
    (answering("502 Bad Gateway"), "error", "whether the proxy reaches the portal"),
    (answering("403 Forbidden"), "error", "returns 403 instead of the sign-in page"),
    (answering("200 OK"), "warning", "Anyone can read /metrics"),
    (answering("200 OK"), "warning", "whether the proxy removes headers"),
    (answering("200 OK", Strict_Transport_Security="max-age=1"), "ok", "shows the sign-in page in"),
    (answering("200 OK"), "warning", "The certificate expires in 0 days"),
]


@pytest.mark.parametrize(("door", "level", "words"), DOORS)
def test_a_front_door_that_is_wrong_is_said(serve: Start, tmp_path: Path, door: Handle, level: str, words: str) -> None:
    path = self_signed(tmp_path)
    url = serve(over_tls(path, door)).url.replace("http:", "https:")
    assert words in said(outside.public(url, str(path)), level)


def test_a_front_door_that_cannot_be_entered_is_said(serve: Start, tmp_path: Path) -> None:
    assert "the connection failed" in said(outside.public(f"https://127.0.0.1:{free_port()}"), "error")
    assert "is not a URL" in said(outside.public("portal.example.org"), "error")
    untrusted = serve(over_tls(self_signed(tmp_path), answering("200 OK"))).url.replace("http:", "https:")
    assert "the certificate is not trusted (self-signed certificate)" in said(outside.public(untrusted), "error")
    no_tls = serve(lambda server, connection: connection.sendall(b"220 mail\r\n\r\n")).url.replace("http:", "https:")
    assert "TLS failed" in said(outside.public(no_tls), "error")
    assert "without TLS" in said(outside.public(serve(answering("200 OK")).url), "error")
    babbling = serve(lambda server, connection: connection.sendall(b"220 mail\r\n\r\n"))
    assert "the response is not HTTP" in said(outside.public(babbling.url), "error")


@STORE
@pytest.mark.django_db
def test_the_account_that_collects_is_tried(world: World, settings: Any) -> None:
    assert "COLLECTOR_USERNAME is not set" in said(outside.collector(), "ok"), "nobody has to collect"
    settings.COLLECTOR_USERNAME, settings.COLLECTOR_PASSWORD = "collector", "its password"
    world.password = "its password"
    world.actor()
    assert "sees the 1 actors that it can access" in said(outside.collector(), "ok")
    assert "default has never been synced" in said(outside.collector(), "warning")
    world.is_admin = True
    assert "sees all actors, as an administrator" in said(outside.collector(), "ok")
    world.failing["probe"] = (500, {}, "<html>")
    assert "sees the 1 actors that it can access" in said(outside.collector(), "ok")
    assert "The role of the collector account at default is unknown" in said(outside.collector(), "warning")
    settings.COLLECTOR_PASSWORD = "another"
    assert "default rejects the collector account" in said(outside.collector(), "error")


@STORE
@pytest.mark.django_db
def test_whether_the_collector_is_alive_is_read_from_its_own_sign(world: World, settings: Any) -> None:
    settings.COLLECTOR_USERNAME, settings.COLLECTOR_PASSWORD = "collector", ""
    # People who look at pages read the history too, which says nothing of the collector.
    ActorHistory.objects.create(tenant="default", actor_id="a", looked=now_ms())
    assert "default has never been synced" in said(outside.collector(), "warning")
    heartbeat.beat("default")
    assert "is running its first round" in said(outside.collector(), "ok")
    heartbeat.beat("default", whole=True)
    assert levels(outside.collector()) == ["ok", "ok"]
    CollectorBeat.objects.update(whole=now_ms() - 3_600_000)
    assert "is running, but its last complete round was 60 minutes ago" in said(outside.collector(), "warning")
    CollectorBeat.objects.update(at=now_ms() - 3_600_000)
    assert "last reported 60 minutes ago" in said(outside.collector(), "warning")
    heartbeat.beat("default", refusal="The account is refused.")
    assert "has stopped syncing default until it is restarted: The account is refused." in said(
        outside.collector(), "error"
    )


@STORE
@pytest.mark.django_db
def test_one_account_for_several_apis_is_said(settings: Any) -> None:
    settings.TENANTS = {name: replace(one, name=name) for name in "ab" for one in tenant("https://x.org").values()}
    assert levels(outside.collector()) == ["ok"]
    settings.COLLECTOR_USERNAME, settings.COLLECTOR_PASSWORD = "collector", "its password"
    assert "COLLECTOR_USERNAME is for a single API" in said(outside.collector(), "error")


@STORE
@pytest.mark.django_db
def test_a_portal_that_does_not_collect_leaves_the_account_alone(settings: Any, serve: Start) -> None:
    called: list[str] = []
    api = serve(lambda server, connection: called.append("called"))
    settings.TENANTS = tenant(api.url)
    settings.COLLECTOR_USERNAME, settings.COLLECTOR_PASSWORD = "collector", ""
    found = list(outside.collector())
    assert "is not tested, since its password is not set here" in said(iter(found), "ok")
    assert "default has never been synced" in said(iter(found), "warning")
    assert called == []
    settings.COLLECTOR_PASSWORD = "its password"
    assert "The collector account cannot read" in said(outside.collector(), "error")
    assert called, "with a password it is tried"


# The command ------------------------------------------------------------------------------------------------


def no_loop() -> None:
    """Answer as asyncio does where no loop runs."""
    raise RuntimeError("no running event loop")


@STORE
@pytest.mark.django_db
def test_the_exit_code_is_for_scripts(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    out = StringIO()
    monkeypatch.delenv("DJANGO_ALLOW_ASYNC_UNSAFE", raising=False)  # which the browser tests need
    monkeypatch.setattr("django.utils.asyncio.get_running_loop", no_loop)  # that of a browser of the same process
    settings.BEHIND_PROXY, settings.SECURE_SSL_REDIRECT = True, True
    settings.SECRET_KEY = "Zq3-vT8_nL5xW2rK9pB6yD1mH4cJ7gF0sA-uE_iOtQwRzXlNkP"
    for file in store_files():
        file.chmod(0o600)
    call_command("doctor", offline=True, stdout=out)
    assert "ok       migrations: All migrations are applied." in out.getvalue()
    assert out.getvalue().rstrip().endswith("0 errors.")
    with pytest.raises(SystemExit, match="1"):
        call_command("doctor", offline=True, strict=True, stdout=out)  # the tests serve static files as they are
    settings.TENANTS = tenant(f"http://127.0.0.1:{free_port()}")
    out = StringIO()
    with pytest.raises(SystemExit, match="1"):
        call_command("doctor", quiet=True, stdout=out)
    assert "error    API default: http://127.0.0.1:" in out.getvalue()
    assert "\nok " not in out.getvalue()
