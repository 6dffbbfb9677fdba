"""What can go wrong between the portal and the Actors API, each as a failure of the stand-in. No test is here."""

import asyncio
import gzip
import json
import zlib
from functools import partial
from typing import Any

from tests.faults.stand_in import Exchange, Failure, http
from tests.support import payloads

FOREVER = 3600.0
OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
ENVELOPE = json.dumps(payloads.envelope({})).encode()


async def _write(exchange: Exchange, data: bytes, *, then: str = "") -> None:
    await exchange.send(data)
    if then == "close":
        exchange.writer.close()
    if then == "reset":
        exchange.reset()


def answer(body: bytes, *headers: str, status: str = "200 OK", kind: str = "application/json") -> Failure:
    """Return the failure that answers with this."""
    return partial(_write, data=http(body, *headers, status=status, kind=kind))


def refuse(status: str, message: str, *headers: str) -> Failure:
    """Return the failure that refuses as Abaco does."""
    return answer(json.dumps(payloads.refusal(message)).encode(), *headers, status=status)


def result(value: Any) -> Failure:
    """Return the failure that answers with this result in a good envelope."""
    return answer(json.dumps(payloads.envelope(value)).encode())


def raw(data: bytes) -> Failure:
    """Return the failure that sends these bytes and hangs up."""
    return partial(_write, data=data, then="close")


async def black_hole(exchange: Exchange) -> None:
    """Take the request and say nothing."""
    await asyncio.sleep(FOREVER)


async def late(exchange: Exchange) -> None:
    """Give the good answer after eight seconds: before the door's limits are over, and after those of a page."""
    await asyncio.sleep(8)
    await exchange.send(exchange.good)


async def hang_up(exchange: Exchange) -> None:
    """End the connection before the answer."""
    exchange.writer.close()


async def reset(exchange: Exchange) -> None:
    """Break the connection before the answer."""
    exchange.reset()


async def reset_after_headers(exchange: Exchange) -> None:
    """Break the connection between the headers and the body."""
    await _write(exchange, OK + b"Content-Length: 900\r\n\r\n", then="reset")


async def reset_in_body(exchange: Exchange) -> None:
    """Break the connection in the middle of the body."""
    await _write(exchange, OK + b"Content-Length: 900\r\n\r\n" + ENVELOPE[:15], then="reset")


async def after_the_answer(exchange: Exchange) -> None:
    """Let the API do its work, then break the connection: the answer is lost."""
    exchange.reset()


async def _drip(exchange: Exchange, head: bytes, piece: bytes) -> None:
    await exchange.send(head)
    while True:
        await exchange.send(piece)
        await asyncio.sleep(0.01)


drip_headers = partial(_drip, head=b"HTTP/1.1 200 OK\r\nX-Slow: ", piece=b"a")
drip_body = partial(_drip, head=OK + b"Content-Length: 90000\r\n\r\n", piece=b" ")


async def endless_chunks(exchange: Exchange) -> None:
    """Send chunks for as long as they are taken."""
    await exchange.send(OK + b"Transfer-Encoding: chunked\r\n\r\n")
    while True:
        await exchange.send(b"10000\r\n" + b" " * 65536 + b"\r\n")


async def large_body(exchange: Exchange) -> None:
    """Announce and send 200 MB."""
    await exchange.send(OK + b"Content-Length: 200000000\r\n\r\n")
    for _ in range(200):
        await exchange.send(b" " * 1_000_000)


def packed(*encodings: str) -> Failure:
    """Return the failure that answers packed in these encodings, one in the other."""
    body = ENVELOPE
    for encoding in encodings:
        body = gzip.compress(body) if encoding == "gzip" else zlib.compress(body)
    return answer(body, f"Content-Encoding: {', '.join(encodings)}")


def gzip_bomb(megabytes: int = 50) -> Failure:
    """Return the failure that unpacks to so much."""
    return answer(gzip.compress(b" " * megabytes * 1_000_000, 9), "Content-Encoding: gzip")


async def stale(exchange: Exchange) -> None:
    """Answer once well, and close the connection that was to be kept: the next request on it is lost."""
    await exchange.send(exchange.good)
    exchange.writer.close()


def redirect(location: str, status: str = "302 Found") -> Failure:
    """Return the failure that sends elsewhere."""
    return answer(b"elsewhere", f"Location: {location}", status=status, kind="text/html")
