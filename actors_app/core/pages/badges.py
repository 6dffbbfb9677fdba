"""How states are drawn: word, shape and colour of every status and outcome that the API is known to report."""

from functools import lru_cache
from importlib import resources
from xml.etree import ElementTree
from zipfile import ZipFile

from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from actors_app.core.pages.formatting import visible
from actors_app.services.types import ACTOR_STATUSES

# Word on screen, style class and icon of every status and outcome the API is known to report.
STATUSES = {
    "READY": ("Ready", "ok", "circle-check"),
    "SUBMITTED": ("Submitted", "wait", "clock"),
    "ERROR": ("Error", "error", "triangle-alert"),
    "SHUTTING_DOWN": ("Shutting down", "off", "power"),
    "REQUESTED": ("Requested", "wait", "clock"),
    "SPAWNER SETUP": ("Starting", "wait", "clock"),
    "PULLING IMAGE": ("Pulling image", "wait", "download"),
    "CREATING CONTAINER": ("Creating container", "wait", "clock"),
    "BUSY": ("Busy", "run", "loader-circle"),
    "SHUTDOWN_REQUESTED": ("Stopping", "off", "power"),
    "RUNNING": ("Running", "run", "loader-circle"),
    "COMPLETE": ("Complete", "off", "circle"),
}
OUTCOMES = {
    "succeeded": ("Succeeded", "ok", "circle-check"),
    "failed": ("Failed", "failed", "circle-x"),
    "error": ("Error", "error", "triangle-alert"),
    "oom": ("Out of memory", "oom", "memory-stick"),
    "halted": ("Halted", "halted", "circle-stop"),
    "running": ("Running", "running", "loader-circle"),
    "waiting": ("Waiting", "waiting", "clock"),
    "finished": ("Finished", "off", "circle-question-mark"),
}
FAILURES = frozenset(("failed", "error", "oom"))
# Which of the pictures in static/img stands in the tab; what is not here has the one that says nothing of its end.
ICONS = {
    "waiting": "waiting",
    "running": "running",
    "succeeded": "succeeded",
    "failed": "failed",
    "error": "failed",
    "oom": "failed",
    "halted": "halted",
}
ACTIVITY = {
    "done": ("Success", "ok", "circle-check"),
    "refused": ("Rejected", "bad", "circle-x"),
    "unknown": ("Unknown", "wait", "circle-question-mark"),
    "running": ("In progress", "run", "loader-circle"),
}
UNKNOWN = ("Unknown status", "off", "circle-question-mark")


def actor_status_choices() -> list[tuple[str, str]]:
    """Return the values and words of the filter by the status of an actor."""
    return [("", "All"), *((status, STATUSES[status][0]) for status in ACTOR_STATUSES), ("OTHER", "Other")]


@lru_cache(maxsize=1)
def _drawings() -> ZipFile:
    """Open the icons of lucide. Its own tag opens the archive for each icon, and so reads 1,700 entries to find one."""
    return ZipFile(str(resources.files("lucide").joinpath("lucide.zip")))


@lru_cache(maxsize=256)
def _icon(name: str, size: int) -> SafeString:
    svg = ElementTree.fromstring(_drawings().read(f"{name}.svg"))  # noqa: S314 - a file of an installed package
    svg.attrib |= {"width": str(size), "height": str(size), "aria-hidden": "true", "focusable": "false"}
    return _element(svg)


def _element(element: ElementTree.Element) -> SafeString:
    name = element.tag.removeprefix("{http://www.w3.org/2000/svg}")
    attributes = format_html_join("", ' {}="{}"', element.attrib.items())
    inner = format_html_join("", "{}", ((_element(child),) for child in element))
    return format_html("<{0}{1}>{2}</{0}>" if inner else "<{0}{1} />", name, attributes, inner)


def icon(name: str, size: int = 16) -> SafeString:
    """Draw an icon as inline SVG, hidden from screen readers: the word beside it says what it means."""
    return _icon(str(name), size)


@lru_cache(maxsize=512)
def badge(word: str, style: str, picture: str) -> SafeString:
    """Write a state as word, shape and colour."""
    return format_html('<span class="badge {}">{}{}</span>', style, _icon(picture, 13), word)


def status_badge(status: str | None) -> SafeString:
    """Write the status of an actor or worker as word, shape and colour; an unknown one stays as given."""
    word, style, picture = STATUSES.get(status or "", UNKNOWN)
    return badge(visible(status) if status and (status not in STATUSES) else word, style, picture)


def outcome_badge(outcome: str, exit_code: object = None, status: str | None = None) -> SafeString:
    """Write how an execution stands or ended; a failure names its exit code."""
    word, style, picture = OUTCOMES.get(outcome, UNKNOWN)
    if outcome not in OUTCOMES and status:
        word = visible(status)
    if outcome == "failed" and exit_code is not None:
        word = f"Failed, exit {visible(exit_code)}"
    return badge(word, style, picture)


def outcome_mark(outcome: str, size: int = 16) -> SafeString:
    """Draw the mark of an outcome without its word, in its color; the words beside it name it."""
    name, picture = (outcome, OUTCOMES[outcome][2]) if outcome in OUTCOMES else ("finished", UNKNOWN[2])
    return format_html('<span class="mark {}">{}</span>', name, _icon(picture, size))


def outcome_words(outcome: str) -> str:
    """Return how an execution stands or ended in a word or two, for the title of a page."""
    return OUTCOMES.get(outcome, UNKNOWN)[0]


def tab_icon(outcome: str) -> str:
    """Return the address of the picture in the tab of a page about an execution."""
    return static(f"img/icon-{ICONS.get(outcome, 'finished')}.svg")


def activity_badge(outcome: str) -> SafeString:
    """Write what came of a write as word, shape and colour."""
    return badge(*ACTIVITY.get(outcome, UNKNOWN))
