"""`manage.py move_tenant`: confirm what a changed address of a tenant means, and take what is kept along."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from actors_app.core.security import origins
from actors_app.core.security.origins import Change
from actors_app.doctor import relocation
from portal.tenants import origin_of


class Command(BaseCommand):
    """Move what is kept of a tenant's former API to its address of today, or leave it where it is."""

    help = (
        "Confirm a change of a tenant's URL. Without --apart, the same API has moved: stored data, such as the "
        "history, archived logs and the audit log, stays in use at the new URL, and all users sign in again. With "
        "--apart, this is another API: data of the previous API stays in the database and is not shown."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the tenant, which of its former addresses is meant, and what to do."""
        parser.add_argument("name", help="the tenant; `default` without a tenants file")
        parser.add_argument("--from", dest="former", metavar="URL", help="the previous URL, if there are several")
        parser.add_argument(
            "--apart", action="store_true", help="this is another API: move nothing, and stop the warnings"
        )
        parser.add_argument(
            "--discard", action="store_true", help="delete data stored for the new URL since the change"
        )
        parser.add_argument("--dry-run", action="store_true", help="count the rows and change nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it and say what there was; raise CommandError where it is not clear, or not possible, what to do."""
        change = _change(options["name"], options["former"])
        former = change.before.origin or "an unknown URL"
        self._list(f"Stored data of {former}:", relocation.counts_of(change.before.key))
        if options["apart"]:
            if not options["dry_run"]:
                relocation.leave_apart(change)
            self.stdout.write(f"{former} and {change.tenant.origin} are different APIs. No data is moved.")
            return
        since = relocation.newer_rows(change)
        self._list(f"Stored data of {change.tenant.origin}, deleted with --discard:", since)
        if options["dry_run"]:
            self.stdout.write("Nothing was changed.")
            return
        try:
            relocation.move(change, discards=options["discard"])
        except relocation.Conflict as problem:
            raise CommandError(
                f"{sum(problem.counts.values())} rows are already stored for {change.tenant.origin} and cannot be "
                "merged with those of the previous URL. Use --discard to delete them."
            ) from None
        self.stdout.write(f"The stored data now belongs to {change.tenant.origin}. All users must sign in again.")

    def _list(self, title: str, counts: dict[str, int]) -> None:
        if counts:
            self.stdout.write("\n".join([title, *(f"  {count} in {table}" for table, count in counts.items())]))


def _change(name: str, former: str | None) -> Change:
    tenant = settings.TENANTS.get(name)
    if tenant is None:
        raise CommandError(f"Unknown tenant {name}. Tenants: {', '.join(settings.TENANTS) or 'none'}.")
    if former is None:
        rows = [change.before for change in origins.changes() if change.tenant == tenant]
    else:
        try:
            origin = origin_of(former) if former else ""
        except ValueError:
            raise CommandError(f"{former} is not a valid API URL.") from None
        rows = [row for row in origins.former_origins() if row.origin == origin]
        rows = [row for row in rows if row.name == name] or rows
    if not rows:
        raise CommandError(f"No data is stored for {'a previous' if former is None else 'that'} URL of {name}.")
    if len(rows) > 1:
        names = ", ".join(row.origin or '""' for row in rows)
        raise CommandError(f"{name} had several URLs. Choose one with --from: {names}.")
    return Change(tenant, rows[0])
