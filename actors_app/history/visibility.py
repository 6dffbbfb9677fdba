"""Whose executions somebody may see: those of the actors that the API lets them read now.

What the API said is remembered for at most a minute. While it does not answer at all, what it said last stands, since
nobody can change a permission without it either; a page that rests on that says so.
"""

import json
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.core.cache import cache
from django.dispatch import Signal
from django.http import HttpRequest

from actors_app.core.clock import HOUR, MINUTE, from_ms, now_ms
from actors_app.core.htmx import is_poll
from actors_app.core.pages.formatting import now, storable
from actors_app.core.security.credentials import Credentials, SessionCredentials, signed_in
from actors_app.core.security.models import Readable
from actors_app.history.models import ActorHistory
from actors_app.services import Abaco, Result
from actors_app.services.blanks import label_of
from actors_app.services.errors import AbacoError, BadAnswer, Forbidden, NotFound, ServiceFailed, Unreachable
from actors_app.services.types import Actor, AdminRole

actors_described = Signal()  # `actors`: as the API describes them now, for a visitor of `tenant`


REMEMBERED = MINUTE
OUTAGE = 12 * HOUR  # for which the last answer stands while the API gives none
PATIENCE = 3.0  # seconds to wait for the API where its last answer can stand in
SLOW = 5 * MINUTE  # for which it may: a slow API is then waited for, so that nobody keeps rights by its slowness
LISTING = 4.0  # seconds that a first listing may take beside
ROLE_UNSEEN = "Your administrator role could not be checked: data for administrators only is not shown."
ROLE_UNKNOWN = "Only administrators can see its history. Your role could not be checked: try again."
ASKED_SINGLY = 5  # of one's own actors that the API no longer lists, how many are asked for at once
_COLUMNS = ("id", "actor_id", "name", "owner", "image", "status", "status_message", "deleted", "changed")


@dataclass(frozen=True, slots=True)
class SeenActor:
    """An actor as the history knows it; `key` is the history's own."""

    key: int
    id: str
    name: str
    owner: str
    image: str
    status: str
    status_message: str
    deleted: int | None
    changed: int = 0  # when anything about its executions was last written down

    @property
    def label(self) -> str:
        """Return what people call it."""
        return label_of(self.name, self.id)

    def as_actor(self) -> Actor:
        """Return as much of an actor as the head of a page shows."""
        return Actor(
            id=self.id,
            name=self.name or None,
            owner=self.owner,
            image=self.image,
            status=self.status,
            status_message=self.status_message,
        )


@dataclass(frozen=True, slots=True)
class Readers:
    """What somebody may read: the actors by the history's key; when the API said so, in milliseconds."""

    credentials: Credentials
    actors: Mapping[int, SeenActor]
    role: AdminRole
    checked: int
    error: AbacoError | None = field(default=None)  # why it could not be asked again

    def by_id(self) -> dict[str, SeenActor]:
        """Return the actors by their ids."""
        return {actor.id: actor for actor in self.actors.values()}


def readable(request: HttpRequest, abaco: Abaco) -> Readers:
    """Return what this visitor may read now; ask the API unless it said so within the last minute.

    Three small calls at most, at once: `GET /actors`, a probe of the admin role, and nothing else where both are
    known. Raises what the API refuses, and its silence where nothing is remembered.
    """
    credentials = signed_in(request)
    row = Readable.objects.filter(tenant=credentials.tenant, username=credentials.username).first()
    at = now_ms()
    if row and 0 <= at - row.checked < REMEMBERED:
        return _remembered(credentials, row)
    patient = _patiently(request, abaco, row, at)
    answers = patient.gather(actors=lambda: patient.actors.list(), role=lambda: patient.roles.admin())
    error = answers["actors"].error
    if error is not None:
        if row and at - row.checked < OUTAGE and isinstance(error, Unreachable | ServiceFailed):
            return _remembered(credentials, row, error)
        raise error
    listed = answers["actors"].value
    role: AdminRole = AdminRole.UNKNOWN if answers["role"].error else answers["role"].value
    keys = remember(credentials.tenant, listed)
    keys |= _own_and_gone(abaco, credentials, keys)
    if role.is_admin:
        keys |= set(ActorHistory.objects.filter(tenant=credentials.tenant).values_list("pk", flat=True))
    if not role.is_unknown:  # what the API did not say is asked again by the next page
        Readable.objects.update_or_create(
            tenant=credentials.tenant,
            username=credentials.username,
            defaults={"actors": json.dumps(sorted(keys)), "is_admin": role.is_admin, "checked": at},
        )
    return Readers(credentials, seen_actors(credentials.tenant, keys), role, at)


