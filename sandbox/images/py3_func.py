"""abacosamples/py3_func: call a known function with the arguments of the message and send back what it returns.

The message is an object like `{"func": "add", "args": [1, 2]}`, which arrives as a Python literal, or the same as JSON.
"""

# Abaco's variables are written in small letters.
# ruff: noqa: SIM112

import ast
import json
import math
import os
import socket
import statistics
import sys
from collections.abc import Callable
from typing import Any

FUNCTIONS: dict[str, Callable[..., Any]] = {
    "add": lambda *args: sum(args),
    "multiply": lambda *args: math.prod(args),
    "mean": lambda *args: statistics.fmean(args),
    "sorted": lambda *args: sorted(args),
    "upper": lambda text: str(text).upper(),
}


def read_message() -> dict[str, Any]:
    """Return the message as an object, or end with a sentence where it is none."""
    text = os.environ.get("MSG", "")
    for read in (json.loads, ast.literal_eval):
        try:
            value = read(text)
        except (ValueError, SyntaxError):
            continue
        if isinstance(value, dict):
            return value
    sys.exit('Send an object such as {"func": "add", "args": [1, 2]}.')


message = read_message()
name = message.get("func")
if name not in FUNCTIONS:
    sys.exit(f"There is no function {name!r}; there are {', '.join(FUNCTIONS)}.")
value = FUNCTIONS[name](*message.get("args", []))
print(f"{name} returned {value!r}.")
with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as results:
    results.sendto(json.dumps({"result": value}).encode(), os.environ["_abaco_results_sock"])
