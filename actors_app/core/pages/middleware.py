"""What stands between a request and its view: who may write, what an error becomes, and how a form comes back.

An error of the API becomes a page, an alert inside the page, or the way to sign in.
"""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect

from actors_app.core.error_reports import report
from actors_app.core.htmx import is_poll, place_alert, wants_fragment
from actors_app.core.pages import drafts
from actors_app.core.pages.errors import abaco_error, csrf_failure, method_not_allowed, other_sign_in, reads_only
from actors_app.core.pages.signed_out import signed_out
from actors_app.core.pages.timezones import written_in, zone_of
from actors_app.core.requests import is_api, read_only_reason
from actors_app.services.errors import CallError, SignedOut

SAFE = ("GET", "HEAD", "OPTIONS", "TRACE")
# What changes nothing but the visitor's own sessions, so that who may only read may do it too.
OWN_BUSINESS = {
    "sign-in",
    "sign-in-token",
    "sign-out",
    "theme",
    "log-wrap",
    "preferences",
    "execution-columns",
    "favorites",
    "session-end",
    "session-end-others",
    "session-read-only",
    "evidence-verify",
    "trail-verify",
    "view-list",
    "view-rename",
    "view-delete",
}


class AlertPlaceMiddleware:
    """Give the alert of a failure its place in the page that asked."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer one request."""
        return place_alert(request, self.get_response(request))


class SessionUseMiddleware:
    """Keep a session alive that somebody uses; a page that asks by itself does not count."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer one request."""
        response = self.get_response(request)
        if not is_poll(request):
            request.session.stamp()  # type: ignore[attr-defined]  # the engine is ours
        return response


class ZoneMiddleware:
    """Write the times of an answer in the zone that its reader chose."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer one request."""
        with written_in(zone_of(request)):
            return self.get_response(request)


class WriteGuardMiddleware:
    """Refuse, before any view runs, to change something for another site or in a session that only reads.

    The browser says where a request comes from in `Sec-Fetch-Site`, which no script can set. A sibling domain is
    another site too. A browser that does not say it is met by the CSRF token alone.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer one request."""
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: object, args: object, kwargs: object) -> HttpResponse | None:
        """Refuse, or let the view answer."""
        if request.method in SAFE:
            return None
        if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
            return csrf_failure(request, "another site")
        name = request.resolver_match.url_name if request.resolver_match and not is_api(request) else ""
        if name not in OWN_BUSINESS and (reason := read_only_reason(request)):
            return reads_only(request, reason)
        return None


class AbacoErrorMiddleware:
    """Turn an error that no view said better into an answer, and log it once."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer one request."""
        response = self.get_response(request)
        return method_not_allowed(request, response) if isinstance(response, HttpResponseNotAllowed) else response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer for an error of the API; anything else is Django's to handle."""
        if not isinstance(exception, CallError):
            return None
        report(request, exception)
        if isinstance(exception, SignedOut):
            return signed_out(request, exception)
        return abaco_error(request, exception)


class DraftMiddleware:
    """Show a form that was kept while its sender was signed out, to that person alone and without sending it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer one request."""
        with drafts.for_one_request():
            return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        """Refuse a form of somebody else's; fill the forms of a page with what was kept, by which a GET stays a GET."""
        if is_api(request):
            return None
        if request.method == "POST" and "who" in request.session:
            maker, sender = drafts.form_owner(request), drafts.signed_in(request)
            return other_sign_in(request) if maker and sender and maker != sender else None
        handle = request.GET.get(drafts.PARAMETER, "")
        if request.method != "GET" or not handle or wants_fragment(request):
            return None
        sender = drafts.signed_in(request)
        return self._restore(request, handle, sender) if sender else None

    def _restore(self, request: HttpRequest, handle: str, sender: drafts.Person) -> HttpResponse | None:
        draft = drafts.find(handle, request.path, sender.tenant)
        if draft is not None and draft.owner != sender:
            drafts.forget(handle)
            return redirect("actors:overview")
        if draft is None:
            messages.warning(request, "Your draft has expired (drafts are kept for 30 minutes).")
            return redirect(request.path)
        file_hint = f" Choose {', '.join(draft.files)} again: drafts do not include files." if draft.files else ""
        messages.info(request, f"{draft.why} We restored your draft; nothing was sent.{file_hint}")
        drafts.show(draft)
        return None
