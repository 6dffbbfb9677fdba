"""What the image, the compose file and the proxy say, held as far as it can be without an engine for containers."""

import re
import shutil
import subprocess
from pathlib import Path

import requests
import yaml
from django.db.migrations import (
    AddField,
    AddIndex,
    AlterModelManagers,
    AlterModelOptions,
    CreateModel,
    Migration,
)
from django.db.migrations.loader import MigrationLoader

from actors_app.management.commands.collect_history import REFUSED
from tests.sandbox.support import start_sandbox
from tests.support.proxied import PROXY, proxy
from tests.support.running import running_portal
from tests.support.tools import missing
from tests.support.uploads import check_proxied
from tests.test_docs import read_by_the_code

ROOT = Path(__file__).resolve().parents[2]
DOCKERFILE = (ROOT / "Dockerfile").read_text()
COMPOSE = (ROOT / "compose.yaml").read_text()
SERVICES = yaml.safe_load(COMPOSE)
EXAMPLE = (ROOT / "deploy" / "portal.env.example").read_text()
MAKE_SECRETS = (ROOT / "deploy" / "make-secrets.sh").read_text()


def test_each_source_of_the_image_is_there_and_let_through() -> None:
    sources = [
        source
        for line in re.findall(r"^COPY (?!--from)(.+)$", DOCKERFILE, re.MULTILINE)
        for source in line.split()[:-1]
    ]
    assert len(sources) >= 6
    let_through = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    for source in sources:
        assert (ROOT / source).exists(), source
        assert source in let_through, source
    assert let_through == set(sources)


def test_the_image_holds_everything_that_the_portal_is_made_of() -> None:
    copied = set(re.findall(r"^COPY (?!--from)(\w+) ", DOCKERFILE, re.MULTILINE))
    code = "".join(path.read_text() for room in ("portal", "actors_app") for path in (ROOT / room).rglob("*.py"))
    rooms = {path.name for path in ROOT.iterdir() if (path / "__init__.py").exists() and path.name != "tests"}
    imported = {room for room in rooms if re.search(rf"^\s*(?:from|import) {room}\b", code, re.MULTILINE)}
    assert imported <= copied
    assert {"templates", "static"} <= copied


def test_the_image_runs_as_nobody_and_installs_what_is_locked() -> None:
    last = DOCKERFILE.rpartition("\nFROM ")[2]
    assert re.search(r"^USER 10001$", last, re.MULTILINE)
    assert "HEALTHCHECK" in last
    assert "pip uninstall" in last
    assert not re.search(r"apt-get|gcc|build-essential", last)
    assert "--require-hashes --no-deps -r requirements.txt" in DOCKERFILE


def test_each_setting_of_the_deployment_is_one_of_the_portal() -> None:
    example = (ROOT / "deploy" / "portal.env.example").read_text()
    used = set(re.findall(r"^([A-Z_]+)=", example, re.MULTILINE))
    for service in SERVICES["services"].values():
        used |= {name.removesuffix("_FILE") for name in service.get("environment", {})}
    theirs = {name for name in used if name.startswith("POSTGRES_")}
    assert used - theirs <= read_by_the_code()
    assert {"SECRET_KEY", "PORTAL_CREDENTIAL_KEYS", "DATABASE_URL", "ALLOWED_HOSTS"} <= used


def test_the_example_of_the_settings_can_be_read_by_a_shell(tmp_path: Path) -> None:
    text = (ROOT / "deploy" / "portal.env.example").read_text()
    assert "ACTORS_API_LABEL='Actors API'" in text
    for line in text.splitlines():
        assert line.startswith("#") or " " not in line or re.fullmatch(r"[A-Z_]+='[^']*'", line), line
    shell = shutil.which("bash") or "sh"
    read = ["-c", 'set -aeu; . "$1"; exec env -0', shell, ROOT / "deploy" / "portal.env.example"]
    done = subprocess.run(
        [shell, *read], check=True, capture_output=True, text=True, cwd=tmp_path, env={"PATH": "/usr/bin:/bin"}
    )
    assert done.stderr == ""
    given = dict(line.split("=", 1) for line in done.stdout.split("\0") if line)
    assert given["ACTORS_API_LABEL"] == "Actors API"
    assert set(re.findall(r"^([A-Z_]+)=", text, re.MULTILINE)) <= set(given)


