"""The settings, `docs/` and `.env.example` name the same things, and `docs/` counts and names what exists."""

import ast
import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.urls import get_resolver

from actors_app.core.api.schema import schema
from tests.faults.mutated import MUTATED
from tests.faults.test_faults import CASES

ROOT = Path(__file__).resolve().parent.parent
SETTINGS = ROOT / "portal" / "settings.py"
OWN_TO_THE_PORTAL = {"/api/v1/", "/api/v1/overview/"}  # what the Actors API has nothing of
OWN_TO_THE_PORTAL |= {f"/api/v1/bulk/{rest}" for rest in ("", "previews/", "<handle>/")}
OWN_TO_THE_PORTAL |= {f"/api/v1/bulk/<handle>/{act}/" for act in ("step", "stop")}
OWN_TO_THE_PORTAL |= {
    "/api/v1/activity/",
    "/api/v1/activity/export/",
    "/api/v1/activity/<entry>/",
    "/api/v1/activity/<entry>/check/",
    "/api/v1/actors/<actor>/activity/",
}
PARTS_OF_A_PAGE = {  # fragments, and what a button of a page calls
    "/account/log-wrap/",
    "/account/read-only/",
    "/account/sessions/<>/end/",
    "/account/sessions/end-others/",
    "/account/columns/",
    "/account/favorites/",
    "/account/theme/",
    "/actors/<>/executions/<>/status/",
    "/actors/<>/messages/preview/",
    "/executions/picked/",
    "/sign-in/callback/",
    "/sign-in/code/",
    "/sign-in/token/",
}


def read_by_the_code() -> set[str]:
    code = SETTINGS.read_text()
    return set(re.findall(r'(?:env\.\w+|_secret|_flag|_number|_path|environ\.get)\(\s*"([A-Z_]+)"', code))