def one_readable(
    request: HttpRequest, abaco: Abaco, identifier: str, beside: dict[str, Result] | None = None
) -> SeenActor:
    """Return the actor of a page, when this visitor may read it now, by its id or alias.

    Within a minute of the last answer no call is made. An actor whose history was never read has its listing asked for
    at the same time, which is then in `beside`. Raises what the API refuses; where it says that the actor is gone, its
    owner and administrators still get what is remembered of it.
    """
    credentials = signed_in(request)
    at = now_ms()
    memory = _memory(request, identifier)
    cached: int | None = cache.get(memory)
    row, fallback = None, None
    if cached is None:
        row = Readable.objects.filter(tenant=credentials.tenant, username=credentials.username).first()
        if row and at - row.checked < OUTAGE:
            fallback = _key_of(credentials.tenant, identifier, json.loads(row.actors))
        if row and 0 <= at - row.checked < REMEMBERED:
            cached = fallback
    if cached is not None:
        actors = seen_actors(credentials.tenant, [cached])
        if cached in actors:
            return actors[cached]
    patient = abaco if fallback is None else _patiently(request, abaco, row, at)
    started = time.monotonic()
    calls: dict[str, Any] = {"actor": lambda: patient.actors.get(identifier)}
    history = ActorHistory.objects.filter(tenant=credentials.tenant, actor_id=identifier)
    # Nobody waits for a whole listing where there is something to show already, and the API may be silent.
    already_read = history.exclude(total=None) | (
        history.exclude(until=None) if fallback is not None else history.none()
    )
    if beside is not None and not already_read.exists():
        calls["listing"] = lambda: abaco.hurried(LISTING).executions.stream(identifier)
    answers = patient.gather(**calls)
    if beside is not None:
        beside |= answers
    try:
        actor = answers["actor"].unwrap()
    except (NotFound, Forbidden) as refusal:
        return _gone(abaco, credentials, identifier, refusal)
    except (Unreachable, ServiceFailed):
        if fallback is None:
            raise
        return seen_actors(credentials.tenant, [fallback])[fallback]
    key = next(iter(remember(credentials.tenant, [actor])), None)
    if key is None:
        raise BadAnswer("an actor whose id cannot be one")
    # From when it was asked: an answer may have been long on its way.
    cache.set(memory, key, timeout=REMEMBERED / 1000 - (time.monotonic() - started))
    return seen_actors(credentials.tenant, [key])[key]


def remembered_actor(request: HttpRequest, abaco: Abaco, identifier: str, error: AbacoError) -> SeenActor:
    """Return what is remembered of an actor that the API did not give, to whoever may see it; raise `error` to others.

    One that is gone is its owner's and the administrators'; while the API is silent, its last answer stands.
    """
    credentials = signed_in(request)
    if isinstance(error, NotFound | Forbidden):
        return _gone(abaco, credentials, identifier, error)
    if isinstance(error, Unreachable | ServiceFailed):
        row = Readable.objects.filter(tenant=credentials.tenant, username=credentials.username).first()
        if row and now_ms() - row.checked < OUTAGE:
            key = _key_of(credentials.tenant, identifier, json.loads(row.actors))
            if key is not None:
                return seen_actors(credentials.tenant, [key])[key]
    raise error


