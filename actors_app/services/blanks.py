"""Which characters of a name are seen: blanks of all kinds, characters that draw nothing, and names made of those."""

import re
import unicodedata
from typing import Literal

# Drawn as a gap, and no white space to Python: BRAILLE PATTERN BLANK and the fillers of Hangul.
_GAPS = re.compile("[\u115f\u1160\u2800\u3164\uffa0]")
# Drawn as nothing, and neither control nor format characters: joiners of marks and selectors of variants.
_NOTHING = re.compile("[\u034f\u17b4\u17b5\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0000-\U000e0fff]")
_UNSEEN = frozenset({"Cc", "Cf"})  # categories: control and format characters
_UNTYPED = _UNSEEN | {"Cn", "Co", "Cs"}  # those, and characters that no keyboard or font has
_MARKS = 30  # in a row, on one letter
_NO_INK = _UNSEEN | {"Mn", "Me", "Cs"}  # those, and marks on nothing


def normal_form(form: Literal["NFC", "NFKC", "NFKD"], text: str) -> str:
    """Return a text in a normal form of Unicode, in time that is linear in its length.

    The order of the marks on one letter is found in quadratic time; so more than 30 in a row are parted, as UAX #15 has
    it for texts in a stream. Django's `truncatechars` and `slugify` do not.
    """
    if text.isascii():
        return text
    signs, marks = [], 0
    for sign in text:
        marks = marks + 1 if unicodedata.combining(sign) else 0
        if marks > _MARKS:
            signs.append("\N{COMBINING GRAPHEME JOINER}")
            marks = 1
        signs.append(sign)
    return unicodedata.normalize(form, "".join(signs))


def collapsed(text: str) -> str:
    """Return a text after NFKC, with one space for each run of blanks of any kind, and none at its ends."""
    return " ".join(_GAPS.sub(" ", normal_form("NFKC", _GAPS.sub(" ", text))).split())


def trimmed(text: str) -> str:
    """Return a text without what nobody sees at its ends, as blanks that a copied id brings along."""
    first, last = 0, len(text)
    while first < last and _is_unseen(text[first]):
        first += 1
    while last > first and _is_unseen(text[last - 1]):
        last -= 1
    return text[first:last]


def _is_unseen(sign: str) -> bool:
    if sign == "\0":
        return False  # it comes with no id, and forms refuse it in words
    return sign.isspace() or unicodedata.category(sign) in _UNSEEN or bool(_GAPS.match(sign) or _NOTHING.match(sign))


def without_unseen(text: str) -> str:
    """Return a text without its control and format characters, but for those that are blanks."""
    return "".join(
        sign for sign in _NOTHING.sub("", text) if sign.isspace() or unicodedata.category(sign) not in _UNSEEN
    )


def has_ink(text: str) -> bool:
    """Whether anything of a text is seen on a page."""
    if text and "!" <= text[0] <= "~":
        return True  # most names, of which a list may hold thousands
    return any(unicodedata.category(sign) not in _NO_INK for sign in _NOTHING.sub("", collapsed(text)))


def is_typeable(text: str) -> bool:
    """Whether somebody who sees a text can type it, a tab being a blank."""
    return has_ink(text) and all(
        sign.isspace() or unicodedata.category(sign) not in _UNTYPED
        for sign in _NOTHING.sub("\0", text.replace("\N{REPLACEMENT CHARACTER}", "\0"))
    )


def label_of(name: str | None, key: str) -> str:
    """Return a name, or the id where it is empty or nothing of it is seen."""
    return name if name and has_ink(name) else key
