"""The units of systemd: a wrong setting fails the start with its sentence, and none is started again for ever."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.portal.test_settings import GOOD, ROOT
from tests.sandbox.support import free_port

UNITS = {path.name: path.read_text() for path in sorted((ROOT / "deploy").glob("*.service"))}
SERVING = [name for name, text in UNITS.items() if "Restart=always" in text]


def value(unit: str, name: str) -> str:
    """Return the only value of a setting."""
    (only,) = re.findall(rf"^{name}=(.*)$", UNITS[unit], re.MULTILINE)
    return str(only)


def run(command: str, **changes: str) -> subprocess.CompletedProcess[str]:
    """Run a command of a unit with this Python's packages, and a store that is away."""
    program, *rest = shlex.split(command)
    settings = {**GOOD, "DATABASE_URL": f"postgres://nobody@127.0.0.1:{free_port()}/portal", **changes}
    return subprocess.run(
        [Path(sys.executable).parent / Path(program).name, *rest],
        env={"PATH": os.environ["PATH"], **{name: value for name, value in settings.items() if value}},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def test_there_are_units_that_serve() -> None:
    assert set(SERVING) == {"actors-portal@.service", "actors-portal-history.service"}


@pytest.mark.parametrize("unit", SERVING)
def test_a_unit_is_not_started_for_ever(unit: str) -> None:
    burst, interval = int(value(unit, "StartLimitBurst")), int(value(unit, "StartLimitIntervalSec"))
    # A start that fails takes seconds too: the limit must be reached in half of the interval.
    assert 0 < burst * int(value(unit, "RestartSec")) <= interval / 2
    assert UNITS[unit].index("StartLimitBurst") < UNITS[unit].index("[Service]"), "systemd reads it in [Unit] alone"


@pytest.mark.parametrize(
    ("unit", "changes", "sentence"),
    [
        ("actors-portal@.service", {"DEBUG": "perhaps"}, "DEBUG must be true or false, not 'perhaps'."),
        ("actors-portal@.service", {"ACTORS_API_URL": ""}, "No Actors API is configured."),
        ("actors-portal-history.service", {"LOG_LEVEL": "loud"}, "LOG_LEVEL must be"),
        ("actors-portal-history.service", {}, "Set COLLECTOR_USERNAME and COLLECTOR_PASSWORD"),
    ],
)
def test_a_wrong_setting_fails_the_start(unit: str, changes: dict[str, str], sentence: str) -> None:
    done = run(value(unit, "ExecStartPre"), **changes)
    assert done.returncode != 0
    assert sentence in done.stderr.strip().splitlines()[-1]


def test_a_store_that_is_away_does_not_fail_the_start() -> None:
    done = run(value("actors-portal@.service", "ExecStartPre"))
    assert done.returncode == 0, done.stderr
    account = {"COLLECTOR_USERNAME": "a", "COLLECTOR_PASSWORD": "b"}
    client = {"ACTORS_API_CLIENT_KEY": "k", "ACTORS_API_CLIENT_SECRET": "s"}
    done = run(value("actors-portal-history.service", "ExecStartPre"), **account, **client)
    assert done.returncode == 0, done.stderr


def test_a_portal_is_checked_as_it_is_started_and_before_it_is_reloaded() -> None:
    text = UNITS["actors-portal@.service"]
    check = value("actors-portal@.service", "ExecStartPre")
    started = value("actors-portal@.service", "ExecStart")
    assert check.replace(" --check-config", "") == started.replace(" --bind 127.0.0.1:%i", "")
    first, second = re.findall(r"^ExecReload=(.*)$", text, re.MULTILINE)
    assert first == check
    assert "kill -HUP $MAINPID" in second
