"""A real portal under bodies that nobody may send: it refuses them, nothing reaches its disk, and others go on."""

import re
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from itertools import repeat
from pathlib import Path

import pytest
import requests

from portal import counts
from tests.sandbox.support import free_port
from tests.support.running import RunningPortal, running_portal
from tests.support.uploads import CHUNKED, MEGABYTE, MULTIPART, PIECE, URLENCODED, chunks, endless_chunks, of_size, send

LARGE = [MULTIPART, f"Content-Length: {31 * MEGABYTE}"]
STAYING = 40  # clients that stay on after they were refused; a thread of the portal is free of one after two seconds


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningPortal]:
    directory = tmp_path_factory.mktemp("flood")
    for name in ("temporary", "counts"):
        (directory / name).mkdir()
    left = directory / "counts" / f"{counts.PREFIX}{2**22 + 1}-of-a-portal-that-was-killed"
    left.mkdir()
    places = {"TMPDIR": str(directory / "temporary"), "PORTAL_METRICS_DIR": str(directory / "counts")}
    one = {"GUNICORN_CMD_ARGS": "--workers 1"}
    with running_portal(directory, f"http://127.0.0.1:{free_port()}", **places, **one) as found:
        assert not left.exists()
        yield found


@pytest.fixture(autouse=True)
def goes_on(portal: RunningPortal) -> Iterator[None]:
    """See that no process died and that nothing was written but counts."""
    before = portal.workers
    yield
    assert requests.get(f"{portal.url}/sign-in/", timeout=60).status_code == 200
    assert portal.workers == before
    directory = portal.log.parent
    assert list((directory / "temporary").iterdir()) == []
    made = [path for path in (directory / "counts").rglob("*") if path.is_file()]
    assert {re.sub(r"\d+", "", path.name) for path in made} == {
        *("counter_.db", "histogram_.db", "gauge_livesum_.db", "counter_ended.db", "histogram_ended.db")
    }
    for path in made:
        assert path.stat().st_blocks * 512 >= path.stat().st_size, "each file has all its blocks"


def test_24_large_forms_at_once_are_refused_by_their_length(portal: RunningPortal) -> None:
    with ThreadPoolExecutor(24) as pool:
        answers = list(pool.map(lambda _: send(portal.url, LARGE, of_size(31 * MEGABYTE)), range(24)))
    assert {answer.status for answer in answers} == {413}
    assert all("Connection: close" in answer.text for answer in answers)


@pytest.mark.parametrize(
    ("head", "body", "statuses"),
    [
        (LARGE, [], (413,)),
        ([MULTIPART, f"Content-Length: {400 * MEGABYTE}"], of_size(400 * MEGABYTE), (413,)),
        ([MULTIPART, "Content-Length: 65537"], [], (413,)),
        ([MULTIPART, CHUNKED], endless_chunks(), (413,)),
        ([MULTIPART, CHUNKED], endless_chunks(1), (413,)),
        ([MULTIPART, CHUNKED], [b"7fffffffffffffff\r\n", *repeat(PIECE, 100)], (413,)),
        ([MULTIPART, CHUNKED], [b"-5\r\n"], (408,)),
        ([MULTIPART, CHUNKED], repeat(b"1" * 1000), (408,)),
        ([URLENCODED, CHUNKED], chunks(b"username=x"), (403,)),
        ([MULTIPART, "Content-Length: 5"], of_size(5 * MEGABYTE), (403,)),
        ([MULTIPART, "Content-Length: -5"], [], (400,)),
        ([MULTIPART, "Content-Length: 5", "Content-Length: 6"], [b"xxxxxx"], (400,)),
        ([MULTIPART, "Content-Length: 5", CHUNKED], [b"xxxxx"], (400,)),
        ([MULTIPART, f"Content-Length: {'9' * 4000}"], [], (413,)),
    ],
    ids=range(14),
)
def test_each_body_that_is_not_what_it_should_be_is_refused(
    portal: RunningPortal, head: list[str], body: Iterator[bytes], statuses: tuple[int, ...]
) -> None:
    assert send(portal.url, head, body).status in statuses


@pytest.mark.parametrize("path", ["/metrics", "/livez", "/static/css/portal.css", "/api/v1/actors/", "/account/theme/"])
def test_no_connection_goes_on_behind_a_large_body(portal: RunningPortal, path: str) -> None:
    answer = send(portal.url, LARGE, of_size(31 * MEGABYTE), target=f"PUT {path}")
    assert answer.status in (405, 413)
    assert "Connection: close" in answer.text


def test_who_is_refused_and_stays_keeps_nobody_waiting(portal: RunningPortal) -> None:
    place = portal.url.removeprefix("http://")
    host, _, port = place.partition(":")
    head = "\r\n".join(["POST /sign-in/ HTTP/1.1", f"Host: {place}", *LARGE, "", ""]).encode()
    with ExitStack() as held:
        for _ in range(STAYING):
            held.enter_context(socket.create_connection((host, int(port)), timeout=60)).sendall(head)
        # One after the other they would take 80 seconds.
        assert requests.get(f"{portal.url}/sign-in/", timeout=60).status_code == 200


def test_a_portal_without_room_for_its_counts_says_so(portal: RunningPortal, tmp_path: Path) -> None:
    assert portal.url
    with pytest.raises(SystemExit, match="PORTAL_METRICS_DIR: no folder can be created in"):
        counts.new_directory(str(tmp_path / "missing"))
