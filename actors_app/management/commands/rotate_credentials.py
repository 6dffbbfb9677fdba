"""`manage.py rotate_credentials`: encrypt everything that is kept under the first of the keys."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from actors_app.core.security.rotation import rotate


class Command(BaseCommand):
    """Encrypt again; fail while a row would be lost with the older keys."""

    help = (
        "Encrypt every sign-in and every kept result again under the first key of PORTAL_CREDENTIAL_KEYS. "
        "First put the new key in front of the old ones and restart the portal, then run this, then take the old "
        "keys away and restart again."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it and say how many rows there were."""
        outcomes = rotate()
        self.stdout.write(
            f"{outcomes['rotated']} rows were encrypted again, {outcomes['current']} were under the first key already."
        )
        if unreadable := outcomes["unreadable"]:
            self.stdout.write(f"{unreadable} rows open under none of the keys; their owners will sign in again.")
        if busy := outcomes["busy"]:
            raise CommandError(f"{busy} rows were written at the same time. Run this again before a key is taken away.")
