"""Archiving a log: encrypted, in pieces, all of it or nothing."""

import tracemalloc
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.utils import timezone

from actors_app.core.security.credentials import Credentials
from actors_app.core.security.crypto import decrypt
from actors_app.logs import archive as log_archive
from actors_app.logs.models import KeptLog, KeptLogPiece
from actors_app.services.errors import BadAnswer, Conflict
from actors_app.services.types import LOG_CUT

pytestmark = [pytest.mark.store, pytest.mark.django_db]
JDOE = Credentials("default", "jdoe", "a")
EVE = Credentials("default", "eve", "a")


def keep(text: str, who: Credentials = JDOE, execution: str = "e1", size: int = 65536) -> KeptLog | None:
    stream = (text[start : start + size] for start in range(0, len(text), size))
    return log_archive.keep(who, "a1", execution, lambda: stream)


def text_of(log: KeptLog) -> str:
    return "".join(log_archive.pieces(log))


@pytest.mark.parametrize("text", ["one\ntwo\n", "no end", "é😀\x00\x1b[31m" * 100_000])
def test_what_is_kept_comes_back_as_it_was(text: str) -> None:
    row = keep(text)
    assert row is not None
    found = log_archive.kept_log("default", "e1")
    assert found is not None
    assert text_of(found) == text
    assert (found.size, found.username, found.actor_id) == (len(text.encode()), "jdoe", "a1")


def test_it_says_how_many_lines_there_are_and_whether_the_api_cut_them() -> None:
    row, cut = keep("one\ntwo"), keep(f"one\n {LOG_CUT}", execution="e2")
    assert row
    assert cut
    assert (row.lines, row.is_cut) == (2, False)
    assert (cut.lines, cut.is_cut) == (2, True)


def test_the_pieces_are_small_and_encrypted() -> None:
    keep("secret line\n" * 50_000)
    row, pieces = KeptLog.objects.get(), [bytes(piece.content) for piece in KeptLogPiece.objects.order_by("number")]
    assert len(pieces) == 3
    assert all(b"secret" not in piece for piece in pieces)
    assert all(
        len(decrypt("log", piece, row, number=number)) <= log_archive.PIECE for number, piece in enumerate(pieces)
    )


def test_an_empty_log_is_not_kept() -> None:
    assert keep("") is None
    assert not KeptLog.objects.exists()


def test_what_is_kept_stays_as_it_is_and_nothing_is_asked() -> None:
    first = keep("first")

    def asked() -> Iterator[str]:
        raise AssertionError

    again = log_archive.keep(EVE, "a1", "e1", asked)
    assert again == first
    assert text_of(KeptLog.objects.get()) == "first"


def test_another_tenant_has_its_own() -> None:
    keep("ours")
    assert log_archive.kept_log("other", "e1") is None


def test_a_log_that_breaks_off_is_not_kept() -> None:
    def breaking() -> Iterator[str]:
        yield "x" * 600_000
        raise BadAnswer("cut")

    with pytest.raises(BadAnswer):
        log_archive.keep(JDOE, "a1", "e1", breaking)
    assert not KeptLog.objects.exists()
    assert not KeptLogPiece.objects.exists()


def test_while_it_is_kept_it_is_not_kept_again_and_not_shown() -> None:
    KeptLog.objects.create(tenant="default", username="eve", execution_id="e1", kept_at=timezone.now())
    assert log_archive.kept_log("default", "e1") is None
    with pytest.raises(Conflict):
        keep("mine")


def test_what_was_broken_off_long_ago_makes_room() -> None:
    old = timezone.now() - log_archive.ABANDONED - timedelta(seconds=1)
    row = KeptLog.objects.create(tenant="default", username="eve", execution_id="e1", kept_at=old)
    KeptLogPiece.objects.create(log=row, number=0, content=b"incomplete character")
    assert keep("whole")
    assert text_of(KeptLog.objects.get()) == "whole"


def swap_pieces(row: KeptLog, other: KeptLog) -> None:
    one, two = (KeptLogPiece.objects.get(log=row, number=number) for number in (0, 1))
    one.content, two.content = two.content, one.content
    one.save()
    two.save()


def lose_the_last(row: KeptLog, other: KeptLog) -> None:
    KeptLogPiece.objects.filter(log=row).order_by("-number")[:1].get().delete()


def take_another_logs(row: KeptLog, other: KeptLog) -> None:
    content = KeptLogPiece.objects.get(log=other, number=0).content
    KeptLogPiece.objects.filter(log=row, number=0).update(content=content)


def give_it_to_somebody_else(row: KeptLog, other: KeptLog) -> None:
    KeptLog.objects.filter(pk=row.pk).update(execution_id="e9")
    row.refresh_from_db()


@pytest.mark.parametrize("spoil", [swap_pieces, lose_the_last, take_another_logs, give_it_to_somebody_else])
def test_pieces_that_are_not_as_they_were_written_do_not_open(spoil: Any) -> None:
    row, other = keep("a" * 600_000), keep("b" * 600_000, execution="e2")
    assert row
    assert other
    spoil(row, other)
    with pytest.raises(log_archive.Unreadable):
        text_of(row)


def test_another_key_does_not_open_it(settings: Any) -> None:
    row = keep("secret")
    settings.CREDENTIAL_KEYS = [Fernet.generate_key().decode()]
    assert row
    with pytest.raises(log_archive.Unreadable):
        text_of(row)


def test_deleting_takes_the_pieces_too() -> None:
    row = keep("x" * 600_000)
    assert row
    log_archive.forget(row)
    assert not KeptLog.objects.exists()
    assert not KeptLogPiece.objects.exists()


def test_ten_megabytes_are_kept_and_read_in_little_memory() -> None:
    def long() -> Iterator[str]:
        for _ in range(160):
            yield "x" * 65_536

    tracemalloc.start()
    try:
        row = log_archive.keep(JDOE, "a1", "e1", long)
        assert row
        length = sum(len(piece) for piece in log_archive.pieces(row))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert length == 160 * 65_536
    assert peak < 6_000_000
