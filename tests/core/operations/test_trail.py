"""The trail proves itself: what was changed, added or taken out is noticed, and pruning leaves a chain."""

import threading
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from actors_app.core.operations import trail
from actors_app.core.operations.models import GENESIS, AuditEntry, AuditHead
from tests.support.audit import read, wrote

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
FIELDS = (
    "kind",
    "key",
    "tenant",
    "username",
    "action",
    "actor_id",
    "object_id",
    "outcome",
    "details",
    "request_id",
    "previous",
    "hash",
)


def says(command: str, **options: int) -> str:
    out = StringIO()
    call_command(command, stdout=out, **options)
    return out.getvalue()


def test_an_empty_trail_holds() -> None:
    assert trail.verify() == trail.Proof(0, GENESIS)
    assert says("verify_audit").startswith("0 entries, complete and unchanged.\n")


def test_a_trail_holds_and_names_its_end() -> None:
    for _ in range(3):
        wrote()
    last = read()
    assert says("verify_audit") == f"7 entries, complete and unchanged.\nThe last hash is {last.hash}.\n"


@pytest.mark.parametrize("field", FIELDS)
def test_a_changed_field_names_its_entry(field: str) -> None:
    entries = [wrote(), wrote(), wrote()]
    AuditEntry.objects.filter(pk=entries[1].pk).update(**{field: "changed"})
    with pytest.raises(
        CommandError, match=rf"^Entry {entries[1].pk} .* The 2 entries before it are unchanged\.$"
    ) as failure:
        says("verify_audit")
    assert failure.value.returncode == 1


def test_a_changed_time_or_start_names_its_entry() -> None:
    entry, other = wrote(), wrote()
    AuditEntry.objects.filter(pk=other.pk).update(time=other.time - DAY)
    assert trail.verify().broken == f"Entry {other.pk} was modified."
    AuditEntry.objects.filter(pk=other.pk).update(time=other.time)
    assert trail.verify().holds
    AuditEntry.objects.filter(start=other).update(start=None)
    assert trail.verify().checked == 3
    assert entry.pk < other.pk


def take_out(entry: AuditEntry) -> None:
    rows = AuditEntry.objects.filter(pk=entry.pk)
    rows._raw_delete(rows.db)


def test_an_entry_taken_out_is_noticed_wherever_it_was() -> None:
    first, middle, last = read(), read(), read()
    take_out(last)
    assert trail.verify().broken == f"Entries are missing after {middle.pk}: 2 of 3 found."
    take_out(first)
    assert trail.verify().broken == f"Entry {middle.pk} does not follow the previous one: entries are missing."
    take_out(middle)
    assert trail.verify().broken == "Entries are missing after 0: 0 of 3 found."


def test_an_entry_added_beside_the_door_is_noticed() -> None:
    last = read()
    forged = AuditEntry(kind="read", tenant="default", username="x", request_id="", previous=last.hash)
    forged.hash = forged.computed_hash()
    forged.save()
    assert trail.verify().broken == f"Entries are missing after {forged.pk}: 2 of 1 found."
    AuditHead.objects.update(count=2)
    assert trail.verify().broken == f"Entry {forged.pk} is not the last one written."


def test_pruning_leaves_a_chain_that_holds() -> None:
    wrote(ago=10 * DAY)
    wrote(ago=9 * DAY)
    young = wrote()
    assert says("prune_audit", days=5) == "4 entries deleted.\n"
    assert list(AuditEntry.objects.order_by("pk").values_list("kind", flat=True)) == ["start", "end", "pruned"]
    assert AuditEntry.objects.order_by("pk").first() == young
    assert trail.verify().checked == 3 == AuditHead.objects.get().count
    assert says("prune_audit", days=5) == "0 entries deleted.\n"
    read()
    assert trail.verify().holds


def test_a_second_pruning_may_take_what_tells_of_the_first() -> None:
    wrote(ago=10 * DAY)
    wrote(ago=6 * DAY)
    trail.prune(timezone.now() - 9 * DAY)
    trail.prune(timezone.now() - 5 * DAY)
    assert trail.verify().holds
    trail.prune(timezone.now() + DAY)
    (left,) = AuditEntry.objects.all()
    assert left.kind == AuditEntry.PRUNED
    assert trail.verify().checked == 1
    wrote()
    assert trail.verify().checked == 3


def test_more_than_was_pruned_cannot_be_taken_out() -> None:
    wrote(ago=10 * DAY)
    young = read()
    trail.prune(timezone.now() - DAY)
    take_out(young)
    assert "are missing" in trail.verify().broken


def test_what_an_earlier_pruning_left_as_the_beginning_is_not_the_beginning_any_more() -> None:
    wrote(ago=10 * DAY)
    old = read(time=timezone.now() - 8 * DAY)
    trail.prune(timezone.now() - 9 * DAY)
    trail.prune(timezone.now() - 5 * DAY)
    old.save(force_insert=True)
    AuditHead.objects.update(count=AuditHead.objects.get().count + 1)
    assert trail.verify().broken.startswith(f"Entry {old.pk} does not follow")


def test_a_write_whose_end_is_younger_stays_whole() -> None:
    gone = wrote(ago=12 * DAY)
    slow = wrote(outcome="", ago=10 * DAY)
    between = wrote(ago=9 * DAY)
    fields = {"tenant": "default", "username": "jdoe", "action": "message.send", "request_id": ""}
    trail.append(kind=AuditEntry.END, start=slow, outcome="done", details={}, **fields)
    assert trail.prune(timezone.now() - DAY) == 2
    assert not AuditEntry.objects.filter(pk=gone.pk).exists()
    assert AuditEntry.objects.filter(pk__in=[slow.pk, between.pk]).count() == 2
    assert trail.verify().holds


def test_pruning_is_done_in_small_transactions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trail, "PRUNED_AT_ONCE", 3)
    for _ in range(4):
        wrote(ago=10 * DAY)
    assert trail.prune(timezone.now() - DAY) == 8
    assert list(AuditEntry.objects.values_list("kind", flat=True)) == ["pruned"] * 3
    assert trail.verify().checked == 3


def test_numbers_are_not_given_again() -> None:
    last = wrote(ago=10 * DAY)
    trail.prune(timezone.now())
    assert wrote().pk > last.pk + 1


def test_for_ever_is_the_default_and_nonsense_is_refused() -> None:
    wrote(ago=4000 * DAY)
    assert says("prune_audit") == "The audit log is kept forever: AUDIT_RETENTION_DAYS is 0.\n"
    assert AuditEntry.objects.count() == 2
    for days in (-1, 36501):
        with pytest.raises(CommandError, match="--days must be between"):
            says("prune_audit", days=days)


@pytest.mark.django_db(transaction=True)
def test_a_trail_that_is_written_and_pruned_meanwhile_still_proves_itself() -> None:
    for _ in range(20):
        read(time=timezone.now() - 10 * DAY)
    stop, failed = threading.Event(), []

    def write() -> None:
        try:
            # SQLite gives its lock to nobody in turn: a writer without a pause would keep it.
            while not stop.wait(0.005):
                read()
        except BaseException as failure:  # noqa: BLE001 - the thread's failure is the test's
            failed.append(failure)
        finally:
            connection.close()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for step in range(10):
            if step == 5:
                trail.prune(timezone.now() - DAY)
            assert trail.verify().broken == ""
    finally:
        stop.set()
        writer.join()
    assert failed == []
    assert trail.verify().holds