def remember(tenant: str, actors: Iterable[Actor]) -> set[int]:
    """Write down how the API describes actors now; return the history's keys of them."""
    actors = tuple(actors)
    actors_described.send(sender=None, tenant=tenant, actors=actors)
    at = now_ms()
    rows = {
        actor.id: ActorHistory(
            tenant=tenant,
            actor_id=actor.id,
            name=storable(actor.name or ""),
            owner=storable(actor.owner)[:255],
            image=storable(actor.image),
            status=storable(actor.status)[:64],
            status_message=storable(actor.status_message),
            seen=at,
        )
        for actor in actors
        if 0 < len(actor.id) <= 128 and "\x00" not in actor.id
    }
    described = ("name", "owner", "image", "status", "status_message")
    existing = {
        row[0]: row[1:]
        for row in ActorHistory.objects.filter(tenant=tenant).values_list("actor_id", "pk", "deleted", *described)
        if row[0] in rows
    }
    changed = [
        row
        for id_, row in rows.items()
        if id_ not in existing
        or existing[id_][1] is not None
        or existing[id_][2:] != tuple(getattr(row, name) for name in described)
    ]
    ActorHistory.objects.bulk_create(
        changed,
        update_conflicts=True,
        unique_fields=["tenant", "actor_id"],
        update_fields=[*described, "seen", "deleted"],
    )
    if any(row.actor_id not in existing for row in changed):
        new = ActorHistory.objects.filter(tenant=tenant, actor_id__in=[row.actor_id for row in changed])
        return {existing[id_][0] for id_ in rows if id_ in existing} | set(new.values_list("pk", flat=True))
    return {existing[id_][0] for id_ in rows}


def seen_actors(tenant: str, keys: Iterable[int]) -> dict[int, SeenActor]:
    """Return actors by the history's keys, by name."""
    unique = set(keys)
    histories = ActorHistory.objects.filter(tenant=tenant)
    if len(unique) < 50:
        histories = histories.filter(pk__in=unique)
    actors = [SeenActor(*row) for row in histories.values_list(*_COLUMNS) if row[0] in unique]
    return {actor.key: actor for actor in actors}


def known_actors(request: HttpRequest) -> int:
    """Return how many actors of the tenant the portal knows, for an administrator; 0 for others.

    The role is that of the last minutes; the API is not asked.
    """
    credentials = signed_in(request)
    row = Readable.objects.filter(tenant=credentials.tenant, username=credentials.username, is_admin=True)
    if not row.exists():
        return 0
    return ActorHistory.objects.filter(tenant=credentials.tenant, deleted=None).count()


def mark_deleted(tenant: str, actor_id: str) -> None:
    """Note that an actor is gone at the API; what ran stays remembered, for its owner and for administrators."""
    ActorHistory.objects.filter(tenant=tenant, actor_id=actor_id, deleted=None).update(deleted=now_ms())


def deleted_at(tenant: str, actor_id: str) -> datetime | None:
    """Return when the API first said that an actor is gone; None where it has not. Asks nothing."""
    rows = ActorHistory.objects.filter(tenant=tenant, actor_id=actor_id)
    return from_ms(rows.values_list("deleted", flat=True).first())


def if_deleted(credentials: Credentials, actor_id: str, error: AbacoError | None) -> dict[str, Any]:
    """Return what the header of an actor's pages shows of one that is gone, after a read of it (`error`: its refusal).

    `deleted`, a moment or None, and `is_unrecorded`: whether the portal has no pages of it either. What the API says is
    noted, but for what may be hidden from this person alone. Where it says nothing, what was noted before stands.
    """
    if error is None:
        return {"deleted": None, "is_unrecorded": False}
    row = ActorHistory.objects.filter(tenant=credentials.tenant, actor_id=actor_id).only("owner").first()
    is_own = row is not None and row.owner == credentials.username
    is_gone = isinstance(error, NotFound) and (is_own or not error.may_be_hidden)
    if is_gone:
        mark_deleted(credentials.tenant, actor_id)
    deleted = deleted_at(credentials.tenant, actor_id) or (now() if is_gone else None)
    return {"deleted": deleted, "is_unrecorded": deleted is not None and row is None}


