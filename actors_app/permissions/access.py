"""Who can do what, and why: what the API's map of permissions means, in words, with all that the API leaves unsaid.

It only explains what was asked; asking is the business of the views, and of granting too.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from django.urls import reverse

from actors_app.core.pages.formatting import thousands
from actors_app.permissions.likeness import by_drawing, doubt
from actors_app.services import Abaco, Result
from actors_app.services.gather import GetCall
from actors_app.services.names import has_page
from actors_app.services.observer import Kind
from actors_app.services.permissions import LEVELS, WORLD, level_of, rank
from actors_app.services.types import AdminRole, Alias, Nonce

PATIENCE = 3.0  # seconds to wait for whether somebody is an administrator, without which the page stands too
JUST_CREATED = "created"  # in the address of the page that follows when an alias or config was created
MOST_NAMES = 8  # of people with a level on an alias
MOST_ALIASES = 20  # of one actor whose permissions are asked for

ALLOWS: Mapping[Kind, Mapping[str, str]] = {
    "actor": {
        "NONE": "No access",
        "READ": "View everything, including nonces",
        "EXECUTE": "View everything, including nonces, and send messages",
        "UPDATE": "Full control",
    },
    "alias": {
        "NONE": "No access",
        "READ": "View its permissions (and its nonces, with READ on the actor)",
        "EXECUTE": "Same as READ: sending messages requires access to the actor",
        "UPDATE": "Change target, delete, grant access (and create nonces, with UPDATE on the actor)",
    },
    "config": {
        "NONE": "No access",
        "READ": "View (currently works for administrators only)",
        "EXECUTE": "View (currently works for administrators only)",
        "UPDATE": "Edit, delete, grant access (currently works for administrators only)",
    },
}
NEVER_BACK = "This cannot be undone (API limitation)."
MAY_BE_ALL = "May have full control through ABACO_WORLD, unless this entry is older."
NEVER_FOUND = "No access: invalid username"
STILL_FOUND = "The API's search still shows this actor, its executions and logs to listed users."
CONFIG_FAILS = "Only administrators can view or change access to configs (API limitation)."


@dataclass(frozen=True, slots=True)
class Subject:
    """What permissions are about: its kind, and its id or name as the address has it."""

    kind: Kind
    name: str

    @classmethod
    def of(cls, named: Mapping[str, str]) -> "Subject":
        """Return the subject of an address, by what the address calls it."""
        kinds: Mapping[str, Kind] = {"actor_id": "actor", "alias": "alias", "config": "config"}
        ((word, name),) = named.items()
        return cls(kinds[word], name)

    @property
    def url(self) -> str:
        """Return the page of its permissions."""
        return reverse(self._page("list"), args=[self.name])

    @property
    def change_url(self) -> str:
        """Return the page that changes one of them."""
        return reverse(self.change_page, args=[self.name])

    @property
    def change_page(self) -> str:
        """Return the name of that page."""
        return self._page("change")

    @property
    def phrase(self) -> str:
        """Say what it is, before its name."""
        return f"this {self.kind}"

    def _page(self, page: str) -> str:
        prefix = "" if self.kind == "actor" else f"{self.kind}-"
        return f"actors:{prefix}permission-{page}"


def unusable(user: str) -> str:
    """Say why an entry for this user name could never let anybody in; nothing where it could."""
    if "@" in user:
        return "Enter a username, not an email address."
    if "." in user:
        return "Usernames with a dot do not work in the API."
    if "$" in user or not user.isprintable() or any(sign.isspace() for sign in user):
        return "Usernames cannot contain spaces, $ or invisible characters."
    return ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One name in the map: what it allows and why.

    `fixed` says why it cannot be changed, `doubt` for what the name could be taken (`likeness.py`); both may be empty.
    """

    user: str
    level: str
    allows: str
    why: Sequence[str]
    is_you: bool
    fixed: str
    doubt: str = ""

    @property
    def is_world(self) -> bool:
        """Whether it is for everybody."""
        return self.user == WORLD

    @property
    def is_none(self) -> bool:
        """Whether it allows nothing."""
        return self.level == "NONE" and not self.is_world

    @property
    def lets_in(self) -> bool:
        """Whether it grants any access."""
        return not self.is_none and (self.is_world or not self.fixed)

    @property
    def shown_level(self) -> str:
        """Return the level as people read it."""
        return "no access" if self.is_none else self.level


