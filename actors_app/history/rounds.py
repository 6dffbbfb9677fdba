"""Collecting a tenant's history: round after round, a step at a time, so that one process can serve several tenants."""

import logging
import time
from collections.abc import Iterator

from django.db import Error, connection

from actors_app.core.clock import now_ms
from actors_app.core.security import origins
from actors_app.core.security.credentials import client_for
from actors_app.history import collector, heartbeat, visibility
from actors_app.history.accounts import ServiceAccount
from actors_app.history.models import ActorHistory
from actors_app.services import Abaco
from actors_app.services.errors import (
    AbacoError,
    ClientRefused,
    Forbidden,
    NamingMismatch,
    NotFound,
    SignedOut,
    WrongPassword,
)
from actors_app.services.types import AdminRole
from portal.store_faults import sentence_about
from portal.tenants import Tenant

log = logging.getLogger("actors_app.history")

STEP = 20.0  # seconds for one step of one actor's history


class Rounds:
    """The rounds of one tenant: `due` is when the next step is (monotonic), the rest says how the last round went.

    `refusal` is the sentence for which it is never asked again, `problem` what was wrong with the last round, and
    `ended` how many rounds came to their end.
    """

    def __init__(self, tenant: Tenant, interval: float) -> None:
        self.tenant, self._interval = tenant, interval
        self._abaco = Abaco(client_for(tenant), ServiceAccount(tenant))
        self.due, self.ended = 0.0, 0
        self.refusal, self.problem = "", ""
        self.new, self.failed = 0, 0
        self._steps = self._round()

    def step(self) -> str:
        """Read a little more; return a sentence on the round where it has come to its end, and else nothing."""
        try:
            next(self._steps)
        except StopIteration:
            self.problem = "Some histories are incomplete." if self.failed else ""
            self._begin_anew()
            self.beat(whole=not self.failed)
            return f"{self.new} new executions{f', {self.failed} actors could not be read' if self.failed else ''}."
        except (SignedOut, WrongPassword, ClientRefused) as refusal:
            # Tried again and again, a wrong password would lock the account.
            self._give_up(f"The API rejected the collector account: {refusal.user_message}")
        except NamingMismatch as error:
            self._give_up(error.user_message)
        except AbacoError as error:
            log.warning("The history of %s could not be synced: %s", self.tenant.name, error.detail)
            self.problem = error.user_message
            self._begin_anew()
        except Error as error:
            self._lose_store(error)
            self._begin_anew()
        else:
            self.due = time.monotonic()
        return ""

    def beat(self, *, whole: bool = False) -> None:
        """Give a sign of life, where the store takes it."""
        try:
            heartbeat.beat(origins.keys()[self.tenant.name], whole=whole, refusal=self.refusal)
        except Error as error:
            self._lose_store(error)

    def _begin_anew(self) -> None:
        self.due, self.ended = time.monotonic() + self._interval, self.ended + 1
        self._steps = self._round()

    def _give_up(self, sentence: str) -> None:
        log.error("%s will not be synced until the collector is restarted. %s", self.tenant.name, sentence)
        self.refusal, self.ended = sentence, self.ended + 1
        self.beat()

    def _lose_store(self, error: Error) -> None:
        self.problem = f"Database error. {sentence_about(error)}".rstrip()
        log.warning("%s (%s)", self.problem, type(error).__name__)
        connection.close()  # a connection that broke stays broken

    def _round(self) -> Iterator[None]:
        """Look at every actor until its history is whole; stop before each look. Counts into `new` and `failed`."""
        self.new, self.failed = 0, 0
        abaco = self._abaco
        actors = abaco.actors.list()
        tenant = origins.key_of(self.tenant)  # bound only where the account was accepted
        keys = visibility.remember(tenant, actors)
        role = abaco.roles.admin()
        if role.is_unknown:
            log.warning("Could not check whether the account is an administrator; requesting every known actor")
        if role is not AdminRole.OTHER:  # the API refuses those that it may not read, one by one
            keys |= set(ActorHistory.objects.filter(tenant=tenant).values_list("pk", flat=True))
        for key in sorted(keys):
            while True:
                yield
                actor = ActorHistory.objects.get(pk=key)
                if actor.deleted is not None or not self._look(actor):
                    break

    def _look(self, actor: ActorHistory) -> bool:
        """Read more of an actor's history; return whether there is more to be read now."""
        look = collector.look_at(self._abaco, actor, seconds=STEP)
        self.new += look.new
        if isinstance(look.error, NotFound):
            visibility.mark_deleted(actor.tenant, actor.actor_id)
            return False
        if look.error is not None:
            self.failed += not isinstance(look.error, Forbidden)
            return False
        after = ActorHistory.objects.get(pk=actor.pk)
        if after.is_whole and not look.sketches:
            return False
        moved = any(getattr(after, name) != getattr(actor, name) for name in ("known", "since", "until"))
        if not moved and not look.sketches:
            # Nothing moves: somebody else is reading it, or there is nothing more to be had.
            self.failed += not after.is_whole and actor.busy_until <= now_ms()
            return False
        return True
