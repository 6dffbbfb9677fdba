"""`manage.py doctor` on a store that the portal cannot write or others can read, and on keys that others can read."""

import os
import sqlite3
import tempfile
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection

from actors_app.doctor import files
from tests.doctor.test_doctor import said

pytestmark = pytest.mark.only_on("sqlite")
ROOT = Path(__file__).resolve().parents[2]
NOBODY = 65534


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Any) -> Iterator[Path]:
    """Return the file of an SQLite store with its journal, all private, as the portal's."""
    folder = tmp_path / "lib"
    folder.mkdir(mode=0o700)
    file = folder / "portal.sqlite3"
    with sqlite3.connect(file) as opened:
        opened.execute("PRAGMA journal_mode=WAL")
        opened.execute("CREATE TABLE a (b)")
        opened.commit()
        for path in folder.iterdir():
            path.chmod(0o600)
        assert {path.name for path in folder.iterdir()} == {file.name, f"{file.name}-wal", f"{file.name}-shm"}
        monkeypatch.setitem(connection.settings_dict, "NAME", str(file))
        settings.BASE_DIR = tmp_path / "release"
        yield file
    opened.close()


def test_a_private_store_is_well(store: Path) -> None:
    assert [one.level for one in files.store_files()] == ["ok"]


@pytest.mark.parametrize("end", ["", "-wal", "-shm"])
@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o602])
def test_a_file_of_the_store_that_others_can_read_is_named(store: Path, end: str, mode: int) -> None:
    path = store.with_name(store.name + end)
    path.chmod(mode)
    assert f"Other users can access {path}, which is" in said(files.store_files(), "error")
    assert f"mode {mode:04o}. Run: chmod 600 {path}" in said(files.store_files(), "error")
    assert said(files.store_files(), "ok") == ""


@pytest.mark.parametrize(
    ("mode", "level", "words"), [(0o755, "warning", "can access"), (0o777, "error", "can write to")]
)
def test_a_folder_of_the_store_that_is_open_to_others_is_said(store: Path, mode: int, level: str, words: str) -> None:
    store.parent.chmod(mode)
    assert f"Other users {words} {store.parent}" in said(files.store_files(), level)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
@pytest.mark.parametrize("end", ["", "-wal", "-shm"])
def test_a_file_that_root_left_in_the_portals_folder_is_said_to_root(store: Path, end: str) -> None:
    for path in (store.parent, *store.parent.iterdir()):
        os.chown(path, NOBODY, NOBODY)
    assert said(files.store_files(), "error") == ""
    left = store.with_name(store.name + end)
    os.chown(left, 0, 0)
    assert (
        f"{left} is owned by root with mode 0600, but its folder is owned by nobody. Run: chown nobody {left}"
        in said(files.store_files(), "error")
    )


@pytest.mark.skipif(os.geteuid() != 0, reason="root becomes another user")
def test_a_store_that_the_portals_user_cannot_write_is_named_to_it(monkeypatch: pytest.MonkeyPatch) -> None:
    # Not below `tmp_path`, which is closed to all but root.
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)  # noqa: S103 - the point of it
        store = Path(folder) / "portal.sqlite3"
        store.touch(mode=0o644)
        monkeypatch.setitem(connection.settings_dict, "NAME", str(store))
        os.seteuid(NOBODY)
        try:
            told = said(files.store_files(), "error")
            os.seteuid(0)
            os.chmod(folder, 0o700)
            os.seteuid(NOBODY)
            assert said(files.store_files()) == "", "it cannot be seen; the store itself says that it fails"
        finally:
            os.seteuid(0)
    assert f"nobody cannot write to {store}, which is owned by root with mode 0644." in told
    assert f"nobody cannot write to {folder}" in told


def test_a_store_in_the_folder_of_a_release_is_said(store: Path, settings: Any) -> None:
    settings.BASE_DIR = store.parents[1]
    assert "is in the folder of this release" in said(files.store_files(), "warning")
    settings.PLAIN_HTTP = True  # `run.py`, whose store belongs there
    assert said(files.store_files(), "warning") == ""


def test_a_store_where_the_unit_lets_the_portal_write_nothing_is_said(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    unit = tmp_path / "actors-portal@.service"
    monkeypatch.setattr(files, "UNIT", unit)
    unit.touch()
    assert f"do not allow the portal to write to {store.parent}" in said(files.store_files(), "error")
    (tmp_path / f"{unit.name}.d").mkdir()
    (tmp_path / f"{unit.name}.d" / "store.conf").write_text(f"[Service]\nReadWritePaths={store.parent}\n")
    assert said(files.store_files(), "error") == ""
    (tmp_path / f"{unit.name}.d" / "store.conf").unlink()
    monkeypatch.setattr(files, "STATE", store.parent)
    assert said(files.store_files(), "error") == ""


@pytest.mark.parametrize("setting", files.SECRET_FILES)
def test_a_file_of_keys_that_others_can_read_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Any, setting: str
) -> None:
    settings.BASE_DIR = tmp_path
    path = tmp_path / "key"
    path.write_text("secret")
    monkeypatch.setenv(setting, str(path))
    for mode, level in ((0o600, "ok"), (0o640, "ok"), (0o644, "error"), (0o602, "error")):
        path.chmod(mode)
        assert {one.level for one in files.key_files() if one.about == "keys"} == {level}, oct(mode)
    assert f"Other users can access {path}, which contains keys" in said(files.key_files(), "error")
    path.chmod(0o600)
    tmp_path.chmod(0o777)
    assert f"Other users can write to {tmp_path}, which contains keys" in said(files.key_files(), "error")


@pytest.mark.parametrize("name", ["var/portal.env", ".env"])
def test_the_file_of_settings_is_looked_at(tmp_path: Path, settings: Any, name: str) -> None:
    settings.BASE_DIR = tmp_path
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("SECRET_KEY=x\n")
    path.chmod(0o644)
    assert f"Other users can access {path}" in said(files.key_files(), "error")
    path.chmod(0o640)
    assert said(files.key_files(), "error") == ""


def test_each_secret_setting_that_a_file_may_hold_is_looked_at() -> None:
    text = (ROOT / "portal" / "settings.py").read_text()
    hidden = text[text.index("logs.hide(") :].partition("LOGGING = {")[0]
    for name in ("SECRET_KEY", "SECRET_KEY_FALLBACKS", "EVIDENCE_KEY", "COLLECTOR_PASSWORD", "METRICS_TOKEN"):
        assert name in hidden
        assert f"{name}_FILE" in files.SECRET_FILES
    assert {"PORTAL_CREDENTIAL_KEYS_FILE", "DATABASE_URL_FILE", "ACTORS_API_CLIENT_SECRET_FILE"} <= set(
        files.SECRET_FILES
    )


@pytest.mark.django_db
def test_the_command_looks_at_the_files(store: Path, settings: Any) -> None:
    settings.BASE_DIR = ROOT
    store.chmod(0o644)
    out = StringIO()
    with pytest.raises(SystemExit, match="1"):
        call_command("doctor", offline=True, stdout=out)
    assert f"error    database: Other users can access {store}" in out.getvalue()
