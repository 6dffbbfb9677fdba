"""How much of a body is read, and for whom: nobody unproved brings much, and what is refused is not read at all."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from io import BytesIO
from itertools import repeat
from typing import Any

import pytest
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, RequestFactory
from gunicorn.http.errors import InvalidChunkSize, NoMoreData

from actors_app.core import body_limits
from tests.conftest import API
from tests.support.json_api import problem
from tests.support.payloads import ACTOR_ID
from tests.support.routes import crawled
from tests.support.uploads import many_parts

pytestmark = pytest.mark.django_db
Browser = Callable[..., Client]
SMALL, LARGE = 65_536, 2_097_152  # bytes
FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data; boundary=b"


class Body:
    """What a server reads from a connection, and how much of it was read."""

    def __init__(self, *pieces: bytes, endless: bytes = b"", then: Exception | None = None) -> None:
        # Without an end as far as anybody should read: a portal that read on would take all memory.
        self._pieces: Iterator[bytes] = repeat(endless, 20_000) if endless else iter(pieces)
        self._rest, self._then, self.read_bytes = b"", then, 0

    def read(self, size: int) -> bytes:
        """Return at most so many bytes."""
        while len(self._rest) < size and (piece := next(self._pieces, b"")):
            self._rest += piece
        found, self._rest = self._rest[:size], self._rest[size:]
        self.read_bytes += len(found)
        if not found and self._then:
            raise self._then
        return found

    def readline(self) -> bytes:
        """Return nothing: nobody reads lines of a connection."""
        raise AssertionError


def ask(browser: Client, address: str, body: Body, length: int | None, method: str = "POST", **more: Any) -> Any:
    """Send a request whose body is read from `body`; a length of None is one that comes in chunks."""
    environ: dict[str, Any] = {
        "REQUEST_METHOD": method,
        "PATH_INFO": address,
        "CONTENT_TYPE": FORM,
        "wsgi.input": body,
        "wsgi.url_scheme": "https",
        "HTTP_HOST": "testserver",
    }
    if length is None:
        environ |= {"HTTP_TRANSFER_ENCODING": "chunked", "wsgi.input_terminated": True}
    else:
        environ["CONTENT_LENGTH"] = str(length)
    environ |= more
    browser.raise_request_exception = False
    return browser.request(**environ)


def nobodies() -> dict[str, Client]:
    """Return browsers of which none is signed in, whatever their cookies and headers say."""
    stranger, visitor = Client(), Client()
    stranger.cookies["portal-session"] = "a" * 32
    session = visitor.session
    session["sign_in_notice"] = "A session there is, of nobody."
    session.save()
    return {"no cookie": Client(), "a cookie of no session": stranger, "a session of nobody": visitor}


@pytest.mark.parametrize("kind", ["no cookie", "a cookie of no session", "a session of nobody"])
@pytest.mark.parametrize("length", [SMALL + 1, 31_000_000, LARGE + 1, None])
def test_nobody_unproved_sends_much(kind: str, length: int | None) -> None:
    body = Body(endless=b"x" * 1000)
    answer = ask(nobodies()[kind], "/sign-in/", body, length)
    assert answer.status_code == 413
    assert body.read_bytes <= (0 if length else SMALL + body_limits.PIECE)
    text = answer.content.decode()
    assert f"{LARGE:,} bytes (2 MiB)" in text or "65,536 bytes (64 KiB)" in text
    assert ("this request has more." if length is None else f"this request has {length:,}.") in text
    assert "Nothing was changed." in text


def test_what_a_sign_in_needs_is_read() -> None:
    for length in (1, SMALL):
        body = Body(b"username=" + b"x" * (SMALL - 9))
        answer = ask(Client(), "/sign-in/", body, length)
        assert answer.status_code not in (413, 408)
        assert body.read_bytes == length


@pytest.mark.parametrize("method", ["POST", "PUT", "GET"])
def test_no_route_reads_what_is_too_large(method: str) -> None:
    addresses = {*crawled().values(), "/nowhere/", "/actors/x", "/api/v1/", "/api/v1/docs/", "/api/v1/openapi.json"}
    addresses |= {"/api/v1/actors/", f"/api/v1/actors/{ACTOR_ID}/messages/", "/api/v1/definitions/", "/api/nowhere"}
    for address in sorted(addresses):
        body = Body(endless=b"x" * 1000)
        answer = ask(Client(), address, body, 3_000_000, method)
        assert (address, answer.status_code, body.read_bytes) == (address, 413, 0)
    for address in ("/metrics", "/livez", "/readyz", "/static/nothing.css"):
        body = Body(endless=b"x" * 1000)
        ask(Client(), address, body, 3_000_000, method)
        assert body.read_bytes == 0


def test_a_session_sends_as_much_as_the_api_takes_and_no_more(signed_in: Client) -> None:
    for length, is_read in ((SMALL + 1, True), (LARGE, True), (LARGE + 1, False), (31_000_000, False)):
        body = Body(b"theme=" + b"x" * (length - 6))
        answer = ask(signed_in, "/account/theme/", body, length)
        assert (answer.status_code != 413, body.read_bytes == length) == (is_read, is_read)
    assert f"{LARGE:,} bytes (2 MiB) at once; this request has 31,000,000." in answer.content.decode()


def test_a_token_is_shown_to_the_api_before_its_body_is_read(api: API) -> None:
    api.get("/profiles/v2/me", {"username": "jdoe"})
    body = Body(b'"' + b"x" * 99_998 + b'"')
    headers = {"CONTENT_TYPE": "application/json", "HTTP_AUTHORIZATION": "Bearer a-token"}
    problem(ask(Client(), "/api/v1/actors/", body, 100_000, **headers), 422, "not-valid")
    assert body.read_bytes == 100_000
    assert len(api.asked) == 1


@pytest.mark.parametrize(
    ("headers", "status", "kind"),
    [
        ({}, 413, "too-large"),
        ({"HTTP_AUTHORIZATION": "Bearer"}, 413, "too-large"),
        ({"HTTP_AUTHORIZATION": "Basic eDp5"}, 413, "too-large"),
        ({"HTTP_AUTHORIZATION": "Bearer two words"}, 401, "signed-out"),
        ({"HTTP_AUTHORIZATION": "Bearer a-token", "HTTP_X_PORTAL_TENANT": "none"}, 400, "unknown-tenant"),
    ],
)
@pytest.mark.parametrize("length", [100_000, None])
def test_a_token_that_cannot_be_one_proves_nothing(
    headers: dict[str, str], status: int, kind: str, length: int | None
) -> None:
    body = Body(endless=b"x" * 1000)
    problem(ask(Client(), "/api/v1/actors/", body, length, **headers), status, kind)
    assert body.read_bytes <= (0 if length else SMALL + body_limits.PIECE)


@pytest.mark.parametrize(("refused", "status"), [(401, 401), (None, 502), (500, 502)])
def test_a_token_that_the_api_does_not_accept_proves_nothing(
    api: API, signed_in: Client, refused: int | None, status: int
) -> None:
    if refused:
        api.refuse("GET", "/profiles/v2/me", "no", refused)
    else:
        api.is_silent("GET", "/profiles/v2/me")
    body = Body(endless=b"x" * 1000)
    answer = ask(signed_in, "/api/v1/actors/", body, 100_000, HTTP_AUTHORIZATION="Bearer a-token")
    assert answer.status_code == status, "the session beside it counts for nothing"
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert body.read_bytes == 0


def test_a_token_proves_nothing_at_a_page() -> None:
    body = Body(endless=b"x" * 1000)
    assert ask(Client(), "/account/theme/", body, 100_000, HTTP_AUTHORIZATION="Bearer a-token").status_code == 413
    assert body.read_bytes == 0


def test_few_large_bodies_are_held_at_once(signed_in: Client) -> None:
    with ExitStack() as held:
        for _ in range(body_limits.LARGE_AT_ONCE):
            assert body_limits._places.acquire(blocking=False)
            held.callback(body_limits._places.release)
        for address in ("/account/theme/", "/api/v1/actors/"):
            body = Body(endless=b"x" * 1000)
            answer = ask(signed_in, address, body, 100_000)
            assert answer.status_code == 503
            assert int(answer.headers["Retry-After"]) > 0
            assert body.read_bytes == 0
        assert ask(signed_in, "/account/theme/", Body(b"theme=dark"), 10).status_code == 302, "a small one goes on"
    for _ in range(2 * body_limits.LARGE_AT_ONCE):
        assert ask(signed_in, "/account/theme/", Body(b"theme=" + b"x" * 99_994), 100_000).status_code != 503


# Bodies in chunks, and those that never end ----------------------------------------------------------------------


def test_a_form_in_chunks_is_a_form(signed_in: Client) -> None:
    answer = ask(signed_in, "/account/theme/", Body(b"the", b"me=da", b"rk"), None)
    assert answer.status_code == 302
    assert b'data-theme="dark"' in signed_in.get("/account/", secure=True).content


def test_chunks_are_counted_while_they_come(signed_in: Client) -> None:
    body = Body(endless=b"x" * 1000)
    assert ask(signed_in, "/account/theme/", body, None).status_code == 413
    assert LARGE < body.read_bytes <= LARGE + body_limits.PIECE
    whole = Body(b"theme=" + b"x" * (LARGE - 6))
    assert ask(signed_in, "/account/theme/", whole, None).status_code != 413


@pytest.mark.parametrize(
    ("then", "length"),
    [(None, 1000), (NoMoreData(), None), (InvalidChunkSize(b"xyz"), None), (TimeoutError(), 1000)],
    ids=["short", "chunks that end", "no chunks", "time"],
)
@pytest.mark.parametrize("address", ["/sign-in/", "/api/v1/actors/"])
def test_a_body_that_is_not_whole_is_not_used(then: Exception | None, length: int | None, address: str) -> None:
    answer = ask(Client(), address, Body(b"user", then=then), length)
    assert answer.status_code == 408
    assert "did not arrive completely" in answer.content.decode()


@pytest.mark.parametrize("length", ["-5", "x", "0", "", "\N{SUPERSCRIPT TWO}", "1_000"])
def test_a_length_that_is_none_is_a_body_of_nothing(length: str) -> None:
    body = Body(endless=b"x" * 1000)
    answer = ask(Client(), "/sign-in/", body, None, CONTENT_LENGTH=length, HTTP_TRANSFER_ENCODING="")
    assert answer.status_code == 422, "a form in which nothing was typed"
    assert body.read_bytes == 0


def test_a_length_of_many_digits_is_too_large() -> None:
    for digits in ("9" * 30, "9" * 5000, "0" * 50 + "65537"):
        body = Body(endless=b"x" * 1000)
        answer = ask(Client(), "/sign-in/", body, None, CONTENT_LENGTH=digits)
        assert (answer.status_code, body.read_bytes) == (413, 0)
        assert len(answer.content) < 20_000


# Forms -----------------------------------------------------------------------------------------------------------


def test_a_form_of_too_many_parts_is_refused_in_numbers(signed_in: Client) -> None:
    files = many_parts(200).replace(b'"\r\n\r\n', b'"; filename="f"\r\n\r\n')
    for form in (many_parts(1100), many_parts(20_000), files):
        answer = ask(signed_in, "/account/theme/", Body(form), len(form), CONTENT_TYPE=MULTIPART)
        assert answer.status_code == 400
        assert "1,000 fields" in answer.content.decode()


def test_no_file_of_a_form_reaches_a_disk(settings: Any) -> None:
    def read(size: int) -> Any:
        file = SimpleUploadedFile("f", b"x" * size)
        request = RequestFactory().post("/", {"first": file, "second": SimpleUploadedFile("g", b"y" * size)})
        return request.FILES["first"]

    assert isinstance(read(LARGE // 2 - 1000).file, BytesIO)
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1999
    with pytest.raises(RequestDataTooBig):
        read(1000)
