"""A long audit trail in a store of its own: how fast it is proved, read and pruned; `--entries` says how long."""

import argparse
import json
import os
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta

ROWS = 50  # of a page of the activity


def main(arguments: list[str]) -> int:
    """Fill a trail, then time what is done with it; return 1 when it does not hold."""
    parser = argparse.ArgumentParser(prog="python -m tests.drills audit")
    parser.add_argument("--entries", type=int, default=100_000)
    count: int = parser.parse_args(arguments).entries
    with tempfile.TemporaryDirectory() as directory:
        os.environ["DATABASE_URL"] = f"sqlite:///{directory}/portal.sqlite3"
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
        import django

        django.setup()
        return _measure(count)


def _measure(count: int) -> int:
    from django.core.management import call_command
    from django.utils import timezone

    from actors_app.audit.activity import LineFilters, Reader
    from actors_app.core.operations import trail
    from actors_app.core.operations.models import AuditEntry
    from actors_app.core.security.credentials import Credentials

    call_command("migrate", verbosity=0)
    _fill(count)
    lines = Reader(Credentials("default", "jdoe", "token"), {"mine": "mine"}).lines()
    now = timezone.now()
    asked = {
        "everything": LineFilters(),
        "the last 30 days": LineFilters(since=now - timedelta(days=30)),
        "one person": LineFilters(username="jdoe"),
        "one actor": LineFilters(actors=frozenset({"mine"})),
        "unknown in 30 days": LineFilters(outcome="unknown", since=now - timedelta(days=30)),
        "a person who did nothing, ever": LineFilters(username="nobody"),
    }
    for name, one in asked.items():
        _timed(f"A page of {name}", lambda one=one: len(one.apply(lines)[: ROWS + 1]))
    proof = _timed(f"Proving {count} entries", trail.verify)
    _timed("Appending one", lambda: trail.append(kind="read", request_id="", details={}).pk)
    _timed("Pruning half", lambda: trail.prune(now - timedelta(days=182)))
    after = _timed("Proving the rest", trail.verify)
    print(json.dumps({"left": AuditEntry.objects.count(), "holds": proof.holds and after.holds}))
    return 0 if proof.holds and after.holds else 1


def _fill(count: int) -> None:
    """Put on a trail of a year, many entries at a time; one in a thousand is about the reader's actor."""
    from django.utils import timezone

    from actors_app.core.operations.models import GENESIS, AuditEntry, AuditHead

    start, step, previous, some = timezone.now() - timedelta(days=365), timedelta(days=365) / count, GENESIS, []
    for number in range(count):
        ends = number % 2 == 1
        entry = AuditEntry(
            pk=number + 1,
            start_id=number if ends else None,
            time=start + number * step,
            kind="end" if ends else "start",
            outcome=("unknown" if number % 100 == 1 else "done") if ends else "",
            tenant="default",
            username="jdoe" if number % 1000 < 2 else "team",
            action="message.send",
            actor_id="mine" if number % 1000 < 2 else "theirs",
            request_id="0123456789ab",
            previous=previous,
        )
        entry.hash = previous = entry.computed_hash()
        some.append(entry)
        if len(some) == 5000 or number == count - 1:
            AuditEntry.objects.bulk_create(some)
            some = []
    AuditHead.objects.create(pk=1, count=count, last_hash=previous)


def _timed(name: str, work: Callable[[], object]) -> object:
    begin = time.perf_counter()
    result = work()
    print(f"{name}: {(time.perf_counter() - begin) * 1000:.0f} ms ({result if isinstance(result, int) else 'ok'})")
    return result
