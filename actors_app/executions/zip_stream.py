"""A ZIP that is sent while it is made, in bounded memory, with the size and the SHA-256 of each file in it."""

import hashlib
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

_FLUSH = 65536  # bytes that are collected before they are sent


@dataclass(frozen=True, slots=True)
class Zipped:
    """A file that was written: its path in the ZIP, its bytes before they were packed, and their SHA-256."""

    name: str
    size: int
    sha256: str


class _Outlet:
    """What the ZIP is written to; it can only go forward."""

    def __init__(self) -> None:
        self.held = bytearray()

    def write(self, data: bytes) -> int:
        """Hold what is to be sent."""
        self.held += data
        return len(data)

    def flush(self) -> None:
        """Do nothing: what is held is taken by the one who sends."""

    def close(self) -> None:
        """Do nothing, likewise."""

    def take(self) -> bytes:
        """Return what is held, and hold it no more."""
        data = bytes(self.held)
        self.held.clear()
        return data


class StreamedZip:
    """Files go in one after another; what each method yields must be sent, in that order."""

    def __init__(self) -> None:
        self._outlet = _Outlet()
        self._zip = zipfile.ZipFile(self._outlet, "w", zipfile.ZIP_DEFLATED)
        self.files: list[Zipped] = []

    def add(self, name: str, pieces: Iterable[bytes]) -> Iterator[bytes]:
        """Write a file piece by piece; one whose pieces raise stays in the ZIP as far as it came."""
        info = zipfile.ZipInfo(name, datetime.now(UTC).timetuple()[:6])
        info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
        digest, size = hashlib.sha256(), 0
        try:
            # Nobody knows beforehand how long a log is.
            with self._zip.open(info, "w", force_zip64=True) as file:
                for piece in pieces:
                    file.write(piece)
                    digest.update(piece)
                    size += len(piece)
                    if len(self._outlet.held) >= _FLUSH:
                        yield self._outlet.take()
        finally:
            self.files.append(Zipped(name, size, digest.hexdigest()))
        yield self._outlet.take()

    def end(self) -> Iterator[bytes]:
        """Write what tells where each file stands."""
        self._zip.close()
        yield self._outlet.take()
