"""Whether an actor was registered, saved or deleted, of which the answer never came."""

from django.urls import reverse

from actors_app.actors.definition import LABELS, definition_of, redacted
from actors_app.audit.activity import details_of
from actors_app.core.operations.findings import Finding, Item, is_since, page_of_actor
from actors_app.core.operations.models import AuditEntry
from actors_app.core.pages.converters import is_id
from actors_app.core.pages.formatting import visible
from actors_app.services import Abaco
from actors_app.services.errors import NotFound
from actors_app.services.jsons import is_same


def actor_is_registered(abaco: Abaco, entry: AuditEntry) -> Finding:
    """Look for actors of that name and owner that were made since (`GET /actors`)."""
    name = details_of(entry).get("name")
    actors = [
        actor
        for actor in abaco.actors.list()
        if actor.owner == entry.username and actor.name == (name or None) and is_since(actor.create_time, entry)
    ]
    if not actors:
        return Finding("no", "No matching actor of yours has been created since then.", "You can register it again.")
    items = [
        Item(visible(actor.label), reverse("actors:actor-detail", args=[actor.id]), actor.create_time, actor.id)
        for actor in actors
        if is_id(actor.id)
    ]
    return Finding("yes", "The actor was registered.", "Open it instead of registering again.", items)


def actor_is_as_saved(abaco: Abaco, entry: AuditEntry) -> Finding:
    """Compare the actor with what was to be saved (`GET /actors/{id}`)."""
    actor = abaco.actors.get(entry.actor_id)
    now, saved = redacted(definition_of(actor)), details_of(entry).get("after", {})
    same = {name: is_same(now.get(name), value) for name, value in saved.items()}
    fields = [
        Item(LABELS.get(name, name), note="matches your changes" if is_saved else "differs from your changes")
        for name, is_saved in same.items()
    ]
    page = [Item(visible(actor.label), page_of_actor(entry, "actor-detail"), actor.last_update_time, "last changed")]
    if not is_since(actor.last_update_time, entry):
        return Finding("no", "The actor has not changed since then.", "You can save it again.", page)
    if all(same.values()):
        return Finding(
            "yes",
            "Your changes were saved.",
            "For environment and state, only names are compared.",
            [*page, *fields],
        )
    return Finding(
        "unknown",
        "The actor has changed since then and differs from your changes.",
        "Open it to check whether your change is still needed.",
        [*page, *fields],
    )


def actor_is_gone(abaco: Abaco, entry: AuditEntry) -> Finding:
    """See whether the actor is still there (`GET /actors/{id}`)."""
    try:
        actor = abaco.actors.get(entry.actor_id)
    except NotFound:
        return Finding("yes", "The actor no longer exists.", "No action needed.")
    items = [Item(visible(actor.label), page_of_actor(entry, "actor-detail"), note=actor.status_words)]
    if actor.is_shutting_down:
        return Finding("yes", "The actor is being deleted.", "Check again in a minute.", items)
    return Finding("no", "The actor still exists.", "You can delete it again.", items)
