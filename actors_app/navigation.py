"""The places that every page leads to: the bar at the side, and on a phone the bar below with a page of the rest."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """A page that stands in the navigation: the `section` of its views, its URL's name, its icon and its words."""

    section: str
    url: str
    icon: str
    label: str


@dataclass(frozen=True, slots=True)
class Group:
    """Places that belong together; the first group has no title."""

    title: str
    places: tuple[Place, ...]


GROUPS = (
    Group(
        "",
        (
            Place("overview", "actors:overview", "gauge", "Overview"),
            Place("actors", "actors:actor-list", "boxes", "Actors"),
            Place("history", "actors:history", "history", "Executions"),
            Place("search", "actors:search", "search", "Search"),
            Place("new", "actors:actor-create", "plus", "Register actor"),
        ),
    ),
    Group(
        "Of all actors",
        (
            Place("schedules", "actors:schedule-list", "calendar-clock", "Schedules"),
            Place("links", "actors:link-list", "waypoints", "Links"),
            Place("aliases", "actors:alias-list", "tags", "Aliases"),
            Place("nonces", "actors:nonce-overview", "key-round", "Nonces"),
            Place("configs", "actors:config-list", "sliders-horizontal", "Configs"),
            Place("workers", "actors:all-workers", "cpu", "Workers"),
        ),
    ),
    Group(
        "Records",
        (
            Place("activity", "actors:activity-list", "scroll-text", "Activity"),
            Place("administration", "actors:administration", "shield", "Administration"),
        ),
    ),
)
# What a thumb reaches on a phone; the fifth place of that bar leads to all the others.
AT_HAND = ("overview", "actors", "history", "activity")
TAB_BAR = tuple(place for group in GROUPS for place in group.places if place.section in AT_HAND)
ELSEWHERE = frozenset(
    {place.section for group in GROUPS for place in group.places if place.section not in AT_HAND}
    | {"account", "places"}
)
