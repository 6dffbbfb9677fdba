"""The search for many words at once, in one pass over a text, so that a text without secrets costs little."""

from collections.abc import Iterable

from ahocorasick_rs import AhoCorasick, Implementation


class Marks:
    """Words that are looked for together (Aho-Corasick)."""

    def __init__(self, words: Iterable[str]) -> None:
        self.words = tuple(words)
        self._search = AhoCorasick(self.words, implementation=Implementation.DFA)

    def in_text(self, text: str, *, overlapping: bool = False) -> list[tuple[int, int, int]]:
        """Return each place of a word, by its end: its number in `words`, its start and its end.

        `overlapping` returns all overlapping matches; by default only the first of them is returned.
        """
        try:
            return self._search.find_matches_as_indexes(text, overlapping=overlapping)
        except UnicodeEncodeError:  # half of a surrogate pair, which UTF-8 does not have
            return self._search.find_matches_as_indexes(
                text.encode("utf-8", "replace").decode(), overlapping=overlapping
            )


def in_small_letters(text: str) -> str:
    """Return a text in small letters, as long as it was; İ becomes two letters elsewhere."""
    lower = text.lower()
    return lower if len(lower) == len(text) else text.replace("\N{LATIN CAPITAL LETTER I WITH DOT ABOVE}", "i").lower()
