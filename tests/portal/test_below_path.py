"""The portal below a path of a host that has other applications: no address of its own leads out of it."""

import html
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.test.utils import override_script_prefix

from actors_app.core.pages.navigation import _address
from actors_app.doctor import outside
from actors_app.templatetags.actors import script
from actors_app.templatetags.places import _rendered
from portal.paths import BelowPath
from portal.settings import _path as path_in
from tests.conftest import API
from tests.core.api.operations import READS
from tests.portal.test_settings import GOOD, ROOT
from tests.support.routes import ROWS, answer_everything, crawled

BELOW = "/actors-portal"
HOST = "http://testserver"
_ATTRIBUTE = re.compile(
    r'\s(?:href|src|action|formaction|hx-\w+(?:-url)?|data-\w+|value)="(/[^"]*|https?://testserver[^"]*)"'
)

BY_HTMX = {"HX-Request": "true", "HX-Current-URL": f"{HOST}{BELOW}/actors/?state=done"}

pytestmark = pytest.mark.django_db


@pytest.fixture
def _below(settings: Any) -> Iterator[None]:
    settings.SCRIPT_NAME = settings.FORCE_SCRIPT_NAME = BELOW
    settings.STATIC_URL = f"{BELOW}/static/"
    with override_script_prefix(f"{BELOW}/"):
        _forget_addresses()
        yield
    _forget_addresses()


def _forget_addresses() -> None:
    """Forget what a process keeps of addresses, since its path never changes."""
    for keeping in (script, _rendered, _address):
        keeping.cache_clear()


def addresses_in(text: str, origin: str, is_json: bool = False) -> set[str]:
    """Return every address of an origin that a page or JSON names, without the origin."""
    names = {html.unescape(address) for address in _ATTRIBUTE.findall(text)}
    names |= set(re.findall(rf"{re.escape(origin)}[^\s\"'<]*", text))
    names |= set(re.findall(r'"(/[^"]*)"', text)) if is_json else set()
    return {address.removeprefix(origin) for address in names}


def addresses_of(answer: HttpResponse) -> set[str]:
    """Return every address of the portal's host that an answer names: in its headers, attributes, text and JSON."""
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    named = addresses_in(content.decode("utf-8", "replace"), HOST, is_json="json" in answer["Content-Type"])
    headers = ("Location", "HX-Redirect", "HX-Push-Url", "HX-Replace-Url")
    return named | {answer[name].removeprefix(HOST) for name in headers if name in answer}


def leaving(addresses: set[str]) -> set[str]:
    """Return the addresses that lead out of the path."""
    return {address for address in addresses if not address.startswith(f"{BELOW}/")}


@pytest.mark.usefixtures("_below")
def test_no_address_of_any_page_leads_out_of_the_path(sign_in: Callable[..., Client], api: API) -> None:
    answer_everything(api.wire)
    named = 0
    for name, path in crawled().items():
        assert path.startswith(f"{BELOW}/")
        for method in ROWS[name].methods:
            answer = sign_in().generic(method, path.removeprefix(BELOW), headers=BY_HTMX if method == "POST" else {})
            assert leaving(addresses_of(answer)) == set(), (name, method)
            named += len(addresses_of(answer))
    assert named > 2000


@pytest.mark.usefixtures("_below")
def test_no_address_of_the_json_api_leads_out_of_the_path(sign_in: Callable[..., Client], api: API) -> None:
    answer_everything(api.wire)
    named = set()
    for one in READS:
        answer = sign_in().get(one.address.removeprefix(BELOW))
        assert leaving(addresses_of(answer)) == set(), one
        named |= addresses_of(answer)
    assert f"{BELOW}/api/v1/docs/" in named
    assert f"{BELOW}/api/v1/docs/#signed-out" in addresses_of(Client().get("/api/v1/actors/"))


@pytest.mark.usefixtures("_below")
def test_the_pages_of_what_went_wrong_lead_back_below_the_path(signed_in: Client, api: API) -> None:
    signed_in.raise_request_exception = False
    api.answer("GET", "/actors/v2", body=ZeroDivisionError())
    failed = signed_in.get("/actors/")
    strange = Client(headers={"host": "evil.example"}).get("/")
    forged = Client(enforce_csrf_checks=True).post("/sign-in/")
    for answer, status in ((failed, 500), (strange, 400), (forged, 403), (signed_in.get("/none/"), 404)):
        assert answer.status_code == status
        assert f'href="{BELOW}/"' in answer.content.decode()
        assert f'href="{BELOW}/static/css/portal.css"' in answer.content.decode()
        assert leaving(addresses_of(answer)) == set()


