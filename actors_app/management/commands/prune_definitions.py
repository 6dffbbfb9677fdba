"""`manage.py prune_definitions`: forget former definitions of actors, as long after as the settings say."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from actors_app.actors.archive import old, prune
from actors_app.core.clock import DAY, now_ms

MOST_DAYS = 36500


class Command(BaseCommand):
    """Forget definitions that were last seen longer ago than DEFINITION_RETENTION_DAYS; what stands now stays."""

    help = "Delete earlier definitions of actors that were last seen more than DEFINITION_RETENTION_DAYS days ago."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take a number of days in place of the setting's, and whether only to count."""
        parser.add_argument(
            "--days",
            type=int,
            default=settings.DEFINITION_RETENTION_DAYS,
            help="retention in days, instead of the setting",
        )
        parser.add_argument("--count", action="store_true", help="report how many would be deleted, and change nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        """Say how many definitions went; raise CommandError for a number of days that cannot be."""
        days: int = options["days"]
        if not 0 <= days <= MOST_DAYS:
            raise CommandError(f"--days must be between 0 (keep forever) and {MOST_DAYS}.")
        if days == 0:
            self.stdout.write("Definitions are kept forever: DEFINITION_RETENTION_DAYS is 0.")
            return
        before = now_ms() - days * DAY
        if options["count"]:
            self.stdout.write(f"{old(before)} definitions would be deleted.")
            return
        self.stdout.write(f"{prune(before)} definitions deleted.")