def test_each_setting_is_in_the_example_file() -> None:
    example = set(re.findall(r"^([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    assert example == read_by_the_code()


def test_each_setting_has_a_row_in_its_page() -> None:
    rows = set(re.findall(r"^\| `([A-Z_]+)` \|", (ROOT / "docs" / "settings.md").read_text(), re.MULTILINE))
    assert read_by_the_code() <= rows
    assert rows - read_by_the_code() == {"PORT", "SANDBOX_PORT", "SANDBOX_FILL"}, "run.py and the sandbox read these"


def test_the_operators_page_names_each_setting_and_only_commands_there_are() -> None:
    text = (ROOT / "docs" / "deploy.md").read_text()
    assert read_by_the_code() <= set(re.findall(r"`([A-Z_]+)`", text))
    around = set(re.findall(r'environ(?:\.get\(|\[)?"([A-Z_]+)"', (ROOT / "portal" / "gunicorn_conf.py").read_text()))
    around |= set(re.findall(r"\$\{([A-Z_]+)", (ROOT / "compose.yaml").read_text()))
    assert around == {"PROMETHEUS_MULTIPROC_DIR", "PORTAL_METRICS_DIR", "PORTAL_VERSION"}
    rows = {
        name
        for first in re.findall(r"^\| (`[A-Z_`, ]+`) \|", text, re.MULTILINE)
        for name in re.findall(r"[A-Z_]+", first)
    }
    assert read_by_the_code() | around | {"GUNICORN_CMD_ARGS"} <= rows
    commands = {path.stem for path in (ROOT / "actors_app" / "management" / "commands").glob("[a-z]*.py")}
    used = set(re.findall(r"(?:manage\.py|^portal|`portal) ([a-z_]+)", text, re.MULTILINE))
    assert {"doctor", "migrate", "rotate_credentials", "verify_audit"} <= used
    assert used <= commands | {"migrate", "collectstatic", "shell", "dbshell"}
    for file in re.findall(r"\b((?:deploy|tests|portal)/[\w@./-]+\.(?:sh|py|conf|service))\b", text):
        assert (ROOT / file).exists(), file
    told = set(re.findall(r"\bportal_[a-z_]+", text)) - {"portal_restored", "portal_before", "portal_inside"}
    names = set(re.findall(r'"(portal_[a-z_]+)"', (ROOT / "portal" / "metrics.py").read_text()))
    assert {name.removesuffix("_total") for name in told} <= names


def test_the_readme_is_short_and_its_links_exist() -> None:
    text = (ROOT / "README.md").read_text()
    assert len(text.splitlines()) <= 150
    for target in re.findall(r"\]\(((?!https?:|#)[^)]+)\)", text):
        assert (ROOT / target.partition("#")[0]).exists(), target


def test_the_reference_names_each_page_and_no_other() -> None:
    text = (ROOT / "docs" / "reference.md").read_text()
    named = {re.sub(r"<\w+>", "<>", path.partition("?")[0]) for path in re.findall(r"`(/[^`\s]*)`", text)}
    pages = {route for route in _route_paths() if not route.startswith("/api/")}
    assert named - pages == {"/api/v1/", "/livez", "/metrics", "/readyz"}, "a middleware answers the last three"
    assert pages - named == PARTS_OF_A_PAGE


@pytest.mark.parametrize("page", ["CONTRIBUTING.md", "ARCHITECTURE.md"])
def test_the_pages_for_developers_name_files_there_are(page: str) -> None:
    text = (ROOT / page).read_text()
    named = set(re.findall(r"`(?:[^`]*\s)?([\w-]+/[\w./-]*\.\w+)\b", text))
    examples = {"templates/actors/pause.html", "tests/actors/test_pause.py"}  # of an operation that there is not
    assert named
    assert {
        name for name in named if not any((root / name).exists() for root in (ROOT, ROOT / "actors_app"))
    } <= examples


def test_the_drawing_of_the_architecture_has_each_folder_of_the_portal() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text()
    drawing, order = text.split("```")[1], text.partition("> overview")[2].partition("\n\n")[0]
    folders = {path.parent.name for path in (ROOT / "actors_app").glob("*/__init__.py")}
    assert folders <= set(re.findall(r"(\w+)/", drawing))
    subjects = folders - {"core", "services", "masking", "templatetags", "management", "migrations"}
    assert subjects - {"overview"} == set(re.findall(r"\w+", order)) - {"core", "services", "masking"}
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    layers, below_core = contracts[0]["layers"][1:], contracts[1]["forbidden_modules"]
    lines = f"overview {order}".replace("\n>", "").split("→")
    assert layers == [line.strip().replace(", ", " | ") for line in lines]
    assert {name.removeprefix("actors_app.") for name in below_core} == subjects


def test_the_coverage_of_the_api_is_true() -> None:
    """Each row has all its cells, its pages are routes, and its test is there."""
    text = (ROOT / "docs" / "api-coverage.md").read_text()
    rows = [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("| `")]
    assert len(rows) > 50
    routes = _route_paths()
    for row in rows:
        assert len(row) == 7, row
        assert all(cell.strip() for cell in row), row
        for page in re.findall(r"`(/[^`]*)`", row[2]):
            assert re.sub(r"<\w+>", "<>", page) in routes, page
        assert (ROOT / row[4].strip("`")).exists(), row[4]


def test_the_coverage_names_every_operation_of_the_json_api() -> None:
    """All but what is the portal's own stand in the column JSON, and nothing stands there that there is not."""
    lines = (ROOT / "docs" / "api-coverage.md").read_text().splitlines()
    rows = [line.strip("| ").split(" | ") for line in lines if line.startswith("| `")]
    named = {said for row in rows for said in re.findall(r"`([^`]+)`", row[3])}
    there = {
        f"{method.upper()} {path.replace('_id}', '}').replace('{', '<').replace('}', '>')}"
        for path, methods in schema()["paths"].items()
        for method in methods
    }
    assert named == {one for one in there if one.partition(" ")[2] not in OWN_TO_THE_PORTAL}


def test_what_the_drill_of_mutations_names_is_there(subtests: pytest.Subtests) -> None:
    for mutated in MUTATED:
        with subtests.test(file=mutated.file):
            names = dict(_functions(ast.parse((ROOT / mutated.file).read_text())))
            assert set(mutated.functions) <= set(names)
            assert not [name for name in mutated.functions if names[name]], "mutmut changes nothing under a decorator"
            assert all((ROOT / test).exists() for test in mutated.tests)


def _functions(tree: ast.Module | ast.ClassDef, before: str = "") -> Iterator[tuple[str, bool]]:
    """Yield each function and method, and whether it has a decorator."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            yield before + node.name, bool(node.decorator_list)
        elif isinstance(node, ast.ClassDef):
            yield from _functions(node, f"{node.name}.")


def test_the_page_on_safety_counts_what_there_is() -> None:
    """What can be counted without a run: rows of bad inputs, cases of faults, functions that are mutated."""
    rows = json.loads((ROOT / "tests" / "core" / "pages" / "bad_inputs.json").read_text())
    in_addresses, traps = sum("path" in row for row in rows), sum(bool(row.get("ok")) for row in rows)
    in_forms = len(rows) - traps - in_addresses
    text = (ROOT / "docs" / "safety.md").read_text()
    for told in (
        f"| {len(rows) - traps} values rejected or made harmless ",
        f"({in_forms} in forms, {in_addresses} in URLs), {traps} traps for checks",
        f"| {len(CASES)} faults in ",
        f"{sum(len(mutated.functions) for mutated in MUTATED)} functions",
    ):
        assert told in text, f"docs/safety.md should say: {told}"


def _route_paths() -> set[str]:
    return {"/" + re.sub(r"<\w+:(\w+)>", "<>", str(pattern)) for pattern in _routes(get_resolver().url_patterns)}


def _routes(patterns: list[object], before: str = "") -> list[str]:
    found = []
    for one in patterns:
        here = before + str(one.pattern)  # type: ignore[attr-defined]
        inner = getattr(one, "url_patterns", None)
        found += _routes(inner, here) if inner is not None else [here]
    return found