@pytest.mark.usefixtures("_below")
@pytest.mark.parametrize(
    ("asked", "to"),
    [
        (f"{BELOW}/actors/?state=done", f"{BELOW}/actors/?state=done"),
        (f"{BELOW}/", f"{BELOW}/"),
        ("/actors/", f"{BELOW}/"),
        ("/payroll/", f"{BELOW}/"),
        (f"{BELOW}-of-others/actors/", f"{BELOW}/"),
        (f"{BELOW}/../payroll/", f"{BELOW}/"),
        (f"{BELOW}/%2e%2E/payroll/", f"{BELOW}/"),
        (f"{BELOW}/actors/..\\..\\payroll/", f"{BELOW}/"),
        (f"//evil.example{BELOW}/actors/", f"{BELOW}/"),
        (f"https://evil.example{BELOW}/actors/", f"{BELOW}/"),
    ],
)
def test_a_way_back_leads_to_a_page_below_the_path(signed_in: Client, asked: str, to: str) -> None:
    assert signed_in.post("/account/theme/", {"theme": "dark", "next": asked})["Location"] == to
    assert signed_in.post("/account/log-wrap/", {"wrap": "1", "next": asked})["Location"] == to
    assert signed_in.get("/sign-in/", {"next": asked})["Location"] == to


@pytest.mark.usefixtures("_below")
def test_a_page_whose_sign_in_has_ended_comes_back_to_itself(db: None) -> None:
    assert (
        Client().get("/actors/?state=done")["Location"]
        == f"{BELOW}/sign-in/?next={quote(BELOW + '/actors/?state=done', safe='')}"
    )
    part = Client().get("/actors/", headers=BY_HTMX)
    assert part["HX-Redirect"] == f"{BELOW}/sign-in/?next={quote(BELOW + '/actors/?state=done', safe='')}"


@pytest.mark.usefixtures("_below")
def test_signing_out_leaves_the_storage_of_other_applications_alone(signed_in: Client) -> None:
    answer = signed_in.post("/sign-out/")
    assert (answer["Location"], answer["Clear-Site-Data"]) == (f"{BELOW}/sign-in/", '"cache"')


@pytest.mark.usefixtures("_below")
@pytest.mark.parametrize("url", ["https://campus.example.org", f"https://campus.example.org{BELOW}-of-others"])
def test_the_doctor_names_another_path_than_that_of_the_settings(url: str) -> None:
    found = list(outside.public(url))
    assert [finding.level for finding in found] == ["error"]
    assert f"but links use {BELOW}. Set SCRIPT_NAME" in found[0].says


@pytest.mark.usefixtures("_below")
@pytest.mark.parametrize(
    "path", ["/livez", f"{BELOW}/livez", f"{BELOW}", f"{BELOW}/", f"{BELOW}/sign-in/", "/sign-in/"]
)
def test_a_request_comes_with_the_path_and_without(path: str) -> None:
    statuses: list[str] = []
    environ = RequestFactory().get(path).environ
    list(BelowPath(get_wsgi_application())(environ, lambda status, headers: statuses.append(status)))
    assert statuses[0][:3] in ("200", "302")


def test_the_settings_leave_to_the_host_what_is_the_hosts() -> None:
    program = """
import django; django.setup()
from django.conf import settings as s; from django.core.management import call_command; from django.urls import reverse
call_command("check", deploy=True, fail_level="WARNING", stdout=__import__("io").StringIO())
print(s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME)
print(s.STATIC_URL, reverse("actors:sign-in"), s.SPECTACULAR_SETTINGS["SERVERS"])
print(s.SESSION_COOKIE_PATH, s.SECURE_HSTS_INCLUDE_SUBDOMAINS, s.SECURE_HSTS_PRELOAD, s.SECURE_HSTS_SECONDS > 0)
"""
    env = GOOD | {
        "SECRET_KEY": "tests-only-0123456789-" * 3,
        "SCRIPT_NAME": "/campus/portal",
        "DJANGO_SETTINGS_MODULE": "portal.settings",
    }
    run = subprocess.run(
        [sys.executable, "-c", program], env=env, cwd=ROOT, capture_output=True, text=True, check=False
    )
    cookies = "__Host-portal-session-campus-portal __Host-portal-csrf-campus-portal"
    below = "/campus/portal/static/ /campus/portal/sign-in/ [{'url': '/campus/portal'}]"
    assert run.stdout.splitlines() == [cookies, below, "/ False False True"], run.stderr


@pytest.mark.parametrize(
    "path", ["portal", "/portal/", "/", "//portal", "/a/../b", "/.", "/a b", "/a?b", "http://a/b", "/ü"]
)
def test_what_is_no_path_stops_the_start(monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    monkeypatch.setenv("SCRIPT_NAME", path)
    with pytest.raises(ImproperlyConfigured, match="SCRIPT_NAME must be a path such as /actors-portal"):
        path_in("SCRIPT_NAME")


@pytest.mark.parametrize("path", ["", "/actors-portal", "/~campus/v1.2/actors_portal"])
def test_a_path_is_taken(monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    monkeypatch.setenv("SCRIPT_NAME", path)
    assert path_in("SCRIPT_NAME") == path
