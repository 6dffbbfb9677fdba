"""One line of a log as a terminal builds it: text is written where the cursor is, and replaces only what it covers."""

import re
import unicodedata
from itertools import groupby

from actors_app.core.pages.formatting import HIDDEN
from actors_app.logs.colours import Style, styled
from actors_app.logs.controls import CONTROL

_TOKEN = re.compile(rf"[^\x1b\r\b\t]++|[\r\b\t]|{CONTROL.pattern}|\x1b")
_TAB = 8  # columns
_LONGEST_CELL = 16  # characters: a letter and its accents
_JOINERS = "\u200d\ufe0e\ufe0f"  # that say how the character before them is drawn


class Row:
    """The columns of a line, the cursor, and the style in which it writes; a wide character has an empty second column.

    What is erased or overwritten with blanks stays until something visible is written after it: a line that was only
    cleared at its end shows its last state. The cursor stops at the end of what is written, so that no sequence of a
    few characters makes a long line.
    """

    def __init__(self, style: Style) -> None:
        self.style = style
        self._cells: list[str] = []
        self._styles: list[Style] = []
        self._place = self._saved = 0
        self._blanks: list[tuple[int, int]] = []  # what is overwritten with blanks, until something visible follows
        self._erased: int | None = None  # from where on the line is erased, likewise
        self._is_whole = False  # it is erased from its beginning if the cursor goes back

    def __len__(self) -> int:
        return len(self._cells)

    @property
    def text(self) -> str:
        """Return the line as it stands."""
        return "".join(self._cells).rstrip(" ")

    @property
    def runs(self) -> list[tuple[str, Style]]:
        """Return the line as it stands, in pieces of one style each."""
        runs, start, stop = [], 0, len(self.text)
        for style, run in groupby(zip(self._cells, self._styles, strict=True), lambda cell: cell[1]):
            text = "".join(cell for cell, _ in run)[: stop - start]
            start += len(text)
            if text:
                runs.append((text, style))
        return runs

    def feed(self, text: str) -> None:
        """Take more of the line; no sequence is cut at the end of `text`."""
        for token in _TOKEN.finditer(text):
            first = token[0][0]
            if first == "\r":
                self._go(0)
            elif first == "\b":
                self._go(self._place - 1)
            elif first == "\t" and self._place < len(self._cells):
                self._go(self._place + _TAB - self._place % _TAB)
            elif first != "\x1b" or token[0] == "\x1b":
                self._write(token[0])
            elif token[2]:
                self._obey(token[1], token[2])
            elif token[3] == "7":
                self._saved = self._place
            elif token[3] == "8":
                self._go(self._saved)

    def _obey(self, numbers: str, final: str) -> None:
        """Do what a sequence of CSI says."""
        if final == "m":
            self.style = styled(self.style, numbers)
            return
        number = int(numbers) if numbers.isdecimal() and len(numbers) < 6 else 0
        if final == "C":
            self._go(self._place + max(1, number))
        elif final == "D":
            self._go(self._place - max(1, number))
        elif final in "G`":
            self._go(max(1, number) - 1)
        elif final in "JK" and number != 1:
            self._erased = self._place if self._erased is None else min(self._erased, self._place)
            self._is_whole = number > 1
        elif final == "s" and not numbers:
            self._saved = self._place
        elif final == "u" and not numbers:
            self._go(self._saved)

    def _go(self, column: int) -> None:
        if self._is_whole and column < self._place:
            self._erased, self._is_whole = 0, False
        end = len(self._cells) if self._erased is None else self._erased
        self._place = max(0, min(column, end))

    def _write(self, text: str) -> None:
        if self._place < len(self._cells) and not text.isprintable():
            text = HIDDEN.sub("", text)  # what a terminal does not show covers nothing
        end = self._place + len(text)
        if self._place < len(self._cells) and text.isspace():
            self._blanks.append((self._place, end))
            self._put([" "] * (end - len(self._cells)), len(self._cells))
            self._place = end
            return
        if self._erased is not None:
            self._delete(max(self._erased, self._place) if self._is_whole else self._erased)
        for start, stop in self._blanks:
            self._put([" "] * (min(stop, len(self._cells)) - start), start)
        self._blanks = []
        cells = list(text) if text.isascii() else _cells_of(text)
        self._put(cells, self._place)
        self._place += len(cells)

    def _delete(self, column: int) -> None:
        self._erased, self._is_whole = None, False
        del self._cells[column:], self._styles[column:]

    def _put(self, cells: list[str], column: int) -> None:
        """Write cells over others or at the end; of a wide character of which half is covered the rest is a blank."""
        end = column + len(cells)
        if cells and column < len(self._cells):
            if column and not self._cells[column]:
                self._cells[column - 1] = " "
            if end < len(self._cells) and not self._cells[end]:
                self._cells[end] = " "
        self._cells[column:end] = cells
        self._styles[column:end] = [self.style] * len(cells)


def _cells_of(text: str) -> list[str]:
    """Return the columns that a text takes: none for an accent, two for a wide character."""
    cells: list[str] = []
    base = -1  # the last column that an accent can stand on
    for sign in text:
        is_accent = bool(unicodedata.combining(sign)) or sign in _JOINERS
        if is_accent and base >= 0 and len(cells[base]) < _LONGEST_CELL:
            cells[base] += sign
            continue
        base = len(cells)
        cells.append(sign)
        if unicodedata.east_asian_width(sign) in "WF":
            cells.append("")
    return cells
