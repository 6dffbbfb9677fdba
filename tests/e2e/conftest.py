"""The portal, the sandbox and a browser, all real: processes of their own on ports of their own."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.sandbox.support import Sandbox, free_port, start_sandbox

ROOT = Path(__file__).resolve().parent.parent.parent
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    # Without these it asks its maker's servers at every start.
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


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
    """A running portal: where it answers, the sandbox behind it, and the file it writes its log to."""

    url: str
    sandbox: Sandbox
    log: Path


@pytest.fixture(scope="session")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    running = start_sandbox(tmp_path_factory.mktemp("sandbox"), fill="small", SANDBOX_PULL_SECONDS="0.05")
    yield running
    running.stop()


@pytest.fixture(scope="session")
def portal(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    directory = tmp_path_factory.mktemp("portal")
    url = f"http://127.0.0.1:{free_port()}"
    env = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"} | {
        "SECRET_KEY": "e2e-only-" + "s" * 50,
        "PORTAL_CREDENTIAL_KEYS": "ZTJlLW9ubHkta2V5LTMyLWJ5dGVzLWxvbmctISEhISE=",
        "PORTAL_PLAIN_HTTP": "true",
        "ACTORS_API_URL": sandbox.url,
        "ACTORS_API_VERSION": "v2",
        "ACTORS_API_LABEL": "Sandbox",
        "ACTORS_API_CLIENT_KEY": "sandbox",
        "ACTORS_API_CLIENT_SECRET": "sandbox",
        "DATABASE_URL": f"sqlite:///{directory / 'portal.sqlite3'}",
        "STATIC_ROOT": str(directory / "static"),
    }
    for command in (["migrate", "-v0"], ["collectstatic", "--noinput", "-v0"]):
        subprocess.run([sys.executable, "manage.py", *command], cwd=ROOT, env=env, check=True)
    log = directory / "portal.log"
    gunicorn = ["-m", "gunicorn", "-c", "portal/gunicorn_conf.py", "--bind", url.removeprefix("http://")]
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, *gunicorn, "portal.wsgi"], cwd=ROOT, env=env, stdout=output, stderr=output
        )
        try:
            wait_for(url + "/livez", process)
            yield Portal(url, sandbox, log)
        finally:
            process.terminate()
            process.wait(timeout=20)


def wait_for(url: str, process: "subprocess.Popen[bytes]") -> None:
    """Wait until a server answers."""
    end = time.monotonic() + 30
    while time.monotonic() < end:
        assert process.poll() is None, "The portal ended instead of starting."
        try:
            requests.get(url, timeout=5)
        except requests.RequestException:
            time.sleep(0.05)
        else:
            return
    raise AssertionError("The portal did not answer within 30 seconds.")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


Visit = Callable[..., Page]


@pytest.fixture
def visit(portal: Portal, chromium: Browser) -> Iterator[Visit]:
    """Return a function that opens a browser of its own for somebody, signed in unless `user` is empty.

    A page that logs an error to the console, or breaks its Content-Security-Policy, fails the test.
    """
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def open_page(
        user: str = "demo", *, width: int = 1440, theme: str = "light", script: bool = True, height: int = 900
    ) -> Page:
        context = chromium.new_context(
            base_url=portal.url,
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
        if user:
            page.goto("/sign-in/")
            page.get_by_label("User name").fill(user)
            page.get_by_label("Password").fill(user)
            page.get_by_role("button", name="Sign in", exact=True).click()
            page.wait_for_url(portal.url + "/")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []
