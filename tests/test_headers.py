"""The headers that every answer carries, whatever it is."""

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)


@pytest.mark.parametrize(
    ("method", "address", "status"),
    [
        ("get", "/sign-in/", 200),
        ("get", "/", 302),
        ("get", "/nowhere/", 404),
        ("get", "/actors/..%2fadmin/", 404),
        ("get", "/sign-out/", 405),
        ("post", "/sign-in/", 422),
        ("get", "/livez", 200),
        ("get", "/readyz", 200),
    ],
)
def test_the_contract_holds(method: str, address: str, status: int) -> None:
    answer = getattr(Client(), method)(address)
    assert answer.status_code == status
    assert {part.strip() for part in answer["Content-Security-Policy"].split(";")} == {
        part.strip() for part in CSP.split(";")
    }
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
    assert answer["Cross-Origin-Embedder-Policy"] == "require-corp"
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin"
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["Cache-Control"] == "no-store"
    assert "HX-Request" in answer["Vary"]
    assert len(answer["X-Request-ID"]) == 12
    assert "camera=()" in answer["Permissions-Policy"]


def test_a_page_that_failed_still_carries_them(signed_in: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    signed_in.raise_request_exception = False
    monkeypatch.setattr("django.db.connection.cursor", None)
    answer = signed_in.get("/readyz")
    assert answer.status_code == 500
    assert "The portal failed" in answer.content.decode()
    assert answer["X-Request-ID"] in answer.content.decode()
    assert "Content-Security-Policy" in answer
