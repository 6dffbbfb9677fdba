"""The contract of headers that every answer keeps: each route, each method, each status, files and downloads too."""

from collections.abc import Callable
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from actors_app.core.security.credentials import Credentials
from actors_app.executions import archive as result_archive
from tests.conftest import API
from tests.support.payloads import ACTOR_ID, EXECUTION_ID
from tests.support.routes import ROWS, answer_everything, crawled

Browser = Callable[..., Client]
pytestmark = pytest.mark.django_db
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
POLICY = {
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "font-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
}
FIXED = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains; preload",
}
VARY = {"cookie", "hx-request", "hx-boosted", "hx-history-restore-request"}


def check_contract(answer: Any, kind: str = "page") -> None:
    """Check everything an answer must carry; `kind` is page, file (a static one), download or probe."""
    where = f"{answer.request['REQUEST_METHOD']} {answer.request['PATH_INFO']} {answer.status_code}"
    policy = {part.strip() for part in answer.headers["Content-Security-Policy"].split(";")}
    assert policy == ({"default-src 'none'", "sandbox"} if kind == "download" else POLICY), where
    # A probe is answered above what knows of HTTPS.
    fixed = {name: value for name, value in FIXED.items() if kind != "probe" or name != "Strict-Transport-Security"}
    assert {name: answer.headers.get(name) for name in fixed} == fixed, where
    assert "camera=()" in answer.headers["Permissions-Policy"], where
    assert len(answer.headers["X-Request-ID"]) == 12, where
    assert "Server" not in answer.headers, where
    if kind != "file":
        assert "no-store" in answer.headers["Cache-Control"], where
        assert {name.strip().lower() for name in answer.headers["Vary"].split(",")} >= VARY, where
    if kind == "download":
        assert answer.headers["Content-Disposition"].startswith("attachment"), where
        assert "html" not in answer.headers["Content-Type"], where
    for cookie in answer.cookies.values():
        assert cookie.key.startswith("__Host-"), where
        assert cookie["secure"], where
        assert cookie["httponly"], where
        assert (cookie["samesite"], cookie["path"], cookie["domain"]) == ("Lax", "/", ""), where


def check_page(answer: Any) -> None:
    """Check that an error is a page of ours, with its request ID, or an alert inside one."""
    text = answer.content.decode()
    where = f"{answer.request['REQUEST_METHOD']} {answer.request['PATH_INFO']} {answer.status_code}"
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8", where
    assert "data-alert" in text, where
    assert answer.headers["X-Request-ID"] in text, where


def ask(browser: Client, method: str, address: str, **headers: str) -> HttpResponse:
    return browser.generic(method, address, secure=True, headers=headers)


def test_each_route_has_a_row_and_each_row_a_route() -> None:
    assert set(crawled()) == set(ROWS)


@pytest.mark.parametrize("name", ROWS)
def test_each_route_keeps_the_contract_with_each_method(name: str, signed_in: Client, api: API) -> None:
    answer_everything(api.wire)
    address = crawled()[name]
    asks = ((Client(), METHODS, {}), (signed_in, METHODS, {}), (signed_in, ("GET", "POST"), {"hx-request": "true"}))
    for browser, methods, headers in asks:
        for method in methods:
            if browser is signed_in and name == "actors:sign-out" and method == "POST":
                continue  # the last thing a browser does, and tested as such
            answer = ask(browser, method, address, **headers)
            is_file = name == "actors:evidence-pack" and answer.status_code == 200
            check_contract(answer, "download" if is_file else "page")
            taken = method in ROWS[name].methods or (method == "HEAD" and "GET" in ROWS[name].methods)
            assert taken or answer.status_code == 405, f"{method} {address} gave {answer.status_code}"
            if answer.status_code == 405 and method != "HEAD":
                check_page(answer)
                assert answer.headers["Allow"]


_FULL = pytest.mark.full


