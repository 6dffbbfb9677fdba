"""The audit trail as people read it: whose lines somebody may see, which were asked for, and each in words.

A line is a write with its end, or a secret that was read. `core/operations/trail.py` verifies the trail;
`checks.py` asks the API for the outcome of a write.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Max, Min, Q, QuerySet
from django.urls import reverse
from django.utils.safestring import SafeString

from actors_app.core.operations.models import AuditEntry
from actors_app.core.operations.operation import About, recorded_operation
from actors_app.core.operations.trail import OPERATOR
from actors_app.core.pages.badges import activity_badge
from actors_app.core.pages.converters import is_id
from actors_app.core.pages.formatting import ago_words, now, visible
from actors_app.core.pages.timezones import exact
from actors_app.core.security import origins
from actors_app.core.security.credentials import Credentials
from actors_app.services.blanks import label_of
from actors_app.services.types import Actor, AdminRole

EXPORT_BATCH = 500
LOOKED_AT, SHOWN = 50, 4  # entries of an actor among which its last changes are, and how many of those are shown
IN_PROGRESS = timedelta(seconds=60)  # for which a write without an end may still be under way


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads the trail, and the actors whose entries by others they may read now."""

    credentials: Credentials
    names: Mapping[str, str] = field(default_factory=dict)  # of the actors that they may read, by id
    owned: frozenset[str] = frozenset()  # the ids of those that are theirs
    role: AdminRole = AdminRole.OTHER

    @classmethod
    def of(cls, credentials: Credentials, actors: Iterable[Actor] = (), role: AdminRole = AdminRole.OTHER) -> "Reader":
        """Return the reader that may read these actors, and as an administrator every entry of the tenant."""
        actors = tuple(actors)
        owned = frozenset(actor.id for actor in actors if actor.owner == credentials.username)
        return cls(credentials, {actor.id: actor.label for actor in actors}, owned, role)

    def opens(self, actor_id: str) -> bool:
        """Whether the page of an actor opens for them, as far as is known."""
        return actor_id in self.names or (self.role.is_admin and is_id(actor_id))

    def sees_values(self, entry: AuditEntry) -> bool:
        """Whether they see the values of a definition in an entry: its writer and the actor's owner do.

        A value may have been taken out since. Whoever has UPDATE sees it among the former definitions; here nobody is
        asked for the level on each actor of a list.
        """
        operation = recorded_operation(entry.action)
        has_values = operation is not None and operation.has_values
        return not has_values or entry.username == self.credentials.username or entry.actor_id in self.owned

    def lines(self) -> QuerySet[AuditEntry]:
        """Return what they may see, with the ends, newest first.

        Their own lines, those of the operator, who has no name here, and what others did to those actors; all of the
        tenant for an administrator.
        """
        of_tenant = AuditEntry.objects.filter(**origins.trail_of(self.credentials.tenant), start__isnull=True)
        if self.role.is_admin:
            return of_tenant.select_related("end").order_by("-pk")
        readable = Q(username__in=(self.credentials.username, OPERATOR))
        if self.names:
            readable |= Q(actor_id__in=list(self.names))
        return of_tenant.filter(readable).select_related("end").order_by("-pk")


@dataclass(frozen=True, slots=True)
class LineFilters:
    """The filters of the lines; empty and None select all."""

    username: str = ""
    action: str = ""
    actors: frozenset[str] = frozenset()
    outcome: str = ""
    since: datetime | None = None
    until: datetime | None = None

    def apply(self, lines: QuerySet[AuditEntry]) -> QuerySet[AuditEntry]:
        """Return the lines that match."""
        if self.username:
            lines = lines.filter(username=self.username)
        if self.action:
            lines = lines.filter(action=self.action)
        if len(self.actors) == 1:
            lines = lines.filter(actor_id=next(iter(self.actors)))
        elif self.actors:
            lines = lines.filter(actor_id__in=self.actors)
        if self.outcome:
            lines = lines.filter(_outcome(self.outcome))
        if self.since or self.until:
            first, last = self._numbers()
            lines = lines.filter(pk__gte=first, pk__lte=last, **self._span())
        return lines

    def _span(self) -> dict[str, datetime]:
        span = {"time__gte": self.since, "time__lt": self.until}
        return {name: moment for name, moment in span.items() if moment}

    def _numbers(self) -> tuple[int, int]:
        """Return the first and the last number in the span, so that lines beyond it are not even looked at."""
        bounds = AuditEntry.objects.filter(**self._span()).aggregate(first=Min("pk"), last=Max("pk"))
        return bounds["first"] or 0, bounds["last"] or 0


