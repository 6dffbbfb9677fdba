"""What a visitor may not do stays on the page, disabled, with the reason: for buttons, links and the head of a page.

A disabled control can be reached by keyboard and touch, where `static/css/allowed.css` shows the reason.
"""

from typing import Any
from urllib.parse import urlencode

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from actors_app.core.addresses import page_at
from actors_app.core.operations.operation import Operation, operation_of_page
from actors_app.core.pages.formatting import visible
from actors_app.core.security.capabilities import Capabilities
from actors_app.services.types import AdminRole

register = template.Library()

# What the address of a page calls that of which it is, and what of the page has its owner.
WORDS = {"actor": "actor_id", "alias": "alias", "config": "config"}
DELETED = "This actor was deleted."
OWNERS = {"actor": "actor", "alias": "found", "config": ""}


@register.simple_tag(takes_context=True)
def writes(context: template.Context, name: str = "", because: str = "") -> SafeString | str:
    """Disable the button it stands in where this visitor may not do what it does, and say why.

    That is what the page does, or another act by the name of its page; `because` is a reason that the view knows.
    """
    match = getattr(context.get("request"), "resolver_match", None)
    reason = because or _why_not(context, name or getattr(match, "view_name", ""))
    # A button of no form sends nothing, with and without script.
    return format_html(' form="none" aria-disabled="true" title="{}"', reason) if reason else ""


@register.simple_tag(takes_context=True)
def writes_at(
    context: template.Context, name: str, *args: object, at: str = "", because: str = "", **query: object
) -> SafeString:
    """Lead the link it stands in to a page that changes something; nowhere where this visitor may not do that.

    `at` is the page's address, where that is known already; what else is named goes into its query.
    """
    if reason := because or _why_not(context, name, str(args[0] if args else query.get("actor", ""))):
        return format_html(' role="link" tabindex="0" aria-disabled="true" title="{}"', reason)
    address = at or reverse(name, args=args)
    return format_html(' href="{}"', f"{address}?{urlencode(query)}" if query else address)


@register.simple_tag(takes_context=True)
def leads(context: template.Context, address: str) -> SafeString:
    """Lead the link it stands in to an address, whatever it does, unless this visitor may not do that."""
    match = page_at(address)
    if match is None:
        return format_html(' href="{}"', address)
    name = match.url_name or ""
    operation = operation_of_page(name)
    if name.endswith("-list") or not (operation or name.endswith("-create")):
        return format_html(' href="{}"', address)  # a page to look at
    return writes_at(context, match.view_name, *_subject(operation, match.kwargs), at=address)


@register.simple_tag(takes_context=True)
def in_short(context: template.Context, kind: Any, name: str) -> str:
    """Say what this visitor may do with an actor or an alias, where it is known that they may not do all."""
    capabilities = _capabilities(context)
    return (
        ""
        if capabilities is None or context.get("read_only")
        else capabilities.in_short(kind, name, _owner(context, kind))
    )


def _subject(operation: Operation | None, kwargs: Any) -> list[str]:
    word = WORDS[operation.kind] if operation and operation.needs else ""
    return [kwargs[word]] if word in kwargs else []


def _why_not(context: template.Context, name: str, subject: str = "") -> str:
    """Return why not, once for each act and subject of a page."""
    if reason := context.get("read_only"):
        return str(reason)
    if context.get("deleted") and subject in ("", context.get("actor_id")):
        return DELETED
    operation, capabilities = operation_of_page(name.removeprefix("actors:")), _capabilities(context)
    if operation is None or capabilities is None:
        return ""
    request = context["request"]
    if not subject:
        subject = next(iter(_subject(operation, request.resolver_match.kwargs)), "")
    cached: dict[tuple[str, str], str] = request.__dict__.setdefault("_why_not", {})
    key = (name, subject)
    if key not in cached:
        cached[key] = capabilities.why_not(operation, subject, _owner(context, operation.kind)) if subject else ""
    return cached[key]


def _capabilities(context: template.Context) -> Capabilities | None:
    """Return what is known of the rights of whoever is signed in."""
    request: Any = context.get("request")
    session: Any = getattr(request, "session", {})
    if "who" not in session:
        return None
    capabilities: Capabilities | None = getattr(request, "_capabilities", None)
    if capabilities is None:
        user = session["who"]
        capabilities = request._capabilities = Capabilities(
            user["tenant"], user["username"], AdminRole(session.get("admin_role", AdminRole.UNKNOWN))
        )
    return capabilities


def _owner(context: template.Context, kind: str) -> str:
    return visible(getattr(context.get(OWNERS[kind]), "owner", "") or "")