def entries_of(kind: Kind, levels: Mapping[str, str], owner: str, me: str) -> list[Entry]:
    """Explain each name of a map: everybody first, then the owner, then by level and name."""
    alike = by_drawing(user for user in levels if not unusable(user))
    entries = [_entry(kind, levels, user, level, owner, me, alike) for user, level in levels.items()]
    order = {level: number for number, level in enumerate(reversed(LEVELS))}
    return sorted(
        entries,
        key=lambda entry: (not entry.is_world, entry.user != owner, order.get(entry.level, len(order)), entry.user),
    )


def _entry(
    kind: Kind,
    levels: Mapping[str, str],
    user: str,
    level: str,
    owner: str,
    me: str,
    alike: Mapping[str, Sequence[str]],
) -> Entry:
    if user == WORLD:
        reason = f"Includes all users in the tenant, at any access level. {NEVER_BACK}"
        return Entry(user, level, ALLOWS[kind]["UPDATE"], [reason], False, NEVER_BACK)
    notes = [STILL_FOUND] if kind == "actor" else []
    if problem := unusable(user):
        return Entry(user, level, NEVER_FOUND, [problem, *notes], False, problem)
    allows = ALLOWS[kind].get(level, "Unknown access level")
    unsure = doubt(user, {} if user in (me, owner) else alike)
    why = [*_why(kind, levels, user, level, owner), *(notes if level == "NONE" else []), *([unsure] if unsure else [])]
    return Entry(user, level, allows, why, user == me, "", unsure)


def _why(kind: Kind, levels: Mapping[str, str], user: str, level: str, owner: str) -> Iterable[str]:
    if owner and user == owner:
        yield "Owner."
        if level != "UPDATE":
            yield "Ownership alone grants no access; only this entry counts."
    elif level == "NONE":
        yield "Revoked or never granted."
    elif level == "UPDATE" and kind == "actor":
        yield "Granted, or added by the API after an edit."
    else:
        yield "Granted."
    if WORLD in levels and level != "UPDATE":
        yield MAY_BE_ALL


def too_low(levels: Mapping[str, str], me: str, phrase: str) -> str:
    """Say why somebody without UPDATE cannot grant."""
    level = level_of(levels, me)
    has = "you have no access" if level == "NONE" else f"you have {level}"
    return f"Granting access requires UPDATE on {phrase}; {has}."


# Ways in that are no entries ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Route:
    """A way in that is no entry of the map: who has it, what it allows, why; and the page where it is managed."""

    who: str
    allows: str
    why: str
    url: str = ""
    picture: str = "users"


def unknown_way(who: str, why: str, url: str = "") -> Route:
    """Return a way in of which not all is known."""
    return Route(who, "Unknown", why, url, "circle-question-mark")


def admins(kind: Kind, role: AdminRole | None) -> Route:
    """Explain the administrators, whom the API does not name; the role is the visitor's, None if nobody asked."""
    you = ""
    if role is not None and role is not AdminRole.OTHER:
        you = " You are one of them." if role.is_admin else " Your own role is unknown."
    edits = " Editing another user's actor permanently adds UPDATE." * (kind == "actor")
    return Route(
        "Tenant administrators",
        "Full control",
        f"The admin role bypasses permissions; the API does not list administrators.{you}{edits}",
        picture="circle-check",
    )


def by_nonces(nonces: Sequence[Nonce], levels: Mapping[str, str], url: str) -> list[Route]:
    """Explain the nonces that can still be used; each acts in the name of whoever made it."""
    return [_by_nonce(nonce, levels, url) for nonce in nonces if not nonce.is_exhausted and nonce.level != "NONE"]


