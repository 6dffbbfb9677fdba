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
        "NONE": "No access.",
        "READ": "Read everything, nonces included.",
        "EXECUTE": "Read everything, nonces included, and send messages.",
        "UPDATE": "Everything: also change, delete, purge, stop workers, make nonces, and grant.",
    },
    "alias": {
        "NONE": "No access to the alias.",
        "READ": "See who may use the alias; and its nonces, with READ on the actor too.",
        "EXECUTE": "No more than READ: messages are sent with a level on the actor.",
        "UPDATE": "Point it elsewhere, delete it, and grant; make its nonces, with UPDATE on the actor too.",
    },
    "config": {
        "NONE": "No access to the config's own page.",
        "READ": "Meant to read it, but the API fails for all who are no administrators.",
        "EXECUTE": "Meant to read it, but the API fails for all who are no administrators.",
        "UPDATE": "Meant to change, delete and grant, but the API fails for all who are no administrators.",
    },
}
NEVER_BACK = (
    "It cannot be taken back: the API only looks whether the name stands in the list, so that even NONE lets "
    "everybody in."
)
MAY_BE_ALL = "Or everything, through ABACO_WORLD, unless this entry is the older one; the API does not say which is."
NEVER_FOUND = "No access: the API does not find this name when it checks a level."
STILL_FOUND = (
    "The API's search still shows this actor, its executions, workers and logs to this name: it looks only whether the "
    "name stands in the list, whatever the level."
)
CONFIG_FAILS = (
    "The API fails here for everybody but administrators, also for those whom a level allows to use this config. So "
    "nobody else can see or change who has access."
)


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
        return "Type the user name alone: the API compares no e-mail addresses."
    if "." in user:
        return "User names with a dot do not work at the API: it would keep the entry and never find it again."
    if "$" in user or not user.isprintable() or any(sign.isspace() for sign in user):
        return "A user name has no spaces, no $ and nothing that is not seen."
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
        """Whether it allows anything."""
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
        reason = f"Everybody who can sign in, whatever the level says. {NEVER_BACK}"
        return Entry(user, level, ALLOWS[kind]["UPDATE"], [reason], False, NEVER_BACK)
    notes = [STILL_FOUND] if kind == "actor" else []
    if problem := unusable(user):
        return Entry(user, level, NEVER_FOUND, [problem, *notes], False, problem)
    allows = ALLOWS[kind].get(level, "Not known: the API gave a level that it does not describe.")
    unsure = doubt(user, {} if user in (me, owner) else alike)
    why = [*_why(kind, levels, user, level, owner), *(notes if level == "NONE" else []), *([unsure] if unsure else [])]
    return Entry(user, level, allows, why, user == me, "", unsure)


def _why(kind: Kind, levels: Mapping[str, str], user: str, level: str, owner: str) -> Iterable[str]:
    if owner and user == owner:
        yield f"Owner: the API granted UPDATE when the {kind} was made."
        if level != "UPDATE":
            yield "Being the owner alone allows nothing; only this entry counts."
    elif level == "NONE":
        yield "Taken away, or never given; the API cannot remove a name from the list."
    elif level == "UPDATE" and kind == "actor":
        yield "Granted; or given by the API itself, which does so for anybody but the owner who saves an edit."
    else:
        yield "Granted."
    if WORLD in levels and level != "UPDATE":
        yield MAY_BE_ALL


def too_low(levels: Mapping[str, str], me: str, phrase: str) -> str:
    """Say why somebody without UPDATE cannot grant."""
    level = level_of(levels, me)
    has = "you have no level of your own" if level == "NONE" else f"your level is {level}"
    return f"Granting needs UPDATE on {phrase}, and {has}."


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
    return Route(who, "Not known.", why, url, "circle-question-mark")


