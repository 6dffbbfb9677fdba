"""Building the addresses of the API's calls from checked segments; nothing here sends.

An id that is not of its kind's form never reaches a URL: quoting alone does not stop `..`. Nor does one that Abaco's
nginx, or its own code, would take for a part of another address: `DELETE …/messages/{anything}` empties a mailbox.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from actors_app.services.errors import NotFound, Unaddressable
from actors_app.services.names import FORM, Kind, misleads_as_actor, problem_of

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
# The rules of Abaco's nginx in their order, in which the first match holds: the path below the gateway, the process
# that gets it, and what that is asked. The same in v3 (TACC/abaco images/nginx/sites-enabled/flask-project; dev-v3
# kube-template/nginx-config.yml). Only the first two ignore the case of letters.
_RULES = (
    (re.compile(r"/actors/admin(.*)", re.IGNORECASE), "admin", "/actors/admin{}"),
    (re.compile(r"/actors/(.*)/messages(.*)", re.IGNORECASE), "messages", "/actors/{}/messages"),
    (re.compile(r"/actors/search/(.*)"), "registry", "/actors/search/{}"),
    (re.compile(r"/actors/(.*)/workers(.*)"), "admin", "/actors/{}/workers{}"),
    (re.compile(r"/actors/aliases/(.*)/permissions"), "admin", "/actors/aliases/{}/permissions"),
    (re.compile(r"/actors/(.*)/permissions"), "admin", "/actors/{}/permissions"),
)
_ROOTS = (("actors", "v2"), ("v3", "actors"))
_HASH = re.compile(r"[A-Za-z0-9]{1,64}", re.ASCII)
_NONCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]{0,63}(?:_[A-Za-z0-9.-]{1,64}){1,4}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Segment:
    """One checked part of a path: its text, and what may be written of it in a log."""

    text: str
    label: str


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
        segment = Segment(value, "{" + kind + "}")
        if kind == "actor" and misleads_as_actor(value):
            raise _unaddressable([segment])
        return segment

    check.__name__ = kind
    check.__doc__ = (
        f"Check an id of the kind {kind}; raise NotFound when it is not of that form"
        f"{', Unaddressable when it is a word of other routes' if kind == 'actor' else ''}."
    )
    return check


actor = _checked("actor", FORM)
alias = _checked("alias", FORM)
config = _checked("config", FORM)
execution = _checked("execution", _HASH)
worker = _checked("worker", _HASH)
nonce = _checked("nonce", _NONCE)


def upstream_url(*segments: str | Segment) -> UpstreamPath:
    """Return the path of fixed words and checked ids.

    Raises Unaddressable for ids with which the API would take the path for another, and ValueError for a path of words
    that the API does not have.
    """
    parts = [_word(segment) if isinstance(segment, str) else segment for segment in segments]
    if tuple(part.text for part in parts[:2]) in _ROOTS:
        _check_route(parts[2:])
    path = "/".join(quote(part.text, safe="") for part in parts)
    return UpstreamPath(f"/{path}", "/" + "/".join(part.label for part in parts))


def _word(text: str) -> Segment:
    if text not in WORDS:
        raise ValueError(f"{text!r} is not a word of the API's paths: add it to WORDS in actors_app/services/urls.py")
    return Segment(text, text)


def _check_route(parts: list[Segment]) -> None:
    """Raise where the API takes a path below its root for another than the same path with harmless ids."""
    ids = [part for part in parts if part.label != part.text]
    meant = _below_root(part.text if part.label == part.text else "x" for part in parts)
    process = _process_and_path(meant)
    if process[1] != meant:
        raise ValueError(f"{meant!r} is not a path that the API's nginx passes on as it is")
    path = _below_root(part.text for part in parts)
    # Where a path has `aliases` anywhere, Abaco looks for the actor one segment further on (actors/auth.py, get_db_id).
    is_of_actor = bool(parts) and parts[0].label == "{actor}"
    if _process_and_path(path) != (process[0], path) or (is_of_actor and "aliases" in path):
        raise _unaddressable(ids)


def _below_root(texts: Iterable[str]) -> str:
    return "/".join(["/actors", *texts])


def _process_and_path(path: str) -> tuple[str, str]:
    """Return the process that gets a path from nginx, and the path that this one is asked for."""
    for pattern, process, target in _RULES:
        if match := pattern.match(path):
            return process, target.format(*match.groups())
    return "registry", path


def _unaddressable(ids: Sequence[Segment]) -> Unaddressable:
    """Return the error of ids in whose address the API reads another one, with what is wrong with a name, if known."""
    kinds = [part.label.strip("{}") for part in ids]
    detail = f"the API would read another address with this: {', '.join(kinds)}"
    by_kind: dict[str, Kind] = {"actor": "alias", "alias": "alias", "config": "config"}
    problem = problem_of(by_kind[kinds[-1]], ids[-1].text) if kinds[-1] in by_kind else None
    if problem is None or not problem.effect:
        return Unaddressable(detail)
    return Unaddressable(detail, user_message=problem.effect, advice=problem.remedy or None)
