"""The portal below a path of a host, before the shipped nginx as the operators' page sets it."""

import html
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
import requests
from django.urls import resolve
from playwright.sync_api import Browser, expect

from actors_app.doctor import outside
from tests.portal.test_below_path import BELOW, addresses_in, leaving
from tests.sandbox.support import PATIENCE, Sandbox
from tests.support.proxied import PROXY, proxy
from tests.support.running import ROOT, RunningPortal, running_portal

FEWEST = 40  # kinds of pages that links lead to


@dataclass(frozen=True)
class Campus:
    """A host with the portal below a path: its origin, its certificate, and the portal behind."""

    origin: str
    plain: str
    certificate: Path
    portal: RunningPortal

    @property
    def url(self) -> str:
        """The address of the portal."""
        return self.origin + BELOW


@pytest.fixture(scope="module")
def campus(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Campus]:
    directory = tmp_path_factory.mktemp("campus")
    page = (ROOT / "docs" / "deploy.md").read_text()
    command = re.search(r"^sed -i '(.*actors-portal.*)' deploy/nginx\.conf$", page, re.MULTILINE)
    assert command
    text = subprocess.run(["sed", command[1]], input=PROXY, capture_output=True, text=True, check=True).stdout
    settings = {"SCRIPT_NAME": BELOW, "PORTAL_PLAIN_HTTP": "false", "PORTAL_BEHIND_PROXY": "true"}
    with (
        running_portal(directory, sandbox.url, **settings) as portal,
        proxy(directory, portal.url, portal.url, text=text) as (secure, plain, certificate),
    ):
        yield Campus(secure, plain, certificate, portal)


@pytest.fixture
def visitor(campus: Campus) -> Iterator[requests.Session]:
    with requests.Session() as session:
        session.verify, session.trust_env = str(campus.certificate), False
        session.headers["Referer"] = campus.url + "/sign-in/"
        yield session


def sign_in(visitor: requests.Session, campus: Campus) -> requests.Response:
    """Sign an administrator in, and return the page that this leads to."""
    page = visitor.get(f"{campus.url}/sign-in/", timeout=PATIENCE)
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.text)
    assert token
    form = {"username": "admin", "password": "admin", "tenant": "default", "csrfmiddlewaretoken": token[1]}
    return visitor.post(f"{campus.url}/sign-in/", form, timeout=PATIENCE)


@pytest.mark.full
def test_no_page_that_can_be_reached_leads_out_of_the_path(campus: Campus, visitor: requests.Session) -> None:
    first = sign_in(visitor, campus)
    assert (first.url, first.status_code) == (f"{campus.url}/", 200)
    pages, files, waiting = {"sign-out"}, set(), [first.url]
    while waiting:
        address = waiting.pop(0)
        name = resolve(urlsplit(address).path.removeprefix(BELOW)).view_name
        if name in pages:
            continue
        pages.add(name)
        answer = visitor.get(address, timeout=PATIENCE)
        assert answer.status_code < 500, address
        assert leaving(addresses_in(answer.text, campus.origin)) == set(), address
        if "html" not in answer.headers["Content-Type"]:
            continue
        links = {html.unescape(link) for link in re.findall(r'(?:href|src)="([^"#]+)', answer.text)}
        inner = {link for link in (urljoin(address, link) for link in links) if link.startswith(campus.url + "/")}
        files |= {link for link in inner if "/static/" in link}
        waiting += sorted(inner - files)
    assert len(pages) > FEWEST, pages
    assert len(files) >= 10
    for file in files:
        answer = visitor.get(file, timeout=PATIENCE)
        assert (answer.status_code, "immutable" in answer.headers["Cache-Control"]) == (200, True), file


