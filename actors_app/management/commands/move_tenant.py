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
        "Confirm what it means that the address of a tenant changed. Without --apart: the same API has moved, and what "
        "the portal keeps of it, such as history, logs, notes and the trail, goes on at the new address; everybody "
        "signs in again. With --apart: this is another API, and what is kept of the former stays and is not shown."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the tenant, which of its former addresses is meant, and what to do."""
        parser.add_argument("name", help="the tenant; `default` without a file of tenants")
        parser.add_argument("--from", dest="former", metavar="URL", help="its former address, where there are several")
        parser.add_argument("--apart", action="store_true", help="this is another API; change nothing, warn no more")
        parser.add_argument("--discard", action="store_true", help="delete what was kept of the new address since")
        parser.add_argument("--dry-run", action="store_true", help="count the rows and change nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it and say what there was; raise CommandError where it is not clear, or not possible, what to do."""
        change = _change(options["name"], options["former"])
        former = change.before.origin or "an unknown address"
        self._list(f"Kept of {former}:", relocation.counts_of(change.before.key))
        if options["apart"]:
            if not options["dry_run"]:
                relocation.leave_apart(change)
            self.stdout.write(f"{former} and {change.tenant.origin} are two APIs; nothing is moved.")
            return
        since = relocation.newer_rows(change)
        self._list(f"Kept of {change.tenant.origin} since, and deleted with --discard:", since)
        if options["dry_run"]:
            self.stdout.write("Nothing was changed.")
            return
        try:
            relocation.move(change, discards=options["discard"])
        except relocation.Conflict as problem:
            raise CommandError(
                f"{sum(problem.counts.values())} rows are kept of {change.tenant.origin} already, and cannot be put "
                "together with those of the former address. With --discard they are deleted."
            ) from None
        self.stdout.write(f"It goes on at {change.tenant.origin}. Every sign-in has ended; the trail has an entry.")

    def _list(self, title: str, counts: dict[str, int]) -> None:
        if counts:
            self.stdout.write("\n".join([title, *(f"  {count} in {table}" for table, count in counts.items())]))


def _change(name: str, former: str | None) -> Change:
    tenant = settings.TENANTS.get(name)
    if tenant is None:
        raise CommandError(f"There is no tenant {name}: the names are {', '.join(settings.TENANTS) or 'none'}.")
    if former is None:
        rows = [change.before for change in origins.changes() if change.tenant == tenant]
    else:
        try:
            origin = origin_of(former) if former else ""
        except ValueError:
            raise CommandError(f"{former} is no address of an API.") from None
        rows = [row for row in origins.former_origins() if row.origin == origin]
        rows = [row for row in rows if row.name == name] or rows
    if not rows:
        raise CommandError(f"Nothing is kept of {'a former' if former is None else 'that'} address of {name}.")
    if len(rows) > 1:
        names = ", ".join(row.origin or '""' for row in rows)
        raise CommandError(f"{name} had several addresses: name one with --from. They are {names}.")
    return Change(tenant, rows[0])
