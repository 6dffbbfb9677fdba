"""The portal serves with what requirements.txt locks: nothing of it needs a package of development."""

import re
import subprocess
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.portal.test_settings import GOOD

ROOT = Path(__file__).resolve().parent.parent
# A name that stands for nothing is one that is not installed, for `import` and for `find_spec`.
PROGRAM = "import sys; sys.modules.update(dict.fromkeys(sys.argv[1:])); import portal.wsgi"


def locked(name: str) -> set[str]:
    """Return the names that a file locks for this machine."""
    lines = re.findall(r"^([a-z0-9].*?) \\$", (ROOT / name).read_text(), re.MULTILINE)
    wanted = [Requirement(line) for line in lines]
    return {canonicalize_name(one.name) for one in wanted if one.marker is None or one.marker.evaluate()}


def test_the_portal_loads_all_that_it_serves_with_the_packages_of_the_image() -> None:
    served, developed = locked("requirements.txt"), locked("requirements-dev.txt")
    assert {"django", "gunicorn"} <= served
    assert {"pytest", "playwright"} <= developed - served
    absent = {
        module
        for module, owners in packages_distributions().items()
        if {canonicalize_name(owner) for owner in owners} <= developed - served
    }
    assert {"pytest", "hypothesis"} <= absent
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *sorted(absent)],
        env={"PATH": "/usr/bin:/bin", **GOOD, "DATABASE_URL": "postgres://nobody@127.0.0.1:1/portal"},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
