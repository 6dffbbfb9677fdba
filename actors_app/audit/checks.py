"""Asking the API what became of a write whose answer never came: one check for each action, and only by GET.

A check compares what the API shows now with what the trail knows. It decides nothing and changes nothing.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.urls import reverse

from actors_app.actors.definition import LABELS, definition_of, redacted
from actors_app.audit.activity import details_of, execution_of
from actors_app.core.operations.models import AuditEntry
from actors_app.core.pages.converters import is_id
from actors_app.core.pages.formatting import visible
from actors_app.core.pages.own_pages import page_of
from actors_app.nonces.handles import nonce_handle
from actors_app.permissions.access import Subject
from actors_app.services import Abaco
from actors_app.services.errors import NotFound
from actors_app.services.jsons import is_same
from actors_app.services.types import Execution, Nonce

EARLIER = timedelta(seconds=1)  # the API's clock and its times without fractions may be behind by that
MOST = 20  # executions looked at


@dataclass(frozen=True, slots=True)
class Found:
    """A thing that the API shows: its name, its page with us (or nothing), and when it came to be."""

    name: str
    url: str = ""
    time: datetime | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found: whether it was done, as far as can be said, the sentence, the next step, and the evidence."""

    done: str  # "yes", "no" or "unknown"
    words: str
    advice: str
    found: Sequence[Found] = field(default_factory=tuple)


def check(abaco: Abaco, entry: AuditEntry) -> Finding:
    """Ask the API what became of a write; raises AbacoError when it cannot say."""
    how = CHECKS.get(entry.action)
    if how is None:
        return Finding("unknown", "Nothing at the API shows whether this was done.", "Look at the actor itself.")
    return how(abaco, entry)


def _since(entry: AuditEntry) -> datetime:
    return entry.time - EARLIER


def _is_since(moment: datetime | None, entry: AuditEntry) -> bool:
    return moment is not None and moment >= _since(entry).replace(microsecond=0)


def _page(entry: AuditEntry, name: str, *more: str) -> str:
    return reverse(f"actors:{name}", args=[entry.actor_id, *more])


def _message(abaco: Abaco, entry: AuditEntry) -> Finding:
    """Look for executions by this person that began after it was sent (`GET /actors/{id}/executions`)."""
    listing = abaco.executions.list(entry.actor_id)
    others = _executions_of_others(entry)
    ids = [
        row.id
        for row in sorted(
            (row for row in listing.executions if _is_since(row.message_received_time, entry)),
            key=lambda row: row.message_received_time or entry.time,
        )
        if is_id(row.id) and row.id not in others
    ]
    executions = _whole(abaco, entry.actor_id, ids[:MOST])
    found = [
        Found(one.id, _page(entry, "execution-detail", one.id), one.message_received_time, visible(one.status.lower()))
        for one in executions
        if one.executor == entry.username
    ]
    if found:
        return Finding(
            "yes" if len(found) == 1 else "unknown",
            "An execution of this actor that you did not start by another message of this portal came after it."
            if len(found) == 1
            else f"{len(found)} executions came after it that no other message of this portal explains.",
            "Most likely the message was accepted; open the execution to see what it received. Do not send it again.",
            found,
        )
    if len(ids) > MOST:
        return Finding(
            "unknown",
            f"{len(ids)} executions came after it, and the first {MOST} are of other people.",
            "Look through the list of executions.",
            [Found("All executions", _page(entry, "execution-list"))],
        )
    return Finding(
        "no",
        "No execution of this actor came from it: it was most likely not accepted.",
        "You can send the message again.",
    )


def _executions_of_others(entry: AuditEntry) -> set[str]:
    """Return the executions that other messages of this trail became."""
    sent = AuditEntry.objects.filter(
        tenant=entry.tenant, actor_id=entry.actor_id, action=entry.action, start__isnull=True, pk__gte=entry.pk
    )
    return {execution_of(one) for one in sent.select_related("end")[:1000]}


def _whole(abaco: Abaco, actor_id: str, ids: Sequence[str]) -> list[Execution]:
    """Return executions with who started them; one that is not given is left out."""
    answers = abaco.wave(**{one: lambda one=one: abaco.executions.get(actor_id, one) for one in ids}) if ids else {}
    return [answer.need() for answer in answers.values() if not isinstance(answer.error, NotFound)]


