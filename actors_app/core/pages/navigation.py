"""The places that every page leads to: the bar at the side, and on a phone the bar below with a page of the rest."""

from dataclasses import dataclass
from functools import cache

from django.urls import reverse


@dataclass(frozen=True, slots=True)
class NavigationPage:
    """A page that stands in the navigation: the `section` of its views, its URL's name, its icon and its words.

    The `letter` leads to it after `g`; no two places have the same.
    """

    section: str
    url: str
    icon: str
    label: str
    letter: str = ""
    query: str = ""

    @property
    def href(self) -> str:
        """Return its address."""
        return _address(self.url) + self.query


@cache
def _address(name: str) -> str:
    return reverse(name)


@dataclass(frozen=True, slots=True)
class Group:
    """Places that belong together; the first group has no title."""

    title: str
    places: tuple[NavigationPage, ...]


GROUPS = (
    Group(
        "",
        (
            NavigationPage("overview", "actors:overview", "gauge", "Overview", "o"),
            NavigationPage("actors", "actors:actor-list", "boxes", "Actors", "a"),
            NavigationPage("history", "actors:history", "history", "Executions", "e"),
            NavigationPage("search", "actors:search", "text-search", "Logs", "s", "?kind=logs"),
            NavigationPage("activity", "actors:activity-list", "scroll-text", "Audit log", "t"),
        ),
    ),
    Group(
        "Resources",
        (
            NavigationPage("schedules", "actors:schedule-list", "calendar-clock", "Schedules", "c"),
            NavigationPage("links", "actors:link-list", "waypoints", "Links", "l"),
            NavigationPage("aliases", "actors:alias-list", "tags", "Aliases", "i"),
            NavigationPage("nonces", "actors:nonce-overview", "key-round", "Nonces", "n"),
            NavigationPage("configs", "actors:config-list", "sliders-horizontal", "Configs", "f"),
            NavigationPage("workers", "actors:all-workers", "cpu", "Workers", "w"),
        ),
    ),
    Group(
        "More",
        (
            NavigationPage("administration", "actors:administration", "shield", "Administration", "d"),
            NavigationPage("api", "api:docs", "braces", "JSON API", "p"),
        ),
    ),
)
# Pages that no bar has room for: they stand on the page of all pages, and in the command palette.
OTHER_PAGES = Group(
    "Other pages",
    (
        NavigationPage("new", "actors:actor-create", "plus", "Register actor"),
        NavigationPage("search", "actors:search", "search", "Advanced search"),
        NavigationPage("mailboxes", "actors:mailbox-list", "inbox", "Mailboxes"),
        NavigationPage("bulk", "actors:bulk-list", "list-checks", "Bulk actions"),
        NavigationPage("activity", "actors:evidence-verify", "shield-check", "Verify evidence pack"),
        NavigationPage("views", "actors:view-list", "bookmark", "Saved filters"),
        NavigationPage("account", "actors:account", "circle-user", "Account"),
        NavigationPage("preferences", "actors:preferences", "settings-2", "Preferences"),
        NavigationPage("help", "actors:help", "circle-question-mark", "Help"),
    ),
)
# What a thumb reaches on a phone; the fifth place of that bar leads to all the others.
AT_HAND = ("overview", "actors", "history", "activity")
TAB_BAR = tuple(page for group in GROUPS for page in group.places if page.section in AT_HAND)
ELSEWHERE = frozenset(
    {page.section for group in GROUPS for page in group.places if page.section not in AT_HAND}
    | {"account", "help", "places"}
)
