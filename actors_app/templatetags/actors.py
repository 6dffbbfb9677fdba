"""How the pages write what the API reports: statuses, times, durations, ids, JSON; and icons and scripts."""

import base64
import hashlib
import json
import re
import unicodedata
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from django import template
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.forms import BoundField
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from lucide.templatetags import lucide as lucide_tags

from actors_app import drafts
from actors_app.keys import is_key, new_key
from actors_app.zones import exact

register = template.Library()

# Word on screen, style class and icon of every status and outcome the API is known to report.
STATUSES = {
    "READY": ("Ready", "ok", "circle-check"),
    "SUBMITTED": ("Submitted", "wait", "clock"),
    "ERROR": ("Error", "bad", "circle-x"),
    "SHUTTING_DOWN": ("Shutting down", "off", "power"),
    "REQUESTED": ("Requested", "wait", "clock"),
    "SPAWNER SETUP": ("Starting", "wait", "clock"),
    "PULLING IMAGE": ("Pulling image", "wait", "download"),
    "CREATING CONTAINER": ("Creating container", "wait", "clock"),
    "BUSY": ("Busy", "run", "loader"),
    "SHUTDOWN_REQUESTED": ("Stopping", "off", "power"),
    "RUNNING": ("Running", "run", "loader"),
    "COMPLETE": ("Complete", "off", "circle"),
}
OUTCOMES = {
    "succeeded": ("Succeeded", "ok", "circle-check"),
    "failed": ("Failed", "bad", "circle-x"),
    "error": ("Error", "bad", "circle-alert"),
    "oom": ("Out of memory", "bad", "memory-stick"),
    "halted": ("Halted", "halt", "circle-stop"),
    "running": ("Running", "run", "loader"),
    "waiting": ("Waiting", "wait", "clock"),
    "finished": ("Finished", "off", "circle"),
}
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
    "done": ("Done", "ok", "circle-check"),
    "refused": ("Refused", "bad", "circle-x"),
    "unknown": ("Unknown", "wait", "circle-question-mark"),
    "running": ("In progress", "run", "loader"),
}
UNKNOWN = ("Unknown status", "off", "circle-question-mark")


@lru_cache(maxsize=256)
def _icon(name: str, size: int) -> SafeString:
    return lucide_tags.lucide(name, size=size, aria_hidden="true", focusable="false")  # type: ignore[return-value]


@register.simple_tag
def icon(name: str, size: int = 16) -> SafeString:
    """Draw an icon as inline SVG, hidden from screen readers: the word beside it says what it means."""
    return _icon(str(name), size)


@lru_cache(maxsize=512)
def badge(word: str, style: str, picture: str) -> SafeString:
    """Write a state as word, shape and colour."""
    return format_html('<span class="badge {}">{}{}</span>', style, _icon(picture, 13), word)


@register.simple_tag
def status_badge(status: str | None) -> SafeString:
    """Write the status of an actor or worker as word, shape and colour; an unknown one stays as given."""
    word, style, picture = STATUSES.get(status or "", UNKNOWN)
    return badge(visible(status) if status and (status not in STATUSES) else word, style, picture)


@register.simple_tag
def outcome_badge(outcome: str, exit_code: object = None, status: str | None = None) -> SafeString:
    """Write how an execution stands or ended; a failure names its exit code."""
    word, style, picture = OUTCOMES.get(outcome, UNKNOWN)
    if outcome not in OUTCOMES and status:
        word = visible(status)
    if outcome == "failed" and exit_code is not None:
        word = f"Failed, exit {visible(exit_code)}"
    return badge(word, style, picture)


@register.filter
def outcome_words(outcome: str) -> str:
    """Return how an execution stands or ended in a word or two, for the title of a page."""
    return OUTCOMES.get(outcome, UNKNOWN)[0]