def test_each_secret_is_declared_made_and_used() -> None:
    declared = {name: where["file"] for name, where in SERVICES["secrets"].items()}
    assert declared == {name: f"deploy/secrets/{name}" for name in declared}
    used = {name for service in SERVICES["services"].values() for name in service.get("secrets", ())}
    assert used == set(declared)
    assert set(re.findall(r"/run/secrets/(\w+)", COMPOSE + PROXY + EXAMPLE)) == set(declared)
    for name, service in SERVICES["services"].items():
        given = set(re.findall(r"/run/secrets/(\w+)", str(service.get("environment", {}))))
        assert given <= set(service["secrets"]), f"{name} is told of a secret that it cannot read"


def test_the_name_of_the_portal_reaches_the_proxy() -> None:
    path = "/etc/nginx/server_name"
    assert SERVICES["configs"] == {"server_name": {"file": "deploy/server_name"}}
    assert SERVICES["services"]["proxy"]["configs"] == [{"source": "server_name", "target": path}]
    assert f"include {path};" in PROXY
    assert "$host" not in PROXY, "it is what the request says"
    page = (ROOT / "docs" / "deploy.md").read_text()
    assert page.index("cp deploy/server_name /etc/nginx/") < page.index("nginx -t")


def test_the_operators_page_names_only_services_there_are() -> None:
    page = (ROOT / "docs" / "deploy.md").read_text()
    named = set(re.findall(r"docker compose\s+(?:exec|run)\s+(?:-\S+\s+)*([a-z-]+)", page))
    for line in re.findall(r"^docker compose (?:stop|start) ([a-z -]+)", page, re.MULTILINE):
        named |= set(line.split())
    assert {"store", "migrate", "portal-a", "portal-b", "proxy", "history"} == named
    assert set(SERVICES["services"]) == named


def test_each_service_is_hardened_and_waits_for_what_there_is() -> None:
    services = SERVICES["services"]
    assert set(services) == {"proxy", "portal-a", "portal-b", "migrate", "history", "store"}
    for name, service in services.items():
        assert service["read_only"] is True, name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert service["tmpfs"], name
        assert not service.get("privileged"), name
        assert set(service.get("depends_on", {})) <= set(services), name
        for volume in service.get("volumes", ()):
            source = volume.partition(":")[0]
            made = 'mkdir -p "$secrets/collectors"' in MAKE_SECRETS and source == "./deploy/secrets/collectors"
            assert made or source in SERVICES["volumes"] or (ROOT / source).exists(), volume
        assert set(service["networks"]) <= set(SERVICES["networks"]), name
    assert services["portal-a"]["depends_on"] == {"migrate": {"condition": "service_completed_successfully"}}
    assert services["migrate"]["restart"] == "no"
    # Only the proxy can be reached from outside.
    assert [name for name, service in services.items() if "ports" in service] == ["proxy"]
    assert {name for name in services if f"server {name}:8000" in PROXY} == {"portal-a", "portal-b"}


