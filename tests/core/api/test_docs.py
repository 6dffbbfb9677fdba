"""The schema, and the page that shows it without a script."""

import re

import pytest
from drf_spectacular.validation import validate_schema

from actors_app.core.api.schema import schema
from actors_app.core.pages.errors import TITLES as API_TITLES
from actors_app.core.problems import TITLES
from tests.core.api.operations import OPERATIONS
from tests.support.json_api import Caller, problem

pytestmark = pytest.mark.django_db


def test_the_schema_is_one_and_open_to_all(nobody: Caller, capsys: pytest.CaptureFixture[str]) -> None:
    schema.cache_clear()
    answer = nobody.get("/api/v1/schema/")
    assert answer.status_code == 200
    validate_schema(answer.json())
    assert capsys.readouterr().err == "", "the generator had to guess"
    again = nobody.get("/api/v1/schema/", If_None_Match=answer.headers["ETag"])
    assert (again.status_code, again.content) == (304, b"")
    problem(nobody.post("/api/v1/schema/", {}), 405, "no-such-method")


def test_each_operation_is_in_it_and_says_what_may_go_wrong() -> None:
    paths = schema()["paths"].values()
    found = {(one["operationId"], method.upper()) for path in paths for method, one in path.items()}
    assert {(f"{one.name}-{one.method.lower()}", one.method) for one in OPERATIONS} == found
    for path in paths:
        for method, one in path.items():
            assert {"401", "403", "422", "502"} <= set(one["responses"])
            assert one["security"] == [{"token": []}, {"session": []}]
            names = {parameter["name"] for parameter in one["parameters"]}
            assert "X-Portal-Tenant" in names
            assert ("Idempotency-Key" in names) == (method != "get")


def test_bodies_take_nothing_else() -> None:
    bodies = {name: one for name, one in schema()["components"]["schemas"].items() if name.endswith("Request")}
    assert len(bodies) >= 7
    assert all(one.get("additionalProperties") is False for one in bodies.values() if "oneOf" not in one)


def test_the_page_shows_every_operation_and_every_kind(nobody: Caller) -> None:
    page = nobody.get("/api/v1/docs/").content.decode()
    for one in OPERATIONS:
        assert f'id="{one.name}-{one.method.lower()}"' in page
    ids = re.findall(r'id="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert {*API_TITLES, *TITLES} <= set(ids)
    assert "<script>" not in page