def _create(abaco: Abaco, entry: AuditEntry) -> Finding:
    """Look for actors of that name and owner that were made since (`GET /actors`)."""
    name = details_of(entry).get("name")
    made = [
        actor
        for actor in abaco.actors.list()
        if actor.owner == entry.username and actor.name == (name or None) and _is_since(actor.create_time, entry)
    ]
    if not made:
        return Finding("no", "You own no such actor that was made since then.", "You can register it again.")
    found = [
        Found(visible(one.label), reverse("actors:actor-detail", args=[one.id]), one.create_time, one.id)
        for one in made
        if is_id(one.id)
    ]
    return Finding("yes", "It was registered.", "Open it; do not register it again.", found)


def _update(abaco: Abaco, entry: AuditEntry) -> Finding:
    """Compare the actor with what was to be saved (`GET /actors/{id}`)."""
    actor = abaco.actors.get(entry.actor_id)
    now, wanted = redacted(definition_of(actor)), details_of(entry).get("after", {})
    same = {name: is_same(now.get(name), value) for name, value in wanted.items()}
    found = [
        Found(LABELS.get(name, name), note="as you saved it" if holds else "not as you saved it")
        for name, holds in same.items()
    ]
    page = [Found(visible(actor.label), _page(entry, "actor-detail"), actor.last_update_time, "last changed")]
    if not _is_since(actor.last_update_time, entry):
        return Finding("no", "The actor was not changed since then.", "You can save it again.", page)
    if all(same.values()):
        return Finding(
            "yes",
            "The actor was changed since then, and is as you saved it.",
            "Of an environment and a state only the names are compared.",
            [*page, *found],
        )
    return Finding(
        "unknown",
        "The actor was changed since then, but is not as you saved it: perhaps by somebody else.",
        "Open it and see whether your change is still wanted.",
        [*page, *found],
    )


def _delete(abaco: Abaco, entry: AuditEntry) -> Finding:
    """See whether the actor is still there (`GET /actors/{id}`)."""
    try:
        actor = abaco.actors.get(entry.actor_id)
    except NotFound:
        return Finding("yes", "The actor is not there any more.", "There is nothing left to do.")
    found = [Found(visible(actor.label), _page(entry, "actor-detail"), note=actor.status_words)]
    if actor.is_shutting_down:
        return Finding("yes", "The actor is being deleted.", "Check again in a minute.", found)
    return Finding("no", "The actor is still there.", "You can delete it again.", found)


def _purge(abaco: Abaco, entry: AuditEntry) -> Finding:
    """Count the messages that wait (`GET /actors/{id}/messages`)."""
    waiting = abaco.messages.count(entry.actor_id).messages
    found = [Found("The mailbox", _page(entry, "message-create"))]
    if waiting == 0:
        return Finding("yes", "No message waits.", "There is nothing left to do.", found)
    return Finding(
        "unknown",
        f"{waiting} messages wait; they may have come since." if waiting is not None else "The API gave no count.",
        "You can empty the mailbox again if they should go too.",
        found,
    )


def _workers(abaco: Abaco, entry: AuditEntry) -> Finding:
    """List the workers (`GET /actors/{id}/workers`)."""
    workers, wanted = abaco.workers.list(entry.actor_id), details_of(entry).get("num")
    found = [
        Found(one.id, _page(entry, "worker-detail", one.id), one.create_time, one.status_words)
        for one in workers
        if is_id(one.id)
    ]
    if isinstance(wanted, int) and len(workers) >= wanted:
        words, advice, done = "There are as many workers as you asked for.", "There is nothing left to do.", "yes"
    else:
        words, done = f"There are {len(workers)} workers; workers that idle are stopped by the API itself.", "unknown"
        advice = "You can ask for them again: asking twice makes no more of them."
    return Finding(done, words, advice, found)


def _worker(abaco: Abaco, entry: AuditEntry) -> Finding:
    """See whether the worker is still there (`GET /actors/{id}/workers`)."""
    one = next((one for one in abaco.workers.list(entry.actor_id) if one.id == entry.object_id), None)
    if one is None:
        return Finding("yes", "The worker is not there any more.", "There is nothing left to do.")
    found = [Found(one.id, _page(entry, "worker-detail", one.id), one.create_time, one.status_words)]
    if one.is_stopping:
        return Finding("yes", "The worker was asked to stop.", "Its row goes when it has stopped.", found)
    return Finding("no", "The worker is still there.", "You can stop it again.", found)


