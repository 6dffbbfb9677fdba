"""The ZIP that is sent while it is made: what cannot be read to its end shows, and a file may have any length."""

import io
import struct
import zipfile
from collections.abc import Iterator

import pytest

from actors_app.executions.zip_stream import StreamedZip


def test_it_lists_its_files_with_size_and_sum() -> None:
    stream = StreamedZip()
    data = b"".join([*stream.add("x/a.txt", [b"one ", b"", b"two"]), *stream.add("x/empty", []), *stream.end()])
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        assert file.testzip() is None
        assert {name: file.read(name) for name in file.namelist()} == {"x/a.txt": b"one two", "x/empty": b""}
    assert [(member.name, member.size) for member in stream.files] == [("x/a.txt", 7), ("x/empty", 0)]
    assert stream.files[1].sha256.startswith("e3b0c442")


def test_no_file_has_a_limit_of_four_gigabytes() -> None:
    (data,) = StreamedZip().add("a", [b"x"])
    version, extra = struct.unpack_from("<H", data, 4), struct.unpack_from("<HH", data, 31)
    assert version == (45,)
    assert extra == (1, 16)  # ZIP64


def test_a_file_that_breaks_off_breaks_the_zip() -> None:
    def broken() -> Iterator[bytes]:
        yield b"x" * 200_000
        raise OSError("no more")

    stream, sent = StreamedZip(), bytearray()
    with pytest.raises(OSError, match="no more"):
        sent.extend(b for block in stream.add("a", broken()) for b in block)
    assert stream.files == []
    with pytest.raises(zipfile.BadZipFile):
        zipfile.ZipFile(io.BytesIO(sent))


def test_what_is_sent_is_never_empty() -> None:
    stream = StreamedZip()
    blocks = [*stream.add("a", (b"0123456789abcdef" for _ in range(50_000))), *stream.end()]
    assert min(map(len, blocks)) > 0
    assert len(blocks) < 10
