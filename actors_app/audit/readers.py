"""Which lines of the audit trail somebody may read, as the API says now."""

from collections.abc import Callable

from django.db.models import QuerySet

from actors_app.audit.activity import Reader
from actors_app.core.operations.models import AuditEntry
from actors_app.core.operations.trail import OPERATOR
from actors_app.core.security import origins
from actors_app.core.security.credentials import Credentials
from actors_app.services import Abaco
from actors_app.services.errors import AbacoError, Forbidden, NotFound, Unaddressable
from actors_app.services.types import Actor, AdminRole


def reader_of(
    credentials: Credentials, abaco: Abaco, named: str = ""
) -> tuple[Reader, frozenset[str], AbacoError | None]:
    """Return who reads, the ids of the actors of a name, and why the API gave none (`GET /actors`).

    Where the API does not answer, their own lines stand. An administrator, which the API is asked for at the same
    time, reads every entry of the tenant.
    """
    answers = abaco.gather(actors=lambda: abaco.actors.list(), role=lambda: abaco.roles.admin())
    answer, role = answers["actors"], answers["role"]
    actors: tuple[Actor, ...] = answer.value or ()
    ids = frozenset({named, *(actor.id for actor in actors if actor.label == named)}) if named else frozenset()
    return Reader.of(credentials, actors, AdminRole.UNKNOWN if role.error else role.value), ids, answer.error


def is_no_actor(reader: Reader, ids: frozenset[str]) -> bool:
    """Whether these ids name none of the actors that somebody may read, and none on the lines that they may."""
    return ids.isdisjoint(reader.names) and not reader.lines().filter(actor_id__in=ids).exists()


def of_actor(credentials: Credentials, abaco: Abaco, actor_id: str) -> tuple[Actor, Reader, QuerySet[AuditEntry]]:
    """Return an actor that somebody may read, them, and what was done to it (`GET /actors/{id}`)."""
    actor = abaco.actors.get(actor_id)
    reader = Reader.of(credentials, [actor])
    # An alias may have named another actor before, whose lines are not this one's.
    return actor, reader, reader.lines().filter(actor_id=actor.id)


def readable_line(
    credentials: Credentials, api: Callable[[], Abaco], entry_id: int
) -> tuple[AuditEntry, Reader] | None:
    """Return a line and its reader; None where there is none, or none for them to see (`GET /actors/{id}`)."""
    lines = AuditEntry.objects.select_related("end").filter(**origins.trail_of(credentials.tenant), start__isnull=True)
    entry = lines.filter(pk=entry_id).first() if entry_id < 2**62 else None
    if entry is None:
        return None
    abaco = api()
    actor: Actor | None = None
    if entry.actor_id:
        try:
            actor = abaco.actors.get(entry.actor_id)
        except (NotFound, Unaddressable, Forbidden):
            pass
        except AbacoError:
            # Whoever did it may see it all the same, under the name of that time.
            if entry.username != credentials.username:
                raise
    role = AdminRole.OTHER
    if entry.username not in (credentials.username, OPERATOR) and (actor is None or actor.id != entry.actor_id):
        role = abaco.roles.admin()
        if not role.is_admin:
            return None
    return entry, Reader.of(credentials, [actor] if actor else [], role)
