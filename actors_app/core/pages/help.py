"""What each page is for, in a sentence or two, and which keys do something: the words of the help of a page.

A page without words of its own has those of its place in the navigation, whose view's name it begins with.
"""

from dataclasses import dataclass

from actors_app.core.operations.operation import operation_of_page
from actors_app.core.pages.navigation import GROUPS, NavigationPage

GENERAL = "Web portal for the Actors API: register actors, send messages, and follow their executions."
# Of pages to look at, by the name of the URL; what the others do says the record of the operation.
PURPOSES = {
    "overview": "Health at a glance: problems, running executions and failures of the last 24 hours.",
    "actor-list": "All actors you can access. Search by name, ID, image or owner, filter, and star favorites.",
    "actor-detail": "An actor's mailbox, workers, nonces, access and recent executions.",
    "actor-configuration": "All fields of an actor.",
    "revision-list": "Revision history with success rates.",
    "mailbox-list": "Queued messages per actor.",
    "worker-list": "Workers of an actor. Each runs one message at a time.",
    "worker-detail": "A worker's status, host and history.",
    "nonce-list": "Nonces of an actor: keys for using it without an account. Treat them like passwords.",
    "nonce-detail": "A nonce's access and uses.",
    "permission-list": "Who has access, and why.",
    "execution-list": "Executions of an actor, newest first. Share the URL to share the filter.",
    "execution-detail": "An execution's status, log, message and results.",
    "execution-logs": "Log of an execution: search, go to a line, follow live, archive.",
    "state-detail": "State of an actor, kept between executions.",
    "history": "All executions you can access, newest first. Share the URL to share the filter.",
    "comparison": "Two executions side by side.",
    "bulk-list": "Bulk actions and their progress.",
    "view-list": "Saved execution filters, each with a shareable link.",
    "search": "Full-text search of actors, workers and logs.",
    "schedule-list": "Scheduled actors.",
    "link-list": "Links between actors, and actors' webhooks.",
    "alias-list": "Stable names for actors.",
    "alias-detail": "An alias, its target and dependents.",
    "nonce-overview": "All nonces, sorted by review status.",
    "config-list": "Shared values and secrets for actors.",
    "config-detail": "A config, its value and actors.",
    "all-workers": "All workers you can access.",
    "docs": "JSON API reference.",
    "activity-list": "Audit log of changes made through this portal; exportable.",
    "trail-verify": "Verify the audit log and compare it with a head that you stored earlier.",
    "evidence-verify": "Verify that an evidence pack is complete, unchanged and signed by this portal.",
    "activity-detail": "An audit log entry: request and response.",
    "administration": "Server utilization. Administrators also see the tenant overview and stuck actors.",
    "account": "Your account and sessions.",
    "preferences": "Time zone, theme, density, logs and shortcuts.",
    "places": "All pages of the portal.",
    "help": "About each page, and keyboard shortcuts.",
}


@dataclass(frozen=True, slots=True)
class Key:
    """A key, or keys one after the other, and what comes of them."""

    keys: tuple[str, ...]
    description: str


EVERYWHERE = (
    Key(("/",), "Search"),
    Key(("?",), "Show help"),
    Key(("j",), "Next row"),
    Key(("k",), "Previous row"),
    Key(("o",), "Open row (or Enter)"),
    Key(("Esc",), "Close dialog"),
)


def places() -> tuple[NavigationPage, ...]:
    """Return the places that have a letter, in the order of the navigation."""
    return tuple(page for group in GROUPS for page in group.places if page.letter)


def purpose_of(name: str) -> str:
    """Return what the page of a URL's name is for."""
    operation = operation_of_page(name)
    return PURPOSES.get(name) or (operation.purpose if operation else "") or GENERAL


def has_purpose(name: str) -> bool:
    """Whether the page of a URL's name has a purpose of its own."""
    return purpose_of(name) != GENERAL
