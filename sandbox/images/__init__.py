"""The images the sandbox can run: a catalogue from names to small programs, which lie beside this file.

A program is started as a process of its own and imports nothing of ours. `abacosamples/…` follow Abaco's public
samples, `sandbox/…` are for trying things out, and the rest are the same programs under names like those of real work.
`sim/…` have the names of those in the recordings. What has no program here can be pulled and not be started.
"""

from pathlib import Path

HERE = Path(__file__).resolve().parent
PROGRAMS = {
    "abacosamples/test": "environment.py",
    "abacosamples/wc": "word_count.py",
    "abacosamples/sleep_loop": "sleep_loop.py",
    "abacosamples/py3_func": "py3_func.py",
    "abacosamples/binary_message_classifier": "binary_message_classifier.py",
    "jstubbs/abaco_test": "environment.py",
    "jstubbs/abaco_test2": "environment.py",
    "sandbox/fail": "fail.py",
    "sandbox/chatty": "chatty.py",
    "sandbox/results": "results.py",
    "sandbox/counter": "counter.py",
    "sandbox/progress": "progress.py",
    "sandbox/memory": "memory.py",
    "sandbox/nostart": "run.sh",
    "sandbox/stubborn": "stubborn.py",
    "sim/quick": "word_count.py",
    "sim/nostart": "run.sh",
    "tacc/s2-tiler": "progress.py",
    "tacc/fastq-qc": "chatty.py",
    "tacc/rnaseq-ingest": "word_count.py",
    "tacc/webhook-relay": "environment.py",
    "tacc/report-builder": "results.py",
    "tacc/run-counter": "counter.py",
    "tacc/mesh-solver": "sleep_loop.py",
    "tacc/image-classifier": "binary_message_classifier.py",
}


def find_program(image: str | None) -> Path | None:
    """Return the program of an image, whatever its tag, or None where the catalogue has no such image."""
    name = (image or "").partition(":")[0]
    return HERE / PROGRAMS[name] if name in PROGRAMS else None