def forget_rights(request: HttpRequest) -> None:
    """Let the next page ask again what this person may read, since they have just changed it."""
    credentials = signed_in(request)
    Readable.objects.filter(tenant=credentials.tenant, username=credentials.username).update(checked=0)


def forget_one(request: HttpRequest, identifier: str) -> None:
    """Let the API be asked at once about an actor of which it has just refused something."""
    cache.delete(_memory(request, identifier))
    forget_rights(request)


def forget_actor(request: HttpRequest, actor_id: str) -> None:
    """Note that this person has deleted an actor."""
    mark_deleted(signed_in(request).tenant, actor_id)
    forget_rights(request)


def _memory(request: HttpRequest, identifier: str) -> str:
    credentials = signed_in(request)
    return f"reads:{credentials.tenant}:{credentials.username}:{SessionCredentials.of(request).memory}:{identifier}"


def _patiently(request: HttpRequest, abaco: Abaco, row: Readable | None, at: int) -> Abaco:
    """Return the API as it is waited for: not long where its last answer can stand in and somebody waits."""
    return abaco.hurried(PATIENCE) if row and at - row.checked < SLOW and not is_poll(request) else abaco


def _remembered(credentials: Credentials, row: Readable, error: AbacoError | None = None) -> Readers:
    role = AdminRole.ADMIN if row.is_admin else AdminRole.OTHER
    return Readers(credentials, seen_actors(credentials.tenant, json.loads(row.actors)), role, row.checked, error)


def _key_of(tenant: str, identifier: str, keys: list[int]) -> int | None:
    key: int | None = (
        ActorHistory.objects.filter(tenant=tenant, actor_id=identifier).values_list("pk", flat=True).first()
    )
    return key if key in keys else None


def _own_and_gone(abaco: Abaco, credentials: Credentials, listed: set[int]) -> set[int]:
    """Return those of the visitor's own actors that the API says are gone; find out of some that it lists no more."""
    owned = ActorHistory.objects.filter(tenant=credentials.tenant, owner=credentials.username)
    gone = set(owned.exclude(deleted=None).values_list("pk", flat=True))
    missing = [row for row in owned.filter(deleted=None).values_list("pk", "actor_id") if row[0] not in listed]
    batch = missing[:ASKED_SINGLY]
    if batch:
        calls: dict[str, Any] = {str(key): lambda id_=id_: abaco.actors.get(id_) for key, id_ in batch}
        for key, answer in abaco.gather(**calls).items():
            if isinstance(answer.error, NotFound):
                ActorHistory.objects.filter(pk=int(key), deleted=None).update(deleted=now_ms())
                gone.add(int(key))
    return gone - listed


def _gone(abaco: Abaco, credentials: Credentials, identifier: str, refusal: AbacoError) -> SeenActor:
    row = ActorHistory.objects.filter(tenant=credentials.tenant, actor_id=identifier).first()
    if row is None or isinstance(refusal, Forbidden):
        raise refusal
    if_deleted(credentials, identifier, refusal)
    if row.owner != credentials.username:
        need_admin(abaco, refusal)
    return seen_actors(credentials.tenant, [row.pk])[row.pk]


def need_admin(abaco: Abaco, refusal: AbacoError) -> None:
    """Raise a refusal to everybody but administrators; it says so where it is not known who is one."""
    role = abaco.roles.admin()
    if role.is_unknown:
        refusal.advice = f"{ROLE_UNKNOWN} {refusal.advice}"
    if not role.is_admin:
        raise refusal
