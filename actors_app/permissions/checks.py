"""Whether a level was set, of which the answer never came."""

from actors_app.audit.activity import details_of
from actors_app.core.operations.findings import Finding, Item
from actors_app.core.operations.models import AuditEntry
from actors_app.core.pages.formatting import visible
from actors_app.permissions.access import Subject
from actors_app.services import Abaco


def level_is_set(abaco: Abaco, entry: AuditEntry) -> Finding:
    """Look at the level that the person has now (`GET /actors/{id}/permissions`, or those of an alias or config)."""
    details = details_of(entry)
    level, kind = details.get("after", {}).get(entry.object_id), details.get("kind", "actor")
    subject = Subject(kind, entry.actor_id or str(details.get("name", "")))
    current = abaco.permissions.get(subject.name, subject.kind).get(entry.object_id, "not in the list")
    items = [Item("Permissions", subject.url, note=f"{visible(entry.object_id)}: {visible(current)}")]
    if current == level:
        return Finding("yes", f"The access level is {current}, as set.", "No action needed.", items)
    return Finding(
        "no",
        f"The access level is not {level}: the change failed, or has been overwritten since.",
        "Set it again.",
        items,
    )
