"""abacosamples/wc: count the lines, words and characters of the message."""

import os

text = os.environ.get("MSG", "")
print(f"Number of lines: {len(text.splitlines())}")
print(f"Number of words: {len(text.split())}")
print(f"Number of characters: {len(text)}")
