"""Whether a text is an id as Abaco makes them, which it never takes for an alias.

Its ids are Hashids (the scheme of hashids.org) with a public salt (TACC/abaco actors/models.py, HASH_SALT). A text is
one where it is written again by what is read from it; short words can be one by chance.
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

_SALT = "eJa5wZlEX4eWU"
_ALPHABET = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ1234567890"
_SEPARATORS = "cfhistuCFHISTU"
_LONGEST = 128  # characters of what can be asked for; its own have 12 or 13, and reading takes quadratic time
_GUARDS = 4  # letters set aside for lengthening ids, which Abaco never does


class _Signs(NamedTuple):
    """The signs of digits and those between numbers, in the order that the salt gives them."""

    digits: str
    separators: str


def is_hashid(text: str) -> bool:
    """Whether Abaco would take a text for one of its ids."""
    signs = _signs()
    if not text or len(text) > _LONGEST or not set(text) <= {*signs.digits, *signs.separators}:
        return False
    numbers = []
    groups = re.split(f"[{signs.separators}]", text[1:])
    for word, digits in zip(groups, _orders(text[0], signs.digits), strict=False):
        if not word or not set(word) <= set(digits):
            return False
        number = 0
        for sign in word:
            number = number * len(digits) + digits.index(sign)
        numbers.append(number)
    return _encoded(numbers, signs) == text


def _encoded(numbers: list[int], signs: _Signs) -> str:
    lottery = signs.digits[sum(number % (index + 100) for index, number in enumerate(numbers)) % len(signs.digits)]
    text = lottery
    for index, (number, digits) in enumerate(zip(numbers, _orders(lottery, signs.digits), strict=False)):
        word, quotient = digits[number % len(digits)], number // len(digits)
        while quotient:
            word, quotient = digits[quotient % len(digits)] + word, quotient // len(digits)
        text += word + signs.separators[number % (ord(word[0]) + index) % len(signs.separators)]
    return text[:-1]


def _orders(lottery: str, digits: str) -> Iterator[str]:
    """Return the order of the digits for the first number, for the second, and so on."""
    while True:
        digits = _shuffled(digits, (lottery + _SALT + digits)[: len(digits)])
        yield digits


@cache
def _signs() -> _Signs:
    letters = "".join(sign for sign in _ALPHABET if sign not in _SEPARATORS)
    return _Signs(_shuffled(letters, _SALT)[_GUARDS:], _shuffled(_SEPARATORS, _SALT))


def _shuffled(text: str, salt: str) -> str:
    signs, total = list(text), 0
    for step, index in enumerate(range(len(signs) - 1, 0, -1)):
        code = ord(salt[step % len(salt)])
        total += code
        target = (code + step % len(salt) + total) % index
        signs[index], signs[target] = signs[target], signs[index]
    return "".join(signs)
