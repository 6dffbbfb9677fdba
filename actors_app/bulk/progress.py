"""A bulk act under way as its page shows it: how far it is, and what came of each thing."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString

from actors_app.bulk import jobs, steps
from actors_app.bulk.kinds import ACTS, Act
from actors_app.bulk.models import BulkItem, BulkJob
from actors_app.core.pages.badges import badge
from actors_app.core.pages.converters import is_id
from actors_app.core.pages.formatting import visible
from actors_app.core.security.credentials import Credentials
from actors_app.core.security.models import Readable
from actors_app.history.models import ActorHistory
from actors_app.messages.commands import execution_address

# Word on screen, style class and icon of each outcome of an item, in the order of the counts.
WORDS = {
    BulkItem.DONE: ("Success", "ok", "circle-check"),
    BulkItem.REFUSED: ("Rejected", "bad", "circle-x"),
    BulkItem.UNKNOWN: ("Unknown", "wait", "circle-question-mark"),
    BulkItem.SKIPPED: ("Skipped", "off", "circle"),
    BulkItem.LEFT: ("Skipped", "off", "circle"),
    BulkItem.STARTED: ("In progress", "run", "loader"),
    BulkItem.WAITING: ("Queued", "wait", "clock"),
}
# The lists that an act is ordered from: the section of the navigation, and what the way back is called.
PLACES = {
    "history": ("history", "Executions"),
    "actor-list": ("actors", "Actors"),
    "administration": ("administration", "Administration"),
    "all-workers": ("workers", "Workers"),
}
REMEMBERED = ("administration", "all-workers")
_SLOW = timedelta(seconds=20)  # after which a step that somebody else makes is worth a word


@dataclass(frozen=True, slots=True)
class Row:
    """An item as a page writes it; `check_url` leads to the question what became of it, where nobody knows."""

    number: int
    object: str
    url: str
    actor: str
    actor_id: str
    actor_url: str
    badge: SafeString
    message: str
    execution_id: str
    execution_url: str
    check_url: str


@dataclass(frozen=True, slots=True)
class Page:
    """A job: its counts, the items to write, and up to which item every result is final."""

    job: BulkJob
    counts: dict[str, int]
    rows: Sequence[Row]
    settled: int
    reason: str

    @property
    def act(self) -> Act:
        """Return what is done."""
        return ACTS[self.job.act]

    @property
    def section(self) -> str:
        """Return the section of the navigation that the list it was ordered from is in."""
        return PLACES[self.job.place][0]

    @property
    def back(self) -> str:
        """Return the list that it was ordered from, with its filter, read anew where it is remembered for a while."""
        fresh = "read=again" if self.job.place in REMEMBERED else ""
        return address(self.job.place, "&".join(filter(None, (self.job.query, fresh))))

    @property
    def back_words(self) -> str:
        """Return what that list is called."""
        return PLACES[self.job.place][1]

    @property
    def count_label(self) -> str:
        """Say how many things it is about."""
        return self.act.count_label(self.total)

    @property
    def title(self) -> str:
        """Name it with how many things it is about."""
        return self.act.named(self.total)

    @property
    def total(self) -> int:
        """Return how many things it is to be done to."""
        return sum(self.counts.values()) - self.counts.get(BulkItem.LEFT, 0)

    @property
    def is_over(self) -> bool:
        """Whether nothing more will be started."""
        return not any(self.counts.get(name) for name in jobs.OPEN)

    @property
    def over(self) -> int:
        """Return of how many the result is known, or known to be unknown."""
        return self.total - sum(self.counts.get(name, 0) for name in jobs.OPEN)

    @property
    def tallies(self) -> list[tuple[str, str, int]]:
        """Return the counts in words, those that there are, with the style of each."""
        return [(word, style, self.counts[name]) for name, (word, style, _) in WORDS.items() if self.counts.get(name)]

    @property
    def is_held(self) -> bool:
        """Whether a step that began a while ago has not ended: its process may have died."""
        until = self.job.busy_until
        return bool(until and timezone.now() < until < timezone.now() + steps.LEASE - _SLOW)


def pages_of(credentials: Credentials) -> list[Page]:
    """Return a person's newest jobs, without their items."""
    newest = list(jobs.jobs_of(credentials)[: jobs.LISTED])
    counts, reasons = jobs.tallies(newest), jobs.reasons_of(newest)
    return [Page(job, counts.get(job.pk, {}), (), 0, reasons.get(job.key, "")) for job in newest]


def page_of(credentials: Credentials, job: BulkJob, *, after: int | None = None) -> Page:
    """Return a job; of its items all, or, for a page that has those up to `after`, only what is new since."""
    items = list(jobs.items_of(job))
    settled = next((item.number - 1 for item in items if item.outcome in jobs.OPEN), len(items))
    counts = jobs.tally(job)
    if after is not None:
        items = [item for item in items if item.number > after and item.outcome != BulkItem.WAITING]
    return Page(job, counts, _rows(credentials, job, items), settled, jobs.reason_of(job) if after is None else "")


def _rows(credentials: Credentials, job: BulkJob, items: Sequence[BulkItem]) -> list[Row]:
    names = _names(credentials, {item.actor_id for item in items if not item.label})
    unknown = steps.entries(job, [item for item in items if item.outcome == BulkItem.UNKNOWN])
    prefix, column = reverse("actors:actor-list"), ACTS[job.act].column
    rows = []
    for item in items:
        entry = unknown.get(item.pk)
        is_known = is_id(item.actor_id) and not (job.act == "delete" and item.outcome == BulkItem.DONE)
        actor_url = f"{prefix}{item.actor_id}/" if is_known else ""
        folder = "workers" if column == "Worker" else "executions"
        rows.append(
            Row(
                number=item.number,
                object=visible(item.object_id),
                url=f"{actor_url}{folder}/{item.object_id}/" if actor_url and is_id(item.object_id) else "",
                actor=visible(item.label or names.get(item.actor_id, item.actor_id)),
                actor_id=visible(item.actor_id),
                actor_url=actor_url,
                badge=badge(*WORDS[item.outcome]),
                message=visible(item.said),
                execution_id=visible(item.made),
                execution_url=execution_address(item.actor_id, item.made) if is_id(item.made) else "",
                check_url=reverse("actors:activity-check", args=[entry.pk]) if entry else "",
            )
        )
    return rows


def address(place: str, query: str) -> str:
    """Return the address of a list with a filter."""
    return reverse(f"actors:{place}") + (f"?{query}" if query else "")


def _names(credentials: Credentials, ids: set[str]) -> dict[str, str]:
    """Return the names of actors, of those that are this person's or that the API last said they may read."""
    row = Readable.objects.filter(tenant=credentials.tenant, username=credentials.username).first()
    keys = set(json.loads(row.actors)) if row else set[int]()
    rows = ActorHistory.objects.filter(tenant=credentials.tenant, actor_id__in=ids).exclude(name="")
    named = rows.values_list("pk", "owner", "actor_id", "name")
    return {actor_id: name for key, owner, actor_id, name in named if key in keys or owner == credentials.username}
