"""What of a log is an error: texts of the languages, tools and loggers of the day, and messages of several lines."""

import re
from pathlib import Path

import pytest

from actors_app.logs.harmless import HARMLESS
from actors_app.logs.levels import level_of
from actors_app.logs.parts import CONTEXT, LAST, LogQuery, read_part
from actors_app.logs.phrases import PHRASES
from actors_app.logs.signs import FORMS

TEXTS = Path(__file__).resolve().parents[1] / "log_texts"
MESSAGES = (TEXTS / "messages.txt").read_text().split("%%\n")
TIMED, UNTIMED = "2026-11-23 16:20:40 INFO step {}", "step {} of many"
# In a log whose other lines have no time, nothing tells where the plain body of an entry ends.
BETWEEN = [(message, TIMED) for message in MESSAGES]
BETWEEN += [(message, UNTIMED) for message in MESSAGES if "the first line of a body" not in message]


def lines_of(name: str) -> list[str]:
    return (TEXTS / f"{name}.txt").read_text().splitlines()


def part(text: str, size: int = 65536, **asked):
    return read_part(iter([text[at : at + size] for at in range(0, len(text), size)]), LogQuery(**asked))


def words(line) -> str:
    return "".join(span.text for span in line.spans)


def test_each_pattern_has_a_text_that_it_alone_would_find():
    for letters, pattern, text in (*FORMS, *PHRASES):
        assert any(each in text.lower() for each in letters.split("|")), text
        assert re.search(pattern, text), text
        assert level_of(text) == "error", text
    for pattern, text in HARMLESS:
        assert re.search(f"(?i){pattern}", text), text
        assert level_of(text) != "error", text


def test_a_fault_is_seen_in_what_every_language_tool_and_logger_writes():
    faults = lines_of("faults")
    assert len(faults) > 600
    assert [text for text in faults if level_of(text) != "error"] == []
    # With a time before it as loggers put it, where it does not begin with what only a beginning can tell.
    stamped = [text for text in faults if not text[0].isspace() and level_of(f"2026-11-23 16:20:42 {text}") == "error"]
    assert len(stamped) > 0.9 * len(faults)


def test_what_only_sounds_like_a_fault_is_none():
    harmless = lines_of("harmless")
    assert len(harmless) > 300
    assert [text for text in harmless if level_of(text) == "error"] == []
    assert [text for text in harmless if level_of(f"2026-11-23 16:20:42 INFO {text}") == "error"] == []


@pytest.mark.parametrize(
    "line", ["class MyError(Exception):", "except ValueError:", "    except (KeyError, ValueError) as error:"]
)
def test_a_line_of_a_program_is_no_fault(line):
    assert level_of(line) == ""


@pytest.mark.parametrize(
    ("line", "level"),
    [
        ("[info] started", "info"),
        ('{"level":"warn","msg":"low"}', "warn"),
        ('{"level":30,"msg":"done"}', "info"),
        ('{"level":40,"msg":"low"}', "warn"),
        ('{"level":20,"msg":"x"}', "debug"),
        ("level=debug msg=x", "debug"),
        ("W0102 15:04:05.000000 1 main.go:3] low", "warn"),
        ("<4>low", "warn"),
        ("<6>fine", "info"),
        ("a.c:3:5: warning: unused variable 'x'", ""),
        ("warning: unused variable", "warn"),
        ("INFO retry after error", "info"),
        ("WARN 2 errors were ignored", "warn"),
    ],
)
def test_lesser_levels_are_read_too(line, level):
    assert level_of(line) == level


@pytest.mark.parametrize(("message", "filler"), BETWEEN, ids=[message.splitlines()[0][:40] for message, _ in BETWEEN])
def test_a_message_of_several_lines_stays_whole(message, filler):
    before, after = ([filler.format(number) for number in range(start, start + 30)] for start in (0, 30))
    text = "\n".join([*before, *message.splitlines(), *after]) + "\n"
    shown = part(text, 100, level="error").lines
    numbers = [line.number for line in shown]
    last = len(before) + len(message.splitlines())
    assert numbers == list(range(numbers[0], numbers[-1] + 1)), "nothing between is left out"
    assert numbers[0] <= len(before) + 1
    assert last <= numbers[-1] <= last + CONTEXT
    belongs = [words(line) for line in shown if line.role != "context" and words(line)]
    assert belongs == [line for line in message.splitlines() if line and not line.startswith("a.c: In function")]


def test_lines_around_each_error_are_shown_and_told_apart():
    text = "".join(f"line {number}\n" for number in range(1, 21)) + "KeyError: 'x'\n"
    text += "".join(f"line {number}\n" for number in range(22, 101)) + "Killed\nlast\n"
    found = part(text, level="error")
    assert [(line.number, line.role, line.is_apart) for line in found.lines] == [
        *((number, "context", False) for number in (18, 19, 20)),
        (21, "", False),
        *((number, "context", False) for number in (22, 23, 24)),
        (98, "context", True),
        *((number, "context", False) for number in (99, 100)),
        (101, "", False),
        (102, "context", False),
    ]
    assert (found.of_level, found.total) == (2, 102)
    assert part(text, level="error", find="line").hits.total == 0, "what stands beside is not searched"


def test_where_nothing_is_understood_the_end_is_shown():
    found = part("".join(f"line {number}\n" for number in range(1, 101)), level="error")
    assert (found.of_level, found.first, found.last) == (0, 101 - LAST, 100)
    assert {line.role for line in found.lines} == {"context"}


def test_the_lines_of_a_message_are_marked_in_the_whole_log():
    lines = part("step\n" + MESSAGES[0] + "2026 done\n").lines
    assert [line.role or line.level for line in lines[1:7]] == ["error", *["more"] * 5]
    assert (lines[2].level, lines[6].level, lines[13].level) == ("", "error", "error")
    assert lines[-1].role == lines[-1].level == ""
