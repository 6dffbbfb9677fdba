"""What a spreadsheet would compute is text in our files."""

import csv
import io

import pytest

from actors_app.core.pages.downloads import safe_cell


@pytest.mark.parametrize(
    "hostile",
    [
        "=1+1",
        '=HYPERLINK("http://example.org";"x")',
        "+1",
        "-2+3",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        " =1",
        "\n=1",
        "\N{FULLWIDTH EQUALS SIGN}1",
        "=cmd|' /C calc'!A0",
    ],
)
def test_a_formula_becomes_text_and_survives_the_file(hostile: str) -> None:
    assert safe_cell(hostile) == "'" + hostile
    file = io.StringIO(newline="")
    csv.writer(file).writerow([safe_cell(hostile), "next"])
    assert next(csv.reader(io.StringIO(file.getvalue(), newline=""))) == ["'" + hostile, "next"]


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("a=b", "a=b"),
        ("", ""),
        (None, ""),
        (-5, "-5"),
        (1.5, "1.5"),
        (True, "True"),
        ("'=1", "'=1"),
        ('plain, with "quotes"', 'plain, with "quotes"'),
    ],
)
def test_everything_else_stays_as_it_is(value: object, cell: str) -> None:
    assert safe_cell(value) == cell
