"""sandbox/results: send several results of different kinds: JSON, text, a small picture."""

# Abaco's variables are written in small letters.
# ruff: noqa: SIM112

import json
import os
import socket
import struct
import zlib


def picture(size: int) -> bytes:
    """Make a PNG with a colour gradient, `size` pixels wide and high."""
    rows = b"".join(
        b"\0" + b"".join(bytes((x * 255 // size, y * 255 // size, 160)) for x in range(size)) for y in range(size)
    )
    chunks = (
        (b"IHDR", struct.pack(">IIBBBBB", size, size, 8, 2, 0, 0, 0)),
        (b"IDAT", zlib.compress(rows)),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in chunks
    )


summary = {"message": os.environ.get("MSG", ""), "tiles": 64, "cloud_cover": 0.12}
sent = [json.dumps(summary).encode(), b"Tiles written: 64. Nothing was skipped.\n", picture(32)]
with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as results:
    for data in sent:
        results.sendto(data, os.environ["_abaco_results_sock"])
        print(f"Sent a result of {len(data)} bytes.")
