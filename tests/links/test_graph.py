"""Links: whom they lead to, rings that one would close, and their drawing."""

import pytest

from actors_app.links.graph import drawing, links_of, ring_by_alias, ring_of
from actors_app.services.types import Actor, Alias


def actor(id_: str, link: str = "") -> Actor:
    return Actor(id=id_, name=id_.lower(), link=link)


ALIASES = (Alias(alias="to-c", actor_id="C"),)


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        ("B", ["a", "b", "c", "a"]),
        ("to-c", ["a", "c", "a"]),
        ("D", []),
        ("E", []),
        ("F", []),
        ("nobody", []),
    ],
)
def test_a_ring_is_found_through_aliases_too(link: str, expected: list[str]) -> None:
    # B → to-c = C → A; D leads nowhere, E to itself, F into the ring of E.
    actors = [actor("A"), actor("B", "to-c"), actor("C", "A"), actor("D"), actor("E", "E"), actor("F", "E")]
    assert ring_of("A", link, actors, ALIASES) == expected


@pytest.mark.parametrize(
    ("alias", "target", "expected"),
    [
        ("to-c", "B", ["b", "b"]),
        ("to-c", "A", ["b", "a", "b"]),
        ("to-c", "D", []),
        ("new", "A", ["e", "a", "b", "e"]),
        ("nobody", "A", []),
    ],
)
def test_an_alias_that_would_close_a_ring_is_found(alias: str, target: str, expected: list[str]) -> None:
    # A → B → to-c = C; E → new, which is not there yet.
    actors = [actor("A", "B"), actor("B", "to-c"), actor("C"), actor("D"), actor("E", "new")]
    if alias == "new":
        actors[1] = actor("B", "E")
    assert ring_by_alias(alias, target, actors, ALIASES) == expected


def test_links_lead_by_id_or_alias_or_nowhere() -> None:
    links = links_of([actor("A", "B"), actor("B", "to-c"), actor("X", "gone"), actor("Y")], ALIASES)
    assert [(one.source.id, one.target) for one in links] == [("A", "B"), ("B", "C"), ("X", "")]


def test_each_stands_right_of_whoever_sends_to_it_and_a_ring_ends() -> None:
    links = links_of([actor("A", "B"), actor("B", "to-c"), actor("C", "B"), actor("D", "gone")], ALIASES)
    drawn = drawing(links, {"A": "a", "B": "b", "C": "c", "D": "d"})
    places = {box.label: box.x for box in drawn.boxes}
    assert places["a"] < places["b"]
    assert places["d"] < places["gone"]
    assert len(drawn.arrows) == 4
    assert all(box.x + 180 <= drawn.width for box in drawn.boxes)
    assert next(box for box in drawn.boxes if box.label == "gone").is_known is False


def test_a_large_drawing_is_bounded_and_says_so() -> None:
    links = links_of([actor(f"A{number}", "HUB") for number in range(100)], ())
    drawn = drawing(links, {})
    assert (len(drawn.boxes), drawn.left_out) == (60, 41)
