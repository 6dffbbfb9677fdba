"""What each page is for, in a sentence or two, and which keys do something: the words of the help of a page.

A page without words of its own has those of its place in the navigation, whose view's name it begins with.
"""

from dataclasses import dataclass

from actors_app.core.operations.operation import operation_of_page
from actors_app.core.pages.navigation import GROUPS, NavigationPage

GENERAL = "The portal of the Actors API: register actors, send them messages, and see what came of each."
# Of pages to look at, by the name of the URL; what the others do says the record of the operation.
PURPOSES = {
    "overview": "Whether everything is well: what needs attention, what runs now, what failed since yesterday.",
    "actor-list": "All actors that you may read. Search by name, id, image or owner, narrow by status, open one.",
    "actor-detail": "One actor: its mailbox, workers, nonces, people, and what it ran lately.",
    "actor-configuration": "Every field of an actor, as the API has it.",
    "revision-list": "The definitions that an actor had, who changed what, and how executions fared under each.",
    "mailbox-list": "How many messages wait, and for which actors.",
    "worker-list": "The workers of an actor: each takes messages out of its mailbox and runs them, one at a time.",
    "worker-detail": "One worker: what it does, where, and since when.",
    "nonce-list": "The nonces of an actor: keys that let others send without an account. Treat each like a password.",
    "nonce-detail": "One nonce: what it allows, how often it was used and may be used still.",
    "permission-list": "Who may read, run or change this, and through what.",
    "execution-list": "What an actor ran, newest first. The whole filter stands in the address, so it can be shared.",
    "execution-detail": "One execution: how it stands or ended, its log, what was sent; compare it with another.",
    "execution-logs": "The log of an execution: find words, jump to a line, follow it while it is written, keep it.",
    "state-detail": "What a stateful actor remembers from one execution to the next.",
    "history": "What ran, of all actors that you may read, newest first. The whole filter stands in the address.",
    "comparison": "Two executions side by side: outcome, times, log and result.",
    "bulk-list": "What you did to many executions at once, and how far it has come.",
    "view-list": "Filters of the executions that you keep under a name; each has a link that can be shared.",
    "search": "Find actors, executions, workers or words in logs, by conditions of their fields.",
    "schedule-list": "Actors that the API sends a message by itself.",
    "link-list": "Which actor triggers which: links and webhooks.",
    "alias-list": "Names of your own for actors: whoever uses the name need not know which actor it means today.",
    "alias-detail": "One alias: where it leads, and what follows it.",
    "nonce-overview": "The nonces of all your actors, those worth a look first.",
    "config-list": "Values and secrets that several actors receive.",
    "config-detail": "One config: its value, and which actors receive it.",
    "all-workers": "The workers of all actors that you may read.",
    "docs": "What programs can do here: every operation of the JSON API, and what may go wrong.",
    "activity-list": "What was done through this portal, by whom, and what came of it; as a file, too.",
    "activity-detail": "One line of the activity: the call that was made, and what the API answered.",
    "administration": "How full the server is; for administrators all actors of the tenant, and what is stuck.",
    "account": "Who you are here, and your sessions.",
    "preferences": "How you like the portal: clock, theme, density, rows, logs, keys.",
    "places": "Every place of the portal on one page.",
    "help": "What a page is for and which keys do something there.",
}


@dataclass(frozen=True, slots=True)
class Key:
    """A key, or keys one after the other, and what comes of them."""

    keys: tuple[str, ...]
    description: str


EVERYWHERE = (
    Key(("/",), "Search on this page, or go to the search"),
    Key(("?",), "This help"),
    Key(("j",), "The next row of a list"),
    Key(("k",), "The row before"),
    Key(("o",), "Open the row; Enter does the same"),
    Key(("Esc",), "Close what is open"),
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
