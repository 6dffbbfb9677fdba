"""Values in a text whose names say that they are secrets: in environments, JSON, Python, addresses and headers."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from string import ascii_letters, digits
from typing import NamedTuple

from actors_app.masking.marks import Marks, in_small_letters
from actors_app.masking.names import (
    CONFIGS,
    MASK,
    SCHEME,
    WORDS,
    is_cookie,
    is_live,
    is_password,
    is_random,
    is_secret,
    is_secret_name,
    is_weak,
    words_of,
)
from actors_app.masking.spans import Span

# What is in every secret name, in small letters.
_MARKS = Marks(("pass", "secret", "token", "credential", "authorization", "sessid", CONFIGS, *WORDS))
_NAME_SIGNS = ascii_letters + digits + "_.-"
_LONGEST_NAME = 100  # characters
_REST_OF_NAME = re.compile(r"[A-Za-z0-9_.-]*+")
_COLOUR = r"(?:\x1b\[[0-9;]{0,20}m)?"
# A name and what stands between it and its value: `=`, `:`, `=>`, `>` of XML, or the blank after an option.
_NAMED = re.compile(
    rf"(?<![A-Za-z0-9_.-])([A-Za-z0-9_.-]{{1,{_LONGEST_NAME}}}+)"
    rf"(?:(\\{{0,8}}[\"'`])?{_COLOUR}[ \t]{{0,8}}(=>|:=|=(?!=)|:){_COLOUR}[ \t]{{0,8}}{_COLOUR}|(>)|([ ])(?=[^\s-]))"
)
_QUOTE = re.compile(r"[bBrRuUfF]{0,2}(\\{0,8})(\"\"\"|'''|[\"'`])")
_CLOSING = re.compile(r"[ \t]{0,8}(?:[,}\])]|$)")
_QUOTED = {sign: re.compile(rf"(?:[^\\{sign}\n]|\\[^\n])*+") for sign in "'\"`"}  # up to the quote that closes it
_BARE = re.compile(r"(?:[^\s\"'`&<>,;\\\x1b]|[,;](?![\w.-]{1,60}[=:])|\\[^\snrt\"'])++", re.ASCII)
_NOT_BARE = re.compile(r"[\s\"'`&<>\x1b]", re.ASCII)
_LINE_END = re.compile(r"\n")
_COOKIES = re.compile(r"[\w!#$%&*+.^|~-]{1,100}=[^\"'\n]*+")  # several, with blanks between them
_TRAILING = ",;)]}"
_CODE = re.compile(r"[({\[]|[A-Za-z_][\w.]{0,60}\(", re.ASCII)  # a list, an object, a call: judged by what is in it
_PAIR = re.compile(r"[ \t][A-Za-z_][\w.-]{0,60}=", re.ASCII)
_TYPES = words_of("str string bytes bool int integer float any required optional")
_LEAST = 5  # characters of a line with a name and a value: `key=x`
_JUDGED = 256  # characters of a value by which it is judged


@dataclass(slots=True)
class _NamedValue:
    """A name in a text, and what is known of the line that it stands in."""

    name: str
    begins: int
    quote: str  # that closes the name
    mark: str  # that stands between the name and its value
    at: int  # where the value begins
    line_end: int
    starts_line: bool


class _Bare(NamedTuple):
    """Where something without quotes begins and ends, and where it ends without the signs that close a list."""

    start: int
    end: int
    stripped: int


def named(text: str, *, is_start: bool) -> Iterator[Span]:
    """Yield the values of secret names in a text, in their order; `is_start`: it begins where a line does."""
    next_at = 0
    line_start, line_end = 0, -1
    last_bare = _Bare(0, 0, 0)  # a value that is no secret and has names in it: each ends where that does
    for _, at, _ in _MARKS.in_text(in_small_letters(text)):
        if at < next_at:
            continue
        if at > line_end:
            line_start = text.rfind("\n", max(0, line_end), at) + 1
            line_end = text.find("\n", at)
            line_end = len(text) if line_end < 0 else line_end
        before_mark = text[max(next_at, line_start, at - _LONGEST_NAME) : at]
        start = at - len(before_mark) + len(before_mark.rstrip(_NAME_SIGNS))
        match = _NAMED.match(text, start, line_end)
        if match is None or line_end - line_start < _LEAST:
            rest = _REST_OF_NAME.match(text, at)
            next_at = rest.end() if rest else at
            continue
        next_at = match.end(1)
        name, quote, mark, is_xml, is_option = match.groups()
        before = text[start - 1] if start else "\n" if is_start else ""
        if (is_option and not name.startswith("--")) or (is_xml and before != "<") or not is_secret_name(name):
            continue
        value = _NamedValue(name, start, quote or "", mark or "", match.end(), line_end, before == "\n")
        span, last_bare = _span(text, value, last_bare)
        if span:
            yield span
            next_at = span.end


def _span(text: str, named: _NamedValue, last_bare: _Bare) -> tuple[Span | None, _Bare]:
    """Return where the value of a name stands if it is a secret, and the last value without quotes."""
    is_bare = False
    quote = _QUOTE.match(text, named.at, named.line_end)
    # After `"password="` comes the quote that closes the text which the name is in, and no value.
    if quote and not (_CLOSING.match(text, quote.end(), named.line_end) and not named.quote):
        start, end, closes = _quoted(text, quote, named.line_end)
    elif is_cookie(named.name) and (cookies := _COOKIES.match(text, named.at, named.line_end)):
        start, end, closes = *cookies.span(), _LINE_END
    elif named.starts_line and not named.quote and _fills_line(text, named):
        start, end, closes = named.at, _stripped(text, named), _LINE_END
    else:
        scheme = SCHEME.match(text, named.at, named.line_end)
        start, closes, is_bare = scheme.end() if scheme else named.at, _NOT_BARE, not scheme
        if not last_bare.start <= start < last_bare.end:
            last_bare = _bare(text, start, named.line_end)
        end = _bare_end(text, named, start, last_bare.stripped, is_scheme=bool(scheme))
    value = text[start : min(end, start + _JUDGED)]
    is_variable = (named.name.isupper() or named.name.startswith("_")) and (named.mark == "=" or bool(named.quote))
    if text.startswith(MASK, start) or not is_secret(named.name, value, is_variable=is_variable):
        return None, last_bare
    is_json = is_bare and named.quote == '"'
    live = is_live(named.name)
    return Span(start, end, is_live=live, needs_quotes=is_json, closes=closes, begins=named.begins), last_bare


def _fills_line(text: str, named: _NamedValue) -> bool:
    """Whether a value is all the rest of its line: of an environment as it is printed, or of YAML."""
    if named.mark == ":":
        return not is_weak(named.name)
    if named.mark != "=" or text[named.at - 1] != "=":
        return False
    is_variable = named.name.isupper() or named.name.startswith("_")
    # Some logs write several names and values in a line.
    return is_variable or not _PAIR.search(text, named.at, named.line_end)


def _stripped(text: str, named: _NamedValue) -> int:
    end = named.line_end
    while end > named.at and text[end - 1] in "\r \t":
        end -= 1
    return end


def _bare(text: str, start: int, line_end: int) -> _Bare:
    """Return what may be a value without quotes."""
    match = _BARE.match(text, start, line_end)
    end = stripped = match.end() if match else start
    while stripped > start and text[stripped - 1] in _TRAILING:
        stripped -= 1
    return _Bare(start, end, stripped)


def _bare_end(text: str, named: _NamedValue, start: int, end: int, *, is_scheme: bool) -> int:
    """Return where a value without quotes ends that goes no further than `end`; where it begins if it is none."""
    if end <= start or _CODE.match(text, start, end):
        return start
    value = text[start : min(end, start + _JUDGED)]
    return start if named.mark == ":" and not _follows_colon(named.name, value, is_scheme=is_scheme) else end


def _follows_colon(name: str, value: str, *, is_scheme: bool) -> bool:
    """Whether what follows a colon within a line is a value, and not the next word of a sentence, or a type."""
    if is_password(name):
        return value.casefold() not in _TYPES
    return is_random(value) or (is_scheme and len(value) >= 8)


def _quoted(text: str, quote: re.Match[str], line_end: int) -> tuple[int, int, re.Pattern[str]]:
    """Return where a quoted value stands: up to the same quote, or to the end of the line where there is none."""
    start, escapes, sign = quote.end(), quote[1], quote[2]
    closes = re.compile(re.escape(escapes + sign) + r"|\n")
    if not escapes and len(sign) == 1:
        body = _QUOTED[sign].match(text, start, line_end)
        return start, body.end() if body else start, closes
    end = text.find(escapes + sign, start, line_end)
    while end > 0 and text[end - 1] == "\\":
        end = text.find(escapes + sign, end + 1, line_end)
    return start, end if end >= 0 else line_end, closes
