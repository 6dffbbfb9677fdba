"""Which lines of a log are shown: every line is counted, everything is found, and only a part is kept."""

import tracemalloc
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from actors_app.logs.parts import PART_CHARACTERS, PART_LINES, TAIL_LINES, LogQuery, read_part
from actors_app.logs.reading import LINE_BEGINNING, LINE_END, SCREEN, read_line
from actors_app.services.errors import BadAnswer
from actors_app.services.types import LOG_CUT


def pieces(text: str, size: int = 65536) -> Iterator[str]:
    for start in range(0, len(text), size):
        yield text[start : start + size]


def part(text: str, size: int = 65536, **asked):
    return read_part(pieces(text, size), LogQuery(**asked))


def words(line) -> str:
    return "".join(span.text for span in line.spans)


def numbered(count: int) -> str:
    return "".join(f"line {number}\n" for number in range(1, count + 1))


def test_a_short_log_is_whole():
    found = part(numbered(PART_LINES))
    assert (found.first, found.last, found.total, found.is_whole) == (1, PART_LINES, PART_LINES, True)


@pytest.mark.parametrize("text", ["", "\n", "\r\n"])
def test_nothing_is_no_line(text):
    assert part(text).total == 0
    assert part(text).lines == ()


def test_the_last_newline_makes_no_line():
    assert [words(line) for line in part("a\n\nb\n").lines] == ["a", "", "b"]


def test_a_long_log_opens_at_its_end_and_a_short_last_part_comes_with_the_one_before():
    found = part(numbered(PART_LINES * 4 + 3))
    assert (found.first, found.last, found.total) == (PART_LINES * 3 + 1, PART_LINES * 4 + 3, PART_LINES * 4 + 3)
    assert (found.has_before, found.has_after) == (True, False)
    assert part(numbered(PART_LINES * 4 - 1)).first == PART_LINES * 3 + 1


@pytest.mark.parametrize(("line", "first"), [(1, 1), (PART_LINES, 1), (PART_LINES + 1, PART_LINES + 1), (7777, 5001)])
def test_a_line_brings_its_part(line, first):
    found = part(numbered(PART_LINES * 3), line=line)
    assert (found.first, found.last) == (first, first + PART_LINES - 1)
    assert (found.has_before, found.has_after) == (first > 1, True)
    assert words(found.lines[line - first]) == f"line {line}"


def test_a_line_that_is_not_there_brings_the_end():
    found = part(numbered(10), line=99)
    assert (found.last, found.has_after) == (10, False)


def test_parts_are_cut_by_characters_too():
    found = part(("x" * 999 + "\n") * 2000, line=1)
    assert found.last == PART_CHARACTERS // 999 + 1
    assert found.has_after


def test_the_tail_is_the_last_lines_and_not_too_much_of_them():
    found = part(numbered(1000), tail=True)
    assert (found.first, found.last, found.has_before) == (1001 - TAIL_LINES, 1000, True)
    assert len(part(("x" * 9000 + "\n") * 100, tail=True).lines) == 11


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text("ab\r\b\x1b[1m](B;8\x07\\ é😀", max_size=30), max_size=12), st.integers(1, 40))
def test_it_is_the_same_however_the_pieces_fall(lines, size):
    text = "\n".join(lines)
    assert part(text, size, find="a").lines == part(text, find="a").lines


# What is found ---------------------------------------------------------------------------------------------------


def test_everything_is_found_wherever_it_is():
    text = "".join(f"{'Needle' if number % 3000 == 7 else 'hay'} {number}\n" for number in range(1, 20_001))
    found = part(text, find="needle")
    assert found.hits.total == 7
    assert [hit.number for hit in found.hits.listed] == [7, 3007, 6007, 9007, 12007, 15007, 18007]
    assert (found.hits.current, found.hits.position, found.hits.up, found.hits.down) == (7, 1, 18007, 3007)
    assert found.first == 1
    there = part(text, find="needle", line=9007)
    assert (there.first, there.hits.current, there.hits.position) == (5001, 9007, 4)
    assert (there.hits.up, there.hits.down) == (6007, 12007)
    assert (there.beyond_up, there.beyond_down, there.before, there.after) == (3007, 12007, 5000, 10_001)
    assert [line.number for line in there.lines if line.hit] == [6007, 9007]
    last = part(text, find="needle", line=18007)
    assert (last.hits.position, last.hits.up, last.hits.down) == (7, 15007, 7)
    assert (last.beyond_up, last.beyond_down) == (12007, 7)


