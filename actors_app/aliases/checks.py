"""Whether an alias was created, moved or deleted, of which the answer never came."""

from actors_app.core.addresses import page_of
from actors_app.core.operations.findings import Finding, Item
from actors_app.core.operations.models import AuditEntry
from actors_app.core.pages.formatting import visible
from actors_app.services import Abaco


def alias_leads_there(abaco: Abaco, entry: AuditEntry) -> Finding:
    """See whether there is such an alias, and where it leads."""
    item = _alias(abaco, entry)
    if item is None:
        return Finding("no", "The alias does not exist.", "Create it again.")
    if item.note == f"points to {visible(entry.actor_id)}":
        return Finding("yes", "The alias points to the selected actor.", "No action needed.", [item])
    return Finding(
        "unknown" if entry.action == "alias.create" else "no",
        "An alias with this name exists, but points to another actor.",
        "Check its owner and target.",
        [item],
    )


def alias_is_gone(abaco: Abaco, entry: AuditEntry) -> Finding:
    """See whether the alias is still there."""
    item = _alias(abaco, entry)
    if item:
        return Finding("no", "The alias still exists.", "Delete it again.", [item])
    return Finding("yes", "The alias no longer exists.", "No action needed.")


def _alias(abaco: Abaco, entry: AuditEntry) -> Item | None:
    """Return the alias as the API has it now, noting where it leads (`GET /actors/aliases`)."""
    for alias in abaco.aliases.list():
        if alias.alias == entry.object_id:
            page = page_of("alias-detail", alias.alias)
            return Item(visible(alias.alias), page, note=f"points to {visible(alias.actor_id)}")
    return None
