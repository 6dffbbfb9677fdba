"""`manage.py collect_history`: keep the history complete with a service account, whoever looks at the portal or not."""

import logging
import os
import signal
import threading
import time
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from actors_app.credentials import client_for
from actors_app.history import collecting, rights
from actors_app.history.clock import now_ms
from actors_app.models import ActorHistory
from actors_app.services import Abaco, tokens
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
from portal.tenants import Tenant

log = logging.getLogger("actors_app.history")

STEP = 20.0  # seconds for one step of one actor's history
RENEW_BEFORE = 60  # seconds before its end at which a token is replaced
REFUSED = os.EX_CONFIG  # an exit code of its own, at which systemd leaves the collector ended: only a person can help


class ServiceAccount:
    """The credentials of the account that collects: a token for its password, and another when that ends."""

    def __init__(self, tenant: Tenant, username: str, password: str) -> None:
        self._tenant, self._username, self._password = tenant, username, password
        self._token, self._until = "", 0.0

    def access_token(self) -> str:
        """Return a token that should work now."""
        return self._token if self._token and time.monotonic() < self._until else self.renew(self._token)

    def renew(self, rejected: str, /) -> str:
        """Sign in again; raise what the token endpoint refuses."""
        if self._token and self._token != rejected:
            return self._token
        client = client_for(self._tenant)
        found = tokens.password(
            client, self._tenant.client_key, self._tenant.client_secret, self._username, self._password
        )
        self._token = found.access_token
        self._until = time.monotonic() + max((found.expires_in or 3600) - RENEW_BEFORE, 30)
        return self._token


class Command(BaseCommand):
    """Read what every actor that the account may read has run, again and again, until it is told to stop."""

    help = "Bring the execution history of all actors up to date, once or continuously, with a service account."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the tenant, how often to look, and whether to look only once."""
        parser.add_argument("--tenant", default="", help="the tenant, where there are several")
        parser.add_argument("--every", type=int, default=30, help="seconds from one round to the next")
        parser.add_argument("--once", action="store_true", help="one round, until all histories are whole")

    def handle(self, *args: Any, **options: Any) -> None:
        """Collect; raise CommandError for settings that do not allow it, and for an account that is refused."""
        if not 1 <= options["every"] <= 86400:
            raise CommandError("--every must be between 1 and 86400 seconds.")
        tenant = _tenant(options["tenant"])
        username, password = settings.COLLECTOR_USERNAME, settings.COLLECTOR_PASSWORD
        if not username or not password:
            raise CommandError("Set COLLECTOR_USERNAME and COLLECTOR_PASSWORD: the account that may read the actors.")
        abaco = Abaco(client_for(tenant), ServiceAccount(tenant, username, password))
        stop = threading.Event()
        for sign in (signal.SIGTERM, signal.SIGINT):
            signal.signal(sign, lambda *_: stop.set())
        while True:
            try:
                new, failed = self.round(abaco, tenant.name, stop)
            except (SignedOut, WrongPassword, ClientRefused) as refusal:
                # Tried again and again, a wrong password would lock the account.
                raise CommandError(f"The account is refused: {refusal.user_message}", returncode=REFUSED) from None
            except NamingMismatch as error:
                raise CommandError(error.user_message, returncode=REFUSED) from None
            except AbacoError as error:
                if options["once"]:
                    raise CommandError(error.user_message) from None
                log.warning("The history could not be collected: %s", error.detail)
            else:
                self.stdout.write(f"{new} new executions{f', {failed} actors could not be read' if failed else ''}.")
                self.stdout.flush()
                if options["once"]:
                    if failed:
                        raise CommandError("Not all histories are whole.")
                    return
            if stop.wait(options["every"]) or stop.is_set():
                return

    def round(self, abaco: Abaco, tenant: str, stop: threading.Event) -> tuple[int, int]:
        """Look at every actor until its history is whole; return how many are new, and how many actors failed."""
        keys = rights.remember(tenant, abaco.actors.list())
        role = abaco.roles.admin()
        if role.is_unknown:
            log.warning("Whether the account is an administrator is not known: every actor that is known is asked for")
        if role is not AdminRole.OTHER:  # the API refuses those that it may not read, one by one
            keys |= set(ActorHistory.objects.filter(tenant=tenant).values_list("pk", flat=True))
        new, failed = 0, 0
        for key in sorted(keys):
            while not stop.is_set():
                actor = ActorHistory.objects.get(pk=key)
                if actor.deleted is not None:
                    break
                look = collecting.look_at(abaco, actor, seconds=STEP)
                new += look.new
                if isinstance(look.error, NotFound):
                    rights.mark_deleted(tenant, actor.actor_id)
                    break
                if look.error is not None:
                    failed += not isinstance(look.error, Forbidden)
                    break
                after = ActorHistory.objects.get(pk=key)
                if after.is_whole and not look.sketches:
                    break
                moved = any(getattr(after, name) != getattr(actor, name) for name in ("known", "since", "until"))
                if not moved and not look.sketches:
                    # Nothing moves: somebody else is reading it, or there is nothing more to be had.
                    failed += not after.is_whole and actor.busy_until <= now_ms()
                    break
        return new, failed


def _tenant(name: str) -> Tenant:
    tenants = settings.TENANTS
    if not name and len(tenants) == 1:
        return next(iter(tenants.values()))
    if name not in tenants:
        raise CommandError(f"Name the tenant: --tenant with one of {', '.join(tenants) or 'none, as none is set'}.")
    return tenants[name]
