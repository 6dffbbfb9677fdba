"""Fill a file of Flower's with 2,500 tasks; run in the environment of the peers, by `peers.py`."""

import random
import shelve
import sys
import time

from flower.events import EventsState

TASKS = 2500


def main(file: str) -> None:
    """Let Flower's own state see what a worker tells of its tasks, and keep it as Flower does."""
    state, now = EventsState(), time.time()
    chance = random.Random(20261)  # noqa: S311 - believable, not secret
    of = {"hostname": "worker@bench", "utcoffset": 0, "pid": 1}
    for number in range(TASKS):
        uuid, at = f"{number:08d}-0000-0000-0000-000000000000", now - TASKS + number
        received = {"type": "task-received", "name": "bench.actor", "args": "('a',)", "kwargs": "{}", "retries": 0}
        events = (
            received | {"eta": None, "expires": None, "root_id": uuid, "parent_id": None},
            {"type": "task-started"},
            {"type": "task-succeeded", "result": "'done'", "runtime": chance.random()},
        )
        for place, event in enumerate(events):
            moment = at + place / 10
            about = {"timestamp": moment, "local_received": moment, "clock": 10 * number + place + 1}
            state.event({"uuid": uuid, **of, **event, **about})
    with shelve.open(file, flag="n") as kept:  # noqa: S301 - our own file
        kept["events"] = state


if __name__ == "__main__":
    main(sys.argv[1])
