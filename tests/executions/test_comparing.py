"""Comparing texts: without times and ids, in bounded time, saying what was left out."""

from datetime import UTC, datetime

import pytest

from actors_app.executions.comparison import (
    MAX_LINE,
    MAX_LINES,
    difference,
    field_rows,
    fields_of,
    tail_of,
    without_passing,
)
from actors_app.services.types import Actor, Execution


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("2026-11-24T10:00:00.123Z start", "2026-11-25 11:00:00,5 start"),
        ("[10:00:01] ok", "[23:59:59.999] ok"),
        ("Mon, 23 Nov 2026 15:55:10 GMT x", "Tue, 24 Nov 2026 01:02:03 GMT x"),
        ("Nov 23 10:00:01 host x", "Nov  1 00:00:00 host x"),
        ("took 1.5 s", "took 12 s"),
        ("took 15ms", "took 3ms"),
        ("job 550e8400-e29b-41d4-a716-446655440000", "job 123e4567-e89b-12d3-a456-426614174000"),
        ("sha 9f86d081884c7d65", "sha 0f86d081884c7d00"),
        ("at 0x7f3a", "at 0x1"),
        ("execution PYaE7Gm5DRJAN", "execution 0MuSNpU6GT7DQ"),
        ("HOME=/tmp/abaco-vr7i7kqz", "HOME=/tmp/abaco-7esh35uh"),
    ],
)
def test_times_durations_and_ids_do_not_differ(ours: str, theirs: str) -> None:
    assert without_passing(ours) == without_passing(theirs)
    assert difference(tail_of([ours]), tail_of([theirs])).is_same


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("exit code 3", "exit code 4"),
        ("read 100 tiles", "read 101 tiles"),
        ("transformation", "transformations"),
        ("Austin", "Dallas"),
        ("temperature 12.5", "temperature 13.5"),
    ],
)
def test_what_was_done_does(ours: str, theirs: str) -> None:
    assert not difference(tail_of([ours]), tail_of([theirs])).is_same


def test_known_ids_are_left_out_whatever_they_look_like() -> None:
    assert difference(tail_of(["worker abcdefg"]), tail_of(["worker zyxwvut"]), ["abcdefg", "zyxwvut"]).is_same


def test_an_exact_one_leaves_nothing_out() -> None:
    assert not difference(tail_of(["at 10:00:00"]), tail_of(["at 10:00:01"]), exact=True).is_same


def test_rows_stand_side_by_side_with_their_numbers() -> None:
    ours = [f"line {number}!" for number in range(40)]
    theirs = [*ours[:20], "other", *ours[21:], "more"]
    diff = difference(tail_of(["\n".join(ours)]), tail_of(["\n".join(theirs)]))
    assert [(row.kind, row.left_number, row.right_number, row.count) for row in diff.rows] == [
        ("gap", 0, 0, 17),
        ("same", 18, 18, 0),
        ("same", 19, 19, 0),
        ("same", 20, 20, 0),
        ("changed", 21, 21, 0),
        ("same", 22, 22, 0),
        ("same", 23, 23, 0),
        ("same", 24, 24, 0),
        ("gap", 0, 0, 13),
        ("same", 38, 38, 0),
        ("same", 39, 39, 0),
        ("same", 40, 40, 0),
        ("right", 0, 41, 0),
    ]
    assert diff.changes == 2


def test_only_the_end_of_a_long_text_is_held_and_that_is_counted() -> None:
    tail = tail_of(f"{number}\n" for number in range(MAX_LINES + 500))
    assert (len(tail.lines), tail.lines[-1], tail.left_out) == (MAX_LINES, str(MAX_LINES + 499), 500)
    diff = difference(tail, tail_of(["x"]))
    assert diff.left_out == (500, 0)
    assert diff.is_cut
    long = tail_of(["x" * 300, "y" * 300, "\nlast"])
    assert (len(long.lines[0]), long.lines[0][-1], long.lines[1]) == (MAX_LINE + 1, "…", "last")


def test_a_line_is_taken_as_a_terminal_leaves_it() -> None:
    assert tail_of(["\x1b[31mred\x1b[0m\n10%\r100%\r\n", "\n", "end"]).lines == ("red", "100%", "", "end")
    assert tail_of([""]).lines == ()


def test_fields_that_always_differ_are_not_marked() -> None:
    at = datetime(2026, 11, 24, tzinfo=UTC)
    ours = Execution(id="A", status="COMPLETE", exit_code=0, message_received_time=at, worker_id="W")
    theirs = Execution(id="B", status="COMPLETE", exit_code=3, final_state={"Error": "\u202e"})
    rows = {row.name: row for row in field_rows(fields_of(ours, Actor(id="X", image="a")), fields_of(theirs, None))}
    assert {name for name, row in rows.items() if row.is_telling} == {
        "Outcome", "Summary", "Exit code", "Current image", "Final state: Error",
    }  # fmt: skip
    assert not rows["Received"].is_same
    assert rows["Final state: Error"].right == "⟦RIGHT-TO-LEFT OVERRIDE⟧"
    assert rows["Final state: Error"].left == "Not reported"