@register.simple_tag
def tab_icon(outcome: str) -> str:
    """Return the address of the picture in the tab of a page about an execution."""
    return static(f"img/icon-{ICONS.get(outcome, 'finished')}.svg")


@register.simple_tag
def activity_badge(outcome: str) -> SafeString:
    """Write what came of a write as word, shape and colour."""
    return badge(*ACTIVITY.get(outcome, UNKNOWN))


# Times and sizes --------------------------------------------------------------------------------------------


def now() -> datetime:
    """Return the time against which ages are written."""
    return datetime.now(UTC)


def duration(seconds: float | None) -> str:
    """Write a number of seconds as people say it: `0.4 s`, `12 s`, `3 min 20 s`, `2 h 5 min`, `3 d 4 h`."""
    if seconds is None:
        return ""
    if seconds < 0:
        return "0 s"
    if seconds < 10:
        return f"{seconds:.1f} s".replace(".0 s", " s")
    whole = round(seconds)
    for size, name, small_size, small_name in (
        (86400, "d", 3600, "h"),
        (3600, "h", 60, "min"),
        (60, "min", 1, "s"),
    ):
        if whole >= size:
            rest = whole % size // small_size
            return f"{whole // size} {name} {rest} {small_name}" if rest else f"{whole // size} {name}"
    return f"{whole} s"


register.filter("duration", duration)


def ago_words(moment: datetime, at: datetime) -> str:
    """Write how long before `at` a moment was, in one unit."""
    seconds = (at - moment).total_seconds()
    if seconds < 0:
        return "in " + duration(-seconds) if seconds < -60 else "now"
    if seconds < 10:
        return "just now"
    for size, name in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= size:
            return f"{int(seconds // size)} {name} ago"
    return f"{int(seconds)} s ago"


@register.simple_tag
def ago(moment: datetime | None, never: str = "never") -> SafeString | str:
    """Write the age of a moment, with the exact time on hover and for machines."""
    if moment is None:
        return never
    words = ago_words(moment, now())
    return format_html('<time datetime="{}" title="{}">{}</time>', moment.isoformat(), exact(moment), words)


@register.simple_tag
def moment(value: datetime | None, never: str = "never") -> SafeString | str:
    """Write a moment in full, on the reader's clock."""
    if value is None:
        return never
    return format_html('<time datetime="{}">{}</time>', value.isoformat(), exact(value))


@register.simple_tag
def hour(value: datetime) -> SafeString:
    """Write the time of the day of a moment, on the reader's clock."""
    return format_html('<time datetime="{}">{}</time>', value.isoformat(), exact(value, "%H:%M"))


@register.filter
def size(count: int | None) -> str:
    """Write a number of bytes with a decimal unit."""
    if count is None:
        return ""
    amount = float(count)
    for unit in ("B", "kB", "MB", "GB"):
        if amount < 1000 or unit == "GB":
            return f"{amount:.0f} {unit}" if unit == "B" else f"{amount:.1f} {unit}"
        amount /= 1000
    return ""


@register.filter
def thousands(count: int | None) -> str:
    """Write a count with thin gaps between thousands."""
    return "" if count is None else f"{count:,}".replace(",", "\N{NARROW NO-BREAK SPACE}")


# Untrusted text ---------------------------------------------------------------------------------------------

_HIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff]"
)


OPEN, CLOSE = "\N{MATHEMATICAL LEFT WHITE SQUARE BRACKET}", "\N{MATHEMATICAL RIGHT WHITE SQUARE BRACKET}"


def _mark(match: re.Match[str]) -> str:
    sign = match.group()
    code = ord(sign)
    if code < 32:
        return chr(0x2400 + code)  # the Unicode pictures of control characters
    return OPEN + unicodedata.name(sign, f"U+{code:04X}") + CLOSE


@register.filter
def visible(value: object) -> str:
    """Return a text of the API's with its invisible and direction-changing characters written out.

    The result is plain text: the template escapes it like any other.
    """
    return _HIDDEN.sub(_mark, str(value))


