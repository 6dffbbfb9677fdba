"""abacosamples/sleep_loop: sleep in a loop and say so each time.

How long and how often come from the message, `{"sleep": 1, "iterations": 10}`, or from the environment's `sleep` and
`iterations`.
"""

# Abaco's variables are written in small letters.
# ruff: noqa: SIM112

import ast
import os
import time

try:
    message = ast.literal_eval(os.environ.get("MSG", ""))
except (ValueError, SyntaxError):
    message = None
asked = message if isinstance(message, dict) else {}
seconds = float(asked.get("sleep", os.environ.get("sleep", 1)))
iterations = int(asked.get("iterations", os.environ.get("iterations", 10)))
print(f"Sleeping {iterations} times for {seconds:g} s.")
for number in range(1, iterations + 1):
    time.sleep(seconds)
    print(f"Iteration {number} of {iterations}.")
print("Done.")
