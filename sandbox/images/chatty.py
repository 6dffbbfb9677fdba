"""sandbox/chatty: print a great deal of log, with times, levels and colours.

The message says how many bytes, about 1,000,000 where it says nothing.
"""

import os
import random
from datetime import UTC, datetime

LEVELS = {"INFO": "\x1b[32m", "WARN": "\x1b[33m", "ERROR": "\x1b[31m"}
SENTENCES = {
    "INFO": "read {} reads from lane {}",
    "WARN": "adapter content of {} per mille in lane {}",
    "ERROR": "chunk {} of lane {} failed its checksum and is read again",
}

text = os.environ.get("MSG", "").strip()
left = int(text) if text.isdigit() else 1_000_000
numbers = random.Random(7)  # noqa: S311 - believable, not secret
while left > 0:
    level = numbers.choices(list(LEVELS), [90, 8, 2])[0]
    moment = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    sentence = SENTENCES[level].format(numbers.randrange(100_000), numbers.randrange(1, 9))
    line = f"{moment} {LEVELS[level]}{level:5}\x1b[0m {sentence}"
    print(line)
    left -= len(line) + 1
