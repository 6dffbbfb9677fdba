"""The store goes away under a running portal and comes back: who is told what, and who stays signed in.

The portal is real, on a PostgreSQL of the drill's own that is stopped and started again.
"""

import argparse
import re
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

import requests

from tests import postgresql
from tests.drills.renewal import ENVIRONMENT, Authority, Visitor, read_the_store
from tests.support.running import RunningPortal, running_portal

LONGEST = 3.0  # seconds for any answer while the store is away


def answers(portal: RunningPortal, visitor: Visitor, style: str) -> dict[str, tuple[int, float, bool]]:
    """Ask for each kind of address; return the status, the seconds and whether the cookie was left alone."""
    found = {}
    for name, path, key in (
        ("/livez", "/livez", ""),
        ("/readyz", "/readyz", ""),
        ("static file", style, ""),
        ("sign-in page", "/sign-in/", ""),
        ("page", "/actors/", visitor.key),
        ("account", "/account/", visitor.key),
    ):
        cookies = {"portal-session": key} if key else {}
        began = time.monotonic()
        answer = requests.get(portal.url + path, cookies=cookies, timeout=30, allow_redirects=False)
        alone = "portal-session" not in answer.headers.get("Set-Cookie", "")
        found[name] = (answer.status_code, time.monotonic() - began, alone)
    return found


def main(arguments: list[str]) -> int:
    """Stop the store, ask, start it again, ask; 0 when each answer was as it must be."""
    parser = argparse.ArgumentParser(prog="python -m tests.drills store_down", description=__doc__)
    parser.add_argument("--away", type=float, default=0.0, help="seconds for which it stays away beside the questions")
    chosen = parser.parse_args(arguments)
    authority = Authority()
    with ExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        server = stack.enter_context(postgresql.running())
        environment = ENVIRONMENT | {"DATABASE_URL": server.url}
        portal = stack.enter_context(running_portal(directory, authority.url, **environment))
        read_the_store(environment, authority)
        visitor = Visitor(authority)
        from django.db import connection

        connection.close()
        style = re.findall(r'href="(/static/[^"]+\.css)"', requests.get(f"{portal.url}/sign-in/", timeout=20).text)[0]
        before = answers(portal, visitor, style)
        server.stop()
        away = answers(portal, visitor, style)
        time.sleep(chosen.away)
        server.start()
        began = time.monotonic()
        while requests.get(f"{portal.url}/readyz", timeout=20).status_code != 200:
            time.sleep(0.1)
        recovery = time.monotonic() - began
        after = answers(portal, visitor, style)
    needs_store = {"/readyz", "page", "account"}
    good = recovery < LONGEST
    for when, found in (("before", before), ("away", away), ("after", after)):
        for name, (status, seconds, alone) in found.items():
            wanted = 503 if when == "away" and name in needs_store else 200
            good = good and status == wanted and seconds < LONGEST and alone
            print(f"{when:6} {name:12} {status} in {seconds:.2f} s, cookie {'left alone' if alone else 'TOUCHED'}")
    print(f"back {recovery:.1f} s after the store was")
    return 0 if good else 1
