"""How the sandbox is served: what is there before gunicorn forks the process that answers."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent


def test_no_thread_is_made_before_the_fork() -> None:
    """Python 3.13.0 to 3.13.3 start none that a parent process has made: `thread already started`."""
    program = (
        "import gc, threading, django; django.setup(); from sandbox import server;"
        "app = server.SandboxServer(); app.wsgi();"
        "made = [one for one in gc.get_objects() if isinstance(one, threading.Thread)];"
        "print(*(type(one).__name__ for one in made))"
    )
    env = os.environ | {"DJANGO_SETTINGS_MODULE": "sandbox.settings", "SANDBOX_ENGINE": "on"}
    ran = subprocess.run([sys.executable, "-c", program], cwd=ROOT, env=env, capture_output=True, text=True, check=True)
    assert ran.stdout.split() == ["_MainThread"], ran.stderr
