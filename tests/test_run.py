"""Setting up and starting with `run.py`, as far as it can be tried without installing anything."""

import ast
import importlib.util
import os
import re
import signal
import socket
import stat
import subprocess
import sys
import time
from pathlib import Path
from types import ModuleType

import pytest
import requests

from tests.sandbox.support import Sandbox, free_port

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    spec = importlib.util.spec_from_file_location("run", ROOT / "run.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "VAR", tmp_path / "var")
    monkeypatch.setattr(module, "ENV_FILE", tmp_path / "var" / "portal.env")
    monkeypatch.setattr(module, "VENV", tmp_path / "venv")
    monkeypatch.setattr(module, "PYTHON", tmp_path / "venv" / "bin" / "python")
    return module


def test_the_secrets_are_made_once_and_for_the_owner_alone(run: ModuleType) -> None:
    first = run.make_secrets()
    assert run.make_secrets() == first
    assert set(first) == {"SECRET_KEY", "PORTAL_CREDENTIAL_KEYS", "EVIDENCE_KEY"}
    assert stat.S_IMODE(run.ENV_FILE.stat().st_mode) == 0o600
    assert stat.S_IMODE(run.VAR.stat().st_mode) == 0o700


def test_a_secret_that_an_older_checkout_lacks_is_added(run: ModuleType) -> None:
    first = run.make_secrets()
    run.ENV_FILE.write_text(f"# ours\nSECRET_KEY={first['SECRET_KEY']}\nPORTAL_CREDENTIAL_KEYS=a=")
    added = run.make_secrets()
    assert (added["SECRET_KEY"], added["PORTAL_CREDENTIAL_KEYS"]) == (first["SECRET_KEY"], "a=")
    assert len(added["EVIDENCE_KEY"]) == 44
    assert run.make_secrets() == added
    assert stat.S_IMODE(run.ENV_FILE.stat().st_mode) == 0o600


@pytest.mark.parametrize("value", ["eighty", "0", "65536", "-1", "\N{FULLWIDTH DIGIT EIGHT}"])
def test_a_port_must_be_a_port(run: ModuleType, monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("PORT", value)
    with pytest.raises(SystemExit, match="PORT must be a port number"):
        run.port_of("PORT", 8000)


def test_a_taken_port_is_named_with_a_way_out(run: ModuleType) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(SystemExit, match=rf"Port {port} is taken. .*PORT={port + 1} python3 run.py"):
            run.require_free(port, "PORT")


def test_an_environment_that_has_no_pip_is_kept(run: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    run.venv.EnvBuilder(with_pip=False).create(run.VENV)
    pip = run.pip_of_venv()
    assert pip[:4] == [sys.executable, "-m", "pip", "--python"]
    assert not subprocess.run([*pip, "--version"], capture_output=True).returncode


@pytest.mark.full  # it builds an environment twice; the parts are tested above and below
def test_an_environment_that_was_left_without_pip_is_made_anew(
    run: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Debian without python3-venv leaves one behind, which stays when python3-venv is installed."""
    run.venv.EnvBuilder(with_pip=False).create(run.VENV)
    (run.VENV / "half-made").touch()
    (tmp_path / "none.txt").touch()
    monkeypatch.setattr(run, "ROOT", tmp_path)
    monkeypatch.setattr(sys, "executable", "/bin/false")  # whose pip is none
    monkeypatch.chdir(tmp_path)
    run.install("none.txt")
    assert run.pip_of_venv() == [str(run.PYTHON), "-m", "pip"]
    assert not (run.VENV / "half-made").exists()
    (run.VENV / "whole").touch()
    (tmp_path / "none.txt").write_text("# changed")
    run.install("none.txt")
    assert (run.VENV / "whole").exists(), "one that has a pip is kept"


def test_an_interpreter_that_cannot_run_has_no_pip(run: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    run.PYTHON.parent.mkdir(parents=True)
    run.PYTHON.write_bytes(b"of another machine")
    assert run.pip_of_venv() is None
    run.PYTHON.chmod(0o755)
    assert run.pip_of_venv() is None


def test_without_any_pip_it_says_which_package_to_install(run: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    monkeypatch.setattr(run, "PYTHON", Path("/bin/false"))
    with pytest.raises(SystemExit, match="apt install python3-venv"):
        run.make_venv()


@pytest.mark.parametrize(
    ("where", "sentence"),
    [
        ("sys.version_info = (3, 6, 15, 'final', 0)", "The portal needs Python 3.11 or newer; this is 3.6."),
        ("sys.version_info = (3, 8, 20, 'final', 0)", "The portal needs Python 3.11 or newer; this is 3.8."),
        ("sys.version_info = (3, 10, 1, 'final', 0)", "The portal needs Python 3.11 or newer; this is 3.10."),
        ("os.name = 'nt'", "Run it in WSL, or as a container"),
    ],
)
def test_where_it_cannot_run_it_says_so(where: str, sentence: str) -> None:
    program = f"import os, sys; text = open('run.py').read(); {where}; exec(text)"
    ran = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stdout) == (1, "")
    assert sentence in ran.stderr
    assert len(ran.stderr.splitlines()) == 1


def test_an_older_python_reads_no_further_than_the_sentence() -> None:
    """Python 3.6 to 3.8 stop at `list[str]` in an annotation, and 3.6 at imports that came later."""
    oldest = (3, 7) if sys.version_info >= (3, 13) else (3, 6)
    body = ast.parse((ROOT / "run.py").read_text(), feature_version=oldest).body
    before = [
        statement
        for statement in body[1:]
        if statement.lineno
        < next(
            check.lineno for check in body if isinstance(check, ast.If) and "version_info" in ast.unparse(check.test)
        )
    ]
    assert [ast.unparse(statement) for statement in before] == ["import os", "import sys"]


def test_an_unknown_word_is_answered_with_the_known_ones() -> None:
    ran = subprocess.run([sys.executable, "run.py", "serve"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == 1
    assert "python3 run.py test" in ran.stderr


@pytest.fixture
def programs(run: ModuleType) -> Path:
    """Put a program in the place of Python that writes down what it is asked to run; return its file of lines."""
    run.PYTHON.parent.mkdir(parents=True)
    lines = run.VENV / "lines"
    run.PYTHON.write_text(f'#!/bin/sh\necho "$*" >> "{lines}"\n')
    run.PYTHON.chmod(0o755)
    return lines


def test_the_long_tests_run_on_both_stores_with_the_option_alone(run: ModuleType, programs: Path) -> None:
    assert run.test([]) == 0
    plain = programs.read_text().splitlines()
    programs.unlink()
    assert run.test(["--full"]) == 0
    full = programs.read_text().splitlines()
    assert len(plain) == len(full) > 5, "both run the checks"
    tests = [line for line in plain if " pytest " in f" {line} "]
    assert len(tests) == 2
    # Those of the second store run beside the rest, so that their line may stand anywhere.
    assert sorted(full) == sorted(f"{line} --full" if line in tests else line for line in plain)


@pytest.mark.parametrize("failing", ["ruff check .", "tests.postgresql"])
def test_each_check_that_fails_is_named_after_all_have_run(
    run: ModuleType, programs: Path, failing: str, capfd: pytest.CaptureFixture[str]
) -> None:
    run.test([])
    commands = len(programs.read_text().splitlines())
    script = f'#!/bin/sh\necho "$*" >> "{programs}"\necho "output of $2"\ncase "$*" in *"{failing}"*) exit 3;; esac\n'
    run.PYTHON.write_text(script)
    capfd.readouterr()
    assert run.test([]) == 1
    printed = capfd.readouterr().out
    assert f"Failed: {failing.split()[0]}\n" in printed
    assert "output of tests.postgresql" in printed, "what is written beside the rest is shown too"
    assert len(programs.read_text().splitlines()) == 2 * commands


def test_the_processes_of_the_tests_keep_their_bytecode(
    run: ModuleType, programs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    run.PYTHON.write_text(f'#!/bin/sh\necho "${{PYTHONDONTWRITEBYTECODE-unset}}" >> "{programs}"\n')
    assert run.test([]) == 0
    assert set(programs.read_text().split()) == {"unset"}


@pytest.mark.parametrize("arguments", [["tests/test_run.py"], ["tests/test_run.py", "--full"]])
def test_named_files_run_alone(run: ModuleType, programs: Path, arguments: list[str]) -> None:
    assert run.test(arguments) == 0
    assert programs.read_text().splitlines() == [" ".join(["-m", "pytest", *arguments])]


@pytest.mark.parametrize(
    ("options", "names"), [([], {"test_short"}), (["--full"], {"test_short", "test_long", "test_case[long]"})]
)
def test_a_test_that_is_marked_full_runs_with_the_option_alone(
    tmp_path: Path, options: list[str], names: set[str]
) -> None:
    (tmp_path / "test_marks.py").write_text(
        "import pytest\n"
        "def test_short(): pass\n"
        "@pytest.mark.full\n"
        "def test_long(): pass\n"
        '@pytest.mark.parametrize("size", [pytest.param(9, id="long", marks=pytest.mark.full)])\n'
        "def test_case(size): pass\n"
    )
    command = ["-m", "pytest", "-q", "--collect-only", "-c", "pyproject.toml", "-p", "tests.conftest", *options]
    ran = subprocess.run(
        [sys.executable, *command, str(tmp_path)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert set(re.findall(r"::(\S+)", ran.stdout)) == names


def test_the_sandbox_has_three_versions(run: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("ACTORS_API_VERSION", "v4")
    for name in ("ACTORS_API_URL", "PORTAL_TENANTS_FILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PORT", str(free_port()))
    monkeypatch.setenv("SANDBOX_PORT", str(free_port()))
    with pytest.raises(SystemExit, match="ACTORS_API_VERSION must be one of v2, v2-snake, v3, not 'v4'"):
        run.serve()


@pytest.mark.parametrize(
    ("end", "version", "shows"),
    [
        (signal.SIGINT, "", "totalCount"),
        # The same start in the other case of v2, and its end by a terminal that is closed.
        pytest.param(signal.SIGHUP, "v2-snake", "total_count", marks=pytest.mark.full),
    ],
)
def test_it_serves_and_stops_with_everything_it_started(
    run: ModuleType, tmp_path: Path, end: signal.Signals, version: str, shows: str
) -> None:
    """Start what `python3 run.py` starts, with this environment's packages and stores of its own."""
    port, sandbox_port = free_port(), free_port()
    program = (
        "import run, signal, sys, pathlib as p;"
        # What a shell starts in the background ignores Ctrl-C; whoever runs these tests may have been.
        "signal.signal(signal.SIGINT, signal.default_int_handler);"
        f"run.VAR = p.Path({str(tmp_path / 'var')!r}); run.ENV_FILE = run.VAR / 'portal.env';"
        f"run.PYTHON = p.Path({sys.executable!r}); sys.exit(run.serve())"
    )
    env = {
        name: value for name, value in os.environ.items() if name not in ("ACTORS_API_URL", "DJANGO_SETTINGS_MODULE")
    }
    for name in ("SECRET_KEY", "PORTAL_CREDENTIAL_KEYS", "ACTORS_API_LABEL", "ACTORS_API_VERSION"):
        env.pop(name, None)
    env |= {
        "PORT": str(port),
        "ACTORS_API_VERSION": version,
        "SANDBOX_PORT": str(sandbox_port),
        "SANDBOX_FILL": "none",
        "SANDBOX_DATABASE": str(tmp_path / "sandbox.sqlite3"),
        "DATABASE_URL": f"sqlite:///{tmp_path / 'portal.sqlite3'}",
        "STATIC_ROOT": str(tmp_path / "var" / "static"),
    }
    with (tmp_path / "log").open("w") as output:
        process = subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, env=env, stdout=output, stderr=output)
        log = tmp_path / "log"
        deadline = time.monotonic() + 180
        while "Press Ctrl-C to stop." not in log.read_text():
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.1)
        assert "Sign in as demo, team or admin" in log.read_text()
        assert requests.get(f"http://127.0.0.1:{port}/sign-in/", timeout=10).status_code == 200
        person = Sandbox(f"http://127.0.0.1:{sandbox_port}", tmp_path / "sandbox.sqlite3", process).sign_in("demo")
        assert shows in person.get("/search/actors?limit=1")["_metadata"]
        assert stat.S_IMODE((tmp_path / "portal.sqlite3").stat().st_mode) == 0o600
        assert stat.S_IMODE((tmp_path / "sandbox.sqlite3").stat().st_mode) == 0o600
        process.send_signal(end)
        assert process.wait(timeout=60) == 0
    for one in (port, sandbox_port):
        with socket.socket() as probe:
            assert probe.connect_ex(("127.0.0.1", one)) != 0, "nothing is left on the port"