def test_the_secrets_are_made_once_and_load(tmp_path: Path) -> None:
    if not shutil.which("openssl"):
        missing("openssl", "openssl")
    for name in ("make-secrets.sh", "portal.env.example"):
        shutil.copy(ROOT / "deploy" / name, tmp_path)
    made = [
        subprocess.run(
            ["sh", tmp_path / "make-secrets.sh", "a.example.org"], check=True, capture_output=True, text=True
        )
        for _ in range(2)
    ]
    assert "Created secret_key" in made[0].stdout
    assert made[1].stdout == ""
    assert (tmp_path / "secrets").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "server_name").read_text() == "server_name a.example.org;\n"
    assert "ALLOWED_HOSTS=a.example.org" in (tmp_path / "portal.env").read_text()
    files = {path.name: path.read_text() for path in (tmp_path / "secrets").iterdir() if path.is_file()}
    assert files["store_password"] in files["database_url"]
    # The containers' users enter the folder of the collector's passwords; they do not see the one around it.
    assert (tmp_path / "secrets" / "collectors").stat().st_mode & 0o777 == 0o755
    assert {name for name, where in SERVICES["secrets"].items() if not (tmp_path / where["file"][7:]).exists()} == set()
    from tests.portal.test_settings import load

    given = {f"{name}_FILE": str(tmp_path / "secrets" / file) for name, file in SECRET_FILES.items()}
    nothing = dict.fromkeys(("SECRET_KEY", "PORTAL_CREDENTIAL_KEYS"), "")
    loaded = load(**nothing, **given, PORTAL_BEHIND_PROXY="true", ALLOWED_HOSTS="a.example.org")
    assert loaded.stdout.strip() == "__Host-portal-session", loaded.stderr


SECRET_FILES = {
    "SECRET_KEY": "secret_key",
    "PORTAL_CREDENTIAL_KEYS": "credential_keys",
    "EVIDENCE_KEY": "evidence_key",
    "DATABASE_URL": "database_url",
    "ACTORS_API_CLIENT_SECRET": "client_secret",
    "METRICS_TOKEN": "metrics_token",
}


def test_each_unit_runs_a_command_there_is_with_the_same_walls() -> None:
    commands = {path.stem for path in (ROOT / "actors_app" / "management" / "commands").glob("[a-z]*.py")}
    page = (ROOT / "docs" / "deploy.md").read_text()
    walls = []
    for unit in sorted((ROOT / "deploy").glob("*.service")):
        text = unit.read_text()
        assert set(re.findall(r"^ExecStart=.* manage\.py (\w+)", text, re.MULTILINE)) <= commands
        assert unit.name in page
        walls.append(text[text.index("NoNewPrivileges=") :].partition("\n\n")[0].strip())
    assert len(walls) == 3
    assert len(set(walls)) == 1
    collector = (ROOT / "deploy" / "actors-portal-history.service").read_text()
    assert f"RestartPreventExitStatus={REFUSED}" in collector
    nightly = (ROOT / "deploy" / "actors-portal-nightly.service").read_text()
    assert nightly.count("ExecStart=") == 4


# The store, which portals of two versions share -------------------------------------------------------------------

SHARED_FROM = "0006"
# (migration, operation) that does more than add, and why the former code goes on all the same.
BORNE: dict[tuple[str, str], str] = {
    ("0008_session_keys", "RunPython"): "it writes to a table of its own, which the former code does not know",
    ("0010_tenant_origins", "RunPython"): "it writes to a table and a column that the former code does not know",
}


def more_than_adds(migration: Migration) -> list[str]:
    """Return the operations that code which does not know the migration may stumble over."""
    found = []
    for operation in migration.operations:
        adds = isinstance(operation, CreateModel | AddIndex | AlterModelOptions | AlterModelManagers)
        if isinstance(operation, AddField):
            column = operation.field
            # The former code leaves the column out when it inserts a row.
            adds = column.null or column.many_to_many or column.has_db_default()
        if not adds:
            found.append(type(operation).__name__)
    return found


def test_migrations_only_add_from_the_one_that_the_operators_page_names() -> None:
    ours = {
        name: migration
        for (app, name), migration in MigrationLoader(None).disk_migrations.items()
        if app == "actors_app"
    }
    assert more_than_adds(ours["0005_bulk_actors"]) == ["RenameField", "AlterField", "AddField", "AddField"]
    stumbled = {
        (name, operation)
        for name, migration in ours.items()
        if name >= SHARED_FROM
        for operation in more_than_adds(migration)
    }
    assert stumbled == set(BORNE), "portals of the former version could not go on"
    first = min(name for name in ours if name >= SHARED_FROM)
    assert f"From `{first}` on" in (ROOT / "docs" / "deploy.md").read_text()


