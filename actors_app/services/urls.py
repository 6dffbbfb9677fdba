"""Building the addresses of the API's calls from checked segments; nothing here sends.

An id that is not of its kind's form never reaches a URL: quoting alone does not stop `..`, and `admin` or
`aliases` in the place of an actor would be another route (TACC/abaco actors/auth.py).
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote

from actors_app.services.errors import NotFound
from actors_app.services.names import FORM, misleads_as_actor

WORDS = frozenset(
    {
        "actors",
        "admin",
        "admin-role-probe",
        "aliases",
        "authorize",
        "configs",
        "executions",
        "logs",
        "me",
        "messages",
        "nonces",
        "oauth2",
        "permissions",
        "profiles",
        "results",
        "search",
        "state",
        "token",
        "tokens",
        "userinfo",
        "utilization",
        "v2",
        "v3",
        "workers",
    }
)
_HASH = re.compile(r"[A-Za-z0-9]{1,64}", re.ASCII)
_NONCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]{0,63}(?:_[A-Za-z0-9.-]{1,64}){1,4}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Segment:
    """One checked part of a path: its text, and what may be written of it in a log."""

    text: str
    shown: str


@dataclass(frozen=True, slots=True)
class UpstreamPath:
    """A path at the API; `label` is the same without its ids, fit for a log. The repr shows that only."""

    path: str
    label: str

    def __repr__(self) -> str:
        return f"UpstreamPath({self.label})"


def _checked(kind: str, form: re.Pattern[str]) -> Callable[[str], Segment]:
    def check(value: str) -> Segment:
        if not isinstance(value, str) or not form.fullmatch(value) or ".." in value:
            raise NotFound(f"an id that is not of the form of: {kind}")
        if kind == "actor" and misleads_as_actor(value):
            raise NotFound(f"a reserved word in place of: {kind}")
        return Segment(value, "{" + kind + "}")

    check.__name__ = kind
    check.__doc__ = f"Check an id of the kind {kind}; raise NotFound when it is not of that form."
    return check


actor = _checked("actor", FORM)
alias = _checked("alias", FORM)
config = _checked("config", FORM)
execution = _checked("execution", _HASH)
worker = _checked("worker", _HASH)
nonce = _checked("nonce", _NONCE)


def upstream_url(*segments: str | Segment) -> UpstreamPath:
    """Return the path of fixed words and checked ids; raise ValueError for a word the API has not."""
    texts, shown = [], []
    for segment in segments:
        if isinstance(segment, str):
            if segment not in WORDS:
                raise ValueError(f"{segment!r} is not a word of the API's paths")
            segment = Segment(segment, segment)
        texts.append(quote(segment.text, safe=""))
        shown.append(segment.shown)
    return UpstreamPath("/" + "/".join(texts), "/" + "/".join(shown))
