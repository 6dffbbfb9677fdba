"""`manage.py verify_evidence`: prove that an evidence pack is as this portal made it, or name all that is not."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from actors_app.core.pages.formatting import visible
from actors_app.executions import evidence_check


class Command(BaseCommand):
    """Verify a pack; exit with 0 when it holds, with 1 when it does not, and with 2 when the file cannot be read."""

    help = (
        "Verify that an evidence pack is complete, unchanged and signed by this portal, or name everything that is not."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the file."""
        parser.add_argument("file", help="The ZIP file of the evidence pack.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Say how many files there are and who signed; raise CommandError where something is wrong."""
        try:
            with open(options["file"], "rb") as file:
                verdict = evidence_check.verify(file)
        except OSError as error:
            raise CommandError(f"{options['file']} cannot be read: {error.strerror}.", returncode=2) from None
        if not verdict.holds:
            lines = "\n".join(visible(problem) for problem in verdict.problems)
            raise CommandError(f"{lines}\n{verdict.unchanged} files are unchanged.", returncode=1)
        self.stdout.write(f"{verdict.unchanged} files, complete and unchanged.")
        if verdict.signer:
            former = "" if verdict.signer.is_current else ", a former key of this portal"
            self.stdout.write(f"Signed with the key {verdict.signer.fingerprint}{former}.")
