"""The files of another release put into the place of those that a portal runs from: the portal goes on as before."""

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
import requests
from django.urls import Resolver404, resolve

from portal import loading
from tests.sandbox.support import Person, Sandbox, start_sandbox
from tests.support.load import Visitor
from tests.support.running import ROOT, RunningPortal, running_portal

PARTS = ("portal", "actors_app", "templates", "static", "manage.py")
# With `-v`, Python says from which file it takes each module, compiled or not.
IMPORTED = re.compile(rb"^# code object from '?(/[^'\n]+)", re.MULTILINE)


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    running = start_sandbox(tmp_path_factory.mktemp("sandbox"), fill="none", SANDBOX_PULL_SECONDS="0.05")
    yield running
    running.stop()


@pytest.fixture(scope="module")
def person(sandbox: Sandbox) -> Person:
    """Somebody with one of each resource, so that every kind of page is reached."""
    demo = sandbox.sign_in("demo")
    actor = demo.actor("abacosamples/wc", name="counter")
    demo.run(actor, "to be or not to be")
    demo.post(f"/{actor}/nonces", {"level": "READ", "maxUses": 3})
    demo.post("/aliases", {"alias": "counter-alias", "actorId": actor})
    demo.post("/configs", {"name": "counter-config", "value": "v", "isSecret": False, "actors": actor})
    return demo


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Return a release's folder of its own, as an operator has one."""
    root = tmp_path / "release"
    root.mkdir()
    for part in PARTS:
        source = ROOT / part
        if source.is_dir():
            shutil.copytree(source, root / part, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, root)
    return root


def swap(tree: Path) -> None:
    """Put a release into the folder of which no file fits the code that runs."""
    for path in [*tree.rglob("*")]:
        if path.suffix == ".py":
            path.write_text("raise RuntimeError('a module of another release')\n")
        elif path.suffix == ".html":
            path.write_text("{% tag_of_another_release %}\n")
        elif path.is_file():
            path.unlink()


@dataclass
class Walk:
    """Somebody who follows every link, one for each view, as a page and as a fragment."""

    portal: RunningPortal
    visitor: Visitor
    met: dict[str, int] = field(default_factory=dict)
    views: set[str] = field(default_factory=set)

    def __call__(self, *addresses: str) -> None:
        queue = list(addresses)
        while queue:
            address = queue.pop(0)
            if not self._is_new(address):
                continue
            for headers in ({}, {"HX-Request": "true"}):
                answer = requests.get(
                    self.portal.url + address,
                    cookies=self.visitor.cookies,
                    headers=headers,
                    timeout=60,
                    allow_redirects=False,
                )
                self.met[f"{address} {headers}"] = answer.status_code
                links = re.findall(r'(?:href|action|src|hx-get)="(/[^"#]*)', answer.text)
                queue += [link.replace("&amp;", "&") for link in [answer.headers.get("Location", ""), *links] if link]

    def _is_new(self, address: str) -> bool:
        path = address.partition("?")[0]
        try:
            view = path if path.startswith("/static/") else resolve(path).view_name
        except Resolver404:
            view = "nowhere"
        if view in self.views or view == "actors:sign-in-code":  # which leads to the API
            return False
        self.views.add(view)
        return True


@pytest.mark.full  # it opens every page of a portal of its own; the next test holds what it loads ahead
def test_a_portal_goes_on_when_its_files_become_those_of_another_release(
    sandbox: Sandbox, person: Person, tree: Path, tmp_path: Path
) -> None:
    settings = {"GUNICORN_CMD_ARGS": "--workers 1", "PYTHONVERBOSE": "1", "METRICS_TOKEN": "for-the-test"}
    with running_portal(tmp_path, sandbox.url, root=tree, **settings) as portal:
        started = portal.log.stat().st_size
        swap(tree)
        assert requests.get(f"{portal.url}/readyz", timeout=60).text == "ok\n"
        walk = Walk(portal, Visitor.signed_in(portal.url, "demo"))
        (actor,) = person.get("")
        execution = person.get(f"/{actor['id']}/executions")["executions"][0]["id"]
        walk(
            "/",
            "/places/",
            f"/actors/{actor['id']}/executions/{execution}/",
            "/actors/?q=x",
            "/configs/counter-config/",
            "/aliases/counter-alias/",
            "/api/v1/docs/",
            "/api/v1/schema/",
            "/api/v1/overview/",
            "/nowhere/",
        )
        failed = {address: status for address, status in walk.met.items() if status >= 500}
        assert failed == {}, portal.log.read_text()[-3000:]
        assert len(walk.views) > 60, walk.views
        before, after = portal.log.read_bytes()[:started], portal.log.read_bytes()[started:]
    assert any(path.endswith(b"portal/wsgi.py") for path in IMPORTED.findall(before)), "Python says what it imports"
    late = {path for path in IMPORTED.findall(after) if b"/site-packages/" in path or path.startswith(bytes(tree))}
    assert late == set(), "read from the folder of another release"


def test_what_a_portal_loads_ahead_is_among_its_packages() -> None:
    locked = set(re.findall(r"^([a-z0-9-]+)==[^; ]+ \\$", (ROOT / "requirements.txt").read_text(), re.MULTILINE))
    packages = packages_distributions()
    for name in loading._LATER:
        assert packages[name.partition(".")[0]][0].lower() in locked, name
