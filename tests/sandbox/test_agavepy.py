"""The real agavepy, as it comes from PyPI, over TLS, through every operation it has for actors."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from tests.sandbox.support import ROOT, start_sandbox
from tests.support.certificates import self_signed


@pytest.fixture(scope="module")
def errand(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """Return what each operation gave, and the names of all that agavepy has."""
    directory = tmp_path_factory.mktemp("agavepy")
    certificate = str(self_signed(directory))
    sandbox = start_sandbox(directory, fill="none", SANDBOX_CERTIFICATE=certificate, SANDBOX_PULL_SECONDS="0.05")
    try:
        ran = subprocess.run(
            [sys.executable, "-m", "tests.sandbox.agavepy_errand", sandbox.url, certificate],
            cwd=ROOT,
            # agavepy signs in with what the environment trusts, and keeps its tokens below HOME.
            env={"REQUESTS_CA_BUNDLE": certificate, "HOME": str(directory), "PATH": os.environ["PATH"]},
            capture_output=True,
            text=True,
            timeout=90,
            check=False,
        )
        assert ran.returncode == 0, ran.stderr
        yield json.loads(ran.stdout)
    finally:
        sandbox.stop()


def test_every_operation_it_has_was_called(errand: dict[str, Any]) -> None:
    assert len(errand["operations"]) == 29
    assert set(errand["operations"]) <= errand.keys()


def test_they_give_what_the_api_gives(errand: dict[str, Any]) -> None:
    actor = errand["add"]["id"]
    assert errand["get"]["owner"] == "demo"
    assert [one["id"] for one in errand["list"]] == [actor]
    assert errand["update"]["description"] == "by agavepy"
    assert errand["updatePermissions"] == {"demo": "UPDATE", "team": "EXECUTE"}
    assert errand["getPermissions"] == {"demo": "UPDATE"}
    assert errand["updateState"]["state"] == errand["getState"]["state"] == {"count": 1}
    assert errand["getAlias"] == errand["addAlias"] == errand["listAliases"][0]
    assert errand["deleteAlias"] is None
    assert errand["deleted"] is True


def test_an_execution_from_message_to_log(errand: dict[str, Any]) -> None:
    execution = errand["sendMessage"]["executionId"]
    assert errand["getExecution"]["id"] == execution
    assert errand["getExecution"]["exitCode"] == 0
    assert errand["listExecutions"]["executions"][0]["id"] == execution
    # Its environment reaches the container; the stray variable is agavepy's own.
    assert "Contents of MSG: hello" in errand["getExecutionLogs"]["logs"]
    assert "\nCOLOUR=blue\nenvironment=COLOUR\n" in errand["getExecutionLogs"]["logs"]
    assert errand["sendBinaryMessage"]["msg"] == "binary - omitted"
    assert json.loads(errand["getOneExecutionResult"])["message"] == "json"
    assert errand["getMessages"]["messages"] == errand["deleteMessages"] == 0


def test_workers_and_nonces(errand: dict[str, Any]) -> None:
    assert errand["addWorker"]["status"] == "success"  # agavepy hands out the whole envelope here
    assert errand["getWorker"]["id"] == errand["listWorkers"][0]["id"]
    assert errand["deleteWorker"] is None
    assert errand["getNonce"] == errand["listNonces"][0]
    assert errand["getNonce"]["id"] == errand["addNonce"]["id"]
    assert errand["deleteNonce"] is None
