"""`manage.py verify_audit`: prove that the audit trail is as it was written, or name the first entry that is not."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from actors_app.audit import heads
from actors_app.core.operations import trail
from actors_app.core.security.signatures import current_key


class Command(BaseCommand):
    """Walk the trail; exit with 0 when it holds, with 1 when it does not, and with 2 when a head cannot be read."""

    help = "Verify that the audit log is complete and unchanged, or name the first entry that is not."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take a head that was kept."""
        parser.add_argument("--head", metavar="FILE", help="A head of the log, which today's log must extend.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Say how many entries there are and how the trail ends; raise CommandError where it is broken."""
        head = self._head(options["head"]) if options.get("head") else None
        proof = trail.verify()
        if not proof.holds:
            raise CommandError(f"{proof.broken} The {proof.checked} entries before it are unchanged.", returncode=1)
        place = heads.place_of(head) if head else "same"
        if head and place in ("changed", "cut off"):
            raise CommandError(
                f"The {proof.checked} entries are consistent, but do not contain entry {head.entry} with the hash "
                f"{head.hash}: the log was rewritten.",
                returncode=1,
            )
        self.stdout.write(f"{proof.checked} entries, complete and unchanged.")
        if head and place == "pruned":
            self.stdout.write(f"Entry {head.entry} of the head was removed by prune_audit, so it cannot be compared.")
        elif head:
            self.stdout.write(f"The log extends the head: entry {head.entry} is unchanged in it.")
        # Kept elsewhere, it also shows whether somebody wrote the whole trail anew.
        self.stdout.write(f"The last hash is {proof.last_hash}.")

    def _head(self, path: str) -> heads.Head:
        try:
            head, signer = heads.read_head(Path(path).read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, heads.NoHeadError) as error:
            raise CommandError(f"{path} cannot be read as a head of the audit log: {error}", returncode=2) from None
        if signer is None and current_key() is not None:
            raise CommandError(f"{path} is not signed by this portal: it proves nothing.", returncode=1)
        return head
