"""The definitions of actors as they pass through the portal, kept encrypted, since the API keeps no former one.

Whoever asks for them has just been let read the actor by the API: the views ask it first. A state is left out of them,
as each execution may change it. Nothing here may fail a page or slow it: what was seen within the last minutes costs no
question to the store, and a page writes down a bounded number.
"""

import hashlib
import json
import logging
from collections.abc import Iterable, Sequence
from typing import Any

from django.core.cache import cache
from django.db import DatabaseError, transaction
from django.db.models import QuerySet
from django.dispatch import receiver
from django.http import HttpRequest

from actors_app.actors.definition import Definition, definition_of
from actors_app.actors.models import KeptDefinition
from actors_app.core.clock import MINUTE, now_ms, to_ms
from actors_app.core.operations.models import AuditEntry
from actors_app.core.operations.operation import Operation
from actors_app.core.operations.perform import entry_key
from actors_app.core.security.credentials import SessionCredentials
from actors_app.core.security.crypto import DecryptionError, decrypt, encrypt
from actors_app.history.visibility import actors_described
from actors_app.services.types import Actor, ActorLines, Listed

log = logging.getLogger("actors_app.actors.archive")

TOUCHED = 5 * MINUTE  # after which it is noted again that a definition still stands
AT_ONCE = 50  # definitions that one page writes down; the next look takes the next
_NOT_KEPT = ("state",)
_ONLY_WHERE_SET = ("run_as_executor",)  # which definitions that were kept before it was a field do not have


