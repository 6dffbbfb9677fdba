"""The portal, the sandbox and a browser, all real: processes of their own on ports of their own."""

import os
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.e2e import looks
from tests.sandbox.support import Sandbox, start_sandbox
from tests.support.running import running_portal

# The headless shell takes some two thirds of the processor's time that the whole browser does.
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
CHROMIUM = next(filter(None, map(shutil.which, BROWSERS)), None)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    # Without these it asks its maker's servers at every start.
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

expect.set_options(timeout=15_000)  # milliseconds: two cores may be busy with other tests


def pytest_configure(config: pytest.Config) -> None:
    """Let `--full` look at every row of a page."""
    looks.whole = config.option.full


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what needs a browser where there is none, and say how to get one; fail where one is required."""
    if CHROMIUM:
        return
    if os.environ.get("REQUIRE_BROWSER"):
        pytest.exit("REQUIRE_BROWSER is set and no Chromium was found. On Debian: apt install chromium", returncode=1)
    skip = pytest.mark.skip(reason="no Chromium was found; on Debian: apt install chromium")
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(skip)


@dataclass(frozen=True)
class Portal:
    """A running portal: where it answers, the sandbox behind it, the file it writes its log to, and its store."""

    url: str
    sandbox: Sandbox
    log: Path
    store: Path


@pytest.fixture(scope="session")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    running = start_sandbox(
        tmp_path_factory.mktemp("sandbox"),
        fill="small",
        SANDBOX_PULL_SECONDS="0.05",
        SANDBOX_DELETE_SECONDS="1",
        SANDBOX_CONTAINER_BACKEND="kubernetes",  # as Tapis is deployed; v2 does not know of it
    )
    yield running
    running.stop()


@pytest.fixture(scope="session")
def portal(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    with running_portal(tmp_path_factory.mktemp("portal"), sandbox.url) as running:
        yield Portal(running.url, sandbox, running.log, running.store)


@pytest.fixture(scope="session")
def tapis_portal(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    """The same sandbox, as it answers in Tapis v3, with a portal of its own."""
    directory = tmp_path_factory.mktemp("tapis-portal")
    with running_portal(directory, sandbox.url, ACTORS_API_VERSION="v3") as running:
        yield Portal(running.url, sandbox, running.log, running.store)


@pytest.fixture(scope="session")
def snake_portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    """A sandbox of v2 with names in snake_case, with a portal of its own."""
    sandbox = start_sandbox(
        tmp_path_factory.mktemp("snake"), "small", SANDBOX_PULL_SECONDS="0.05", SANDBOX_CASE="snake"
    )
    with running_portal(tmp_path_factory.mktemp("snake-portal"), sandbox.url, ACTORS_API_VERSION="v2-snake") as running:
        yield Portal(running.url, sandbox, running.log, running.store)
    sandbox.stop()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


Visit = Callable[..., Page]


def sign_in_quickly(context: BrowserContext, at: Portal, user: str) -> None:
    """Sign a browser in without opening a page; those without script sign in by the form."""
    address = f"{at.url}/sign-in/"
    proof = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', context.request.get(address).text())
    assert proof
    form = {"csrfmiddlewaretoken": proof[1], "username": user, "password": user}
    answer = context.request.post(address, form=form, headers={"Referer": address}, max_redirects=0)
    assert answer.status == 302, answer.text()


@pytest.fixture
def visit(portal: Portal, chromium: Browser) -> Iterator[Visit]:
    """Return a function that opens a browser of its own for somebody, signed in unless `user` is empty.

    `at` is another portal than the usual one; `by_code` signs in at the API's own page. No page is open but where the
    form was used. A page that logs an error to the console, or breaks its Content-Security-Policy, fails the test.
    """
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def open_page(
        user: str = "demo",
        *,
        width: int = 1440,
        theme: str = "light",
        script: bool = True,
        height: int = 900,
        at: Portal = portal,
        by_code: bool = False,
    ) -> Page:
        context = chromium.new_context(
            base_url=at.url,
            viewport={"width": width, "height": height},
            color_scheme=theme,  # type: ignore[arg-type]
            java_script_enabled=script,
            reduced_motion="reduce",
        )
        contexts.append(context)
        context.set_default_timeout(15_000)
        page = context.new_page()
        page.on("console", lambda line: complaints.append(line.text) if "Security Policy" in line.text else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        if user and script and not by_code:
            sign_in_quickly(context, at, user)
        elif user:
            page.goto("/sign-in/")
            if by_code:
                page.get_by_role("link", name="Continue with Sandbox").click()
                page.wait_for_url(at.sandbox.url + "/**")
            page.get_by_label("Username").fill(user)
            page.get_by_label("Password").fill(user)
            page.get_by_role("button", name="Sign in", exact=True).click()
            page.wait_for_url(at.url + "/")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []
