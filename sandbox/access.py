"""Who is asking, and may they: tokens, nonces, roles and permission levels, in the order in which Abaco looks.

The rules are those of `TACC/abaco actors/auth.py`; what is then done is in the views.
"""

import hashlib
from dataclasses import dataclass, field

from django.db.models import F, Q
from django.http import HttpRequest

from sandbox import claims, times
from sandbox.answers import Refusal
from sandbox.bodies import read_form, read_json
from sandbox.dialect import V2
from sandbox.ids import is_hashid
from sandbox.models import LEVELS, Actor, Alias, Nonce, Permission, Person, Token

ADMIN_ROLE = "Internal/abaco-admin"
PRIVILEGED_ROLE = "Internal/abaco-privileged"
ROLES = {ADMIN_ROLE, PRIVILEGED_ROLE, "Internal/everyone", "Internal/abaco-limited"}
WORLD = "ABACO_WORLD"
PRIVILEGES = {
    "privileged": "make privileged actors",
    "max_workers": "set max workers",
    "max_cpus": "set max CPUs",
    "mem_limit": "set mem limit",
    "queue": "set queue",
    "use_container_uid": "use container uid",
}
CAMEL = {name: V2().name(name) for name in PRIVILEGES}  # both names are refused, whichever a version takes


class UnknownToken(Exception):  # noqa: N818 - it is an answer, not a fault
    """The request carries a token that nobody was given, or that has expired."""


@dataclass
class Caller:
    """Who asks: the user, their roles, and whether a nonce brought them here rather than a token."""

    user: str
    roles: list[str]
    nonce: Nonce | None = None
    request: HttpRequest = field(repr=False, default_factory=HttpRequest)

    @property
    def is_admin(self) -> bool:
        """Say whether the admin role is among the roles."""
        return ADMIN_ROLE in self.roles


def digest(secret: str) -> str:
    """Return the form in which tokens are kept."""
    return hashlib.sha256(secret.encode()).hexdigest()


def identify(request: HttpRequest, dialect: V2) -> Caller | None:
    """Return for whom a request's token asks, or None where it has no token.

    Raises UnknownToken for a token nobody was given or that has expired, and the 400 of one that no token of v3 is.
    """
    secret = dialect.bearer(request)
    if secret is None:
        return None
    token = Token.objects.filter(digest=digest(secret), kind="access", expires_at__gt=times.now()).first()
    stated = claims.read(secret, dialect, known=token is not None) if dialect.has_claims else {}
    if token is None:
        raise UnknownToken
    user = claims.subject(request, stated, dialect, token.person) if dialect.has_claims else token.person
    person = Person.objects.filter(name=user).first()
    if person is None and not dialect.has_claims:
        raise UnknownToken
    roles = person.roles if person else []
    return Caller(user, roles, request=request)


def check_role(caller: Caller, dialect: V2) -> None:
    """Raise the 400 of a caller without any of Abaco's roles."""
    if dialect.needs_role and ROLES.isdisjoint(caller.roles):
        raise Refusal("Not authorized -- missing required role.")


def is_actor_id(identifier: str) -> bool:
    """Say whether the name of an actor in a path is its id; stores keep actors whose ids are not Abaco's."""
    return is_hashid(identifier) or Actor.objects.filter(id=identifier).exists()


def resolve(identifier: str) -> str:
    """Return the actor id that an id or alias of a path means; raise the 404 of one that means nothing."""
    if is_actor_id(identifier):
        return identifier
    alias = Alias.objects.filter(alias=identifier).first()
    if alias is None:
        raise _unknown(identifier)
    return alias.actor_id


def _unknown(identifier: str) -> Refusal:
    return Refusal(f"Actor with identifier '{identifier}' not found", 404)


def resolve_link(link: str | None) -> str:
    """Return the actor id that a link means, or an empty text for none and for an alias that is gone."""
    try:
        return resolve(link) if link else ""
    except Refusal:
        return ""


def check_nonce_given(request: HttpRequest) -> None:
    """Raise the 400 of a request that carries neither a token nor a nonce."""
    if "x-nonce" not in request.GET:
        raise Refusal("No JWT or nonce provided.")


