"""A ZIP that is sent while it is made, in bounded memory, with the size and the SHA-256 of each file in it."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from zipstream import ZIP_DEFLATED, ZipStream

_BLOCK = 65536  # bytes that are collected before they are sent


@dataclass(frozen=True, slots=True)
class Zipped:
    """A file that was written: its path in the ZIP, its bytes before they were packed, and their SHA-256."""

    name: str
    size: int
    sha256: str


class StreamedZip:
    """Files go in one after another; what each method yields must be sent, in that order."""

    def __init__(self) -> None:
        self._zip = ZipStream(compress_type=ZIP_DEFLATED)
        self.files: list[Zipped] = []

    def add(self, name: str, pieces: Iterable[bytes]) -> Iterator[bytes]:
        """Write a file piece by piece. After an error of its pieces nothing more can be written."""
        digest, size = hashlib.sha256(), 0

        def measured() -> Iterator[bytes]:
            nonlocal size
            for piece in pieces:
                digest.update(piece)
                size += len(piece)
                yield piece

        self._zip.add(measured(), name)  # without a size, which nobody knows beforehand, it is written as ZIP64
        yield from _blocks(self._zip.file())
        self.files.append(Zipped(name, size, digest.hexdigest()))

    def end(self) -> Iterator[bytes]:
        """Write what tells where each file stands."""
        yield from _blocks(self._zip.footer())


def _blocks(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the same bytes in fewer pieces, none of them empty."""
    block = bytearray()
    for piece in pieces:
        block += piece
        if len(block) >= _BLOCK:
            yield bytes(block)
            block.clear()
    if block:
        yield bytes(block)
