"""`manage.py prune_history`: forget the oldest executions, as long after as the settings say."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from actors_app.core.clock import DAY, now_ms
from actors_app.history.retention import old, prune

MOST_DAYS = 36500


class Command(BaseCommand):
    """Forget executions older than HISTORY_RETENTION_DAYS; what is archived or on the trail stays."""

    help = "Delete executions that were received more than HISTORY_RETENTION_DAYS days ago."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take a number of days in place of the setting's, and whether only to count."""
        parser.add_argument(
            "--days",
            type=int,
            default=settings.HISTORY_RETENTION_DAYS,
            help="retention in days, instead of the setting",
        )
        parser.add_argument("--count", action="store_true", help="report how many would be deleted, and change nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        """Say how many executions went; raise CommandError for a number of days that cannot be."""
        days: int = options["days"]
        if not 0 <= days <= MOST_DAYS:
            raise CommandError(f"--days must be between 0 (keep forever) and {MOST_DAYS}.")
        if days == 0:
            self.stdout.write("The history is kept forever: HISTORY_RETENTION_DAYS is 0.")
            return
        before = now_ms() - days * DAY
        if options["count"]:
            self.stdout.write(f"{old(before)} executions would be deleted.")
            return
        self.stdout.write(f"{prune(before)} executions deleted.")
