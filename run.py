#!/usr/bin/env python3
"""Set up and run the portal (`python3 run.py`), or its checks and tests (`python3 run.py test`).

Standard library only: it runs before anything is installed. All it makes lies in `.venv/` and `var/`.
"""

import os
import sys

# Before anything that an older Python, or Windows, cannot import or evaluate. Python 3.6 still parses this file.
if sys.version_info < (3, 11):
    sys.exit("The portal needs Python 3.11 or newer; this is {}.{}.".format(*sys.version_info[:2]))
if os.name == "nt":
    sys.exit("The portal does not run on Windows itself. Run it in WSL, or as a container: see docs/deploy.md.")

import base64
import hashlib
import secrets
import signal
import socket
import subprocess
import tempfile
import time
import venv
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import ProxyHandler, build_opener

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
VAR = ROOT / "var"
ENV_FILE = VAR / "portal.env"
PEOPLE = "demo, team or admin, each with that name as the password"
# It speaks v2 and v3 side by side, and v2 in one of two cases; the portal is shown one.
SANDBOXES = {"v2": "Sandbox", "v2-snake": "Sandbox (snake_case)", "v3": "Sandbox (Tapis v3)"}


def main(arguments: list[str]) -> int:
    """Do what the command line asks; return the exit code."""
    os.chdir(ROOT)
    if arguments[:1] == ["test"]:
        install("requirements-dev.txt")
        return test(arguments[1:])
    if arguments:
        sys.exit("Use `python3 run.py` to run the portal, or `python3 run.py test` to run the tests.")
    install("requirements.txt")
    return serve()


# Set-up -----------------------------------------------------------------------------------------------------


def install(lock: str) -> None:
    """Make `.venv` hold what the lock names; quick when it already does."""
    want = digest([ROOT / lock], sys.version)
    mark = VENV / f".{lock}.sha256"
    if PYTHON.exists() and mark.exists() and mark.read_text() == want:
        return
    pip = pip_of_venv() or make_venv()
    print(f"Installing {lock} …", flush=True)
    # The lock names everything. Left to look for more, pip takes the newest release for a dependency with an
    # extra (`coverage[toml]`), not the one that is locked (pip's issue 9644), and stops at its missing hash.
    command = [*pip, "install", "-q", "--disable-pip-version-check", "--require-hashes", "--no-deps", "-r", lock]
    if subprocess.run(command).returncode or subprocess.run([*pip, "check"], stdout=subprocess.DEVNULL).returncode:
        sys.exit("The packages could not be installed; the lines above say why. Run the command again to go on.")
    mark.write_text(want)


def make_venv() -> list[str]:
    """Make the virtual environment anew; return the command of a pip that installs into it."""
    try:
        venv.EnvBuilder(with_pip=True, clear=True).create(VENV)
    except (subprocess.CalledProcessError, SystemExit):
        # Debian's Python comes without ensurepip; its own pip can install into an environment that has none.
        venv.EnvBuilder(with_pip=False, clear=True).create(VENV)
    return pip_of_venv() or sys.exit("This Python has neither ensurepip nor pip. On Debian: apt install python3-venv")


def pip_of_venv() -> list[str] | None:
    """Return the command of a pip that installs into the environment: its own, or that of this Python; None without.

    There is none for an environment that was left half-made, by Debian without `python3-venv` or by Ctrl-C.
    """
    for pip in ([str(PYTHON), "-m", "pip"], [sys.executable, "-m", "pip", "--python", str(PYTHON)]):
        try:
            if not subprocess.run([*pip, "--version"], capture_output=True).returncode:
                return pip
        except OSError:
            continue
    return None


def digest(paths: list[Path], *more: str) -> str:
    """Return a fingerprint of some files and texts."""
    total = hashlib.sha256("\n".join(more).encode())
    for path in paths:
        total.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes())
    return total.hexdigest()