def record(tenant: str, actors: Iterable[Actor]) -> bool:
    """Write down the definitions that are new, and now and then that the others still stand; return whether all are.

    One that was not read whole is none to go back to, and is left out.
    """
    by_id = {
        actor.id: actor for actor in actors if 0 < len(actor.id) <= 128 and "\x00" not in actor.id and not actor.missing
    }
    memory = _memory(tenant, by_id.values())
    if not by_id or cache.get(memory):
        return True
    try:
        is_whole = _record(tenant, by_id)
    except DatabaseError as error:
        log.warning("Definitions could not be stored: %s", type(error).__name__)
        return False
    if is_whole:
        cache.set(memory, 1, timeout=TOUCHED // 1000)
    return is_whole


@receiver(actors_described)
def _record_described(tenant: str, actors: Iterable[Actor], **_: Any) -> None:
    record(tenant, actors)


def record_list(tenant: str, listing: ActorLines) -> None:
    """Do the same for a whole list; its actors are read whole only where something in it may be new."""
    memory = _memory(tenant, listing.lines)
    if not cache.get(memory) and record(tenant, listing.whole()):
        cache.set(memory, 1, timeout=TOUCHED // 1000)


def _memory(tenant: str, actors: Iterable[Listed]) -> str:
    versions = ((actor.id, actor.revision, actor.saved) for actor in actors)
    # Whoever could make two lists of actors with one hash would keep a definition unwritten for some minutes.
    return f"definitions:{hash((tenant, frozenset(versions)))}"


def record_saved(request: HttpRequest, operation: Operation, actor: Actor, *, actor_id: str = "") -> None:
    """Write down what `perform` has just saved for this form, with who did it; `actor_id` as it was given to it."""
    credentials = SessionCredentials.of(request).current
    if credentials is None:
        return
    record(credentials.tenant, [actor])
    try:
        newest = _line(credentials.tenant, actor.id).filter(
            is_newest=True, entry=None, updated=to_ms(actor.last_update_time) or 0
        )
        entry = AuditEntry.objects.filter(key=entry_key(request, operation, actor_id=actor_id)).values_list(
            "pk", flat=True
        )
        newest.filter(revision=_revision(actor)).update(username=credentials.username, entry=entry.first())
    except DatabaseError as error:
        log.warning("The author of a definition could not be stored: %s", type(error).__name__)


def line(tenant: str, actor_id: str) -> list[KeptDefinition]:
    """Return the definitions of an actor without their content, newest first."""
    return list(_line(tenant, actor_id).defer("content").order_by("-id"))


def find(tenant: str, actor_id: str, key: int) -> KeptDefinition | None:
    """Return one definition of an actor with its content, or None."""
    return _line(tenant, actor_id).filter(pk=key).first()


def opened(row: KeptDefinition) -> Definition | None:
    """Return a definition as it was; None where no key opens it any more."""
    try:
        definition: Definition = json.loads(decrypt("definition", bytes(row.content), row))
    except DecryptionError:
        return None
    return dict.fromkeys(_ONLY_WHERE_SET, False) | definition


def old(before: int) -> int:
    """Return how many former definitions were last seen before a moment (milliseconds)."""
    return _old(before).count()


def prune(before: int) -> int:
    """Forget the former definitions that were last seen before a moment; what stands now is kept."""
    return _old(before).delete()[0]


def _old(before: int) -> QuerySet[KeptDefinition]:
    return KeptDefinition.objects.filter(is_newest=False, last_seen__lt=before)


def _line(tenant: str, actor_id: str) -> QuerySet[KeptDefinition]:
    return KeptDefinition.objects.filter(tenant=tenant, actor_id=actor_id)


def _record(tenant: str, actors: dict[str, Actor]) -> bool:
    """Do it in one transaction; return whether everything was written down."""
    at = now_ms()
    columns = ("actor_id", "pk", "revision", "updated", "last_seen", "sha256")
    newest = KeptDefinition.objects.filter(tenant=tenant, is_newest=True)
    if len(actors) <= 100:
        newest = newest.filter(actor_id__in=actors)
    stored: dict[str, Sequence[Any]] = {row[0]: row[1:] for row in newest.values_list(*columns)}
    new: list[KeptDefinition] = []
    former: list[int] = []
    standing: list[int] = []
    moved: list[tuple[int, int]] = []  # the row, and when the API says that it was saved again
    is_whole = True
    for id_, actor in actors.items():
        if len(new) + len(moved) >= AT_ONCE:
            is_whole = False
            break
        row = stored.get(id_)
        updated = to_ms(actor.last_update_time) or 0
        if row is None:
            new.append(_row(tenant, actor, updated, at))
            continue
        key, revision, last_updated, last_seen, sha256 = row
        if (_revision(actor), updated) == (revision, last_updated):
            if at - last_seen >= TOUCHED:
                standing.append(key)
        elif updated >= last_updated and (_revision(actor) or 0) >= (revision or 0):
            # An older answer, which came later than a newer one, is none of these.
            replacement = _row(tenant, actor, updated, at)
            if (replacement.sha256, replacement.revision) == (sha256, revision):
                moved.append((key, updated))
            else:
                former.append(key)
                new.append(replacement)
    if new or standing or moved:
        with transaction.atomic():
            if former:
                KeptDefinition.objects.filter(pk__in=former, is_newest=True).update(is_newest=False)
            # Whoever sees the same at the same moment writes it down once: one of an actor is the newest.
            KeptDefinition.objects.bulk_create(new, ignore_conflicts=True)
            if standing:
                KeptDefinition.objects.filter(pk__in=standing).update(last_seen=at)
            for key, updated in moved:
                KeptDefinition.objects.filter(pk=key).update(updated=updated, last_seen=at)
    return is_whole


def _revision(actor: Actor) -> int | None:
    """Return the revision, or None where it is none that a store could hold."""
    return actor.revision if actor.revision is not None and abs(actor.revision) < 2**62 else None


def _row(tenant: str, actor: Actor, updated: int, at: int) -> KeptDefinition:
    definition = {
        name: value
        for name, value in definition_of(actor).items()
        if name not in _NOT_KEPT and (value or name not in _ONLY_WHERE_SET)
    }
    content = json.dumps(definition, sort_keys=True).encode()
    row = KeptDefinition(
        tenant=tenant,
        actor_id=actor.id,
        revision=_revision(actor),
        updated=updated,
        first_seen=at,
        last_seen=at,
        sha256=hashlib.sha256(content).hexdigest(),
    )
    row.content = encrypt("definition", content, row)
    return row
