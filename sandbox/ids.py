"""Ids as Abaco makes them: Hashids of a number of 64 bits, which can be told from every other text by decoding them.

The scheme is that of hashids.org with the salt of `TACC/abaco actors/models.py`, which is no secret there.
"""

import secrets
from collections.abc import Callable, Iterator
from functools import cache

SALT = "eJa5wZlEX4eWU"
_SEPARATORS = "cfhistuCFHISTU"
_LETTERS = "abdegjklmnopqrvwxyzABDEGJKLMNOPQRVWXYZ1234567890"  # those that are left
_GUARDS = 4  # so many of the letters, once shuffled, only pad ids to a length, which Abaco does not ask for


def is_hashid(text: str) -> bool:
    """Say whether `text` is an id and is therefore never looked up as an alias: whether it decodes."""
    separators, guards, letters = _tables()
    parts = "".join("|" if letter in guards else letter for letter in text).split("|")
    text = parts[1] if len(parts) in (2, 3) else parts[0]
    if not text:
        return False
    words = "".join("|" if letter in separators else letter for letter in text[1:]).split("|")
    numbers = []
    for word in words:
        letters = _shuffle(letters, (text[0] + SALT + letters)[: len(letters)])
        number = 0
        for letter in word:
            if letter not in letters:
                return False
            number = number * len(letters) + letters.index(letter)
        numbers.append(number)
    return _encode(numbers) == text


def id_from(bits: Callable[[int], int]) -> str:
    """Make an id from 64 random bits that `bits` gives."""
    return _encode([bits(64)])


def new_id() -> str:
    """Make a fresh id that nobody can guess."""
    return id_from(secrets.randbits)


def _encode(numbers: list[int]) -> str:
    separators, _, letters = _tables()
    first = letters[sum(number % (place + 100) for place, number in enumerate(numbers)) % len(letters)]
    text = first
    for place, number in enumerate(numbers):
        letters = _shuffle(letters, (first + SALT + letters)[: len(letters)])
        word = "".join(_digits(number, letters))[::-1]
        text += word + separators[number % (ord(word[0]) + place) % len(separators)]
    return text[:-1]


def _digits(number: int, letters: str) -> Iterator[str]:
    while True:
        number, digit = divmod(number, len(letters))
        yield letters[digit]
        if not number:
            return


@cache
def _tables() -> tuple[str, str, str]:
    """Return the separators, the guards and the letters, as the salt shuffles them."""
    letters = _shuffle(_LETTERS, SALT)
    return _shuffle(_SEPARATORS, SALT), letters[:_GUARDS], letters[_GUARDS:]


def _shuffle(text: str, salt: str) -> str:
    letters, total = list(text), 0
    for step, place in enumerate(range(len(letters) - 1, 0, -1)):
        index = step % len(salt)
        total += ord(salt[index])
        other = (ord(salt[index]) + index + total) % place
        letters[place], letters[other] = letters[other], letters[place]
    return "".join(letters)
