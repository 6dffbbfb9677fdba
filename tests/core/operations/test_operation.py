"""One record for each operation: nothing of it is declared a second time, and nothing that the portal does has none."""

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from actors_app.core.api.schema import schema
from actors_app.core.operations.operation import (
    Operation,
    operation_named,
    operations,
    recorded_operation,
    recorded_operations,
)
from actors_app.core.pages.help import PURPOSES
from tests.core.api.operations import OPERATIONS as ENDPOINTS
from tests.services.operations import OPERATIONS as CALLS
from tests.services.operations import A, E, N, W

ROOT = Path(__file__).resolve().parents[3]
SOURCES = sorted((ROOT / "actors_app").rglob("*.py"))
WRITES = [call for call in CALLS if call.method != "GET"]
# Records of `core` itself, which has no subject.
IN_CORE = {"core/operations/secrets.py", "core/operations/trail.py"}
IDS = {A: "{actor_id}", E: "{execution_id}", W: "{worker_id}", N: "{nonce_id}"}


def calls_in(path: Path, name: str) -> list[ast.Call]:
    """Return the calls of a function, or of a method, in a module."""
    nodes = ast.walk(ast.parse(path.read_text()))
    return [node for node in nodes if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] == name]


def called(method: str, path: str) -> set[str]:
    """Return the operations that make a call; a part of its path may be a name."""
    parts = path.partition("?")[0].removeprefix("/actors/v2").split("/")[1:]
    return {
        operation.name
        for operation in operations()
        if operation.method == method
        and len(operation.segments) == len(parts)
        and all(
            IDS.get(part, part) == segment or (segment in ("{alias}", "{config}") and part not in IDS)
            for part, segment in zip(parts, operation.segments, strict=True)
        )
    }


def test_an_operation_cannot_be_declared_twice() -> None:
    with pytest.raises(ValueError, match=r"worker\.stop is declared twice"):
        Operation("worker.stop")


def test_a_page_does_one_operation() -> None:
    pages = [page for operation in operations() if operation.needs or operation.purpose for page in operation.pages]
    assert len(set(pages)) == len(pages)
    assert not set(PURPOSES) & {page for operation in operations() if operation.purpose for page in operation.pages}


def test_each_record_stands_with_its_subject() -> None:
    places = {str(path.relative_to(ROOT / "actors_app")) for path in SOURCES if calls_in(path, "Operation")}
    assert {place for place in places if not re.fullmatch(r"\w+/operations\.py", place)} == IN_CORE


def test_a_portal_that_starts_has_every_record() -> None:
    """Before any page is imported, and in whichever process."""
    program = (
        "import django; django.setup();"
        "from actors_app.core.operations.operation import operations; print(*(one.name for one in operations()))"
    )
    env = os.environ | {"DJANGO_SETTINGS_MODULE": "tests.settings"}
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, env=env, capture_output=True, text=True, check=True
    )
    declared = {call.args[0].value for path in SOURCES for call in calls_in(path, "Operation")}  # type: ignore[attr-defined]
    assert set(done.stdout.split()) == declared == {operation.name for operation in operations()}


def test_a_call_is_declared_once() -> None:
    """What makes the call of another names that; of one path there are two only where agavepy or the query differs."""
    calls = [(one.method, one.path) for one in operations() if one.method and not one.via and not one.has_filter]
    assert len(set(calls)) == len(calls)
    names = [one.agavepy for one in operations() if one.agavepy and not (one.via and one.agavepy == one.via.agavepy)]
    assert len(set(names)) == len(names)


def test_no_words_of_an_operation_stand_anywhere_else() -> None:
    """The words of the activity, of a disabled control and of the help: long enough to be nothing else."""
    words = {
        text
        for operation in operations()
        for text in (operation.done, operation.doing, operation.purpose, operation.agavepy_note)
        if text.count(" ") > 2
    }
    assert len(words) > 30
    again = {
        (path.name, text)
        for path in SOURCES
        if path.name not in ("operation.py", "operations.py")
        for text in words
        if f'"{text}"' in path.read_text()
    }
    assert again == {("secrets.py", operation_named("secret.reveal").done)}, "core's own record"


def test_each_write_of_the_services_has_an_operation() -> None:
    for call in WRITES:
        assert called(call.method, call.path), call.name


def test_the_rows_of_the_services_name_every_write_that_there_is() -> None:
    rows = {(names[0].removeprefix("alias_"), names[1]) for call in WRITES if (names := call.act.__code__.co_names)}
    writes = {
        (path.stem, function.name)
        for path in (ROOT / "actors_app" / "services").glob("*.py")
        if path.stem not in ("tokens", "caller", "calls")
        for function in ast.walk(ast.parse(path.read_text()))
        if isinstance(function, ast.FunctionDef)
        for call in ast.walk(function)
        if isinstance(call, ast.Call)
        and call.args
        and isinstance(call.args[0], ast.Constant)
        and call.args[0].value in ("POST", "PUT", "DELETE")
    }
    assert len(writes) > 15
    assert not writes - rows, "Each needs a row in tests/services/operations.py."


def test_each_operation_that_is_recorded_can_be_told() -> None:
    for operation in recorded_operations():
        assert operation.tried, operation.name
        assert operation.choice_words, operation.name
        assert operation.check or operation.method in ("", "GET"), operation.name
    for operation in operations():
        assert recorded_operation(operation.action), operation.name
        assert bool(operation.doing) == bool(operation.needs), operation.name


def test_nothing_is_recorded_under_a_name_without_a_record() -> None:
    """`perform` and the like take a record; whatever else writes to the trail takes its name from one."""
    named = [
        ast.unparse(keyword.value)
        for path in SOURCES
        for call in calls_in(path, "append")
        for keyword in call.keywords
        if keyword.arg == "action"
    ]
    assert len(named) == 4
    assert all(name.endswith(".action") for name in named)


def test_templates_and_the_schema_name_operations_that_there_are() -> None:
    for path in (ROOT / "templates").rglob("*.html"):
        for names in re.findall(r'(?:as_code |calls=(?:\w+\|yesno:)?)"([^",]*)', path.read_text()):
            assert all(operation_named(name).title for name in names.split()), path
    described = str(schema()["paths"])
    for operation in operations():
        if operation.summary:
            assert f"'summary': {operation.summary!r}" in described, operation.name


def test_each_operation_with_a_call_of_its_own_is_offered_to_programs() -> None:
    described = str(schema()["paths"])
    for operation in operations():
        if operation.method and "{kind}" not in operation.path and operation.kind != "config":
            ending = operation.segments[-1] if operation.segments else ""
            assert operation.call in described or f"{operation.method} …/{ending}" in described, operation.name
    assert len(ENDPOINTS) >= len({operation.summary for operation in operations() if operation.summary})


def test_the_coverage_has_a_row_for_each_call() -> None:
    lines = (ROOT / "docs" / "api-coverage.md").read_text().splitlines()
    cells = [line.strip("| ").split(" | ")[:2] for line in lines if line.startswith("| `/")]
    rows = {(method.strip("`"), resource.strip("`")) for resource, method in cells}
    calls = {
        (operation.method, operation.path.replace("_id}", "}"))
        for operation in operations()
        if operation.method and "{kind}" not in operation.path
    }
    # The API shows a single config to administrators only, so the portal reads the list.
    assert rows - calls == {("GET", "/actors/configs/{config}")}
    assert not calls - rows, "Each needs a row in docs/api-coverage.md."