def make_secrets() -> dict[str, str]:
    """Return the three secrets of this checkout, each made once in `var/portal.env` (mode 0600)."""
    VAR.mkdir(mode=0o700, exist_ok=True)
    if not ENV_FILE.exists():
        with open(os.open(ENV_FILE, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(f"SECRET_KEY={secrets.token_urlsafe(50)}\nPORTAL_CREDENTIAL_KEYS={new_key()}\n")
    text = ENV_FILE.read_text()
    lines = (line.partition("=") for line in text.splitlines() if "=" in line and line[0] != "#")
    values = {name.strip(): value.strip() for name, _, value in lines}
    if "EVIDENCE_KEY" not in values:  # of a checkout that is older than this secret
        values["EVIDENCE_KEY"] = new_key()
        with ENV_FILE.open("a") as file:
            file.write("\n" * (not text.endswith("\n")) + f"EVIDENCE_KEY={values['EVIDENCE_KEY']}\n")
    return values


def new_key() -> str:
    """Return 32 random bytes in URL-safe base64."""
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()


def collect_static(env: dict[str, str]) -> None:
    """Gather and compress the static files when one of them, or the lock, changed."""
    mark = VAR / ".static.sha256"
    files = sorted(path for path in (ROOT / "static").rglob("*") if path.is_file())
    want = digest([ROOT / "requirements.txt", *files])
    if mark.exists() and mark.read_text() == want and (VAR / "static").exists():
        return
    manage(env, "collectstatic", "--noinput", "--clear", "-v0")
    mark.write_text(want)


def manage(env: dict[str, str], *arguments: str) -> None:
    """Run one of the portal's commands; stop here when it fails."""
    code = subprocess.run([str(PYTHON), "manage.py", *arguments], env=env).returncode
    if code:
        sys.exit(code)


# Serving ----------------------------------------------------------------------------------------------------


def serve() -> int:
    """Start the portal, and the sandbox where no API is configured; stop both together."""
    port = port_of("PORT", 8000)
    env = {**make_secrets(), "PORTAL_PLAIN_HTTP": "true", **os.environ}
    with_sandbox = not (env.get("ACTORS_API_URL") or env.get("PORTAL_TENANTS_FILE"))
    require_free(port, "PORT")
    if with_sandbox and port == port_of("SANDBOX_PORT", 8100):
        sys.exit(f"PORT and SANDBOX_PORT are both {port}; choose another for one of them.")
    # The stores hold sign-ins and messages: nobody else on this machine may read them.
    os.umask(0o077)
    processes: list[subprocess.Popen[bytes]] = []
    for end in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(end, lambda *_: sys.exit(0))
    try:
        if with_sandbox:
            sandbox_port, version = port_of("SANDBOX_PORT", 8100), env.get("ACTORS_API_VERSION") or "v2"
            if version not in SANDBOXES:
                sys.exit(f"ACTORS_API_VERSION must be one of {', '.join(SANDBOXES)}, not {version!r}.")
            require_free(sandbox_port, "SANDBOX_PORT")
            env |= {
                "ACTORS_API_URL": f"http://127.0.0.1:{sandbox_port}",
                "ACTORS_API_VERSION": version,
                "SANDBOX_CASE": "snake" if version == "v2-snake" else "camel",
                "ACTORS_API_LABEL": SANDBOXES[version],
                "ACTORS_API_SIGN_IN": "password,code,token",
                "ACTORS_API_SANDBOX_ACCOUNTS": "demo=owner,team=colleague,admin=administrator",
                "ACTORS_API_CLIENT_KEY": "sandbox",
                "ACTORS_API_CLIENT_SECRET": "sandbox",
            }
            print("Starting the sandbox (the first start fills it with data) …", flush=True)
            sandbox = [str(PYTHON), "-m", "sandbox", "--port", str(sandbox_port)]
            # A group of its own: Ctrl-C reaches only this script, which then ends both in order.
            processes.append(subprocess.Popen(sandbox, env=env, start_new_session=True))
        manage(env, "migrate", "--noinput", "-v0")
        manage(env, "hash_session_keys", "-v0")  # no portal of a former version runs beside this one
        collect_static(env)
        if with_sandbox:
            wait_for(f"{env['ACTORS_API_URL']}/actors/v2", processes[0])
        command = [
            str(PYTHON),
            "-m",
            "gunicorn",
            "-c",
            "portal/gunicorn_conf.py",
            "--bind",
            f"127.0.0.1:{port}",
        ]
        processes.append(subprocess.Popen([*command, "portal.wsgi"], env=env, start_new_session=True))
        wait_for(f"http://127.0.0.1:{port}/livez", processes[-1], alive=True)
        print(f"\nThe portal is at http://127.0.0.1:{port}{env.get('SCRIPT_NAME', '')}/", flush=True)
        if with_sandbox:
            print(f"Its API is the sandbox at {env['ACTORS_API_URL']}. Sign in as {PEOPLE}.", flush=True)
        print("Press Ctrl-C to stop.", flush=True)
        while all(process.poll() is None for process in processes):
            time.sleep(0.5)
        return next(process.returncode for process in processes if process.poll() is not None) or 1
    except KeyboardInterrupt:
        print("\nStopping …", flush=True)
        return 0
    finally:
        for process in reversed(processes):
            process.terminate()
        for process in processes:
            try:
                process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                process.kill()


def port_of(name: str, default: int) -> int:
    """Return the port that an environment variable names."""
    value = os.environ.get(name) or str(default)
    if not value.isascii() or not value.isdigit() or not 0 < int(value) < 65536:
        sys.exit(f"{name} must be a port number between 1 and 65535, not {value!r}.")
    return int(value)


def require_free(port: int, name: str) -> None:
    """Stop with a sentence when somebody else listens on a port."""
    with closing(socket.socket()) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            sys.exit(f"Port {port} is taken. Choose another: {name}={port + 1} python3 run.py")


def wait_for(url: str, process: "subprocess.Popen[bytes]", alive: bool = False) -> None:
    """Wait until a server answers, with a success where `alive` is asked, or until its process has ended."""
    opener = build_opener(ProxyHandler({}))
    for _ in attempts(seconds=90):
        if process.poll() is not None:
            sys.exit("It could not be started; the lines above say why.")
        try:
            opener.open(url, timeout=5).close()
            return
        except URLError as answer:
            if isinstance(answer, HTTPError) and not alive:  # an error over HTTP is an answer too
                return
        except OSError:
            pass
    sys.exit(f"Nothing answered at {url}.")


def attempts(seconds: float) -> Iterator[None]:
    """Yield until the time is over, with pauses."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        yield
        time.sleep(0.1)


# Testing ----------------------------------------------------------------------------------------------------


def test(arguments: list[str]) -> int:
    """Run every check and test, with `--full` also the long tests, or pytest with other arguments; return the code."""
    tool = [str(PYTHON), "-m"]
    full = ["--full"] if arguments == ["--full"] else []
    if arguments != full:
        return subprocess.run([*tool, "pytest", *arguments]).returncode
    env = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings", "PYTHONPATH": str(ROOT)}
    VAR.mkdir(mode=0o700, exist_ok=True)  # makemigrations opens the store that the settings name
    # Every worker and every server that a test starts would compile the same files again.
    env.pop("PYTHONDONTWRITEBYTECODE", None)
    # The tests of the store once more, on a PostgreSQL that is started for them, beside all the rest: one process.
    store = [*tool, "tests.postgresql", *tool, "pytest", "-m", "store", "-q", *full]
    checks = [
        [*tool, "ruff", "check", "."],
        [*tool, "ruff", "format", "--check", "."],
        [*tool, "djlint", "--quiet", "--lint", "templates"],
        [str(PYTHON), str(PYTHON.with_name("lint-imports")), "--no-cache"],
        [*tool, "mypy", "portal", "actors_app"],
        # A Django project of its own, with settings of its own.
        [*tool, "mypy", "--config-file", "sandbox/mypy.ini", "sandbox"],
        [str(PYTHON), "manage.py", "makemigrations", "--check", "--dry-run", "-v0"],
        # By file, since the tests of one share what they start, and three at a time on two cores, since many wait.
        # Coverage takes a fifth of the time: it has a run of its own (CONTRIBUTING.md).
        [*tool, "pytest", "-n", "3", "--dist", "loadfile", "--no-loadscope-reorder", "-q", *full],
    ]
    failed = []
    with tempfile.TemporaryFile() as output:
        with subprocess.Popen(store, env=env, stdout=output, stderr=subprocess.STDOUT) as store_run:
            for command in checks:
                words = command[2:] if command[1] in ("-m", "manage.py") else [Path(command[1]).name, *command[2:]]
                print(f"— {' '.join(words)}", flush=True)
                if subprocess.run(command, env=env).returncode:
                    failed.append(words[0])
        print(f"— {' '.join(store[2:])}", flush=True)
        output.seek(0)
        print(output.read().decode(errors="replace"), flush=True)
        if store_run.returncode:
            failed.append(store[2])
    if failed:
        print(f"Failed: {', '.join(failed)}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
