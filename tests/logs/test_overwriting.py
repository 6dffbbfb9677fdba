"""What terminals obey in a log: only what is written over is replaced, and nothing that was written is lost."""

import pytest

from actors_app.executions.comparison import tail_of
from actors_app.logs.lines import plain
from actors_app.logs.parts import LogQuery, read_part
from actors_app.services.types import LOG_CUT
from actors_app.services.utf16 import decoded


def part(text: str, size: int = 65536, **asked):
    return read_part(iter([text[at : at + size] for at in range(0, len(text), size)]), LogQuery(**asked))


def words(line) -> str:
    return "".join(span.text for span in (*line.spans, *line.end))


@pytest.mark.parametrize(
    ("written", "seen"),
    [
        # Nothing visible follows the carriage return.
        ("all done\r", "all done"),
        ("all done\r\r", "all done"),
        ("all done\r\x1b[0m", "all done"),
        ("all done\r\x1b[K", "all done"),
        ("all done\x1b[2K\r", "all done"),
        ("all done\r   ", "all done"),
        ("all done\r        \r", "all done"),
        ("all done\r\x1b]0;shell\x07", "all done"),
        ("all done\r\x1b[?25h", "all done"),
        ("all done\r\u200b\x00", "all done"),
        # Only what is written over is replaced.
        ("abcdef\rXY", "XYcdef"),
        ("abcdef\r\rXY\r", "XYcdef"),
        ("abc\rabcdef\rX", "Xbcdef"),
        ("abcdef\r\x1b[31mX\x1b[0m", "Xbcdef"),
        ("10 %\r50 %\r100 %", "100 %"),
        ("100 %\r 5 % ", " 5 %"),
        ("abcdef\r   X", "   Xef"),
        ("abcdef\r  \rX", "X cdef"),
        ("abc\r\tX", "abcX"),
        ("a\tb\rX", "X\tb"),
        # Erasing takes away what stands there, once something else is written.
        ("Loading\r\x1b[KDone", "Done"),
        ("Loading\r\x1b[0JDone", "Done"),
        ("Loading\x1b[2K\rDone", "Done"),
        ("Loading\x1b[2K\x1b[1GDone", "Done"),
        ("Loading\x1b[1G\x1b[0KDone", "Done"),
        ("abcdef\r\x1b[2CX\x1b[K", "abXdef"),
        ("abcdef\r\x1b[2C\x1b[KX", "abX"),
        ("Loading\r       \rDone", "Done"),
        # The cursor goes within its line.
        ("abc\x1b[2DX", "aXc"),
        ("abc\x1b[DX", "abX"),
        ("abc\r\x1b[2CX", "abX"),
        ("abc\x1b[2GX", "aXc"),
        ("\x1b7⠋\x1b8⠙\x1b8⠹", "⠹"),
        ("\x1b[s10 %\x1b[u20 %", "20 %"),
        ("Starting\x1b[60G[ OK ]", "Starting[ OK ]"),
        # A wide character takes two columns, an accent none.
        ("你好\rab", "ab好"),
        ("你好\ra", "a 好"),
        ("ab你\x1b[DX", "ab X"),
        ("e\u0301x\ra", "ax"),
        ("abc\re\u0301", "e\u0301bc"),
        ("✅ built\r❌ broke", "❌ broke"),
        # Spinners.
        ("⠋ work\r⠙ work\r✔ done", "✔ done"),
        ("|\b/\b-\b\\\b", "\\"),
        ("|\b/\b-\b\\\b done", " done"),
        ("\x1b[?25l⠋ a\x1b[0K\r⠙ b\x1b[0K\r\x1b[?25h✔ c", "✔ c"),
    ],
)
def test_only_what_is_written_over_is_replaced(written, seen):
    assert [words(line) for line in part(f"{written}\nnext\n").lines] == [seen, "next"]
    assert plain(written) == tail_of([written]).lines[0] == seen
    # In a line too long to be held it is the same; what stands before is written over.
    long = "." * 40 + "\r" + " " * 40 + "\r"
    (line,) = part(long * 150 + "\x1b[K" + written, 777).lines
    assert words(line).rstrip() == seen


@pytest.mark.parametrize(
    "written",
    [
        "\x1b]0;a title\x07text",
        "\x1b]8;;https://a.example/?q=1\x1b\\text\x1b]8;;\x1b\\",
        "\x1b]9;4;1;50\x07text",
        "\x1b]133;A\x07te\x1b]133;B\x07xt",
        "\x1b]1337;File=inline=1:" + "QUJD" * 9000 + "\x07text",
        "\x1b]11;?\x1b\\text",
        "\x1bP+q544e\x1b\\text",
        "\x1bPq" + "#0;2;0;0;0~~@@vv" * 3000 + "\x1b\\text",
        "\x1b_Gf=24;AAAA\x1b\\text",
        "\x1b^private\x1b\\text",
        "\x1bXstring\x1b\\text",
        "\x1bktitle\x1b\\text",
        "\x1b]P1ff0000text",
        "\x1b(B\x1b)0\x1b%G\x1b#8text\x1b=\x1b>\x1bM\x1bc",
        "\x1b[?2004h\x1b[1;1r\x1b[ qtext\x1b[6n\x1b[!p",
    ],
)
@pytest.mark.parametrize("size", [7, 1000, 65536])
def test_no_sequence_leaves_debris(written, size):
    assert [words(line) for line in part(f"{written}\n", size).lines] == ["text"]


