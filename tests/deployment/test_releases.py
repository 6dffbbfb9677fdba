"""The folder of a release, the command for the portal's user, and what `docs/deploy.md` has its reader type."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "deploy.md").read_text()
LINES = "\n".join(re.findall(r"^```\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL))
UNITS = {path.name: path.read_text() for path in (ROOT / "deploy").glob("*.service")}
# What a release's own files do at that moment: a Python for it, and a command that says how it was called.
RUN = (
    "import os, sys\ndef install(lock):\n"
    "    os.makedirs('.venv/bin')\n    os.symlink(sys.executable, '.venv/bin/python')\n"
)
MANAGE = "import os\nos.makedirs('var/static', exist_ok=True)\nopen('var/static/staticfiles.json', 'w').close()\n"


def shell(command: str, cwd: Path, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Run a line as root would, with the umask that Debian gives."""
    return subprocess.run(
        ["sh", "-c", f"umask 022; {command}"],
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **environment},
    )


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Return a checkout with two commits, the first of which is v1."""
    root = tmp_path / "checkout"
    (root / "deploy").mkdir(parents=True)
    shutil.copy(ROOT / "deploy" / "make-release.sh", root / "deploy")
    (root / "portal").mkdir()
    (root / "actors_app").mkdir()
    (root / "run.py").write_text(RUN)
    (root / "manage.py").write_text(MANAGE)
    (root / "portal" / "settings.py").write_text("VERSION = 1\n")
    (root / "actors_app" / "__init__.py").touch()
    git = "git -c user.name=a -c user.email=a@example.org"
    made = shell(f"git init -q && git add . && {git} commit -qm one && {git} tag v1", root)
    assert made.returncode == 0, made.stderr
    (root / "portal" / "settings.py").write_text("VERSION = 2\n")
    assert shell(f"git add . && {git} commit -qm two && touch not-committed", root).returncode == 0
    return root


def release(checkout: Path, version: str) -> "subprocess.CompletedProcess[str]":
    return shell(f"umask 077; sh deploy/make-release.sh {version} {checkout.parent / 'releases'}", checkout)


def test_a_release_has_a_folder_of_its_own_that_another_leaves_alone(checkout: Path) -> None:
    first = Path(release(checkout, "v1").stdout.strip())
    former = first / "var" / "static" / "portal.0123456789ab.css"
    former.touch()
    former.chmod(0o644)  # whatever the umask of the tests is
    (checkout.parent / "current").symlink_to(first)
    second = Path(release(checkout, "HEAD").stdout.strip())
    assert (second / "var" / "static" / "portal.0123456789ab.css").exists(), "pages of the former release name it"
    assert first.name == "v1"
    assert second.name == shell("git rev-parse --short=12 HEAD", checkout).stdout.strip()
    assert [(path / "portal" / "settings.py").read_text() for path in (first, second)] == [
        "VERSION = 1\n",
        "VERSION = 2\n",
    ]
    assert not (second / "not-committed").exists()
    assert (first / "var" / "static" / "staticfiles.json").exists()
    assert list((first / "portal" / "__pycache__").iterdir()), "the portal cannot write there"
    for path in first.rglob("*"):
        # The portal's user reads it, though root's umask is strict.
        assert path.stat().st_mode & 0o077 == (0o055 if path.is_dir() or path.is_symlink() else 0o044), path


def test_a_release_that_was_left_half_made_is_made_anew_and_a_whole_one_is_not(checkout: Path) -> None:
    first = Path(release(checkout, "v1").stdout.strip())
    (first / "mark").touch()
    assert release(checkout, "v1").stdout.strip() == str(first)
    assert (first / "mark").exists()
    (first / ".whole").unlink()
    assert release(checkout, "v1").stdout.strip() == str(first)
    assert not (first / "mark").exists()
    (checkout / "run.py").write_text("def install(lock):\n    raise SystemExit('no packages')\n")
    shell("git add . && git -c user.name=a -c user.email=a@example.org commit -qm three", checkout)
    failed = release(checkout, "HEAD")
    assert (failed.returncode, failed.stdout, "no packages" in failed.stderr) == (1, "", True)
    lost = release(checkout, "v9")
    assert (lost.returncode, lost.stdout) == (1, "")
    assert "has no version v9" in lost.stderr


def test_a_command_of_the_portal_leaves_a_store_that_nobody_else_can_read(tmp_path: Path) -> None:
    current = tmp_path / "current"
    (current / ".venv" / "bin").mkdir(parents=True)
    (current / ".venv" / "bin" / "python").write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    (current / ".venv" / "bin" / "python").chmod(0o755)
    for part in ("manage.py", "portal", "actors_app"):
        (current / part).symlink_to(ROOT / part)
    (tmp_path / "portal.env").write_text(
        f"SECRET_KEY='{'s' * 60}'\nPORTAL_CREDENTIAL_KEYS=ZTJlLW9ubHkta2V5LTMyLWJ5dGVzLWxvbmctISEhISE=\n"
        f"ACTORS_API_URL=https://api.example.org\nDATABASE_URL=sqlite:///{tmp_path}/portal.sqlite3\n"
    )
    # In the place of the one command that needs root: it notes whose command it is.
    (tmp_path / "runuser").write_text(f'#!/bin/sh\necho "$1 $2" > {tmp_path}/user\nshift 3\nexec "$@"\n')
    (tmp_path / "runuser").chmod(0o755)
    text = (ROOT / "deploy" / "portal.sh").read_text()
    for path in ("/etc/actors-portal/portal.env", "/opt/actors-portal/current"):
        assert path in text
        text = text.replace(path, str(tmp_path / Path(path).name))
    (tmp_path / "portal.sh").write_text(text)
    path = f"{tmp_path}:{os.environ['PATH']}"
    migrated = shell("sh portal.sh migrate -v0", tmp_path, PATH=path, DJANGO_SETTINGS_MODULE="portal.settings")
    assert migrated.returncode == 0, migrated.stderr
    assert (tmp_path / "user").read_text() == "-u portal\n"
    assert {oct(file.stat().st_mode & 0o777) for file in tmp_path.glob("portal.sqlite3*")} == {"0o600"}


@pytest.mark.parametrize("unit", UNITS)
def test_a_unit_runs_the_release_of_the_link_and_writes_where_nobody_else_reads(unit: str) -> None:
    text = UNITS[unit]
    for line in (
        "WorkingDirectory=/opt/actors-portal/current",
        "StateDirectory=actors-portal",
        "UMask=0077",
        "User=portal",
    ):
        assert re.search(f"^{line}$", text, re.MULTILINE), line
    assert re.search("^StateDirectoryMode=0700$", text, re.MULTILINE)
    programs = re.findall(r"^Exec\w+=(\S+)", text, re.MULTILINE)
    assert [one for one in programs if not one.startswith("/opt/actors-portal/current/.venv/bin/")] in (
        [],
        ["/bin/sh"],
    )


def test_no_line_of_the_operators_page_gives_a_password_on_a_command_line() -> None:
    for line in LINES.splitlines():
        assert not re.search(r"\b(?:psql|pg_dump|pg_restore)\b.*(?:database_url|postgres://)", line), line


def test_the_operators_page_installs_each_command_that_it_uses() -> None:
    (packages,) = re.findall(r"^apt install (.*)$", LINES, re.MULTILINE)
    needs: Mapping[str, str] = {
        "git": "git",
        "curl": "curl",
        "openssl": "openssl",
        "nginx": "nginx-light",
        "createdb": "postgresql",
        "python3": "python3",
        "adduser": "adduser",
    }
    used = LINES + "".join((ROOT / "deploy" / name).read_text() for name in ("make-secrets.sh", "make-release.sh"))
    for command, package in needs.items():
        assert re.search(rf"\b{command}\b", used), command
        assert package in packages.split(), package
    assert "python3-venv" in packages.split()


def test_the_lines_for_the_proxy_leave_nothing_of_the_containers(tmp_path: Path) -> None:
    (lines,) = re.findall(r"^\{ echo 'user www-data;'\n.*?^\} > \S+$", LINES, re.MULTILINE | re.DOTALL)
    made = shell(lines.replace("/etc/nginx/nginx.conf", str(tmp_path / "nginx.conf")), ROOT)
    assert made.returncode == 0, made.stderr
    text = (tmp_path / "nginx.conf").read_text()
    for left in ("portal-a", "portal-b", "8443", "8080", "/run/secrets", "/tmp/", "/dev/std"):  # noqa: S108
        assert left not in text
    for there in (
        "user www-data;",
        "server 127.0.0.1:8001 ",
        "server 127.0.0.1:8002 ",
        "listen 443 ssl",
        "pid /run/nginx.pid;",
    ):
        assert there in text