def _outcome(outcome: str) -> Q:
    condition = Q(end__outcome=outcome) | Q(kind__in=AuditEntry.WHOLE, outcome=outcome)
    if outcome == AuditEntry.UNKNOWN:
        condition |= Q(end=None, kind=AuditEntry.START, time__lt=now() - IN_PROGRESS)
    return condition


def outcome_of(entry: AuditEntry, at: datetime) -> str:
    """Return how a line stands: done, refused, unknown, or running while its end may still come."""
    if entry.kind in AuditEntry.WHOLE:
        return entry.outcome
    if end := end_of(entry):
        return end.outcome
    return "running" if at - entry.time < IN_PROGRESS else AuditEntry.UNKNOWN


def end_of(entry: AuditEntry) -> AuditEntry | None:
    """Return the entry that says what came of a write, or None."""
    end: AuditEntry | None = getattr(entry, "end", None)
    return end


def summary_of(action: str, outcome: str) -> str:
    """Say what was done, or tried, with words that go before the name of an actor."""
    operation = recorded_operation(action)
    if operation is None or not operation.done:
        return action
    return operation.done if outcome == AuditEntry.DONE else f"attempted to {operation.tried}"


@dataclass(frozen=True, slots=True)
class Line:
    """A line as a page writes it; everything in it may be shown, and is escaped by the template."""

    id: int
    url: str
    check_url: str  # empty where the outcome is known
    author: str
    is_own: bool
    summary: str
    actor: str
    actor_url: str  # empty where the actor cannot be opened
    object: str
    object_url: str
    badge: SafeString
    outcome: str
    reason: str  # why it was done, as its author wrote
    ago: str
    exact: str
    iso: str


def lines_of(entries: Iterable[AuditEntry], reader: Reader) -> list[Line]:
    """Return entries as lines to write; addresses are made once and not for each."""
    at, prefix, actors = now(), reverse("actors:activity-list"), reverse("actors:actor-list")
    return [_line(entry, reader, at, prefix, actors) for entry in entries]


def latest_changes(credentials: Credentials, actor: Actor) -> list[Line]:
    """Return the last changes of an actor that stand among its newest entries; messages are none."""
    reader = Reader.of(credentials, [actor])
    lines = reader.lines().filter(actor_id=actor.id)
    newest = lines.values_list("pk", "action")[:LOOKED_AT]
    changes = [pk for pk, action in newest if not action.startswith("message.")][:SHOWN]
    return lines_of(lines.filter(pk__in=changes), reader) if changes else []


def _line(entry: AuditEntry, reader: Reader, at: datetime, prefix: str, actors: str) -> Line:
    outcome = outcome_of(entry, at)
    url = f"{prefix}{entry.pk}/"
    actor_url, (named, object_url) = actor_address(entry, reader, actors), object_of(entry, actors)
    return Line(
        id=entry.pk,
        url=url,
        check_url=f"{url}check/" if outcome == AuditEntry.UNKNOWN else "",
        author=visible(entry.username) or "the operator",
        is_own=entry.username == reader.credentials.username,
        summary=visible(summary_of(entry.action, outcome)),
        actor=visible(name_of(entry, reader)),
        actor_url=actor_url,
        object=visible(named),
        object_url=object_url,
        badge=activity_badge(outcome),
        outcome=outcome,
        reason=visible(str(details_of(entry).get("reason", ""))),
        ago=ago_words(entry.time, at),
        exact=exact(entry.time),
        iso=entry.time.isoformat(),
    )


def name_of(entry: AuditEntry, reader: Reader) -> str:
    """Return the actor's name as it is now, else as it was then, else its id."""
    former = details_of(entry).get("name")
    return reader.names.get(entry.actor_id) or label_of(former if isinstance(former, str) else "", entry.actor_id)


