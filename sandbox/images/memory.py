"""sandbox/memory: take more and more memory until the limit ends the process, or a gigabyte is taken."""

import sys
import time

CHUNK = 16 * 1024 * 1024
taken: list[bytes] = []
while len(taken) < 64:
    taken.append(b"\1" * CHUNK)
    print(f"Holding {len(taken) * 16} MiB.")
    time.sleep(0.02)
sys.exit("No limit was met.")