# The proxy, where nginx is found --------------------------------------------------------------------------------


def test_the_proxy_passes_people_on_and_keeps_the_rest_out(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
    newer = tmp_path / "b" / "static" / "portal.0123456789ab.css"  # of a portal that is newer than the other
    newer.parent.mkdir()
    newer.write_text("body { color: black }")
    sandbox = start_sandbox(tmp_path, fill="none")
    settings = {"PORTAL_PLAIN_HTTP": "false", "PORTAL_BEHIND_PROXY": "true", "LOG_FORMAT": "json", "LOG_REQUESTS": "1"}
    try:
        with (
            running_portal(tmp_path / "a", sandbox.url, **settings) as first,
            running_portal(tmp_path / "b", sandbox.url, STATIC_ROOT=str(newer.parent), **settings) as second,
            proxy(tmp_path, first.url, second.url) as (url, plain, pem),
        ):

            def ask(path: str, **more: object) -> requests.Response:
                return requests.get(url + path, verify=str(pem), timeout=20, allow_redirects=False, **more)  # type: ignore[arg-type]

            page = ask("/sign-in/", headers={"X-Forwarded-For": "6.6.6.6", "X-Forwarded-Proto": "http"})
            assert page.status_code == 200
            assert "max-age=31536000" in page.headers["Strict-Transport-Security"]
            assert "__Host-portal-csrf" in page.headers["Set-Cookie"]
            assert "nginx/" not in page.headers.get("Server", "")
            assert ask("/livez").status_code == 200
            for neighbours in ({"Cookie": "a=" + "x" * 16_384}, {"Cookie": "; ".join(["a=" + "x" * 4000] * 4)}):
                assert "Username" in ask("/sign-in/", headers=neighbours).text
            heavy = ask("/sign-in/", headers={"Cookie": "a=" + "x" * 40_000})
            assert heavy.status_code == 431
            assert "Delete the cookies of this domain" in heavy.text
            assert [ask(path).status_code for path in ("/metrics", "/readyz")] == [404, 404]
            alone = [
                requests.get(
                    f"{one.url}/static/{newer.name}",
                    headers={"X-Forwarded-Proto": "https", "Host": "localhost"},
                    timeout=20,
                ).status_code
                for one in (first, second)
            ]
            assert alone == [404, 200], "only one of them has it"
            assert {ask(f"/static/{newer.name}").status_code for _ in range(10)} == {200}
            assert ask("/static/neither.css").status_code == 404
            to_tls = requests.get(plain + "/actors/?q=1", timeout=20, allow_redirects=False)
            assert (to_tls.status_code, to_tls.headers["Location"]) == (301, "https://127.0.0.1/actors/?q=1")
            token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.text)
            assert token
            visitor = requests.Session()
            visitor.verify, visitor.trust_env = str(pem), False
            visitor.cookies.update(page.cookies)
            form = {"csrfmiddlewaretoken": token[1], "username": "demo", "password": "demo", "tenant": "default"}
            signed = visitor.post(
                f"{url}/sign-in/",
                form,
                headers={"Referer": f"{url}/sign-in/", "Origin": url},
                timeout=20,
                allow_redirects=False,
            )
            assert signed.status_code == 302, signed.text
            first.process.terminate()
            first.process.wait(timeout=40)
            assert {ask("/sign-in/").status_code for _ in range(10)} == {200}, "the other one answers"
            check_proxied(url, pem)
            second.process.terminate()
            second.process.wait(timeout=40)
            away = ask("/sign-in/")
            assert away.status_code == 503
            assert "The portal is not responding." in away.text
            assert away.headers["Retry-After"] == "5"
            assert "data-alert" in away.text
            lines = (tmp_path / "requests.log").read_text()
            assert '"path":"/actors/"' in lines
            assert "q=1" not in lines
    finally:
        sandbox.stop()
