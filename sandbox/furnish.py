"""Put what surrounds the actors of a fresh sandbox around them; the tables are in `surroundings.py`."""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings

from sandbox import vault
from sandbox.endpoint import alias_subject, config_subject
from sandbox.models import Actor, Alias, Config, Execution, Nonce, Permission, Worker
from sandbox.surroundings import ALIASES, CONFIGS, DELETED, LINKS, NONCES, WORKERS

GONE_RUNS = 4


def furnish(actors: dict[str, Actor], now: datetime, new_id: Callable[[], str], roles: list[str]) -> None:
    """Make aliases, links, nonces, configs and workers for the actors, which are given by name.

    `new_id` makes ids from the seed; `roles` are those that makers of nonces had.
    """
    gone = new_id()
    ids = {name: actor.id for name, actor in actors.items()} | {DELETED: gone}
    owners = {name: actor.owner for name, actor in actors.items()} | {DELETED: "demo"}
    for row in ALIASES:
        Alias.objects.create(alias=row.alias, actor_id=ids[row.actor], owner=owners[row.actor])
        _grant(alias_subject(row.alias), {owners[row.actor]: "UPDATE"} | row.shared)
    for name, target in LINKS.items():
        Actor.objects.filter(id=ids[name]).update(link=ids.get(target, target))
    for config in CONFIGS:
        Config.objects.create(
            name=config.name,
            value=vault.encrypt(config.value) if config.is_secret else config.value,
            is_secret=config.is_secret,
            actors=", ".join(ids.get(place, place) for place in config.actors),
        )
        _grant(config_subject(config.name), {config.owner: "UPDATE"} | config.shared)
    _make_nonces(ids, now, new_id, roles)
    for name, number in WORKERS.items():
        Worker.objects.bulk_create(
            Worker(id=new_id(), actor_id=ids[name], revision=actors[name].revision, create_time=now)
            for _ in range(number)
        )
    _leave_behind(gone, now, new_id)


def _grant(subject: str, levels: dict[str, str]) -> None:
    Permission.objects.bulk_create(
        Permission(subject=subject, user=user, level=level) for user, level in levels.items()
    )


def _make_nonces(ids: dict[str, str], now: datetime, new_id: Callable[[], str], roles: list[str]) -> None:
    for row in NONCES:
        owner = {"alias": row.place} if row.on_alias else {"actor_id": ids[row.place]}
        Nonce.objects.create(
            id=f"{settings.SANDBOX_TENANT}_{new_id()}",
            owner=row.owner,
            roles=roles,
            level=row.level,
            max_uses=row.most,
            remaining_uses=-1 if row.most == -1 else row.most - row.used,
            current_uses=row.used,
            description=row.description,
            create_time=now - timedelta(days=row.made, minutes=len(row.description)),
            last_use_time=now - timedelta(days=row.last_used, minutes=row.used % 50) if row.used else None,
            **owner,
        )


def _leave_behind(actor_id: str, now: datetime, new_id: Callable[[], str]) -> None:
    # What the deletion of an actor leaves: its executions, which nobody but an admin can see one by one.
    for number in range(GONE_RUNS):
        started = now - timedelta(days=380 + number)
        Execution.objects.create(
            id=new_id(),
            actor_id=actor_id,
            executor="demo",
            status="COMPLETE",
            message_received_time=started,
            start_time=started,
            finish_time=started + timedelta(seconds=9),
            runtime=9,
            cpu=4_100_000_000,
            io=81_000,
            exit_code=0,
        )
