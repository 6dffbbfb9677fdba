"""How the pages write what the API reports: statuses, times, durations, ids, JSON; and icons and scripts."""

import base64
import hashlib
import json
from datetime import datetime
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

from actors_app.core.cron import read_hour
from actors_app.core.operations.perform import is_key, new_key
from actors_app.core.pages import drafts
from actors_app.core.pages.badges import (
    activity_badge,
    icon,
    outcome_badge,
    outcome_mark,
    outcome_words,
    status_badge,
    tab_icon,
)
from actors_app.core.pages.formatting import (
    ago_words,
    date_words,
    duration,
    now,
    pretty_json,
    shortened,
    size,
    thousands,
    visible,
    visible_name,
)
from actors_app.core.pages.timezones import exact, to_local, zone_named, zone_words

register = template.Library()

for tag in (icon, status_badge, outcome_badge, outcome_mark, tab_icon, activity_badge):
    register.simple_tag(tag)
for text_filter in (outcome_words, duration, size, thousands, visible, visible_name, shortened, pretty_json, read_hour):
    register.filter(text_filter)

# Times and sizes --------------------------------------------------------------------------------------------


@register.simple_tag
def ago(moment: datetime | None, never: str = "Never") -> SafeString | str:
    """Write the age of a moment, with the exact time on hover and for machines."""
    if moment is None:
        return never
    text = ago_words(moment, now())
    return format_html('<time datetime="{}" title="{}">{}</time>', moment.isoformat(), exact(moment), text)


@register.simple_tag
def moment(value: datetime | None, never: str = "Never", *, seconds: bool = False) -> SafeString | str:
    """Write a moment in full, on the reader's clock."""
    if value is None:
        return never
    return format_html('<time datetime="{}">{}</time>', value.isoformat(), exact(value, seconds=seconds))


@register.simple_tag
def hour(value: datetime) -> SafeString:
    """Write the time of the day of a moment, on the reader's clock."""
    return format_html(
        '<time datetime="{}">{}</time>', value.isoformat(), f"{(at := to_local(value)):%H:%M} {zone_words(at)}"
    )


@register.filter
def on_clock_of(value: datetime, zone: str) -> str:
    """Write a moment on the clock of a zone: `23 Nov 2026, 16:51 CET (UTC+1)`. The short name may mean several."""
    at, ahead = (moment := value.astimezone(zone_named(zone))), zone_words(moment)
    name = moment.tzname() or ""
    return f"{date_words(at)} {f'{name} ({ahead})' if name.isalpha() and name != ahead else ahead}"


# Untrusted text ---------------------------------------------------------------------------------------------


@register.simple_tag(takes_context=True)
def actor_name(context: template.Context) -> str:
    """Write the name of the actor of a page: that of the API, else the last one that is known, else its ID."""
    actor = context.get("actor")
    return visible(actor.label if actor else context.get("label") or context["actor_id"])


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
def write_key(context: template.Context, oob: bool = False, plain: bool = False) -> dict[str, Any]:
    """Put a one-time key (`core/operations/perform.py`) into a form that changes something, and say whose form it is.

    A form that was kept while its sender was signed out keeps its key, if that is unused. A `plain` one is of a button
    beside others on a page: it has a key and nothing that would be kept.
    """
    request = context.get("request")
    if plain:
        return {"key": new_key(), "plain": True}
    draft = drafts.current()
    key = draft.key if draft and is_key(draft.key) else new_key()
    return {"key": key, "oob": oob, "whose": "" if oob else _signed_sender(request)}


@register.inclusion_tag("_whose.html", takes_context=True, name="whose")
def form_sender(context: template.Context) -> dict[str, Any]:
    """Put into a form, signed, whose it is, so that what is typed can be kept for them (`core/pages/drafts.py`)."""
    return {"whose": _signed_sender(context.get("request"))}


def _signed_sender(request: Any) -> str:
    person = drafts.signed_in(request) if request else None
    return drafts.sign_owner(person) if person else ""


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
    """Return the page's query string with some parameters changed; an empty value takes one away.

    What only the poll of a part of the page asks for is left out.
    """
    parameters = context["request"].GET.copy()
    if parameters.pop("poll", None):
        for name in ("own", "life", "tail", "rows", "seen"):
            parameters.pop(name, None)
    for name, value in changes.items():
        if value in ("", None):
            parameters.pop(name, None)
        else:
            parameters[name] = str(value)
    path: str = context["request"].path
    return "?" + parameters.urlencode() if parameters else path


@register.simple_tag(takes_context=True)
def live(context: template.Context) -> SafeString:
    """Write the attributes of the part of a page that updates itself, with the filter that the address has then."""
    return format_html('data-quiet data-here hx-get="{}" hx-trigger="every 30s"', context["request"].get_full_path())
