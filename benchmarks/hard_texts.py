"""Texts that are made to be hard: one unit again and again, or two halves of such."""

from collections.abc import Callable, Iterable

Made = Callable[[int], str]
Kind = str | tuple[str, str]


def _of(unit: str) -> Made:
    return lambda size: (unit * (size // len(unit) + 1))[:size]


def _halves(first: str, second: str) -> Made:
    return lambda size: _of(first)(size // 2) + _of(second)(size // 2)


_SIGNED = "eyJ0eXAiOiJKV1Qi.eyJqdGkiOiI5YjQ1.c2lnbmF0dXJl "
_KEY = "-----BEGIN PRIVATE KEY-----\n"
# Those of the tests: what something was slow at, and one of each kind.
HARD = (
    "a", "\x1b[31ma", "a\r", "ab\b", '"', '\\"', "a=a ", "://a:a@", "aA1_", "description.",
    "eyJaaaaaaaa.", "SANDBOX_aB3dE5gH7jK9m ", _KEY + "Ab: ", "\u0301\u0316",
    ("key=", ")"), ("\x1b[31ma", "a"), ("a\n", "\t"), ("\b", "a"), ("N", "(1"), ("[", "]"), ("a", "\u0301\u0316"),
)  # fmt: skip
MORE = (
    "ERROR a\n", "[", ",a=", "/", "-", "key=",
    "a ", "\x1b[1;31;4ma\x1b[0m", "a\n", "\r\n", "  a\n", "1;", "\x1b[", "\x1b]0;a", "\x1b[3C", "]", "[]", "{",
    "(", "[[]],",
    "'", '"a"', "\\", "\\\\'", "=", "a=", ":", "a:", "a: ", ";", ",", "a,", "a/", "://", "a://", "?", "/?", "&a=",
    "a-",
    "--", "--a ", "_", "a_", "A_", "A", "Aa", ".", "a.", "eyJ", _SIGNED, "_aB3dE5gH7jK9", 'key="', 'token=\\\\"a',
    "token: ",
    "'key': ", "password='", "password ", "<key>", "--token ", "Bearer abcd1234 ", "Bearer ", _KEY, "-----BEGIN ",
    "0", "0a", "12:", "10:00:00 ", "2026-11-24 ", "Mon, ", "0x", "\u00e9", "\u200b", "\ufdfa", "\U0001f600",
    "\x00", "\t",
    "aB3dE5gH7jK9m", "iVBORw0KGgo+/", "AKIA", "ghp_aaaa", "xoxb-1", "a\\u0301", "%", "%41", "@", "a@", "<", "<a>",
    "`", "#",
    "*", "a*", "$", "$6$", "~", ";pwd=", "curl ", "login a ", "mysql -",
    ("key=", " "), ("key=", '"'), ("token=a", ","), ("token: ", "a"), ("a", "\x1b[31ma"), ("a", "\r"), ("a", "\b"),
    ('{"a":', "}"), ("\u0301", "\u0316"), ("(", "N"), ("a=", "a"), ("description.", "a"), ("key=", "\\"),
    ("password='", "\\'"), ("a ", "://"), ("://a:", "a"), ("a-", "="), ("A", "a"), ("<key>", ">"), ("Bearer ", "a"),
    (_KEY, "Ab: a\n"), (_KEY, "a "), ("key=x,", "y=z"), ("\n", "a"), ("0", "."), (" ", "a"), ("curl ", "-u a"),
    ("\x1b[31m", "\b"),
)  # fmt: skip


def texts_of(kinds: Iterable[Kind]) -> dict[str, Made]:
    """Return what makes each of some texts, by what they consist of."""
    return {repr(kind): _of(kind) if isinstance(kind, str) else _halves(*kind) for kind in kinds}
