"""`manage.py prune_audit`: let the oldest part of the audit trail go, as long after as the settings say."""

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from actors_app.core.operations import trail

MOST_DAYS = 36500


class Command(BaseCommand):
    """Remove what is older than AUDIT_RETENTION_DAYS; the chain of what stays can be proved as before."""

    help = "Delete entries of the audit log that are older than AUDIT_RETENTION_DAYS days."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take a number of days in place of the setting's."""
        parser.add_argument(
            "--days", type=int, default=settings.AUDIT_RETENTION_DAYS, help="retention in days, instead of the setting"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Say how many entries went; raise CommandError for a number of days that cannot be."""
        days: int = options["days"]
        if not 0 <= days <= MOST_DAYS:
            raise CommandError(f"--days must be between 0 (keep forever) and {MOST_DAYS}.")
        if days == 0:
            self.stdout.write("The audit log is kept forever: AUDIT_RETENTION_DAYS is 0.")
            return
        count = trail.prune(timezone.now() - timedelta(days=days))
        self.stdout.write(f"{count} entries deleted.")
