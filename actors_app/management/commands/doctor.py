"""`manage.py doctor`: report problems of this deployment, in sentences."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from actors_app.doctor import Findings, files, inside, outside


class Command(BaseCommand):
    """Look at everything, say how it is, and end with 1 where something is wrong."""

    help = (
        "Check this deployment and report problems: settings, keys, database, migrations, file permissions, static "
        "files, disks, API, clocks, the collector account and, with --url, the public URL. Changes nothing. The exit "
        "code is 0 if there are no errors, and 1 otherwise."
    )
    requires_system_checks = ()  # what they say is said among the rest

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the public address, and what to leave out."""
        parser.add_argument("--url", default="", help="public URL of the portal, such as https://portal.example.org")
        parser.add_argument(
            "--ca-file", default="", help="certificates to trust for --url, instead of the default ones"
        )
        parser.add_argument("--offline", action="store_true", help="call neither the API nor the public URL")
        parser.add_argument("--quiet", action="store_true", help="omit passed checks")
        parser.add_argument("--strict", action="store_true", help="exit with 1 for warnings too")

    def handle(self, *args: Any, **options: Any) -> None:
        """Look, say, and end with what a script can read."""
        counts = {"ok": 0, "warning": 0, "error": 0}
        for finding in _everything(options):
            counts[finding.level] += 1
            if finding.level != "ok" or not options["quiet"]:
                self.stdout.write(f"{finding.level:8} {finding.about}: {finding.says}")
        self.stdout.write("{ok} OK, {warning} warnings, {error} errors.".format(**counts))
        if counts["error"] or (counts["warning"] and options["strict"]):
            raise SystemExit(1)


def _everything(options: dict[str, Any]) -> Findings:
    yield from inside.configuration()
    yield from inside.store()
    yield from files.store_files()
    yield from inside.keys()
    yield from inside.signing()
    yield from files.key_files()
    yield from inside.static_files()
    yield from inside.disks()
    yield from inside.room_for_counts()
    if not options["offline"]:
        yield from outside.apis()
        yield from outside.collector()
        if options["url"]:
            yield from outside.public(options["url"].rstrip("/"), options["ca_file"])
