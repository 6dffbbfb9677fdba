"""Connecting to a name with several addresses: a silent one costs a quarter of a second, not all the time there is.

As RFC 8305 has it, the addresses take turns by family, each is tried a little after the one before it, or at once where
that one has failed, and the first to answer is taken. The packages that do so are for asyncio; the calls here are made
by threads.
"""

import os
import selectors
import socket
import time
from collections.abc import Iterable
from contextlib import suppress
from itertools import chain, zip_longest
from typing import Any, NamedTuple

DELAY = 0.25  # seconds from one attempt to the next: the Connection Attempt Delay of RFC 8305, section 5
MOST = 32  # addresses of a name that are tried


class Address(NamedTuple):
    """What the system's resolver says of an address."""

    family: int
    type: int
    proto: int
    sockaddr: Any


def connect(host: str, port: int, seconds: float, options: Iterable[tuple[int, int, Any]] = ()) -> socket.socket:
    """Return a socket connected to the first address of a name that answers; its timeout is the time that is left.

    `seconds` are for all addresses together. Raises socket.gaierror for a name that is not known, TimeoutError where an
    address stayed silent, and otherwise the OSError of the last attempt. RFC 8305.
    """
    until = time.monotonic() + seconds
    addresses = addresses_of(host, port)
    delay = min(DELAY, seconds / (len(addresses) + 1))
    failure = OSError("the name has no address")
    with selectors.DefaultSelector() as waiting:
        try:
            while addresses or waiting.get_map():
                try:
                    if addresses:
                        _begin(addresses.pop(0), options, waiting)
                    turn = min(until, time.monotonic() + delay) if addresses else until
                    if connected := _first(waiting, turn):
                        waiting.unregister(connected)
                        connected.settimeout(max(until - time.monotonic(), 0.001))
                        return connected
                except OSError as caught:
                    failure = caught
                    continue
                if time.monotonic() >= until:
                    failure = TimeoutError("no address answered in time")
                    break
        finally:
            for key in list(waiting.get_map().values()):
                key.data.close()
    raise failure


def addresses_of(host: str, port: int) -> list[Address]:
    """Return the addresses of a name in the order of the resolver, with its families taking turns."""
    infos = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)
    families: dict[int, list[Address]] = {}
    for family, kind, proto, _, sockaddr in infos:
        address = Address(family, kind, proto, sockaddr)
        if address not in families.setdefault(family, []):
            families[family].append(address)
    turns = chain.from_iterable(zip_longest(*families.values()))
    return [address for address in turns if address][:MOST]


def _begin(address: Address, options: Iterable[tuple[int, int, Any]], waiting: selectors.BaseSelector) -> None:
    """Begin to connect to an address; raise OSError where that fails at once."""
    attempt = socket.socket(*address[:3])
    try:
        attempt.setblocking(False)
        for option in options:
            attempt.setsockopt(*option)
        with suppress(BlockingIOError):
            attempt.connect(address.sockaddr)
        waiting.register(attempt, selectors.EVENT_WRITE, attempt)
    except BaseException:
        attempt.close()
        raise


def _first(waiting: selectors.BaseSelector, until: float) -> socket.socket | None:
    """Return the first attempt that has succeeded, or None by then; raise the OSError of one that has failed."""
    failure = None
    for key, _ in waiting.select(max(until - time.monotonic(), 0)):
        attempt: socket.socket = key.data
        code = attempt.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if not code:
            return attempt
        waiting.unregister(attempt)
        attempt.close()
        failure = OSError(code, os.strerror(code))
    if failure:
        raise failure
    return None
