"""What views say to htmx: the fragment or the page, where to go, a toast, and the end of a poll."""

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django_htmx.http import HttpResponseClientRedirect
from django_htmx.middleware import HtmxDetails

from actors_app.core.error_reports import is_outcome_unknown
from actors_app.core.security.crypto import digest

STOP_POLLING = 286  # htmx's own status: swap this in and ask no more


class PortalRequest(HttpRequest):
    """A request as the portal's middleware leaves it."""

    htmx: HtmxDetails
    request_id: str


def wants_fragment(request: HttpRequest) -> bool:
    """Whether htmx asks for a part of the page rather than the page."""
    htmx: HtmxDetails | None = getattr(request, "htmx", None)  # it is not there where a request was refused before
    return htmx is not None and bool(htmx) and not htmx.boosted and not htmx.history_restore_request


def is_poll(request: HttpRequest) -> bool:
    """Whether a part of a page asks by itself, without anybody having clicked."""
    return wants_fragment(request) and "poll" in request.GET


def render_page(
    request: HttpRequest, template: str, context: Mapping[str, Any], *, partial: str = "", status: int = 200
) -> HttpResponse:
    """Render the page, or the fragment of it when htmx asks for that."""
    name = partial if partial and wants_fragment(request) else template
    return render(request, name, dict(context), status=status)


def render_poll(
    request: HttpRequest, partial: str, context: Mapping[str, Any], *, state: object, done: bool
) -> HttpResponse:
    """Answer a poll: the fragment, a fingerprint of what it shows, and 286 when there is nothing more to come.

    The fingerprint lets the page slow down while nothing changes; it is made of `state`, whose repr must be
    stable.
    """
    response = render(request, partial, dict(context), status=STOP_POLLING if done else 200)
    response.headers["X-Poll-State"] = digest("poll", repr(state))[:16]
    return response


def place_alert(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Say where the alert of a failure goes, so that what a read says never touches what a write said.

    A write of unknown outcome is added to those that stay until somebody closes them. A 422 stays with its form.
    """
    if response.status_code < HTTPStatus.BAD_REQUEST or response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY:
        return response
    if not wants_fragment(request):
        return response
    if request.method in ("GET", "HEAD") or is_poll(request):
        response.headers["HX-Retarget"] = "#read-alert"
    elif is_outcome_unknown(request) or response.status_code == HTTPStatus.INTERNAL_SERVER_ERROR:
        response.headers["HX-Retarget"] = "#write-alerts"
        response.headers["HX-Reswap"] = "afterbegin"
    else:
        response.headers["HX-Retarget"] = "#alerts"
    return response


def go_to(request: HttpRequest, to: str, *args: Any, **kwargs: Any) -> HttpResponse:
    """Send the visitor to another page; htmx never sees the headers of a 3xx, so it is told in its own words."""
    if wants_fragment(request):
        return HttpResponseClientRedirect(resolve_url(to, *args, **kwargs))
    response: HttpResponse = redirect(to, *args, **kwargs)
    return response


def toast(response: HttpResponse, message: str, level: str = "success") -> HttpResponse:
    """Add a short notice to a fragment; the page's script shows it as text."""
    response.headers["HX-Trigger"] = json.dumps({"toast": {"level": level, "message": message}})
    return response


def say(request: HttpRequest, message: str) -> None:
    """Keep a notice for the next page."""
    messages.success(request, message)
