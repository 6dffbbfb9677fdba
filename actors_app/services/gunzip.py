"""Unpacking gzip in small pieces, so that a small answer cannot become a large one unseen."""

import zlib
from collections.abc import Iterator

PIECE = 65536  # bytes


class Gunzip:
    """Unpack a gzip stream, of one member or several, as its pieces come."""

    def __init__(self) -> None:
        self._member = zlib.decompressobj(16 + zlib.MAX_WBITS)
        self._is_empty = True
        self._is_broken = False

    @property
    def is_whole(self) -> bool:
        """Whether the stream may end here: nothing came at all, or the last member is complete."""
        return not self._is_broken and (self._is_empty or self._member.eof)

    def feed(self, packed: bytes) -> Iterator[bytes]:
        """Yield what a piece unpacks to, at most 64 KiB at a time; nothing once it is found broken."""
        is_pending = False
        while (packed or is_pending) and not self._is_broken:
            if self._member.eof:
                self._member = zlib.decompressobj(16 + zlib.MAX_WBITS)
            self._is_empty = False
            try:
                plain = self._member.decompress(packed, PIECE)
            except zlib.error:
                self._is_broken = True
                return
            packed = self._member.unused_data if self._member.eof else self._member.unconsumed_tail
            # The unpacker may have taken all there is and still hold some of what it unpacks to.
            is_pending = len(plain) == PIECE and not self._member.eof
            yield plain