def test_a_line_between_has_neighbours_and_no_place():
    hits = part("a\nb\na\n", find="a", line=2).hits
    assert (hits.current, hits.position, hits.up, hits.down, hits.total) == (0, 0, 1, 3, 2)


def test_what_is_found_is_marked_across_colours_and_capitals():
    (line,) = part("x \x1b[31mERR\x1b[0mor y", find="error").lines
    assert [(span.text, span.style) for span in line.spans] == [
        ("x ", ""),
        ("ERR", "ansi-red found"),
        ("or", "found"),
        (" y", ""),
    ]


def test_signs_of_a_pattern_are_only_signs():
    assert part("a.c\nabc\n(x\n", find="a.c").hits.total == 1
    assert part("a.c\nabc\n(x\n", find="(").hits.total == 1


def test_more_hits_than_are_listed_are_all_counted():
    hits = part("x\n" * 6000, find="x").hits
    assert (hits.total, len(hits.listed), hits.last) == (6000, 200, 6000)


@pytest.mark.parametrize("size", [1000, 65536])
def test_something_is_found_in_the_middle_of_a_megabyte_on_one_line(size):
    text = "x" * 500_003 + "needle" + "x" * 500_000 + "\nafter"
    found = part(text, size, find="NEEDLE")
    assert (found.hits.total, found.hits.current, found.total) == (1, 1, 2)


# Levels ----------------------------------------------------------------------------------------------------------


def test_a_level_leaves_the_others_out_and_keeps_what_belongs_to_it():
    text = "INFO a\nERROR b\n  at line 4\nDEBUG c\n  d\nWARN e\n"
    for level, numbers in (("error", [2, 3]), ("warn", [2, 3, 6])):
        lines = part("INFO z\n" * 9 + text + "INFO z\n" * 9, level=level).lines
        assert [line.number - 9 for line in lines if line.role != "context"] == numbers
        assert [line.number - 9 for line in lines] == list(range(-1, numbers[-1] + 4))
    assert (part(text, level="warn").of_level, part(text, level="warn").total) == (3, 6)
    assert part(text, level="error", find="e").hits.total == 2


# Long lines ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [777, 65536, 2_000_000])
def test_a_megabyte_on_one_line_is_cut_in_its_middle_and_its_length_is_known(size):
    (line,) = part("a" * 500_000 + "b" * 500_000 + "END", size).lines
    assert line.length == 1_000_003
    assert words(line) == "a" * LINE_BEGINNING
    assert line.end[0].text == "b" * (LINE_END - 3) + "END"


@pytest.mark.parametrize("size", [777, 65536])
@pytest.mark.parametrize("length", [LINE_BEGINNING - 1, LINE_BEGINNING, LINE_BEGINNING + LINE_END])
def test_a_line_that_just_fits_is_whole(size, length):
    text = "".join(str(number % 10) for number in range(length))
    (line,) = part(text, size).lines
    assert (words(line), line.length, line.end) == (text, 0, ())


@pytest.mark.parametrize("size", [777, 65536])
def test_a_megabyte_of_a_progress_bar_is_its_last_state(size):
    (line,) = part("".join(f"{number:7} %\r" for number in range(120_000)), size).lines
    assert (words(line), line.length) == (" 119999 %", 0)


