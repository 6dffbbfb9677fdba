"""What the pages of permissions show: the API is asked for all that bears on access, and what it did not say is said.

What a level means is in `access.py`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest
from django.urls import reverse

from actors_app.core.pages.converters import is_id
from actors_app.core.pages.preferences import preferences_of
from actors_app.core.security.credentials import signed_in
from actors_app.permissions import access
from actors_app.permissions.access import Entry, Route, Subject
from actors_app.permissions.forms import EntryFilter
from actors_app.services import Abaco, Result
from actors_app.services.errors import AbacoError, NotFound, OnlyAdmins
from actors_app.services.permissions import LEVELS, WORLD, level_of
from actors_app.services.types import AdminRole, Nonce

MOST_NONCES = 20  # of one actor that are explained one by one
ADMINS_ONLY = "Only administrators can view access to configs."
NOT_LOADED = "Could not load permissions; access cannot be granted now."


@dataclass(frozen=True, slots=True)
class Explained:
    """The names of a map and the ways in beside it; `may_not` says why this person cannot grant, or nothing."""

    entries: list[Entry]
    routes: list[Route]
    may_not: str
    is_world: bool


def listing(request: HttpRequest, abaco: Abaco, subject: Subject, me: str) -> dict[str, Any]:
    """Return who can do what and why, as far as the API tells; raise where there is no such thing, or no answer."""
    answers = _ask(abaco, subject)
    context = _subject(subject, answers)
    if error := answers["levels"].error:
        return context | _refused(error)
    explanation = _explained(abaco, subject, me, context, answers)
    table = _table(request, explanation.entries)
    return (
        context | table | {"may_not": explanation.may_not, "is_world": explanation.is_world, "ways": explanation.routes}
    )


def explained(abaco: Abaco, subject: Subject, me: str) -> Explained:
    """Return who can do what and why; raise an AbacoError where the API does not tell."""
    answers = _ask(abaco, subject)
    context = _subject(subject, answers)
    answers["levels"].unwrap()
    return _explained(abaco, subject, me, context, answers)


def _explained(
    abaco: Abaco, subject: Subject, me: str, context: Mapping[str, Any], answers: Mapping[str, Result]
) -> Explained:
    levels: dict[str, str] = answers["levels"].value
    entries = access.entries_of(subject.kind, levels, _owner(subject, context), me)
    reason, role = _may_not(abaco, levels, me, subject)
    routes = [access.admins(subject.kind, role)]
    if subject.kind == "actor":
        routes = [
            *_by_nonces(context, levels, subject.name),
            *_by_aliases(abaco, context, levels, answers["aliases"]),
            *routes,
        ]
    return Explained(entries, routes, reason, WORLD in levels)


def others_with_access(abaco: Abaco, subject: Subject, me: str) -> list[Entry] | None:
    """Return the entries that let anybody else in; None where the API does not tell.

    A grant can be older than the alias or config that it is on: the API keeps one on a name that nothing bears.
    """
    try:
        levels = abaco.permissions.get(subject.name, subject.kind)
    except AbacoError:
        return None
    return [entry for entry in access.entries_of(subject.kind, levels, me, me) if entry.lets_in and not entry.is_you]


def after_creation(request: HttpRequest, abaco: Abaco, subject: Subject) -> dict[str, Any]:
    """Return what the page that follows a creation shows of access; nothing for any other visit."""
    if access.JUST_CREATED not in request.GET:
        return {}
    entries = others_with_access(abaco, subject, signed_in(request).username)
    return {"subject": subject, "just_created": True, "others": entries}


def consequences(abaco: Abaco, subject: Subject, user: str, level: str, me: str) -> dict[str, Any]:
    """Return what another level for a name means; raise NotFound where the name is not in the list."""
    answers = _ask(abaco, subject)
    context = _subject(subject, answers)
    if isinstance(answers["levels"].error, OnlyAdmins):
        return context | {"may_not": access.CONFIG_FAILS, "entry": None, "is_revoked": level == "NONE"}
    levels: dict[str, str] = answers["levels"].unwrap()
    entries = access.entries_of(subject.kind, levels, _owner(subject, context), me)
    entry = next((item for item in entries if item.user == user), None)
    if entry is None and user != WORLD:
        raise NotFound("a name without an entry", user_message="This user is not listed.")
    reason, role = _may_not(abaco, levels, me, subject)
    if not reason and entry is not None:
        reason = entry.fixed
    nonces = [nonce for nonce in context["nonces"] or () if not nonce.is_exhausted]
    return context | {
        "entry": entry,
        "may_not": reason,
        "is_you": user == me,
        "role": role,
        "is_shared": WORLD in levels,
        "is_last": user == me
        and not any(item.level == "UPDATE" and not item.fixed for item in entries if item.user != me),
        "is_revoked": level == "NONE",
        "own_nonces": sum(nonce.owner == user for nonce in nonces),
        "other_nonces": sum(nonce.owner != user for nonce in nonces),
        "still_found": access.STILL_FOUND if subject.kind == "actor" else "",
        "lower": [item for item in entries if item.level in LEVELS[:-1] and not item.fixed],
    }


def _ask(abaco: Abaco, subject: Subject) -> dict[str, Result]:
    """Ask for the permissions, and for what else bears on them, all at once."""
    name, kind = subject.name, subject.kind
    calls: dict[str, Any] = {"levels": lambda: abaco.permissions.get(name, kind)}
    if kind == "actor":
        calls |= {
            "subject": lambda: abaco.actors.get(name),
            "nonces": lambda: abaco.nonces.list(name),
            "aliases": lambda: abaco.aliases.list(),
        }
    elif kind == "alias":
        calls["subject"] = lambda: abaco.aliases.get(name)
    else:
        calls["subject"] = lambda: abaco.configs.find(name)
    return abaco.gather(**calls)


def _subject(subject: Subject, answers: Mapping[str, Result]) -> dict[str, Any]:
    """Return the actor or the alias and what is known of its nonces; raise NotFound where there is no such thing.

    The permissions alone do not say so: an administrator is shown those of an alias that does not exist.
    """
    context: dict[str, Any] = {"nonces": None, "counts": {}}
    if isinstance(error := answers["subject"].error, NotFound):
        raise error
    if subject.kind == "actor":
        nonces: tuple[Nonce, ...] | None = answers["nonces"].value
        context |= {
            "actor": answers["subject"].unwrap(),
            "nonces": nonces,
            "counts": {"nonces": None if nonces is None else len(nonces)},
            "usable": sum(not nonce.is_exhausted for nonce in nonces or ()),
            "strongest": access.strongest(nonces or ()),
        }
    elif subject.kind == "alias":
        context["found"] = alias = answers["subject"].value
        if alias and is_id(alias.actor_id):
            context["actor_url"] = reverse("actors:actor-detail", args=[alias.actor_id])
    return context


def _owner(subject: Subject, context: Mapping[str, Any]) -> str:
    return str(getattr(context.get("actor" if subject.kind == "actor" else "found"), "owner", ""))


def _refused(error: AbacoError) -> dict[str, Any]:
    if isinstance(error, OnlyAdmins):
        return {"fails": access.CONFIG_FAILS, "may_not": ADMINS_ONLY}
    if isinstance(error, NotFound):
        raise error
    return {"error": error, "may_not": NOT_LOADED}


def _may_not(abaco: Abaco, levels: Mapping[str, str], me: str, subject: Subject) -> tuple[str, AdminRole | None]:
    """Return why this person cannot grant, or nothing where they can, or might; and their role, None if not asked for.

    The admin role is asked for only where the map does not say that they can. Raises SignedOut.
    """
    if WORLD in levels or level_of(levels, me) == "UPDATE":
        return "", None
    role = abaco.hurried(access.PATIENCE).roles.admin()
    return (access.too_low(levels, me, subject.phrase) if role is AdminRole.OTHER else ""), role


def _by_nonces(context: Mapping[str, Any], levels: Mapping[str, str], actor_id: str) -> list[Route]:
    url = reverse("actors:nonce-list", args=[actor_id])
    nonces = context["nonces"]
    if nonces is None:
        return [access.unknown_way("Holders of nonces", "Could not load nonces.", url)]
    routes = access.by_nonces(nonces, levels, url)
    if len(routes) > MOST_NONCES:
        note = f"{len(routes) - MOST_NONCES} more active nonces: see the Nonces tab."
        routes = [*routes[:MOST_NONCES], access.unknown_way("Holders of other nonces", note, url)]
    return routes


def _by_aliases(abaco: Abaco, context: Mapping[str, Any], levels: Mapping[str, str], answer: Result) -> list[Route]:
    if answer.error:
        return [access.unknown_way("Through aliases", "Could not load aliases.")]
    aliases = [alias for alias in answer.value if alias.actor_id == context["actor"].id]
    routes = access.by_aliases(access.ask_aliases(abaco, aliases), levels)
    if len(aliases) > access.MOST_ALIASES:
        note = f"{len(aliases) - access.MOST_ALIASES} more aliases of this actor were not checked."
        routes.append(access.unknown_way("Through other aliases", note))
    return routes


def _table(request: HttpRequest, entries: list[Entry]) -> dict[str, Any]:
    chosen = EntryFilter(request.GET).chosen
    selected = [
        entry
        for entry in entries
        if chosen["q"].casefold() in entry.user.casefold() and _is_shown(entry, chosen["show"])
    ]
    page = Paginator(selected, preferences_of(request).page_size).get_page(chosen["page"])
    context = {"q": chosen["q"], "show": chosen["show"], "choices": EntryFilter.SHOW}
    return context | {"entries": list(page.object_list), "page": page, "total": len(entries)}


def _is_shown(entry: Entry, show: str) -> bool:
    return not show or entry.lets_in == (show == "access")
