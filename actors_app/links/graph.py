"""Which actor sends its events to which: the links of actors, rings among them, and a drawing.

A link names an actor by its id or by an alias. Nothing here asks the API.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from actors_app.core import addresses
from actors_app.core.pages.formatting import visible
from actors_app.services.types import Actor, Alias

BOX, GAP_X, GAP_Y, HEIGHT, EDGE = 180, 70, 18, 44, 12  # of the drawing, in its own units
MOST = 60  # boxes drawn


@dataclass(frozen=True, slots=True)
class Link:
    """An actor's link: what it names, and the id of the actor that this is now, or nothing."""

    source: Actor
    named: str
    target: str


@dataclass(frozen=True, slots=True)
class Box:
    """An actor in the drawing."""

    id: str
    label: str
    x: int
    y: int
    is_known: bool


@dataclass(frozen=True, slots=True)
class Arrow:
    """A link in the drawing, as the path of a line."""

    path: str
    title: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """Boxes and arrows in a field of a size."""

    width: int
    height: int
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]
    left_out: int


def links_of(actors: Iterable[Actor], aliases: Iterable[Alias]) -> list[Link]:
    """Return the links of some actors."""
    names = {alias.alias: alias.actor_id for alias in aliases}
    listed = list(actors)
    ids = {actor.id for actor in listed}
    return [
        Link(actor, actor.link, actor.link if actor.link in ids else names.get(actor.link, ""))
        for actor in listed
        if actor.link
    ]


def ring_of(actor_id: str, link: str, actors: Sequence[Actor], aliases: Sequence[Alias]) -> list[str]:
    """Return the actors of a ring that a link would close, from `actor_id` back to it by their labels, or nothing."""
    names = {alias.alias: alias.actor_id for alias in aliases}
    by_id = {actor.id: actor for actor in actors}
    at, passed = names.get(link, link), [actor_id]
    while at and at not in passed:
        passed.append(at)
        if at == actor_id or at not in by_id or not by_id[at].link:
            return []
        at = names.get(by_id[at].link, by_id[at].link)
    if at != actor_id:
        return []  # a ring that is there already, without this actor
    return [visible(by_id[member].label) if member in by_id else member for member in [*passed, actor_id]]


def ring_by_alias(alias: str, actor_id: str, actors: Sequence[Actor], aliases: Sequence[Alias]) -> list[str]:
    """Return the actors of a ring that an alias would close if it led to an actor, by their labels, or nothing."""
    remaining = [item for item in aliases if item.alias != alias]
    changed = [*remaining, Alias(alias=alias, actor_id=actor_id)]
    rings = (ring_of(actor.id, alias, actors, changed) for actor in actors if actor.link == alias)
    return next((ring for ring in rings if ring), [])


def drawing(links: Sequence[Link], labels: Mapping[str, str]) -> Drawing:
    """Return the links drawn from left to right, each actor one step right of whoever sends to it."""
    targets = {link.source.id: link.target or link.named for link in links}
    names = list(dict.fromkeys([*targets, *targets.values()]))
    steps = {name: _step(name, targets) for name in names}
    chosen = sorted(names, key=lambda name: (steps[name], labels.get(name, name).casefold()))[:MOST]
    rows: dict[int, int] = {}
    boxes = {}
    for name in chosen:
        step = steps[name]
        row = rows.setdefault(step, 0)
        rows[step] += 1
        boxes[name] = Box(
            name,
            labels.get(name, visible(name)),
            EDGE + step * (BOX + GAP_X),
            EDGE + row * (HEIGHT + GAP_Y),
            name in labels,
        )
    arrows = tuple(
        Arrow(_path(boxes[source], boxes[target]), f"{boxes[source].label} → {boxes[target].label}")
        for source, target in targets.items()
        if source in boxes and target in boxes
    )
    width = 2 * EDGE + max((box.x - EDGE for box in boxes.values()), default=0) + BOX
    height = 2 * EDGE + max((box.y - EDGE for box in boxes.values()), default=0) + HEIGHT
    return Drawing(width, height, tuple(boxes.values()), arrows, len(names) - len(chosen))


def _step(name: str, targets: Mapping[str, str]) -> int:
    """Return how many links lead to an actor, one after the other, at the most; a ring is passed once."""
    senders: dict[str, list[str]] = {}
    for source, target in targets.items():
        senders.setdefault(target, []).append(source)
    visited, layer, step = {name}, [name], 0
    while layer := [source for target in layer for source in senders.get(target, ()) if source not in visited]:
        visited.update(layer)
        step += 1
    return step


def _path(source: Box, target: Box) -> str:
    x, y, to_x, to_y = source.x + BOX, source.y + HEIGHT // 2, target.x, target.y + HEIGHT // 2
    if to_x > x:
        bend = (x + to_x) // 2
        return f"M{x} {y}C{bend} {y} {bend} {to_y} {to_x} {to_y}"
    # Back to the left, as in a ring: below both boxes.
    low = max(source.y, target.y) + HEIGHT + GAP_Y // 2
    return f"M{x} {y}C{x + 30} {low} {to_x - 30} {low} {to_x} {to_y}"


def host_of(address: str) -> str:
    """Return the host of a webhook's address, or its beginning where it is none."""
    return addresses.host_of(address) or address[:80]


def ring_words(ring: str) -> str:
    """Say what is wrong with a link that closes a ring."""
    return f"This would create a loop in which each execution triggers the next: {ring}."
