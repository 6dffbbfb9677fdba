"""Which names of aliases and configs the Actors API can be asked for again, and what is wrong with the others.

The API takes nearly any name. Its nginx then sends some paths to another of its processes, and its own code reads some
as routes of its own (TACC/abaco images/nginx/sites-enabled/flask-project, actors/auth.py, actors/models.py; v3 has the
same rules). Letters are compared as each rule compares them: nginx ignores case for `messages` and `admin` only.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from actors_app.services.hashids import is_hashid

Kind = Literal["alias", "config"]
KINDS: tuple[Kind, ...] = ("alias", "config")

FORM = re.compile(r"[A-Za-z0-9_~-][A-Za-z0-9_.~-]{0,127}", re.ASCII)
BUILT_IN = frozenset({"aliases", "configs", "search", "utilization"})  # what `/actors/{word}` is at the API
OURS = "new"  # `/actors/new/` is the portal's form that registers an actor
_RESERVED = frozenset({"executions", "nonces", "logs", "messages", "adapters", "admin"})
_MISROUTED = re.compile(r"((?i:messages)|workers|permissions)")
_ADMIN = re.compile(r"admin", re.IGNORECASE)
_NOT_THE_FORM = "Use letters, digits, dots, dashes, underscores and tildes. Do not start with a dot or use “..”."
_ANOTHER = "Choose another name."
_RENAME = "delete it and create it again under another name."


@dataclass(frozen=True, slots=True)
class NameProblem:
    """What is wrong with a name.

    `reason` refuses a new alias or config. `effect` says what an existing one suffers, `remedy` what can be done about
    it and by whom; both are empty where it suffers nothing. `has_page` is whether the API answers for it at all,
    `only_admins` whether it does so to administrators alone.
    """

    reason: str
    effect: str = ""
    remedy: str = ""
    has_page: bool = True
    only_admins: bool = False

    @property
    def explanation(self) -> str:
        """Return the effect and the remedy for an existing alias or config; empty where it suffers nothing."""
        return f"{self.effect} {self.remedy}".strip()


@lru_cache(maxsize=4096)  # a page of the aliases asks for each name several times
def problem_of(kind: Kind, name: str) -> NameProblem | None:
    """Return what is wrong with the name of an alias or a config; None where it can be used."""
    if not is_well_formed(name):
        return _unaddressable(kind)
    if match := _MISROUTED.match(name):
        return _misrouted(kind, match[1])
    if "admin" in name:
        return _of_administrators(kind, name)
    if name in _RESERVED or (kind == "config" and name == "utilization"):
        return NameProblem(f"“{name}” is reserved by the API. {_ANOTHER}", "The API reserves this name.")
    if kind == "alias" and misleads_as_actor(name):
        return _no_actor(name)
    if kind == "alias" and is_hashid(name):
        return NameProblem(f"The API reads “{name}” as one of its IDs, so it cannot be an alias. {_ANOTHER}")
    if name == OURS:
        effect = "" if kind == "config" else "The portal cannot open the actor by this name: use the actor's ID."
        return NameProblem(f"“new” is reserved by the portal. {_ANOTHER}", effect)
    return None


def has_page(kind: Kind, name: str) -> bool:
    """Whether the API answers for an alias or a config of this name, and an address of ours can hold it."""
    problem = problem_of(kind, name)
    return problem is None or problem.has_page


def is_well_formed(name: str) -> bool:
    """Whether a name can be in an address of ours and in one of the API."""
    return FORM.fullmatch(name) is not None and ".." not in name


def misleads_as_actor(name: str) -> bool:
    """Whether a path with this name in the place of an actor is read by the API as another route."""
    return bool(_ADMIN.match(name)) or "aliases" in name or name in BUILT_IN


def _unaddressable(kind: Kind) -> NameProblem:
    return NameProblem(
        _NOT_THE_FORM,
        f"This name cannot be part of a URL, so the portal has no page for {_the(kind)}.",
        "If it is empty or “..”, or contains “%” or non-ASCII characters, the API cannot find it either, and only the "
        "operators of the API can remove it, from its database.",
        has_page=False,
    )


def _misrouted(kind: Kind, word: str) -> NameProblem:
    still = {
        "alias": "Messages sent to it still reach its actor.",
        "config": "Its actors still receive its value.",
    }[kind]
    return NameProblem(
        f"The API routes names that start with “{word}” elsewhere: {_a(kind)} with this name could be created, but "
        f"not read, changed or deleted. {_ANOTHER}",
        f"The API routes names that start with “{word}” elsewhere: nobody can read, change or delete this {kind}, "
        f"not even administrators. {still}",
        "Only the operators of the API can remove it, from its database.",
        has_page=False,
    )


def _of_administrators(kind: Kind, name: str) -> NameProblem:
    if kind == "config":
        also = ""
    elif _ADMIN.match(name):
        also = " This name does not reach the actor."
    else:
        also = " Only they can reach the actor by this name."
    effect = f"Only administrators can read, change or delete {_a(kind)} whose name contains “admin”.{also}"
    return NameProblem(f"{effect} {_ANOTHER}", effect, f"An administrator can {_RENAME}", only_admins=True)


def _no_actor(name: str) -> NameProblem:
    if name in BUILT_IN:
        why = f"The API uses /actors/{name} for its own purposes"
    elif "aliases" in name:
        why = "The API does not look up names that contain “aliases” as actors"
    else:
        why = f"The API routes /actors/{name[:5]}… to its administration"
    only_admins = name == "search"  # actors/auth.py: it never resolves this word for anybody else
    return NameProblem(
        f"{why}: an alias with this name could be created, but would not reach its actor. {_ANOTHER}",
        f"{why}: this name does not reach the actor."
        + " Only administrators can read, change or delete the alias." * only_admins,
        f"An administrator can {_RENAME}" if only_admins else f"Its owner can {_RENAME}",
        only_admins=only_admins,
    )


def _a(kind: Kind) -> str:
    return "an alias" if kind == "alias" else "a config"


def _the(kind: Kind) -> str:
    return f"the {kind}"