def _nonce_made(abaco: Abaco, entry: AuditEntry) -> Finding:
    """Look for nonces that this person made since (`GET /actors/{id}/nonces`); they are shown masked."""
    return _made_since(
        entry,
        abaco.nonces.list(entry.actor_id),
        lambda one: _page(entry, "nonce-detail", nonce_handle(entry.actor_id, one.id)),
    )


def _made_since(entry: AuditEntry, nonces: Sequence[Nonce], page: Callable[[Nonce], str]) -> Finding:
    found = [
        Found(one.masked, page(one), one.create_time, visible(one.description))
        for one in nonces
        if one.owner == entry.username and _is_since(one.create_time, entry)
    ]
    if not found:
        return Finding("no", "You made no nonce of it since then.", "You can make one.")
    return Finding(
        "unknown",
        "These nonces of yours were made since then.",
        "One that you have never seen in full is of no use: delete it, and make another.",
        found,
    )


def _nonce_deleted(abaco: Abaco, entry: AuditEntry) -> Finding:
    """See whether the nonce is still there (`GET /actors/{id}/nonces`)."""
    nonces, handle = abaco.nonces.list(entry.actor_id), entry.object_id
    return _gone(entry.actor_id, handle, nonces, _page(entry, "nonce-detail", handle))


def _gone(holder: str, handle: str, nonces: Sequence[Nonce], page: str) -> Finding:
    for one in nonces:
        if nonce_handle(holder, one.id) == handle:
            found = [Found(one.masked, page, one.create_time)]
            return Finding("no", "The nonce is still there.", "You can delete it again.", found)
    return Finding("yes", "The nonce is not there any more.", "There is nothing left to do.")


def _alias_found(abaco: Abaco, entry: AuditEntry) -> Found | None:
    """Return the alias as the API has it now, noting where it leads (`GET /actors/aliases`)."""
    for one in abaco.aliases.list():
        if one.alias == entry.object_id:
            page = page_of("alias-detail", one.alias)
            return Found(visible(one.alias), page, note=f"leads to {visible(one.actor_id)}")
    return None


def _alias_made(abaco: Abaco, entry: AuditEntry) -> Finding:
    """See whether there is such an alias, and where it leads."""
    found = _alias_found(abaco, entry)
    if found is None:
        return Finding("no", "There is no such alias.", "You can make it again.")
    if found.note == f"leads to {visible(entry.actor_id)}":
        return Finding("yes", "The alias leads to the actor that you named.", "There is nothing left to do.", [found])
    return Finding(
        "unknown" if entry.action == "alias.create" else "no",
        "There is an alias of that name, and it leads elsewhere.",
        "Open it and see whose it is and where it should lead.",
        [found],
    )


def _alias_deleted(abaco: Abaco, entry: AuditEntry) -> Finding:
    """See whether the alias is still there."""
    found = _alias_found(abaco, entry)
    if found:
        return Finding("no", "The alias is still there.", "You can delete it again.", [found])
    return Finding("yes", "The alias is not there any more.", "There is nothing left to do.")


def _alias_nonce_made(abaco: Abaco, entry: AuditEntry) -> Finding:
    """Look for nonces of the alias that this person made since (`GET /actors/aliases/{alias}/nonces`)."""
    alias = entry.object_id
    return _made_since(
        entry,
        abaco.alias_nonces.list(alias),
        lambda one: page_of("alias-nonce-detail", alias, nonce_handle(alias, one.id)),
    )


def _alias_nonce_deleted(abaco: Abaco, entry: AuditEntry) -> Finding:
    """See whether the nonce is still there (`GET /actors/aliases/{alias}/nonces`)."""
    alias, handle = str(details_of(entry).get("alias", "")), entry.object_id
    return _gone(alias, handle, abaco.alias_nonces.list(alias), page_of("alias-nonce-detail", alias, handle))