def _by_nonce(nonce: Nonce, levels: Mapping[str, str], url: str) -> Route:
    if nonce.is_unlimited:
        uses_left = "unlimited uses"
    elif nonce.remaining_uses is None:
        uses_left = "unknown number of uses left"
    else:
        uses_left = f"{thousands(nonce.remaining_uses)} use{'' if nonce.remaining_uses == 1 else 's'} left"
    maker = nonce.owner or "an unknown user"
    why = f"Created by {maker} with {nonce.level}, {uses_left}. Requests run as this user"
    why += _through_whom(nonce, level_of(levels, nonce.owner), WORLD in levels)
    allows = {
        "READ": ALLOWS["actor"]["READ"],
        "EXECUTE": "View everything, including nonces, and send messages",
        "UPDATE": ALLOWS["actor"]["UPDATE"],
    }.get(nonce.level, "Unknown access level")
    return Route(f"Holders of nonce {nonce.masked}", f"{allows}, without an account", f"{why}.", url, "key-round")


def _through_whom(nonce: Nonce, has: str, is_shared: bool) -> str:
    """Say what the roles and the own level of whoever made a nonce make of it."""
    if nonce.made_by_admin and nonce.keeps_roles:
        return " with the admin role, which bypasses permissions"
    if nonce.made_by_admin:
        return ", who had the admin role at creation: while they have it, permissions are bypassed"
    if is_shared or rank(has) >= rank(nonce.level):
        return ""
    unless = "" if nonce.keeps_roles else ", unless they are an administrator"
    return f", who now has {has}: the nonce allows no more{unless}"


def ask_aliases(abaco: Abaco, aliases: Sequence[Alias]) -> list[tuple[Alias, Result, Result]]:
    """Return the first of some aliases, each with its map of permissions and its nonces, or the API's refusals."""
    first_aliases = aliases[:MOST_ALIASES]
    calls: dict[str, GetCall] = {}
    for number, alias in enumerate(first_aliases):
        calls[f"levels{number}"] = lambda name=alias.alias: abaco.permissions.get(name, "alias")  # type: ignore[misc]
        calls[f"nonces{number}"] = lambda name=alias.alias: abaco.alias_nonces.list(name)  # type: ignore[misc]
    answers = abaco.gather(**calls) if calls else {}
    return [
        (alias, answers[f"levels{number}"], answers[f"nonces{number}"]) for number, alias in enumerate(first_aliases)
    ]


def by_aliases(answers: Sequence[tuple[Alias, Result, Result]], levels: Mapping[str, str]) -> list[Route]:
    """Explain the people with a level on an alias, which opens nothing but moves where messages go; and its nonces."""
    routes: list[Route] = []
    for alias, people, nonces in answers:
        routes.append(_by_alias(alias, people))
        url = reverse("actors:alias-nonce-list", args=[alias.alias]) if has_page("alias", alias.alias) else ""
        if nonces.error:
            why = "Could not load the nonces of this alias."
            routes.append(unknown_way(f"Holders of nonces of alias {alias.alias}", why, url))
        else:
            routes += [
                replace(route, why=f"Through alias {alias.alias}. {route.why}")
                for route in by_nonces(nonces.value, levels, url)
            ]
    return routes


def _by_alias(alias: Alias, answer: Result) -> Route:
    url = Subject("alias", alias.alias).url if has_page("alias", alias.alias) else ""
    name = f"Through alias {alias.alias}"
    if answer.error:
        why = "Could not load access to this alias."
        return Route(name, "No access to the actor", why, url, "arrow-right")
    by_name = {user: level for user, level in answer.value.items() if user != WORLD and not unusable(user)}
    is_shared = WORLD in answer.value
    movers = _names(user for user, level in by_name.items() if level == "UPDATE")
    readers = _names(user for user, level in by_name.items() if level in ("READ", "EXECUTE"))
    people = "Everyone (ABACO_WORLD)" if is_shared else movers or "Nobody"
    allows = f"{people} can change its target or delete it."
    note = f" {readers} can view its permissions." if readers and not is_shared else ""
    return Route(
        name,
        f"{allows}{note}",
        "Access to an alias does not include access to the actor.",
        url,
        "arrow-right",
    )


def _names(users: Iterable[str]) -> str:
    names = sorted(users)
    suffix = f" and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else ""
    return ", ".join(names[:MOST_NAMES]) + suffix


def strongest(nonces: Sequence[Nonce]) -> str:
    """Return the highest level among nonces that can still be used, or nothing."""
    levels = [nonce.level for nonce in nonces if not nonce.is_exhausted and nonce.level in LEVELS]
    return max(levels, key=LEVELS.index) if levels else ""
