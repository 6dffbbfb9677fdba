"""`manage.py rotate_credentials`: encrypt everything that is kept under the first of the keys."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from actors_app.core.security.rotation import rotate


class Command(BaseCommand):
    """Encrypt again; fail while a row would be lost with the older keys."""

    help = (
        "Encrypt all stored data with the first key of PORTAL_CREDENTIAL_KEYS. To change the key: add the new key at "
        "the start of the list, restart the portal, run this command, remove the old keys, and restart it again."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it and say how many rows there were."""
        outcomes = rotate()
        self.stdout.write(
            f"{outcomes['rotated']} rows were encrypted again; {outcomes['current']} already used the first key."
        )
        if unreadable := outcomes["unreadable"]:
            self.stdout.write(f"{unreadable} rows cannot be decrypted with any key; their owners must sign in again.")
        if busy := outcomes["busy"]:
            raise CommandError(
                f"{busy} rows were written at the same time. Run this command again before you remove a key."
            )
