"""No secret is found where it is not meant to be, whoever looks at whatever page, and whatever the API answers."""

import base64
import io
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.utils.log import AdminEmailHandler

from actors_app.core.security.credentials import client_for
from actors_app.masking import MASK
from actors_app.services.calls import Limits
from portal.tenants import Tenant
from tests.canary import secrets
from tests.canary.secrets import ENVIRONMENT, MADE_NONCE, PASTED_TOKEN, SHAPES, STEM, CanaryAPI, bad_headers, echo
from tests.canary.tour import Seen, Tour
from tests.faults.failures import black_hole, refuse
from tests.faults.stand_in import Failure
from tests.support.payloads import ACTOR_ID

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.filterwarnings("ignore::pytest.PytestWarning")]

ACTORS = "/actors/v2"
FAULTS: dict[str, Failure] = {
    "400": refuse("400 Bad Request", "Nonce not found."),
    "401": refuse("401 Unauthorized", "Invalid Credentials"),
    "500": refuse("500 Internal Server Error", "Unrecognized exception type: <class 'KeyError'>"),
    "echo": echo,
    "headers": bad_headers,
    "timeout": black_hole,
}
# Where a secret is meant to be: pages that show a nonce, as it is made or asked for, and those of an environment.
MEANT = {
    "POST nonce-list body": (MADE_NONCE,),
    "POST nonce-reveal body": (secrets.LISTED_NONCE,),
    "POST nonce-replace body": (MADE_NONCE,),
    "POST alias-nonce-replace body": (MADE_NONCE,),
    "POST alias-nonce-list body": (MADE_NONCE,),
    "POST alias-nonce-reveal body": (secrets.LISTED_NONCE,),
    "POST execution-detail body": secrets.LOGGED,  # asked for by the owner of the actor
    "POST execution-logs body": secrets.LOGGED,
    "POST result-download body": secrets.LOGGED,
    "GET actor-configuration body": (ENVIRONMENT,),
    "GET definition-download body": (ENVIRONMENT,),
    "GET api:actor-detail body": (ENVIRONMENT,),
    "GET api:definition body": (ENVIRONMENT,),
    "GET api:revision-detail body": (ENVIRONMENT,),
    "GET actor-update body": (ENVIRONMENT,),
    "POST actor-update body": (ENVIRONMENT,),
    "POST actor-create body": (ENVIRONMENT,),
}


@pytest.fixture
def api(settings: Any) -> Iterator[CanaryAPI]:
    with CanaryAPI() as api:
        tenant = Tenant("default", "Canary", api.url, client_key="portal", client_secret=secrets.CLIENT_SECRET)
        settings.TENANTS = {"default": tenant}
        yield api
        client_for.cache_clear()


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """Write down every line of every logger, at DEBUG, urllib3's included."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    loggers = [logging.getLogger(name) for name in ("", "urllib3", "urllib3.connectionpool", "django", "actors_app")]
    levels = [logger.level for logger in loggers]
    loggers[0].addHandler(handler)
    for logger in loggers:
        logger.setLevel(logging.DEBUG)
    yield written
    loggers[0].removeHandler(handler)
    for logger, level in zip(loggers, levels, strict=True):
        logger.setLevel(level)


def leaks(seen: list[Seen]) -> list[str]:
    """Return where a secret is that is not meant to be there."""
    found = []
    for one in seen:
        text = one.text
        for meant in MEANT.get(one.where.partition(" ")[2], ()):
            text = text.replace(meant, "")
        if match := SHAPES.search(text):
            found.append(f"{one.where}: …{text[max(0, match.start() - 60) : match.end() + 30]}…")
    return found


def store() -> Iterator[Seen]:
    """Yield all that the portal's store holds: every row of every table, and the bytes of its files."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608 - the names are the store's own
            yield Seen(f"store {table}", repr([[_plain(value) for value in row] for row in cursor.fetchall()]))
    if connection.vendor == "sqlite":
        name = str(connection.settings_dict["NAME"])
        for path in (Path(name), Path(name + "-wal")):
            if path.exists():
                yield Seen(f"store {path.suffix}", path.read_bytes().decode("latin-1"))


def _plain(value: object) -> object:
    return bytes(value).decode("latin-1") if isinstance(value, bytes | memoryview) else value


