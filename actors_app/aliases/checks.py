"""Whether an alias was made, moved or deleted, of which the answer never came."""

from actors_app.core.operations.findings import Finding, Item
from actors_app.core.operations.models import AuditEntry
from actors_app.core.pages.formatting import visible
from actors_app.core.pages.own_pages import page_of
from actors_app.services import Abaco


def alias_leads_there(abaco: Abaco, entry: AuditEntry) -> Finding:
    """See whether there is such an alias, and where it leads."""
    item = _alias(abaco, entry)
    if item is None:
        return Finding("no", "There is no such alias.", "You can make it again.")
    if item.note == f"leads to {visible(entry.actor_id)}":
        return Finding("yes", "The alias leads to the actor that you named.", "There is nothing left to do.", [item])
    return Finding(
        "unknown" if entry.action == "alias.create" else "no",
        "There is an alias of that name, and it leads elsewhere.",
        "Open it and see whose it is and where it should lead.",
        [item],
    )


def alias_is_gone(abaco: Abaco, entry: AuditEntry) -> Finding:
    """See whether the alias is still there."""
    item = _alias(abaco, entry)
    if item:
        return Finding("no", "The alias is still there.", "You can delete it again.", [item])
    return Finding("yes", "The alias is not there any more.", "There is nothing left to do.")


def _alias(abaco: Abaco, entry: AuditEntry) -> Item | None:
    """Return the alias as the API has it now, noting where it leads (`GET /actors/aliases`)."""
    for alias in abaco.aliases.list():
        if alias.alias == entry.object_id:
            page = page_of("alias-detail", alias.alias)
            return Item(visible(alias.alias), page, note=f"leads to {visible(alias.actor_id)}")
    return None