def test_what_the_proxy_and_the_portal_refuse_keeps_to_the_path(campus: Campus, visitor: requests.Session) -> None:
    def ask(path: str, method: str = "GET", **more: object) -> requests.Response:
        return visitor.request(method, campus.origin + path, timeout=PATIENCE, allow_redirects=False, **more)  # type: ignore[arg-type]

    assert ask(BELOW).headers["Location"] == f"{BELOW}/"
    assert ask(f"{BELOW}/actors").headers["Location"] == f"{BELOW}/actors/"
    assert ask(f"{BELOW}/actors/").headers["Location"].startswith(f"{BELOW}/sign-in/?next=%2Factors-portal%2Factors%2F")
    plain = requests.get(f"{campus.plain}{BELOW}/actors/", timeout=PATIENCE, allow_redirects=False)
    assert plain.headers["Location"] == f"https://127.0.0.1{BELOW}/actors/"
    assert ask(f"{BELOW}/none/").status_code == 404
    assert [ask(f"{BELOW}/{path}").status_code for path in ("livez", "readyz", "metrics")] == [200, 404, 404]
    assert [ask(path).status_code for path in ("/sign-in/", "/metrics", f"{BELOW}-of-others/")] == [404] * 3
    at_its_port = [
        requests.get(f"{campus.portal.url}/{path}", timeout=PATIENCE) for path in ("livez", "readyz", "metrics")
    ]
    assert [answer.status_code for answer in at_its_port] == [200] * 3
    too_large = ask(f"{BELOW}/api/v1/actors/", "POST", data=b"x" * 2_200_000)
    assert (too_large.status_code, too_large.json()["type"]) == (413, f"{BELOW}/api/v1/docs/#too-large")
    for answer in (
        ask(f"{BELOW}/sign-in/", "POST", data=b"x" * 2_200_000),
        ask(f"{BELOW}/", headers={"X-A": "x" * 34_000}),
    ):
        assert answer.status_code in (413, 431)
        assert "data-alert" in answer.text
        assert leaving(addresses_in(answer.text, campus.origin)) == set()
    cookies = ask(f"{BELOW}/sign-in/").headers["Set-Cookie"]
    assert cookies.startswith("__Host-portal-csrf-actors-portal=")
    assert "Path=/;" in cookies
    assert "includeSubDomains" not in ask(f"{BELOW}/sign-in/").headers["Strict-Transport-Security"]


def test_the_doctor_comes_in_by_the_path(campus: Campus, settings: Any) -> None:
    settings.SCRIPT_NAME, settings.PLAIN_HTTP = BELOW, False
    found = {(finding.level, finding.says) for finding in outside.public(campus.url, str(campus.certificate))}
    assert {level for level, _ in found} == {"ok"}
    assert any(says.startswith(f"{campus.url} shows the sign-in page in") for _, says in found)


@pytest.mark.browser
def test_an_errand_below_the_path(campus: Campus, chromium: Browser) -> None:
    context = chromium.new_context(ignore_https_errors=True, reduced_motion="reduce")
    context.set_default_timeout(15_000)
    page = context.new_page()
    asked, complaints = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on(
        "response", lambda answer: complaints.append(answer.url) if "/static/" in answer.url and not answer.ok else None
    )
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(f"{campus.url}/sign-in/?next={BELOW}/actors/")
    page.get_by_label("Username").fill("demo")
    page.get_by_label("Password").fill("demo")
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(f"{campus.url}/actors/")
    page.goto(f"{campus.url}/actors/new/")
    page.locator("input[name=image]").fill("abacosamples/wc")
    page.locator("input[name=name]").fill("below-a-path")
    page.get_by_role("button", name="Register actor").click()
    page.wait_for_url(re.compile(rf"{campus.url}/actors/\w+/$"))
    page.get_by_role("link", name="Send message").first.click()
    page.locator("textarea[name=message]").fill("to be or not to be")
    page.get_by_role("button", name="Send message").click()
    page.wait_for_url(re.compile(rf"{campus.url}/actors/\w+/executions/\w+/$"))
    expect(page.locator(".badge", has_text="succeeded").first).to_be_visible()  # by polls
    page.keyboard.press("g")
    page.keyboard.press("a")
    page.wait_for_url(f"{campus.url}/actors/")
    page.goto(f"{campus.url}/actors/none/")
    page.get_by_role("link", name="Back to actors").click()
    page.wait_for_url(f"{campus.url}/actors/")
    page.goto(f"{campus.url}/account/")
    page.get_by_role("button", name="Sign out").first.click()
    page.wait_for_url(f"{campus.url}/sign-in/")
    context.close()
    assert complaints == []
    assert [url for url in asked if not url.startswith(f"{campus.url}/")] == []
