"""The places that every page leads to: the bar at the side, and on a phone the bar below with a page of the rest."""

from dataclasses import dataclass
from functools import cache

from django.urls import reverse


@dataclass(frozen=True, slots=True)
class Place:
    """A page that stands in the navigation: the `section` of its views, its URL's name, its icon and its words.

    The `letter` leads to it after `g`; no two places have the same.
    """

    section: str
    url: str
    icon: str
    label: str
    letter: str = ""

    @property
    def href(self) -> str:
        """Return its address."""
        return _address(self.url)


@cache
def _address(name: str) -> str:
    return reverse(name)


@dataclass(frozen=True, slots=True)
class Group:
    """Places that belong together; the first group has no title."""

    title: str
    places: tuple[Place, ...]


GROUPS = (
    Group(
        "",
        (
            Place("overview", "actors:overview", "gauge", "Overview", "o"),
            Place("actors", "actors:actor-list", "boxes", "Actors", "a"),
            Place("history", "actors:history", "history", "Executions", "e"),
            Place("search", "actors:search", "search", "Search", "s"),
            Place("new", "actors:actor-create", "plus", "Register actor", "r"),
        ),
    ),
    Group(
        "Of all actors",
        (
            Place("schedules", "actors:schedule-list", "calendar-clock", "Schedules", "c"),
            Place("links", "actors:link-list", "waypoints", "Links", "l"),
            Place("aliases", "actors:alias-list", "tags", "Aliases", "i"),
            Place("nonces", "actors:nonce-overview", "key-round", "Nonces", "n"),
            Place("configs", "actors:config-list", "sliders-horizontal", "Configs", "f"),
            Place("workers", "actors:all-workers", "cpu", "Workers", "w"),
        ),
    ),
    Group(
        "Records",
        (
            Place("activity", "actors:activity-list", "scroll-text", "Activity", "t"),
            Place("administration", "actors:administration", "shield", "Administration", "d"),
            Place("api", "api:docs", "braces", "JSON API", "p"),
        ),
    ),
)
# What a thumb reaches on a phone; the fifth place of that bar leads to all the others.
AT_HAND = ("overview", "actors", "history", "activity")
TAB_BAR = tuple(place for group in GROUPS for place in group.places if place.section in AT_HAND)
ELSEWHERE = frozenset(
    {place.section for group in GROUPS for place in group.places if place.section not in AT_HAND}
    | {"account", "help", "places"}
)
