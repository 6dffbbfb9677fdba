"""Who may write and read the files of a deployment: the store, where it is a file, and those that hold keys."""

import os
import pwd
from pathlib import Path
from stat import S_IMODE, S_ISVTX, S_IWOTH

from django.conf import settings
from django.db import connection

from actors_app.doctor import Findings, failure, ok, warning

OTHERS, GROUP_AND_OTHERS = 0o007, 0o077
# SQLite's own, beside the store: they hold what was written last.
BESIDE = ("-wal", "-shm", "-journal")
# Settings that are secret, which may be read from a file; that of the tenants holds secrets too.
SECRET_FILES = (
    "SECRET_KEY_FILE",
    "SECRET_KEY_FALLBACKS_FILE",
    "PORTAL_CREDENTIAL_KEYS_FILE",
    "EVIDENCE_KEY_FILE",
    "DATABASE_URL_FILE",
    "ACTORS_API_CLIENT_SECRET_FILE",
    "COLLECTOR_PASSWORD_FILE",
    "METRICS_TOKEN_FILE",
    "PORTAL_TENANTS_FILE",
)
# Where docs/deploy.md and run.py have the settings; a process does not know from which file they came.
SETTINGS_FILES = ("/etc/actors-portal/portal.env", "var/portal.env", ".env")
# Where docs/deploy.md has the portal's unit, and the one folder that this lets the portal write.
UNIT, STATE = Path("/etc/systemd/system/actors-portal@.service"), Path("/var/lib/actors-portal")
BEST = f"sqlite:///{STATE}/portal.sqlite3"
# An engine for containers puts a container's secrets there, whatever their modes: no other container sees them.
ENGINE = Path("/run/secrets")


def store_files() -> Findings:
    """See whether this process may write the store's file and its folder, and that nobody else may read them."""
    name = str(connection.settings_dict["NAME"])
    if connection.vendor != "sqlite" or not os.path.exists(name):  # not there, or in a folder that is closed to us
        return
    store = Path(name).absolute()
    files = [path for path in (store, *(store.with_name(store.name + end) for end in BESIDE)) if path.exists()]
    good = True
    for finding in (*_writable(store.parent, files), *_unread(store.parent, files)):
        good = False
        yield finding
    if not settings.PLAIN_HTTP and store.is_relative_to(settings.BASE_DIR):
        yield warning(
            "database",
            f"{store} is in the folder of this release, which the next release does not use. Set DATABASE_URL={BEST}",
        )
    elif _is_walled_off(store.parent):
        yield failure(
            "database", f"The systemd units do not allow the portal to write to {store.parent}. Set DATABASE_URL={BEST}"
        )
    if good:
        yield ok("database", f"No other user can access {store} and the files that SQLite writes beside it.")


def _is_walled_off(folder: Path) -> bool:
    """Whether the portal's unit, with what an operator added to it, makes a folder read-only for it.

    This process is not behind the unit's walls, so that it may write there all the same.
    """
    if not UNIT.exists() or folder.is_relative_to(STATE):
        return False
    added = UNIT.with_name(f"{UNIT.name}.d").glob("*.conf")
    return not any(f"ReadWritePaths={folder}" in path.read_text() for path in added)


def _writable(folder: Path, files: list[Path]) -> Findings:
    owner = folder.stat().st_uid
    for path in (folder, *files):
        if not os.access(path, os.W_OK, effective_ids=True):
            yield failure("database", f"{_name(os.geteuid())} cannot write to {path}, which is {_ownership(path)}.")
        elif path.stat().st_uid != owner:
            # Left by a command of root's, to whom everything is open: the portal can do nothing with it.
            yield failure(
                "database",
                f"{path} is {_ownership(path)}, but its folder is owned by {_name(owner)}. Run: chown {_name(owner)} "
                f"{path}. Always run commands as the portal's user.",
            )


def _unread(folder: Path, files: list[Path]) -> Findings:
    mode = folder.stat().st_mode
    if mode & S_IWOTH and not mode & S_ISVTX:
        yield failure("database", f"Other users can write to {folder}. Run: chmod 700 {folder}")
    elif mode & OTHERS:
        yield warning(
            "database", f"Other users can access {folder}, which contains the database. Run: chmod 700 {folder}"
        )
    for path in files:
        if path.stat().st_mode & GROUP_AND_OTHERS:
            yield failure(
                "database", f"Other users can access {path}, which is {_ownership(path)}. Run: chmod 600 {path}"
            )


def key_files() -> Findings:
    """See that nobody but their owner and the group can read the files that hold keys."""
    named = [Path(os.environ[name]) for name in SECRET_FILES if os.environ.get(name)]
    files = [*named, *(Path(settings.BASE_DIR) / path for path in SETTINGS_FILES)]
    present = [path for path in files if path.parent != ENGINE and os.path.exists(path)]
    good = bool(present)
    for path in present:
        if path.stat().st_mode & OTHERS:
            good = False
            yield failure(
                "keys",
                f"Other users can access {path}, which contains keys and is {_ownership(path)}. Run: chmod o= {path}",
            )
        if path.parent.stat().st_mode & S_IWOTH:
            good = False
            yield failure(
                "keys", f"Other users can write to {path.parent}, which contains keys. Run: chmod o-w {path.parent}"
            )
    if good:
        yield ok("keys", f"No other user can access the {len(present)} files that contain keys.")
    if os.geteuid() == 0 and not settings.PLAIN_HTTP:
        yield warning("files", "This command runs as root, which can access every file. Run it as the portal's user.")


def _ownership(path: Path) -> str:
    facts = path.stat()
    return f"owned by {_name(facts.st_uid)} with mode {S_IMODE(facts.st_mode):04o}"


def _name(user: int) -> str:
    try:
        return pwd.getpwuid(user).pw_name
    except KeyError:
        return f"user {user}"