# An administrator sees every page that others see, and the echo quotes every secret that is sent. The rest is for the
# full run: the other faults, each person, and each page as a part of one.
@pytest.mark.parametrize(
    ("user", "faults", "parts"),
    [
        ("", (), True),
        ("admin", ("echo",), False),
        pytest.param("demo", tuple(FAULTS), True, marks=pytest.mark.full),
        pytest.param("admin", tuple(FAULTS), True, marks=pytest.mark.full),
    ],
)
def test_no_secret_is_anywhere_but_where_it_is_meant_to_be(
    user: str, faults: tuple[str, ...], parts: bool, api: CanaryAPI, log: io.StringIO
) -> None:
    api.user = user
    tour = Tour(Client(), "ok", parts=parts)
    if user:
        tour.sign_in(user)
    tour.pages()
    forms = tour.forms
    tour.send(forms)
    seen = tour.seen
    if user:
        assert not any(status >= 500 for status in tour.statuses)
        text = "".join(one.text for one in seen)
        assert MADE_NONCE in text, "the new nonce was shown to its maker"
        assert ENVIRONMENT in text, "the environment was shown to its owner"
        asked = b"".join(body for _, _, body in api.asked).decode("latin-1")
        assert secrets.LISTED_NONCE in asked
        assert secrets.LOGGED_TOKEN in text, "the owner asked for the secrets of a log and saw them"
        for name in ("execution-logs", "execution-detail", "evidence-pack", "search", "api:search-logs"):
            assert MASK in "".join(one.text for one in seen if one.where == f"ok GET {name} body"), name
        assert secrets.secret("accs", 0)[:12] in asked
    for mode in faults:
        failure = FAULTS[mode]
        client_for(*_tenants()).limits = (
            Limits(answer=0.05, gap=0.05, pause=0.0) if mode == "timeout" else Limits(pause=0.0)
        )
        faulty = Tour(Client(), mode, parts=parts)
        faulty.sign_in(user)
        api.fail(failure, path=ACTORS)
        faulty.pages()
        if mode == "401":
            faulty.sign_in(user)
        if user == "demo" or mode == "echo":
            faulty.send(forms)
        api.heal()
        seen += faulty.seen
    seen.append(Seen("log", log.getvalue()))
    assert not (found := leaks([*seen, *store()])), "\n".join(found)
    assert "actors_app" in log.getvalue() or "actors" in log.getvalue()


def _tenants() -> list[Tenant]:
    from django.conf import settings

    return list(settings.TENANTS.values())


@pytest.mark.parametrize(
    "status", ["400 Bad Request", "401 Unauthorized", "500 Internal Server Error", "502 Bad Gateway"]
)
def test_a_refused_sign_in_gives_nothing_away(status: str, api: CanaryAPI, log: io.StringIO) -> None:
    tour = Tour(Client(), status)
    api.fail(refuse(status, "Provided Authorization Grant is invalid."))
    tour.sign_in("demo")
    tour.ask("POST", "/sign-in/token/", {"access_token": PASTED_TOKEN})
    api.heal()
    api.fail(echo)
    tour.sign_in("demo")
    tour.ask("POST", "/sign-in/token/", {"access_token": PASTED_TOKEN})
    assert set(tour.statuses) <= {400, 401, 422, 502, 503}
    assert leaks([*tour.seen, Seen("log", log.getvalue()), *store()]) == []


@pytest.mark.parametrize("debug", [False, True])
def test_a_report_of_a_failure_holds_no_value(
    debug: bool, api: CanaryAPI, monkeypatch: pytest.MonkeyPatch, settings: Any, log: io.StringIO
) -> None:
    """The mail to administrators, with all its frames, when the portal itself fails amid secrets."""
    settings.ADMINS = [("Operator", "operator@example.org")]
    tour = Tour(Client(raise_request_exception=False), "report")
    tour.sign_in("demo")
    settings.DEBUG = debug
    mailer = AdminEmailHandler(include_html=True)
    failures = logging.getLogger("django.request")
    failures.addHandler(mailer)
    try:
        # A fault of the portal's own, where a password, a token or a nonce is a variable of some frame.
        for broken, act in (
            ("actors_app.nonces.views._shown_once", lambda: tour.send(_nonce_forms(tour))),
            ("actors_app.account.views_sign_in.enter", lambda: tour.sign_in("demo")),
            ("actors_app.core.security.credentials._encrypt", lambda: tour.sign_in("demo")),
        ):
            with monkeypatch.context() as patch:
                patch.setattr(broken, None)
                act()
    finally:
        failures.removeHandler(mailer)
    assert tour.statuses.count(500) == 3
    reports = [Seen("report", message.body + str(message.alternatives)) for message in mail.outbox]
    assert len(reports) >= 3
    assert all("NoneType" in report.text and "Bearer" not in report.text for report in reports)
    assert leaks([*reports, *tour.seen, Seen("log", log.getvalue())]) == []


def _nonce_forms(tour: Tour) -> list[Any]:
    from tests.canary.forms import forms_of

    return forms_of(tour.ask("GET", f"/actors/{ACTOR_ID}/nonces/"))


@pytest.mark.parametrize(
    "hidden",
    [
        STEM,
        f"x{STEM}passw",
        f"xx{STEM}",
        quote(STEM),
        base64.b64encode(f"{STEM}pass0001".encode()).decode(),
        base64.b64encode(f"demo:{STEM}pass".encode()).decode(),
        base64.b64encode(f"ab:{STEM}pass".encode()).decode(),
        f"{STEM}pass"[::-1],
        STEM.encode().hex(),
    ],
)
def test_the_sweep_finds_a_secret_in_any_shape(hidden: str) -> None:
    assert leaks([Seen("ok GET overview body", f"<p>{hidden}</p>")])
    assert leaks([Seen("ok POST actor-list body", MADE_NONCE)])
    assert not leaks([Seen("ok POST nonce-list body", MADE_NONCE)])