@register.filter
def pretty_json(value: Any) -> str:
    """Write a JSON value with indents, its keys in their order."""
    return visible(json.dumps(value, indent=2, ensure_ascii=False, default=str))


@register.filter
def json_value(value: Any) -> str:
    """Write one value of an environment: a text as it is, anything else as JSON."""
    return visible(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str))


@register.filter
def value_words(value: Any) -> str:
    """Write one value of a definition: a text or a number as it is, a list in words, an object as indented JSON."""
    if isinstance(value, list | tuple) and all(isinstance(item, str) for item in value):
        return visible(", ".join(value))
    return pretty_json(value) if isinstance(value, dict | list) else json_value(value)


# Forms ------------------------------------------------------------------------------------------------------


@register.inclusion_tag("_field.html")
def field(bound: BoundField, label: str = "", **options: Any) -> dict[str, Any]:
    """Draw a field of a form: label, control, help and what is wrong with it, tied together for screen readers."""
    described = []
    if bound.help_text:
        described.append(f"{bound.id_for_label}-help")
    if bound.errors:
        described.append(f"{bound.id_for_label}-error")
    attributes: dict[str, Any] = {}
    if described:
        attributes["aria-describedby"] = " ".join(described)
    if bound.errors:
        attributes["aria-invalid"] = "true"
    kind = getattr(bound.field.widget, "input_type", "") or type(bound.field.widget).__name__.lower()
    return {
        "bound": bound,
        "control": bound.as_widget(attrs=attributes),
        "label": label or bound.label,
        "is_tick": kind == "checkbox",
        "kind": kind,
        **options,
    }


@register.inclusion_tag("_write_key.html", takes_context=True)
def write_key(context: template.Context, oob: bool = False) -> dict[str, Any]:
    """Put a key into a form that changes something, so that it works once (`writes.py`), and say whose form it is.

    A form that was kept while its sender was signed out keeps its key, if that is unused.
    """
    request = context.get("request")
    draft = drafts.shown(request) if request else None
    key = draft.key if draft and is_key(draft.key) else new_key()
    return {"key": key, "oob": oob, "whose": "" if oob else _whose(request)}


@register.inclusion_tag("_whose.html", takes_context=True)
def whose(context: template.Context) -> dict[str, Any]:
    """Put into a form, signed, whose it is, so that what is typed can be kept for them (`drafts.py`)."""
    return {"whose": _whose(context.get("request"))}


def _whose(request: Any) -> str:
    person = drafts.signed_in(request) if request else None
    return drafts.seal(person) if person else ""


# Scripts ----------------------------------------------------------------------------------------------------


def _integrity(name: str) -> str:
    """Return the digest of the file that is served, which collecting may have changed, or of its source."""
    deployed = getattr(staticfiles_storage, "stored_name", None)
    path = staticfiles_storage.path(deployed(name)) if deployed else finders.find(name)
    if not path:
        raise template.TemplateSyntaxError(f"There is no static file {name}.")
    return "sha384-" + base64.b64encode(hashlib.sha384(Path(str(path)).read_bytes()).digest()).decode()


@register.simple_tag
@lru_cache(maxsize=32)
def script(name: str) -> SafeString:
    """Load a script of our own origin, and only if it is the file that was deployed."""
    return format_html(
        '<script src="{}" integrity="{}" crossorigin="anonymous" defer></script>',
        static(name),
        _integrity(name),
    )


@register.simple_tag(takes_context=True)
def query(context: template.Context, **changes: object) -> str:
    """Return the page's query string with some parameters changed; an empty value takes one away."""
    parameters = context["request"].GET.copy()
    parameters.pop("poll", None)
    for name, value in changes.items():
        if value in ("", None):
            parameters.pop(name, None)
        else:
            parameters[name] = str(value)
    path: str = context["request"].path
    return "?" + parameters.urlencode() if parameters else path
