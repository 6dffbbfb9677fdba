"""sandbox/fail: print an error as programs do and exit with the code of the message, or 3."""

import os
import sys

text = os.environ.get("MSG", "").strip()
code = int(text) % 256 if text.lstrip("-").isdigit() else 3
print("Reading the input …")
print("Traceback (most recent call last):", file=sys.stderr)
print('  File "/opt/actor/main.py", line 42, in <module>', file=sys.stderr)
print("    align(reads, reference)", file=sys.stderr)
print(f"ValueError: the reference holds no sequence; giving up with {code}", file=sys.stderr)
sys.exit(code)
