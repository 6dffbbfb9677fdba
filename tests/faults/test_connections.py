"""Faults before a word is exchanged: no name, nobody there, no way through, and nobody to trust. Nothing is sent."""

import os
import selectors
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from tests.faults.conftest import shorten, tenant_at
from tests.faults.failures import FOREVER
from tests.faults.stand_in import StandIn
from tests.faults.test_faults import CHANGED, READ, SEND, TYPED, check_promises
from tests.support.certificates import self_signed


def check_both(server: StandIn, browser: Client, caplog: pytest.LogCaptureFixture, words: str, status: int) -> None:
    """Read a page and send a form; both say what is wrong, that nothing was changed, and keep what was typed."""
    page = check_promises(answer := browser.get(READ), server, caplog.text)
    assert (answer.status_code, words in page.words) == (status, True), page.words
    caplog.clear()
    page = check_promises(answer := browser.post(SEND, TYPED), server, caplog.text)
    assert (answer.status_code, words in page.words) == (status, True), page.words
    assert CHANGED["no"] in page.words
    assert TYPED["message"] in page.values
    assert browser.get("/account/").status_code == 200
    assert server.asked == []


def test_f01_dns(
    settings: Any, sign_in: Callable[..., Client], caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unknown(*args: object, **kwargs: object) -> None:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    settings.TENANTS = {"default": tenant_at("https://actors.nowhere.example")}
    shorten()
    check_both(StandIn(port=39999), sign_in(), caplog, "its host name was not found", 502)
    assert "nowhere" not in caplog.text


def test_f02_refused(settings: Any, sign_in: Callable[..., Client], caplog: pytest.LogCaptureFixture) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    settings.TENANTS = {"default": tenant_at(f"http://127.0.0.1:{port}")}
    shorten()
    check_both(StandIn(port=port), sign_in(), caplog, "Cannot reach", 502)


@pytest.fixture
def full_port() -> Iterator[int]:
    """Return a port whose queue is full, so that a connection to it is never made nor refused."""
    with ExitStack() as stack:
        listener = stack.enter_context(socket.socket())
        listener.bind(("", 0))  # under every address of this machine
        listener.listen(0)
        for _ in range(3):
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(listener.getsockname())
        time.sleep(0.05)
        yield listener.getsockname()[1]


@pytest.fixture
def granted(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Return the seconds that connections are given to be made, as they are waited for."""
    seconds: list[float] = []
    select = selectors.DefaultSelector.select

    def noted(selector: Any, timeout: float | None = None) -> Any:
        seconds.append(FOREVER if timeout is None else timeout)
        return select(selector, timeout)

    monkeypatch.setattr(selectors.DefaultSelector, "select", noted)
    return seconds


def test_f03_black_hole(
    settings: Any,
    sign_in: Callable[..., Client],
    caplog: pytest.LogCaptureFixture,
    full_port: int,
    granted: list[float],
) -> None:
    settings.TENANTS = {"default": tenant_at(f"http://127.0.0.1:{full_port}")}
    shorten(connect=0.2)
    check_both(StandIn(port=full_port), sign_in(), caplog, "timed out", 504)
    assert granted
    assert max(granted) <= 0.2


@pytest.mark.parametrize("case", ["unknown-authority", "expired", "wrong-host", "old-tls"])
def test_f04_tls(
    case: str,
    tmp_path: Path,
    settings: Any,
    sign_in: Callable[..., Client],
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    address = "127.0.0.9" if case == "wrong-host" else "127.0.0.1"
    path = self_signed(tmp_path, address, days=-1 if case == "expired" else 1)
    if case != "unknown-authority":
        monkeypatch.setattr("actors_app.services.client.DEFAULT_CA_BUNDLE_PATH", str(path))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    if case == "old-tls":
        context.set_ciphers("DEFAULT@SECLEVEL=0")
        with pytest.warns(DeprecationWarning, match="TLSv1_1"):
            context.minimum_version, context.maximum_version = ssl.TLSVersion.TLSv1_1, ssl.TLSVersion.TLSv1_1
    with StandIn(tls=context) as server:
        settings.TENANTS = {"default": tenant_at(server.url)}
        shorten()
        check_both(server, sign_in(), caplog, "is not trusted, so nothing was sent", 502)


def test_f16_proxies_and_netrc_of_the_machine_change_nothing(
    stand: StandIn, signed_in: Client, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login thief password stolen\n")
    monkeypatch.setenv("NETRC", os.fspath(tmp_path / "netrc"))
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert signed_in.get(READ).status_code == 200
    assert b"Authorization: Bearer access-token-of-jdoe\r\n" in stand.asked[0][2]
