"""What the command palette offers for a text: actors, what can be done with the best match, executions and pages."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.safestring import SafeString

from actors_app.core.addresses import page_of
from actors_app.core.pages.badges import outcome_badge, status_badge
from actors_app.core.pages.formatting import visible
from actors_app.core.pages.navigation import GROUPS, OTHER_PAGES
from actors_app.history import query
from actors_app.history.filters import Filters
from actors_app.history.visibility import SeenActor
from actors_app.services.blanks import trimmed

ACTORS, EXECUTIONS, PAGES = 6, 4, 6  # entries of a group
SHORTEST_ID = 3  # letters of an execution's id from which executions are looked for
# What can be done with an actor: the words, the page and its icon.
ACTIONS = (
    ("Send message to", "message-create", "send"),
    ("Executions of", "execution-list", "history"),
    ("Edit", "actor-update", "pencil"),
    ("Nonces of", "nonce-list", "key-round"),
    ("Workers of", "worker-list", "cpu"),
)


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the palette: where it leads, its icon and its words."""

    url: str
    icon: str
    label: str
    details: str = ""
    badge: SafeString | str = ""


@dataclass(frozen=True, slots=True)
class EntryGroup:
    """The entries of a kind."""

    title: str
    entries: list[Entry]


def entry_groups(text: str, actors: Iterable[SeenActor]) -> list[EntryGroup]:
    """Return the groups of entries that match a text, the best first; groups without an entry are left out.

    `actors` are the actors the visitor may read. The API is not asked.
    """
    text = trimmed(text)
    listed = list(actors)
    matching = _matching_actors(text, listed)
    groups = [
        EntryGroup("Actors" if text else "Recent actors", [_actor_entry(actor) for actor in matching[:ACTORS]]),
        EntryGroup("Actions", _actions(matching[0]) if text and matching else []),
        EntryGroup("Executions", list(_executions(text, listed))),
        EntryGroup("Pages", list(_pages(text))[:PAGES]),
        EntryGroup("Search", _searches(text)),
    ]
    return [group for group in groups if group.entries]


def _matching_actors(text: str, actors: Sequence[SeenActor]) -> list[SeenActor]:
    """Return the actors whose name, id or image contains the text; without a text, the latest to run first."""
    if not text:
        return sorted((actor for actor in actors if not actor.deleted), key=lambda actor: -actor.changed)
    folded = text.casefold()
    ranked = [(_rank(folded, actor), actor) for actor in actors]
    return [actor for rank, actor in sorted(ranked, key=lambda pair: (pair[0], pair[1].label.casefold())) if rank < 5]


def _rank(text: str, actor: SeenActor) -> int:
    """Return how well an actor matches, 0 the best and 5 not at all; one that is deleted comes after the others."""
    name, image = actor.label.casefold(), actor.image.casefold()
    if actor.deleted:
        return 4 if text in name or actor.id.startswith(text) else 5
    tests = (name == text or actor.id.casefold() == text, name.startswith(text), text in name, text in image)
    return next((rank for rank, is_match in enumerate(tests) if is_match), 3 if _has_id(text, actor) else 5)


def _has_id(text: str, actor: SeenActor) -> bool:
    return len(text) >= SHORTEST_ID and actor.id.casefold().startswith(text)


def _actor_entry(actor: SeenActor) -> Entry:
    badge = "Deleted" if actor.deleted else status_badge(actor.status)
    page = "execution-list" if actor.deleted else "actor-detail"
    return Entry(page_of(page, actor.id), "boxes", visible(actor.label), visible(actor.image), badge)


def _actions(actor: SeenActor) -> list[Entry]:
    if actor.deleted:
        return []
    return [
        Entry(page_of(page, actor.id), icon, f"{words} {visible(actor.label)}")
        for words, page, icon in ACTIONS
        if page_of(page, actor.id)
    ]


def _executions(text: str, actors: Sequence[SeenActor]) -> Iterator[Entry]:
    if len(text) < SHORTEST_ID or not text.isalnum() or not text.isascii():
        return
    by_key = {actor.key: actor for actor in actors}
    for row in query.page(Filters(q=text), sorted(by_key), number=EXECUTIONS).rows:
        actor = by_key[row.actor]
        yield Entry(
            page_of("execution-detail", actor.id, row.id),
            "play",
            visible(row.id),
            visible(actor.label),
            outcome_badge(row.outcome, row.exit_code, row.status),
        )


def _pages(text: str) -> Iterator[Entry]:
    folded = text.casefold()
    pages = (page for group in (*GROUPS, OTHER_PAGES) for page in group.places)
    yield from (Entry(page.href, page.icon, page.label) for page in pages if folded in page.label.casefold())


def _searches(text: str) -> list[Entry]:
    if not text:
        return []
    filtered = reverse("actors:history") + "?" + urlencode({"q": text, "window": "all"})
    logs = reverse("actors:search") + "?" + urlencode({"kind": "logs", "q": text})
    return [
        Entry(filtered, "list-filter", f"Executions that match “{visible(text)}”"),
        Entry(logs, "text-search", f"Logs that contain “{visible(text)}”"),
    ]
