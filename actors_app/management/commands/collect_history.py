"""`manage.py collect_history`: keep the history complete with service accounts, whoever looks at the portal or not."""

import os
import signal
import threading
import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import Error

from actors_app.history import heartbeat
from actors_app.history.accounts import AccountError, tenants_to_collect
from actors_app.history.rounds import Rounds
from portal.store_faults import sentence_about
from portal.tenants import Tenant

# An exit code of its own, at which systemd leaves the collector ended: only a person can mend an account or a setting.
REFUSED = os.EX_CONFIG


class Command(BaseCommand):
    """Read what every actor that the accounts may read has run, again and again, until it is told to stop."""

    help = "Sync the execution history of every actor, once or continuously, with the account of each tenant."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the tenant, how often to look, whether to look only once, and what only looks at the collector."""
        parser.add_argument("--tenant", default="", help="only this tenant; default: all tenants with an account")
        parser.add_argument("--every", type=int, default=30, help="interval between rounds, in seconds")
        parser.add_argument(
            "--once", action="store_true", help="run one round, until all histories are complete, then exit"
        )
        parser.add_argument(
            "--stay",
            action="store_true",
            help="if an account or a setting is rejected, keep running without API calls, so that it is not restarted",
        )
        parser.add_argument("--check", action="store_true", help="check the settings, then exit")
        parser.add_argument(
            "--is-alive", action="store_true", help="check whether a collector runs on this machine, then exit"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Collect; raise CommandError for settings that do not allow it, and for accounts that are refused."""
        if not 1 <= options["every"] <= 86400:
            raise CommandError("--every must be between 1 and 86400 seconds.")
        if options["is_alive"]:
            self._ask_for_a_sign(options["tenant"])
            return
        stop = threading.Event()
        for sign in (signal.SIGTERM, signal.SIGINT):
            signal.signal(sign, lambda *_: stop.set())
        try:
            rounds = [Rounds(tenant, options["every"]) for tenant in _tenants(options["tenant"])]
            if not options["check"]:
                self._collect(rounds, stop, once=options["once"])
        except CommandError as error:
            if not options["stay"] or error.returncode != REFUSED:
                raise
            self.stderr.write(f"{error} The collector makes no API calls until it is restarted.")
            stop.wait()

    def _collect(self, rounds: list[Rounds], stop: threading.Event, *, once: bool) -> None:
        """Take the step that is due, of whichever tenant, until it is told to stop or nobody is left."""
        beat_at = 0.0
        while not stop.is_set():
            active = [round_ for round_ in rounds if not round_.refusal and not (once and round_.ended)]
            if not active:
                break
            if time.monotonic() >= beat_at:
                for round_ in rounds:
                    round_.beat()
                beat_at = time.monotonic() + heartbeat.EVERY
            first = min(active, key=lambda candidate: candidate.due)
            wait = min(first.due, beat_at) - time.monotonic()
            if stop.wait(max(wait, 0.0)) or first.due > time.monotonic():
                continue
            if sentence := first.step():
                self.stdout.write(f"{_prefix(first, rounds)}{sentence}")
                self.stdout.flush()
        refused = [round_ for round_ in rounds if round_.refusal]
        if refused and (once or len(refused) == len(rounds)):
            raise CommandError(_joined(refused, rounds, "refusal"), returncode=REFUSED)
        if once and (bad := [round_ for round_ in rounds if round_.problem]):
            raise CommandError(_joined(bad, rounds, "problem"))

    def _ask_for_a_sign(self, name: str) -> None:
        try:
            complaint = heartbeat.complaint(_tenants(name))
        except Error as error:
            complaint = f"Database error ({type(error).__name__}). {sentence_about(error)}".rstrip()
        if complaint:
            raise CommandError(complaint)


def _tenants(name: str) -> list[Tenant]:
    try:
        return tenants_to_collect(name)
    except AccountError as error:
        raise CommandError(str(error), returncode=REFUSED) from None


def _joined(selected: list[Rounds], rounds: list[Rounds], about: str) -> str:
    return " ".join(f"{_prefix(round_, rounds)}{getattr(round_, about)}" for round_ in selected)


def _prefix(round_: Rounds, rounds: list[Rounds]) -> str:
    return f"{round_.tenant.name}: " if len(rounds) > 1 else ""
