"""What a line for a shell tells curl, as bash understands it."""

import os
import subprocess


def curl_is_told(line: str, variables: dict[str, str]) -> tuple[str, dict[str, str]]:
    """Return what bash complains of in a line, and what it hands to curl: each option's last value, and the address."""
    stand_in = "curl() { printf '%s\\0' \"$@\"; }\n"
    env = {"PATH": os.environ["PATH"], "TOKEN": "t", **variables}
    done = subprocess.run(["bash", "-c", stand_in + line], env=env, capture_output=True, text=True, timeout=30)
    words = done.stdout.split("\0")[:-1]
    told = {word: words[place + 1] for place, word in enumerate(words[:-1]) if word.startswith("-")}
    return done.stderr, told | {"address": words[-1], "header": words[2]} if words else {}
