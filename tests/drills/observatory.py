"""What Mozilla Observatory's scanner says of the portal: A+ and at least 140 points on five pages, offline.

The scanner is no dependency: `npm install --ignore-scripts @mdn/mdn-http-observatory` in a directory of its own (its
scripts fetch lists from elsewhere, which are empty here), then
`python -m tests.drills observatory --scanner DIRECTORY`. Needs Node.js 20.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import requests
from cryptography.fernet import Fernet

from tests.sandbox.support import ROOT, free_port, start_sandbox
from tests.support.certificates import self_signed

WANTED = 140
# The scanner takes no path and no cookie by itself: the one goes with the host, the other with all that it asks.
SCRIPT = """
import axios from "axios";
import { scan } from "@mdn/mdn-http-observatory";
const [hostAndPath, cookie] = process.argv.slice(1);
if (cookie) axios.defaults.headers.common.Cookie = cookie;
const { scan: found, tests } = await scan(hostAndPath);
const failed = Object.entries(tests).filter(([, test]) => !test.pass).map(([name]) => name);
const points = Object.entries(tests).filter(([, test]) => test.scoreModifier).map(([n, t]) => [n, t.scoreModifier]);
console.log(JSON.stringify({ ...found, failed, points }));
"""


def main(arguments: list[str]) -> int:
    """Scan five pages; 0 when each is A+ with the points that are wanted."""
    parser = argparse.ArgumentParser(prog="observatory")
    parser.add_argument("--scanner", type=Path, required=True, help="where the scanner is installed")
    parser.add_argument("--port", type=int, default=0, help="of the portal; any free one where it is not given")
    options = parser.parse_args(arguments)
    for name, empty in (("hsts-preload", "{}"), ("tld-list", "[]")):
        file = options.scanner / "node_modules/@mdn/mdn-http-observatory/conf" / f"{name}.json"
        if not file.exists():
            file.write_text(empty)
    with tempfile.TemporaryDirectory() as place:
        sandbox = start_sandbox(Path(place), fill="small")
        try:
            with _portal(Path(place), sandbox.url, options.port or free_port()) as (url, certificate):
                cookie, actor = _sign_in(url, certificate)
                inner = ("/", "/actors/", f"/actors/{actor}/", "/account/")
                good = [_scan(options.scanner, url, certificate, path, cookie) for path in inner]
                good.append(_scan(options.scanner, url, certificate, "/sign-in/", ""))
        finally:
            sandbox.stop()
    return 0 if all(good) else 1


def _scan(scanner: Path, url: str, certificate: Path, path: str, cookie: str) -> bool:
    command = ["node", "--input-type=module", "-e", SCRIPT, url.removeprefix("https://") + path, cookie]
    env = {**os.environ, "NODE_EXTRA_CA_CERTS": str(certificate), "NO_PROXY": "localhost", "no_proxy": "localhost"}
    scanned = subprocess.run(command, cwd=scanner, env=env, capture_output=True, text=True, check=False)
    if scanned.returncode:
        print(f"{path}: the scanner failed: {scanned.stderr[-500:]}")
        return False
    found = json.loads(scanned.stdout.splitlines()[-1])
    print(
        f"{path}: {found['grade']}, {found['score']} points, {found['testsPassed']} of {found['testsQuantity']} tests; "
        f"failed: {', '.join(found['failed']) or 'none'}; points: {dict(found['points'])}"
    )
    return found["grade"] == "A+" and found["score"] >= WANTED


def _sign_in(url: str, certificate: Path) -> tuple[str, str]:
    """Return the cookie of somebody who is signed in, and the id of an actor of theirs."""
    browser = requests.Session()
    browser.trust_env = False  # a bundle of authorities in the environment would go before this one
    browser.verify = str(certificate)
    page = browser.get(f"{url}/sign-in/", timeout=10).text
    token = page.partition('name="csrfmiddlewaretoken" value="')[2].partition('"')[0]
    form = {"username": "demo", "password": "demo", "csrfmiddlewaretoken": token}
    browser.post(f"{url}/sign-in/", form, headers={"Origin": url}, timeout=10).raise_for_status()
    actor = browser.get(f"{url}/actors/", timeout=10).text.partition('href="/actors/new/')[2]
    links = (part.partition('/"')[0] for part in actor.split('href="/actors/')[1:])
    name = "__Host-portal-session"
    return f"{name}={browser.cookies[name]}", next(link for link in links if link.isalnum() and link != "new")


@contextmanager
def _portal(place: Path, api_url: str, port: int) -> Iterator[tuple[str, Path]]:
    """Run the portal as production does, with a certificate of its own, which is the authority too."""
    certificate = self_signed(place, "localhost")
    env = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"} | {
        "SECRET_KEY": "drill-only-" + Fernet.generate_key().decode(),
        "PORTAL_CREDENTIAL_KEYS": Fernet.generate_key().decode(),
        "ALLOWED_HOSTS": "localhost",
        "ACTORS_API_URL": api_url,
        "ACTORS_API_CLIENT_KEY": "sandbox",
        "ACTORS_API_CLIENT_SECRET": "sandbox",
        "DATABASE_URL": f"sqlite:///{place / 'portal.sqlite3'}",
        "STATIC_ROOT": str(place / "static"),
    }
    for command in (["migrate", "-v0"], ["collectstatic", "--noinput", "-v0"]):
        subprocess.run([sys.executable, "manage.py", *command], cwd=ROOT, env=env, check=True)
    gunicorn = [sys.executable, "-m", "gunicorn", "-c", "portal/gunicorn_conf.py", "--bind", f"127.0.0.1:{port}"]
    tls = ["--certfile", str(certificate), "--keyfile", str(certificate)]
    process = subprocess.Popen([*gunicorn, *tls, "portal.wsgi"], cwd=ROOT, env=env, stderr=subprocess.DEVNULL)
    url = f"https://localhost:{port}"
    try:
        _wait_for(url, certificate)
        yield url, certificate
    finally:
        process.terminate()
        process.wait(timeout=40)


def _wait_for(url: str, certificate: Path) -> None:
    end = time.monotonic() + 30
    while True:
        try:
            requests.get(f"{url}/livez", verify=str(certificate), timeout=5)
        except requests.RequestException:
            if time.monotonic() > end:
                raise
            time.sleep(0.1)
        else:
            return
