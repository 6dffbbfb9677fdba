"""sandbox/stubborn: go on for ten minutes, whoever asks it to end; only a kill ends it, with exit code 137."""

import signal
import time

signal.signal(signal.SIGTERM, signal.SIG_IGN)
for second in range(600):
    print(f"Still here after {second} s.")
    time.sleep(1)