@pytest.mark.parametrize("start", ["\x1b]0;", "\x1bP", "\x1b_", "\x1b["])
def test_a_sequence_without_an_end_hides_nothing(start):
    text = start + "\u2026what follows " * 9 + "\nnext"
    assert [words(line) for line in part(text).lines] == ["␛" + text[1:].partition("\n")[0], "next"]


def test_colours_stay_with_what_is_left_of_them():
    (line,) = part("\x1b[31mabc\x1b[0mdef\r\x1b[32mX").lines
    assert [(span.text, span.style) for span in line.spans] == [("X", "ansi-green"), ("bc", "ansi-red"), ("def", "")]


# Find and levels see what the file holds -------------------------------------------------------------------------


@pytest.mark.parametrize("padding", ["", "." * 60 + "\r", ("." * 60 + "\r") * 400])
@pytest.mark.parametrize(
    ("written", "find", "seen"),
    [
        ("needle\rsomething else", "needle", "needle␍something else"),
        ("needle 1\rneedle 2", "NEEDLE", "needle 2"),
        ("a needle\x1b[2K\rhay", "needle", "a needle␍hay"),
        ("hay\rneedle", "needle", "needle"),
        ("abcdef\rXY", "XYc", "XYcdef"),
    ],
)
def test_what_was_written_over_is_found_and_its_line_is_shown_raw(padding, written, find, seen):
    text = f"{padding}\x1b[K{written}\nhay\n" if padding else f"{written}\nhay\n"
    found = part(text, 1000, find=find)
    assert found.hits.total == 1
    assert words(found.lines[0]).replace(".", "").endswith(seen)
    marked = [span.text for span in (*found.lines[0].spans, *found.lines[0].end) if "found" in span.style]
    assert [text.lower() for text in marked] == [find.lower()] * seen.lower().count(find.lower())
    assert "\r" not in found.hits.listed[0].before + found.hits.listed[0].after


def test_what_stands_in_a_sequence_is_found_too():
    found = part("see \x1b]8;;https://a.example/\x07the page\x1b]8;;\x07\n", find="a.example")
    assert (found.hits.total, words(found.lines[0])) == (1, "see ␛]8;;https://a.example/␇the page␛]8;;␇")


@pytest.mark.parametrize("padding", ["", ("." * 60 + "\r") * 400])
def test_a_level_that_was_written_over_counts_and_its_line_is_shown_raw(padding):
    text = f"INFO a\n{padding}ERROR it broke\r100 % of all of it\nINFO b\n"
    found = part(text, 1000, level="error")
    (line,) = (line for line in found.lines if line.level == "error")
    assert found.of_level == 1
    assert words(line).endswith("ERROR it broke␍100 % of all of it")
    assert words(part(text, 1000).lines[1]) == "100 % of all of it" + "." * (60 - 18) * bool(padding)


# UTF-16 ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [1, 2, 5, 4096])
@pytest.mark.parametrize("reading", [("latin-1", "strict"), ("utf-8", "replace")])
@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf_16_is_read(encoding, reading, size):
    text = "Error: it broke\r\n\n a\nan end of " + "many words " * 40
    read = text.encode(encoding).decode(*reading)
    pieces = [read[at : at + size] for at in range(0, len(read), size)]
    assert "".join(decoded(iter(pieces))) == text
    # Amid lines that are not UTF-16, and where the API cut it.
    mixed = f"a\nbefore\n{read} {LOG_CUT}"
    pieces = [mixed[at : at + size] for at in range(0, len(mixed), size)]
    assert "".join(decoded(iter(pieces))) == f"a\nbefore\n{text} {LOG_CUT}"


def test_utf_16_of_another_alphabet_is_read_where_its_bytes_came_through():
    text = "\u041f\u0440\u0438\u0432\u0435\u0442 \u043c\u0438\u0440\n\u043e\u0448\u0438\u0431\u043a\u0430\n"
    assert "".join(decoded(iter([text.encode("utf-16").decode("utf-8", "replace")]))) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a",
        "a\nb",
        "HOME=/\x00A=1\x00B=2\x00\nab\x00\x00\n",
        "\ufffd\ufffd hello there\nx",
        "ÿþ in Latin\n",
        "\x00\x00\x00\x00\n",
    ],
)
@pytest.mark.parametrize("size", [1, 3, 4096])
def test_what_is_no_utf_16_stays_as_it_is(text, size):
    assert "".join(decoded(iter([text[at : at + size] for at in range(0, len(text), size)]))) == text