def _config(abaco: Abaco, entry: AuditEntry) -> Finding:
    """See whether the config is there (`GET /actors/configs`); a value is not compared, since none is on the trail."""
    is_there = any(one.name == entry.object_id for one in abaco.configs.list())
    found = [Found(visible(entry.object_id), page_of("config-detail", entry.object_id))] if is_there else []
    if entry.action == "config.delete":
        if is_there:
            return Finding("no", "The config is still there.", "You can delete it again.", found)
        return Finding("yes", "The config is not there any more.", "There is nothing left to do.")
    if not is_there:
        return Finding("no", "There is no such config.", "You can make it again.")
    if entry.action == "config.create":
        return Finding("yes", "There is a config of that name.", "Open it and see whether it is yours.", found)
    return Finding("unknown", "The config is there; what was saved cannot be told.", "Open it and look.", found)


def _state(abaco: Abaco, entry: AuditEntry) -> Finding:
    """See whether the state is empty; what was saved is not on the trail (`GET /actors/{id}/state`)."""
    found = [Found("The state", _page(entry, "state-detail"))]
    is_empty = not abaco.state.get(entry.actor_id)
    if entry.action == "state.reset":
        if is_empty:
            return Finding("yes", "The state is empty.", "There is nothing left to do.", found)
        return Finding("unknown", "The state is not empty; it may have been written since.", "Look at it.", found)
    return Finding("unknown", "A state does not say who wrote it.", "Look whether it is the one you saved.", found)


def _permission(abaco: Abaco, entry: AuditEntry) -> Finding:
    """Look at the level that the person has now (`GET /actors/{id}/permissions`, or those of an alias or config)."""
    details = details_of(entry)
    wanted, kind = details.get("after", {}).get(entry.object_id), details.get("kind", "actor")
    subject = Subject(kind, entry.actor_id or str(details.get("name", "")))
    level = abaco.permissions.get(subject.name, subject.kind).get(entry.object_id, "not in the list")
    found = [Found("The permissions", subject.url, note=f"{visible(entry.object_id)}: {visible(level)}")]
    if level == wanted:
        return Finding("yes", f"The level is {level}, as you set it.", "There is nothing left to do.", found)
    return Finding(
        "no",
        f"The level is not {wanted}: it was not done, or somebody has changed it since.",
        "You can set it again.",
        found,
    )


def _halt(abaco: Abaco, entry: AuditEntry) -> Finding:
    """See how the execution stands (`GET /actors/{id}/executions/{execution}`)."""
    one = abaco.executions.get(entry.actor_id, entry.object_id)
    found = [Found(one.id, _page(entry, "execution-detail", one.id), one.finish_time, one.outcome)]
    if not one.is_finished:
        return Finding(
            "unknown", "The execution still runs.", "A halt takes a moment; then you can halt it again.", found
        )
    if one.outcome == "halted":
        return Finding("yes", "The execution was halted.", "There is nothing left to do.", found)
    return Finding("no", "The execution has ended by itself.", "There is nothing left to do.", found)


def _register(abaco: Abaco, entry: AuditEntry) -> Finding:
    """Show the way to the list, since nothing in it says who registered what."""
    return Finding(
        "unknown",
        "An execution that was registered looks like any other.",
        "Look through the list of executions.",
        [Found("All executions", _page(entry, "execution-list"))],
    )


def _result(abaco: Abaco, entry: AuditEntry) -> Finding:
    """Say that asking would take another; what was taken is with the execution."""
    return Finding(
        "unknown",
        "It cannot be known: the API forgets a result as it gives it out, and asking again would take the next one.",
        "What was taken is kept under the execution for a day.",
        [Found(visible(entry.object_id), _page(entry, "execution-detail", entry.object_id))],
    )


CHECKS: dict[str, Callable[[Abaco, AuditEntry], Finding]] = {
    "actor.create": _create,
    "alias-nonce.create": _alias_nonce_made,
    "alias-nonce.delete": _alias_nonce_deleted,
    "alias.create": _alias_made,
    "alias.delete": _alias_deleted,
    "alias.update": _alias_made,
    "actor.delete": _delete,
    "actor.update": _update,
    "config.create": _config,
    "config.delete": _config,
    "config.update": _config,
    "execution.halt": _halt,
    "execution.register": _register,
    "mailbox.purge": _purge,
    "message.send": _message,
    "nonce.create": _nonce_made,
    "nonce.delete": _nonce_deleted,
    "permission.grant": _permission,
    "permission.revoke": _permission,
    "result.take": _result,
    "schedule.update": _update,
    "state.reset": _state,
    "state.update": _state,
    "worker.ensure": _workers,
    "worker.stop": _worker,
}
