"""sandbox/progress: draw a progress bar that returns to the start of its line, twenty steps in about two seconds."""

import sys
import time

STEPS = 20
for step in range(1, STEPS + 1):
    time.sleep(0.1)
    bar = "#" * step + "." * (STEPS - step)
    sys.stdout.write(f"\rTiling [{bar}] {step * 100 // STEPS:3} %")
print("\nDone.")