@pytest.mark.parametrize(
    "status", [401, 404, 500, *(pytest.param(status, marks=_FULL) for status in (400, 403, 429, 503))]
)
def test_each_page_keeps_the_contract_when_the_api_refuses(sign_in: Browser, api: API, status: int) -> None:
    answer_everything(api.wire, status)
    statuses = set()
    for name, address in crawled().items():
        if "GET" in ROWS[name].methods:
            answer = ask(sign_in(refresh_token=""), "GET", address)
            check_contract(answer)
            statuses.add(answer.status_code)
    assert len(statuses) > 1


@pytest.mark.parametrize(
    ("method", "address", "data", "status"),
    [
        ("GET", "/nowhere/", None, 404),
        ("GET", "/actors/..%2fadmin/", None, 404),
        ("GET", "/actors/%00/", None, 404),
        ("GET", "/static/nothing.css", None, 404),
        ("POST", "/nowhere/", {}, 404),
        ("POST", "/sign-in/", "&".join(f"field{number}=x" for number in range(1100)), 400),
        ("POST", "/sign-in/", {"username": "x" * (13 * 1024**2)}, 413),
        ("GET", "/sign-out/", None, 405),
    ],
)
def test_an_error_is_a_page_of_ours(method: str, address: str, data: Any, status: int) -> None:
    more = {"content_type": "application/x-www-form-urlencoded"} if isinstance(data, str) else {}
    for headers in ({}, {"hx-request": "true"}):
        ask = Client(raise_request_exception=False).get if method == "GET" else Client().post
        answer = ask(address, data, secure=True, headers=headers, **more)
        assert answer.status_code == status
        check_contract(answer, "file" if "/static/" in address else "page")
        check_page(answer)


def test_a_request_for_another_host_is_refused_with_a_page() -> None:
    answer = Client().get("/sign-in/", secure=True, headers={"host": "evil.example"})
    assert answer.status_code == 400
    check_contract(answer)
    check_page(answer)
    assert "evil.example" not in answer.content.decode()


def test_a_page_that_failed_still_keeps_it(signed_in: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    signed_in.raise_request_exception = False
    monkeypatch.setattr("django.db.connection.cursor", None)
    answer = signed_in.get("/readyz", secure=True)
    assert answer.status_code == 500
    check_contract(answer, "probe")
    check_page(answer)


def test_a_static_file_keeps_it(settings: Any) -> None:
    settings.WHITENOISE_USE_FINDERS = settings.WHITENOISE_AUTOREFRESH = True
    answer = Client().get("/static/css/portal.css", secure=True)
    assert answer.status_code == 200
    check_contract(answer, "file")
    assert "Set-Cookie" not in answer.headers
    answer.close()


def test_downloads_keep_it(signed_in: Client, api: API) -> None:
    answer_everything(api.wire)
    owner = Credentials("default", "jdoe", "a")
    kept = result_archive.keep(owner, ACTOR_ID, EXECUTION_ID, b"<script>alert(1)</script>")
    base = f"/actors/{ACTOR_ID}/executions/{EXECUTION_ID}"
    for address in (f"{base}/results/{kept.pk}/", f"{base}/logs/?download=1"):
        answer = signed_in.get(address, secure=True)
        assert answer.status_code == 200
        check_contract(answer, "download")
        assert answer.getvalue()


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("address", ["/livez", "/readyz", "/metrics"])
def test_probes_keep_it_under_any_name(address: str, method: str) -> None:
    answer = Client().generic(method, address, secure=True, headers={"host": "10.0.0.7"})
    assert answer.status_code == (200 if method in ("GET", "HEAD") else 405)
    check_contract(answer, "probe")


@pytest.mark.parametrize("address", ["/sign-in/", "/actors/", "/nowhere/"])
def test_the_way_to_https_keeps_it(settings: Any, address: str) -> None:
    settings.SECURE_SSL_REDIRECT = True
    answer = Client().get(address)
    assert (answer.status_code, answer["Location"]) == (301, f"https://testserver{address}")
    check_contract(answer, "probe")
