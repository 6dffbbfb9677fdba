"""abacosamples/binary_message_classifier: say what a binary message looks like, and send the same as a result."""

# Abaco's variables are written in small letters.
# ruff: noqa: SIM112

import hashlib
import json
import os
import socket
import sys
from pathlib import Path

MAGIC = {
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"GIF8": "image/gif",
    b"%PDF-": "application/pdf",
    b"PK\x03\x04": "application/zip",
    b"\x1f\x8b": "application/gzip",
    b"\x89HDF\r\n\x1a\n": "application/x-hdf5",
    b"BAM\x01": "application/x-bam",
}

place = os.environ.get("_abaco_binary_data")
if place is None:
    sys.exit("Send a binary message: this actor reads no text.")
data = Path(place).read_bytes()
kind = next((name for magic, name in MAGIC.items() if data.startswith(magic)), "application/octet-stream")
answer = {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest(), "type": kind}
for name, value in answer.items():
    print(f"{name}: {value}")
with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as results:
    results.sendto(json.dumps(answer).encode(), os.environ["_abaco_results_sock"])
