import pytest

from actors_app.logs.lines import Span, plain
from actors_app.logs.parts import LogQuery, read_part


def lines_of(text: str):
    """Return the lines of a log as its page shows them."""
    return read_part(iter([text]), LogQuery()).lines


def texts(text: str) -> list[str]:
    return ["".join(span.text for span in line.spans) for line in lines_of(text)]


def test_lines_are_numbered_from_one():
    assert [line.number for line in lines_of("a\n\nb\n")] == [1, 2, 3]
    assert texts("a\n\nb\n") == ["a", "", "b"]


def test_colours_become_classes_of_a_closed_set():
    (line,) = lines_of("\x1b[1;31mbad\x1b[0m good")
    assert line.spans == (Span("bad", "ansi-red bold"), Span(" good"))


def test_a_colour_goes_on_to_the_next_line_and_another_replaces_it():
    first, second = lines_of("\x1b[32mgreen\nstill\x1b[94mblue\x1b[39mplain")
    assert first.spans == (Span("green", "ansi-green"),)
    assert second.spans == (Span("still", "ansi-green"), Span("blue", "ansi-blue"), Span("plain"))


def test_weights_are_taken_off_by_their_own_codes():
    (line,) = lines_of("\x1b[1;3;4ma\x1b[22mb\x1b[23mc\x1b[24md")
    assert [span.style for span in line.spans] == ["bold italic underline", "italic underline", "underline", ""]


@pytest.mark.parametrize(
    "codes", ["38;5;256", "48;2;255", "38;5", "38:2:1", "99", "38", "9999999999", ";;;", "?25", "58:5:1"]
)
def test_what_is_no_colour_changes_nothing(codes):
    (line,) = lines_of(f"\x1b[{codes}mtext")
    assert line.spans == (Span("text"),)


@pytest.mark.parametrize(
    ("codes", "style"),
    [
        ("41", "on-red"),
        ("102", "on-green"),
        ("30;47", "ansi-black on-white"),
        ("31;44;49", "ansi-red"),
        ("31;44;39", "on-blue"),
        ("38;5;2", "ansi-green"),
        ("38;5;9", "ansi-red"),
        ("38;5;21", "ansi-blue"),
        ("38;5;196", "ansi-red"),
        ("38;5;201", "ansi-magenta"),
        ("38;5;208", "ansi-yellow"),
        ("38;5;51", "ansi-cyan"),
        ("38;5;236", "ansi-black"),
        ("38;5;250", "ansi-white"),
        ("48;5;22", "on-green"),
        ("48;2;255;0;0", "on-red"),
        ("38;2;255;80;80", "ansi-red"),
        ("38;2;255;0;60", "ansi-red"),
        ("38:2::0:200:0", "ansi-green"),
        ("38:5:27", "ansi-blue"),
        ("38;5;196;1", "ansi-red bold"),
        ("7;9", "inverse struck"),
        ("7;9;27;29", ""),
        ("4:3", "underline"),
        ("4;4:0", ""),
        ("31;0", ""),
        ("31;", ""),
    ],
)
def test_each_way_to_write_a_colour_becomes_one_of_eight(codes, style):
    (line,) = lines_of(f"\x1b[{codes}mtext")
    assert line.spans == (Span("text", style),)


def test_moving_to_another_line_is_left_out_and_what_is_no_sequence_stays_visible():
    assert texts("a\x1b[2Kb\x1b[1;1Hc") == ["abc"]
    assert texts("\x1b]777;x\x07y\x1bPq") == ["y␛Pq"]
    assert texts("\x1b]0;no end\nnext\x07") == ["␛]0;no end", "next␇"]


@pytest.mark.parametrize(
    "text", ["\x1b]0;title\x07x", "\x1b(B\x1b[mx", "\x1b]8;;https://a.example/\x1b\\x\x1b]8;;\x1b\\", "\x1b]2;t\x1b\\x"]
)
def test_titles_alphabets_and_addresses_of_links_are_left_out(text):
    assert texts(text) == ["x"]


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("at  10%\b\b\b\b  50%\b\b\b\b100%", "at  100%"),
        ("100%\b\b\b\b", "100%"),  # what nothing was written over stays
        ("N\bNA\bAM\bME\bE", "NAME"),
        ("\b\bx", "x"),
    ],
)
def test_a_backspace_lets_what_follows_be_written_over(text, seen):
    assert texts(text) == [plain(text)] == [seen]


def test_a_line_written_again_shows_its_last_state():
    assert texts("10 %\r50 %\r100 %\r\nDone\r\n") == ["100 %", "Done"]
    (line,) = lines_of("\x1b[31mold\x1b[0m\rnew")
    assert line.spans == (Span("new"),)


def test_what_cannot_be_seen_is_written_out():
    assert texts("a\x00b\u202ec\u200bd\ud800") == ["a␀b⟦RIGHT-TO-LEFT OVERRIDE⟧c⟦ZERO WIDTH SPACE⟧d⟦U+D800⟧"]


def test_markup_stays_text():
    (line,) = lines_of("<script>alert(1)</script>")
    assert line.spans == (Span("<script>alert(1)</script>"),)


@pytest.mark.parametrize(
    ("line", "level"),
    [
        ("2026-11-23 DEBUG x", "debug"),
        ("[INFO] x", "info"),
        ("WARNING: x", "warn"),
        ("ERROR x", "error"),
        ("FATAL", "error"),
        ("ts=1 level=warn msg=x", "warn"),
        ('{"level": "error"}', "error"),
        ("Traceback (most recent call last):", "error"),
        ("json.decoder.JSONDecodeError: no", "error"),
        ("no errors, for your information", ""),
        ("x" * 120 + " ERROR", ""),
        ("\x1b[31mERROR\x1b[0m x", "error"),
    ],
)
def test_levels_are_recognised(line, level):
    assert lines_of(line)[0].level == level


def test_what_is_looked_for_is_marked_in_each_colour_that_it_crosses():
    (line,) = read_part(iter(["\x1b[31mab\x1b[32mab\x1b[0mabc"]), LogQuery(find="ba")).lines
    assert [(span.text, span.style) for span in line.spans] == [
        ("a", "ansi-red"),
        ("b", "ansi-red found"),
        ("a", "ansi-green found"),
        ("b", "ansi-green found"),
        ("a", "found"),
        ("bc", ""),
    ]
