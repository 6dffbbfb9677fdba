"""The API stalls under load: the portal's own pages stay quick, pages of the API say so at once, and all recovers.

Between the portal and the sandbox stands the stand-in of the fault tests; while the API stalls it takes every request
and answers none.
"""

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

from tests.faults.failures import black_hole
from tests.faults.stand_in import StandIn
from tests.sandbox.support import start_sandbox
from tests.support.load import Crowd, Met, Visitor, percentile, table
from tests.support.running import running_portal

RATE = 20  # requests a second
WARM = 6.0  # seconds
OPENED = 16.0  # seconds after which the breaker of each process has opened: one call's time, and some air
AFTER = 25.0  # seconds watched after the API is back
PROCESSES = 2
OWN = ("sign-in", "static", "livez")


def main(arguments: list[str]) -> int:
    """Run the drill; return 0 when every figure held."""
    parser = argparse.ArgumentParser(prog="python -m tests.drills stall", description=__doc__)
    parser.add_argument("--seconds", type=float, default=300, help="how long the API stalls (default: 300)")
    parser.add_argument("--port", type=int, default=None, help="where the portal listens (default: a free port)")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as place:
        directory = Path(place)
        sandbox = start_sandbox(directory, SANDBOX_ENGINE="off")
        behind = ("127.0.0.1", int(sandbox.url.rpartition(":")[2]))
        try:
            actors = [row["id"] for row in sandbox.sign_in("demo").get("")][:6]
            with StandIn(behind=behind) as api, running_portal(directory, api.url, options.port) as portal:
                return drill(api, portal.url, actors, options.seconds)
        finally:
            sandbox.stop()


def drill(api: StandIn, url: str, actors: list[str], seconds: float) -> int:
    """Load a running portal before, during and after a stall; say what was met."""
    people = [Visitor.signed_in(url, name) for name in ("demo", "admin", "demo", "admin")]
    nobody = Visitor(url)
    acts = [
        (3, lambda: nobody.ask("sign-in", "/sign-in/")),
        (3, lambda: nobody.ask("static", "/static/css/portal.css")),
        (2, lambda: nobody.ask("livez", "/livez")),
    ]
    for number, actor in enumerate(actors):
        who = people[number % len(people)]
        acts += [
            (1, lambda who=who: who.ask("page", "/actors/")),
            (1, lambda who=who, actor=actor: who.ask("page", f"/actors/{actor}/")),
            (1, lambda who=who, actor=actor: who.ask("fragment", f"/actors/{actor}/executions/", fragment=True)),
        ]
    acts.append((1, lambda: people[0].ask("write", f"/actors/{actors[0]}/messages/", {"kind": "text", "message": "x"})))
    with Crowd(acts, RATE) as crowd:
        time.sleep(WARM)
        api.fail(black_hole)
        stalled = time.monotonic()
        while time.monotonic() < stalled + seconds:
            time.sleep(1)
            api.asked.clear()
        api.heal()
        healed = time.monotonic()
        time.sleep(AFTER)
    return judge(crowd.met, stalled, healed)


def judge(met: list[Met], stalled: float, healed: float) -> int:
    """Print the figures; return 0 when they held."""
    before = [one for one in met if one.at + one.seconds < stalled]
    during = [one for one in met if stalled <= one.at < healed]
    opened = [one for one in during if one.at > stalled + OPENED and one.kind not in OWN]
    api = [one for one in during if one.kind not in OWN]
    failed = [one for one in met if one.at >= healed and one.kind not in OWN and one.status not in (200, 302)]
    slow = [one for one in opened if one.seconds > 1]
    probes = PROCESSES * ((healed - stalled - OPENED) / 10 + 1)
    recovery = max((one.at + one.seconds - healed for one in failed), default=0.0)
    say(f"load average {os.getloadavg()[0]:.1f}, stalled for {healed - stalled:.0f} s at {RATE} requests a second")
    say("before:\n" + table(before))
    say("while the API stalls:\n" + table(during))
    say("of these, pages of the API once the breaker is open:\n" + table(opened))
    held = [
        check(f"{kind}: p95 in ms", percentile([o.seconds for o in during if o.kind == kind], 0.95) * 1000, 300)
        for kind in OWN
    ]
    held += [
        check("pages of the API: longest in s", max((one.seconds for one in api), default=99), 15),
        check("once the breaker is open: p95 in s", percentile([one.seconds for one in opened], 0.95), 1),
        check("once the breaker is open: pages over 1 s, which are its probes", len(slow), probes),
        check("recovery in s", recovery, 15),
        check("no answer, or an error of the portal's own", sum(one.status in (0, 500) for one in met), 0),
    ]
    return 0 if all(held) else 1


def check(what: str, measured: float, asked: float) -> bool:
    """Print a figure beside what was asked; return whether it held."""
    held = measured <= asked
    say(f"{'held  ' if held else 'FAILED'} {what}: {measured:.2f} (asked: at most {asked:.0f})")
    return held


def say(text: str) -> None:
    """Print at once."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()