@pytest.mark.parametrize("size", [1000, 65536])
def test_a_whole_line_is_shown_by_screens(size):
    text = "first\n" + "".join(f"{number:9}\x1b[0m " for number in range(20_000)) + "\nlast"
    bare = "".join(f"{number:9} " for number in range(20_000))
    shown = read_line(pieces(text, 65536), 2, 0)
    assert (shown.text, shown.start, shown.stop, shown.length) == (bare[:SCREEN], 0, SCREEN, 200_000)
    assert read_line(pieces(text, 65536), 2, 180_000).text == bare[180_000:]
    assert read_line(pieces(text), 3, 0).text == "last"
    assert read_line(pieces(text), 4, 0).length == 0


# What else is said -----------------------------------------------------------------------------------------------


def test_a_log_that_the_api_cut_is_known():
    found = part("x" * 1_000_000 + f" {LOG_CUT}")
    assert found.is_cut
    assert found.kept_characters == 1_000_000
    assert not part("x").is_cut


def test_colours_go_on_from_part_to_part():
    found = part("\x1b[32m" + numbered(PART_LINES * 2 + 1), line=PART_LINES + 1)
    assert found.lines[0].spans[0].style == "ansi-green"


def test_a_time_at_the_beginning_is_a_piece_of_its_own():
    (line,) = part("2026-11-23 16:20:42,6283 INFO hello").lines
    assert (line.spans[0].text, line.spans[0].style) == ("2026-11-23 16:20:42,6283", "stamp")
    assert line.spans[0].moment == "2026-11-23 16:20:42.628"
    assert line.spans[1].text == " INFO hello"
    assert line.level == "info"


@pytest.mark.parametrize(
    ("stamp", "moment"),
    [
        ("2026-11-23T16:20:42Z", "2026-11-23T16:20:42Z"),
        ("[2026-11-23T16:20:42.123456+01:00]", "2026-11-23T16:20:42.123+01:00"),
        ("2026/11/23 16:20:42", "2026-11-23 16:20:42"),
        ("2026-11-23 16:20:42 UTC", "2026-11-23 16:20:42Z"),
        ("Nov 23 16:20:42", ""),
        ("16:20:42.5", ""),
    ],
)
def test_times_are_recognised(stamp, moment):
    (line,) = part(f"{stamp} hello").lines
    assert (line.spans[0].text, line.spans[0].style, line.spans[0].moment) == (stamp, "stamp", moment)


@pytest.mark.parametrize(
    "text", ["2026-13-01 10:00:00 x", "1234567", "12:30 x", "at 2026-11-23T16:20:42Z", "10:20:30:40"]
)
def test_what_is_no_time_stays(text):
    assert part(text).lines[0].spans[0].style == ""


def test_a_log_that_breaks_off_shows_what_came():
    def breaking() -> Iterator[str]:
        yield "one\ntwo"
        raise BadAnswer("cut")

    found = read_part(breaking(), LogQuery())
    assert [words(line) for line in found.lines] == ["one", "two"]
    assert found.broken is not None


def test_a_log_that_breaks_off_at_once_is_an_error():
    def breaking() -> Iterator[str]:
        raise BadAnswer("cut")
        yield ""

    with pytest.raises(BadAnswer):
        read_part(breaking(), LogQuery())


def memory_of_a_part(lines: int) -> int:
    """Return how many bytes it takes to read the middle part of a log of so many lines."""

    def long() -> Iterator[str]:
        for start in range(0, lines, 1000):
            yield "".join(
                f"line {number} of a log that goes on and on and on\n" for number in range(start, start + 1000)
            )

    tracemalloc.start()
    try:
        found = read_part(long(), LogQuery(find="number nobody wrote", line=lines // 2))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert found.total == lines
    return peak


def test_a_long_log_passes_in_the_memory_of_a_part():
    # Both parts that are read have others before and after them.
    short = memory_of_a_part(20_000)
    assert memory_of_a_part(40_000) < 1.1 * short


@pytest.mark.full  # tracing memory takes ten times the time; the test before compares lengths of some parts
def test_ten_megabytes_pass_in_the_memory_of_a_part():
    assert memory_of_a_part(200_000) < 12_000_000
