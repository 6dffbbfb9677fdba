"""`manage.py hash_session_keys`: leave no key in the store that signs somebody in."""

from typing import Any

from django.core.management.base import BaseCommand

from actors_app.core.security.models import KeyHandover
from actors_app.core.security.sessions import hash_keys


class Command(BaseCommand):
    """Name all sessions by the hash of their key, now and from now on."""

    help = (
        "Store every session under a hash of its key instead of the key itself. Run this command once all portals run "
        "a version that has it: earlier versions would sign all users out. The command itself ends no session."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it and say how many there were."""
        KeyHandover.objects.all().delete()
        count = hash_keys()
        if options["verbosity"]:
            self.stdout.write(
                f"{count} sessions are now stored under a hash of their key. No session key is left in the database."
            )