def admins(kind: Kind, role: AdminRole | None) -> Route:
    """Explain the administrators, whom the API does not name; the role is the visitor's, None if nobody asked."""
    you = ""
    if role is not None and role is not AdminRole.OTHER:
        you = " You are one of them." if role.is_admin else " Whether you are one could not be learned now."
    edits = " One who saves an edit of an actor of somebody else is given UPDATE on it for good." * (kind == "actor")
    return Route(
        "Administrators of the tenant",
        f"Everything on {'an' if kind != 'config' else 'a'} {kind}, whatever the list says.",
        f"The admin role at the API passes every check. Who has it cannot be known: the API does not tell.{you}{edits}",
        picture="circle-check",
    )


def by_nonces(nonces: Sequence[Nonce], levels: Mapping[str, str], url: str) -> list[Route]:
    """Explain the nonces that can still be used; each acts in the name of whoever made it."""
    return [_by_nonce(nonce, levels, url) for nonce in nonces if not nonce.is_exhausted and nonce.level != "NONE"]


def _by_nonce(nonce: Nonce, levels: Mapping[str, str], url: str) -> Route:
    if nonce.is_unlimited:
        uses_left = "unlimited uses"
    elif nonce.remaining_uses is None:
        uses_left = "an unknown number of uses left"
    else:
        uses_left = f"{thousands(nonce.remaining_uses)} use{'' if nonce.remaining_uses == 1 else 's'} left"
    maker = nonce.owner or "somebody whom the API does not name"
    why = f"Made by {maker} at the level {nonce.level}, {uses_left}. What is done with it is done in that name"
    why += _through_whom(nonce, level_of(levels, nonce.owner), WORLD in levels)
    allows = {
        "READ": ALLOWS["actor"]["READ"],
        "EXECUTE": "Read everything, nonces included, and send messages.",
        "UPDATE": ALLOWS["actor"]["UPDATE"],
    }.get(nonce.level, "Not known: the API gave a level that it does not describe.")
    return Route(
        f"Whoever holds the nonce {nonce.masked}", f"{allows} No account is needed.", f"{why}.", url, "key-round"
    )


def _through_whom(nonce: Nonce, has: str, is_shared: bool) -> str:
    """Say what the roles and the own level of whoever made a nonce make of it."""
    if nonce.made_by_admin and nonce.keeps_roles:
        return ", and with the admin role that its maker had then: it opens its level whatever the list says"
    if nonce.made_by_admin:
        return ", who had the admin role then: while they have it, it opens its level whatever the list says"
    if is_shared or rank(has) >= rank(nonce.level):
        return ""
    unless = "" if nonce.keeps_roles else ", unless they are an administrator"
    return f", whose own level is {has} now: it opens no more than that{unless}"


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
            why = "Its nonces cannot be known: the API did not tell you."
            routes.append(unknown_way(f"Whoever holds a nonce of the alias {alias.alias}", why, url))
        else:
            routes += [
                replace(route, why=f"Of the alias {alias.alias}. {route.why}")
                for route in by_nonces(nonces.value, levels, url)
            ]
    return routes


def _by_alias(alias: Alias, answer: Result) -> Route:
    url = Subject("alias", alias.alias).url if has_page("alias", alias.alias) else ""
    name = f"Through the alias {alias.alias}"
    if answer.error:
        why = "Who has a level on this alias cannot be known: the API did not tell you."
        return Route(name, "Nothing of this actor by itself.", why, url, "arrow-right")
    by_name = {user: level for user, level in answer.value.items() if user != WORLD and not unusable(user)}
    is_shared = WORLD in answer.value
    movers = _names(user for user, level in by_name.items() if level == "UPDATE")
    readers = _names(user for user, level in by_name.items() if level in ("READ", "EXECUTE"))
    people = "Everybody (ABACO_WORLD)" if is_shared else movers or "Nobody"
    allows = f"{people} can point it elsewhere or delete it, so that messages sent to it go there or nowhere."
    note = f" {readers} can see who may use it." if readers and not is_shared else ""
    return Route(
        name,
        f"{allows}{note}",
        "A level on an alias opens nothing of the actor by itself: that takes an entry above, or a nonce.",
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