def actor_address(entry: AuditEntry, reader: Reader, actors: str) -> str:
    """Return the page of the actor, of the one that was registered too; empty where it cannot be opened."""
    if _about(entry) == "new actor":
        return _location(entry)
    return f"{actors}{entry.actor_id}/" if reader.opens(entry.actor_id) else ""


def object_of(entry: AuditEntry, actors: str) -> tuple[str, str]:
    """Return what else it was about, an execution, a worker, a nonce or a person, and its page, if it has one."""
    actor, about = f"{actors}{entry.actor_id}/", _about(entry)
    if about == "nonce":
        return str(details_of(entry).get("nonce", "")), ""
    if about == "person":
        return entry.object_id, ""
    if about == "worker" and is_id(entry.object_id):
        return entry.object_id, f"{actor}workers/{entry.object_id}/"
    if about == "execution" and is_id(entry.object_id):
        return entry.object_id, f"{actor}executions/{entry.object_id}/"
    if about == "page":
        page = _location(entry)
        return ("Open", page) if page else ("", "")
    if execution := execution_of(entry):
        return execution, f"{actor}executions/{execution}/"
    return "", ""


def _about(entry: AuditEntry) -> About | None:
    operation = recorded_operation(entry.action)
    return operation.about if operation else None


def execution_of(entry: AuditEntry) -> str:
    """Return the id of the execution that a message became, where it is known."""
    execution = _location(entry).rpartition("/executions/")[2].strip("/")
    return execution if entry.actor_id and is_id(execution) else ""


def _location(entry: AuditEntry) -> str:
    """Return the page of ours to which a write led that was done; empty where it led nowhere."""
    answer = details_of(end_of(entry)).get("answer")
    return str(answer["location"]) if isinstance(answer, dict) else ""


def details_of(entry: AuditEntry | None) -> dict[str, Any]:
    """Return what an entry keeps; of what was typed it has a digest, which says nothing to people."""
    details: dict[str, Any] = json.loads(entry.details) if entry else {}
    details.pop("content", None)
    return details


def answer_of(entry: AuditEntry) -> tuple[str, str]:
    """Return what the portal said of a write, and the API's own words where it refused."""
    details = details_of(end_of(entry))
    if "answer" in details:
        return str(details["answer"]["message"]), ""
    error = details.get("error", {})
    return str(error.get("user_message", "")), str(error.get("reason") or "")


def visible_details(entry: AuditEntry, reader: Reader) -> dict[str, Any]:
    """Return what an entry keeps as somebody sees it: of a definition perhaps only the names of its fields."""
    details = details_of(entry)
    if not reader.sees_values(entry):
        for side in ("before", "after"):
            if isinstance(details.get(side), dict):
                details[side] = {name: _veiled(value) for name, value in details[side].items()}
    return details


def _veiled(value: Any) -> Any:
    if isinstance(value, dict):
        return dict.fromkeys(value, "…")
    return value if value in (None, "", []) else "…"


def record_of(entry: AuditEntry, reader: Reader) -> dict[str, Any]:
    """Return a line as an export has it: plain values, times in ISO 8601."""
    end, details = end_of(entry), visible_details(entry, reader)
    message, reason = answer_of(entry)
    return {
        "id": entry.pk,
        "time": entry.time.isoformat(),
        "ended": end.time.isoformat() if end else None,
        "username": entry.username,
        "action": entry.action,
        "actor_id": entry.actor_id,
        "object_id": entry.object_id or execution_of(entry),
        "outcome": outcome_of(entry, now()),
        "before": details.pop("before", None),
        "after": details.pop("after", None),
        "details": details,
        "answer": message,
        "reason": reason,
        "request_id": entry.request_id,
        "hash": entry.hash,
        "end_hash": end.hash if end else None,
    }


def iter_entries(lines: QuerySet[AuditEntry]) -> Iterator[AuditEntry]:
    """Yield every line, newest first, by many short looks at the store and not by one long one."""
    before = None
    while True:
        batch = list((lines.filter(pk__lt=before) if before else lines)[:EXPORT_BATCH])
        yield from batch
        if len(batch) < EXPORT_BATCH:
            return
        before = batch[-1].pk
