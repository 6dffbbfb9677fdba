"""Secrets in a text that are known by their form: JSON Web Tokens, nonces, keys, passwords in addresses, headers."""

import re
from collections.abc import Collection, Iterator
from string import ascii_letters, digits
from typing import NamedTuple

from actors_app.masking.names import MASK, is_basic, is_random, words_of
from actors_app.masking.tokens import NOT_TOKEN, tokens

_SIGN = "[A-Za-z0-9_-]"
# At the beginning of a run of such signs, after a colour, or after `\n` as text.
_JWT = re.compile(
    rf"(?:(?<!{_SIGN})|(?<=\\[nrt])|(?<=[\[;]\dm)|(?<=[\[;]\d\dm))eyJ{_SIGN}{{6,}}+\.{_SIGN}{{2,}}+(?:\.{_SIGN}++)*+"
)
_NOT_JWT = re.compile(r"[^A-Za-z0-9_.-]")
_BEARER = re.compile(r"\b(?:[Bb]earer|BEARER|[Bb]asic|BASIC)[ \t]{1,8}([A-Za-z0-9._~+/=-]{8,}+)", re.ASCII)
_NOT_BEARER = re.compile(r"[^A-Za-z0-9._~+/=-]")
# A password cannot hold a slash: what follows the name of a host may hold an at sign. It can hold one itself.
_IN_ADDRESS = re.compile(
    r"://(?:([^\s/:@\"'<>]{0,256}+):([^\s/@\"'<>]{1,512}+(?:@[^\s/@\"'<>?#]{1,64}+(?=@)){0,8}+)|([^\s/:@\"'<>]{20,256}+))@",
    re.ASCII,
)

_NONCE = re.compile(rf"_([A-Za-z0-9]{{11,14}})(?!{_SIGN})")
_TENANT = re.compile(r"(?<![A-Za-z0-9_-])[A-Za-z0-9][A-Za-z0-9-]{1,39}")
_TENANT_SIGNS = ascii_letters + digits + "-"
_LONGEST_TENANT = 40  # characters
_NOT_IN_HASH = re.compile("[cfhistuCFHISTU]")  # letters that no id of Abaco's own has
_SAME_KIND = re.compile("[a-z]+|[A-Z]+|[0-9]+")
_IS_DBID = re.compile(r"(?:db_?id|actor_?id)\\{0,8}[\"']?[ \t]{0,3}[=:][ \t]{0,3}\\{0,8}[\"']?$", re.IGNORECASE)
_BEFORE_DBID = 40  # characters
# Words before an underscore and an id that are no tenants.
_NO_TENANT = words_of("actor alias container exec execution file id job log msg run task test tmp uid user worker")

# Of PEM, of PGP, of SSH2 with four dashes and a blank, of PuTTY.
_KEY = re.compile(
    r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----|---- BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY ----"
    r"|Private-Lines: [0-9]{1,4}(?=\r?\n|(?:\\r)?\\n)"
)
_KEY_LINE = r"[ \t]*+(?:[A-Za-z0-9+/=]++|[A-Z][A-Za-z-]{1,30}+: [^\n\\]*+)?+[ \t]*+"
KEY_BODY = re.compile(rf"(?:{_KEY_LINE}(?:\r?\n|(?:\\r)?\\n))*+(?:[ \t]*+[A-Za-z0-9+/=]++(?![^\s\"'\\-]))?+")
_WHOLE_KEY = re.compile(r"(?:[A-Za-z0-9+/= \t\r\n]|\\{1,8}[rn]){16,32768}+(?=---(?:--| )END )")
_KEY_PART = re.compile(r"((?:\\{1,8}[rn]|[ \t\r\n])++)|(?:[^\\ \t\r\n]|\\(?!\\{0,7}[rn]))++")


class Span(NamedTuple):
    """Where a secret stands. `closes` is what ends it, so that it can go on where a text is cut; None where it cannot.

    `begins` is where what it is known by begins, such as its name. `is_live`: it opens the API to whoever reads it.
    `needs_quotes`: a mask in its place needs them, as JSON has it.
    """

    start: int
    end: int
    is_live: bool = False
    is_key: bool = False
    needs_quotes: bool = False
    closes: re.Pattern[str] | None = None
    begins: int = 0


def by_form(text: str, ids: Collection[str]) -> Iterator[Span]:
    """Yield the secrets of a text that have a form of their own, form by form; `ids` are no nonces."""
    if "eyJ" in text:
        for match in _JWT.finditer(text):
            yield Span(*match.span(), is_live=True, closes=_NOT_JWT, begins=match.start())
    if "_" in text:
        yield from _nonces(text, ids)
    if "://" in text:
        yield from _in_addresses(text)
    if "earer" in text or "asic" in text or "EARER" in text or "ASIC" in text:
        for match in _BEARER.finditer(text):
            if is_random(match[1].replace("/", "_")) or is_basic(match[1]):
                yield Span(*match.span(1), is_live=True, closes=_NOT_BEARER, begins=match.start())
    if "---BEGIN " in text or "--- BEGIN " in text or "Private-Lines: " in text:
        yield from _keys(text)
    for start, end, begins in tokens(text):
        if not text.startswith(MASK, start):
            yield Span(start, end, closes=NOT_TOKEN, begins=begins)


def _keys(text: str) -> Iterator[Span]:
    """Yield the bodies of the private keys of a text; what stands in one begins no other."""
    start = 0
    while match := _KEY.search(text, start):
        body = _WHOLE_KEY.match(text, match.end()) or KEY_BODY.match(text, match.end())
        start = body.end() if body else match.end()
        if start > match.end():
            yield Span(match.end(), start, is_key=True)


def key_masked(body: str) -> str:
    """Return the body of a private key with a mask in each of its lines."""
    return _KEY_PART.sub(lambda part: part[1] or MASK, body)


def _nonces(text: str, ids: Collection[str]) -> Iterator[Span]:
    """Yield the nonces of a text: a tenant, an underscore and a hash.

    The actor's internal id has the same form: it is told by the name before it, or by `ids`.
    """
    for match in _NONCE.finditer(text):
        code, at = match[1], match.start()
        changes = len(_SAME_KIND.findall(code)) - 1  # words seldom do so
        if changes < 3 or code in ids:
            continue
        before = text[max(0, at - _LONGEST_TENANT) : at]
        start = at - len(before) + len(before.rstrip(_TENANT_SIGNS))
        tenant = _TENANT.match(text, start, at)
        if tenant is None or tenant.end() < at or tenant[0] in _NO_TENANT:
            continue
        if changes < 4 and not tenant[0].isupper() and _NOT_IN_HASH.search(code):
            continue
        if text[start - 1 : start] == "\\":  # a sign that is written as `\n` or `\u00e9`
            start += 5 if text[start] == "u" else 1
        if not _IS_DBID.search(text, max(0, start - _BEFORE_DBID), start):
            yield Span(start, match.end(), is_live=True)


def _in_addresses(text: str) -> Iterator[Span]:
    """Yield the passwords in addresses, and what stands for a user there and looks like a token."""
    for match in _IN_ADDRESS.finditer(text):
        if match[2] and not match[2].startswith(MASK):
            yield Span(*match.span(2))
        elif match[3] and is_random(match[3]):
            yield Span(*match.span(3))