def redeem(request: HttpRequest, dialect: V2, needed: str, identifier: str) -> Caller:
    """Let a nonce stand in for a token, charging one use; raise the 400 of one that may not.

    An actor's nonces open the paths with its id, an alias's nonces those with the alias, which is looked for in the
    tenant that the nonce names.
    """
    kept = dialect.nonce_kept(request.GET["x-nonce"])
    place = Q(actor_id=identifier)
    if not is_actor_id(identifier):
        if not kept:
            raise _unknown(identifier)
        resolve(identifier)
        place = Q(alias=identifier)
    nonce = Nonce.objects.filter(place, id=kept).first()
    if nonce is None:
        raise Refusal("Nonce does not exist.")
    if LEVELS.index(nonce.level) < LEVELS.index(needed):
        raise Refusal("Nonce does not have sufficient permissions level.")
    charged = Nonce.objects.filter(Q(remaining_uses__gt=0) | Q(remaining_uses=-1), id=nonce.id).update(
        remaining_uses=F("remaining_uses") - 1 if nonce.max_uses > 0 else -1,
        current_uses=F("current_uses") + 1,
        last_use_time=times.stored(times.now()),
    )
    if not charged:
        raise Refusal("No remaining uses left for this nonce.")
    roles = nonce.roles
    if not dialect.keeps_roles:
        maker = Person.objects.filter(name=nonce.owner).first()
        roles = maker.roles if maker else []
    return Caller(nonce.owner, roles, nonce, request)


def entry_of(user: str, subject: str, missing: str) -> tuple[str, str] | None:
    """Return the first entry that says what a user may do with an actor, alias or config, if any does.

    Any entry for ABACO_WORLD grants everything to everybody, unless a personal entry stands before it; a user name
    with a dot in it never matches, because Abaco stores it nested. Raises a 400, `missing`, where there are no entries.
    """
    entries = list(Permission.objects.filter(subject=subject).order_by("id").values_list("user", "level"))
    if not entries:
        raise Refusal(missing)
    for name, level in entries:
        if name == WORLD:
            return name, "UPDATE"
        if name == user and "." not in name:
            return name, level
    return None


def level_of(user: str, subject: str) -> str | None:
    """Return the level a user has on an actor, alias or config, or None where it has no permissions at all."""
    try:
        entry = entry_of(user, subject, "")
    except Refusal:
        return None
    return entry[1] if entry else "NONE"


def check_level(caller: Caller, subject: str, needed: str, refusal: str, missing: str) -> None:
    """Raise the 400 of a caller without the level, or of a subject that nobody has any on; admins pass."""
    if caller.is_admin:
        return
    level = level_of(caller.user, subject)
    if level is None:
        raise Refusal(missing)
    if LEVELS.index(level) < LEVELS.index(needed):
        raise Refusal(refusal)


def check_privileges(caller: Caller, dialect: V2) -> None:
    """Refuse fields of the body that only admins and the privileged role may set, in any POST or PUT of an actor."""
    if caller.is_admin:
        return
    data = read_json(caller.request, dialect, silent=True) or read_form(caller.request)
    if not isinstance(data, dict) or PRIVILEGED_ROLE in caller.roles:
        return  # a QueryDict is a dict
    for name, what in PRIVILEGES.items():
        if name == "use_container_uid" and not dialect.guards_container_uid:
            continue
        if data.get(name) or data.get(CAMEL[name]):
            raise Refusal(f"Not authorized -- only admins and privileged users can {what}.")


def grant(subject: str, user: str, level: str) -> None:
    """Give a user a level on an actor, alias or config, in place of the one they had."""
    Permission.objects.update_or_create(subject=subject, user=user, defaults={"level": level})


def readable_actors(user: str, with_world: bool) -> list[Actor]:
    """Return the actors a user may read, in the order of their making; those shared with everybody where asked."""
    entries = Permission.objects.filter(user=user).exclude(user__contains=".")
    refused = entries.filter(level="NONE")
    visible = Q(id__in=entries.exclude(level="NONE").values("subject"))
    if with_world:
        worldwide = Permission.objects.filter(user=WORLD).values("subject")
        visible |= Q(id__in=worldwide) & ~Q(id__in=refused.values("subject"))
    return list(Actor.objects.filter(visible).order_by("create_time", "id"))
