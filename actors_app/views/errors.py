"""Pages for what went wrong: what happened, whether anything was changed, and what to do next."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django_htmx.http import HttpResponseClientRedirect

from actors_app import credentials
from actors_app.htmx import STOP_POLLING, is_poll, wants_fragment
from actors_app.services.errors import AbacoError

CHANGED = {
    "no": "Nothing was changed.",
    "yes": "The change was made.",
    "unknown": "It is not known whether the change was made.",
}


TITLES = {
    "unreachable": "The API cannot be reached",
    "untrusted-tls": "The connection to the API is not trusted",
    "timeout": "The API did not answer in time",
    "cut-off": "The API's answer was cut off",
    "too-large": "Too large",
    "unreadable": "The API's answer could not be read",
    "rate-limited": "The API asks to wait",
    "signed-out": "Nothing was sent",
    "forbidden": "Not allowed",
    "gone": "This does not exist, or no longer",
    "invalid": "The API refused this",
    "conflict": "This cannot be done now",
    "unsupported": "This API does not offer that",
    "upstream-error": "The API failed",
    "unknown-outcome": "It is not known whether this was done",
}


def _answer(request: HttpRequest, status: int, context: dict[str, Any]) -> HttpResponse:
    """Render an error as a whole page, or as an alert inside the page that asked."""
    context = {"status": status, "request_id": getattr(request, "request_id", ""), **context}
    asked_by_htmx = hasattr(request, "htmx") and wants_fragment(request)
    template = "errors/_alert.html" if asked_by_htmx else "errors/page.html"
    return render(request, template, context, status=status)


def abaco_error(request: HttpRequest, error: AbacoError) -> HttpResponse:
    """Say what the API answered, or that it did not."""
    response = _answer(
        request,
        error.status,
        {
            "title": TITLES.get(error.kind, "The API could not do this"),
            "message": error.user_message,
            "reason": error.reason,
            "advice": error.advice,
            "changed": CHANGED[error.changed] if request.method == "POST" else "",
            "retry": request.get_full_path() if request.method in ("GET", "HEAD") else "",
            "way_back": _way_back(request),
        },
    )
    if retry_after := getattr(error, "retry_after", None):
        response.headers["Retry-After"] = str(retry_after)
    return response


def _way_back(request: HttpRequest) -> tuple[str, str]:
    """Return the address and name of the nearest page that will still be there."""
    match = request.resolver_match
    kwargs = match.kwargs if match else {}
    if match and "actor_id" in kwargs and match.url_name != "actor-detail":
        try:
            return reverse("actors:actor-detail", args=[kwargs["actor_id"]]), "Back to the actor"
        except NoReverseMatch:
            pass
    return reverse("actors:actor-list"), "Back to the actors"


def signed_out(request: HttpRequest) -> HttpResponse:
    """Lead to the sign-in page and back; a poll only says so and stops, and never moves the reader."""
    had_session = "who" in request.session
    if had_session:
        credentials.sign_out(request)
    back = request.get_full_path() if request.method in ("GET", "HEAD") else request.path
    if wants_fragment(request):
        back = request.htmx.current_url_abs_path or reverse("actors:overview")  # type: ignore[attr-defined]
    address = f"{reverse('actors:sign-in')}?{urlencode({'next': back})}"
    if is_poll(request):
        return render(request, "errors/_signed_out.html", {"sign_in": address}, status=STOP_POLLING)
    if had_session:
        request.session["sign_in_notice"] = "Your sign-in has ended. Sign in again to go on where you were."
    if wants_fragment(request):
        return HttpResponseClientRedirect(address)
    return HttpResponseRedirect(address)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 400."""
    return _answer(
        request,
        400,
        {
            "title": "The portal could not read this request",
            "message": "The address or the form was not in a form the portal understands.",
            "advice": "Go back, check what was typed, and try again.",
            "changed": CHANGED["no"],
            "way_back": ("/", "To the overview"),
        },
    )


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 403."""
    return _answer(
        request,
        403,
        {
            "title": "Not allowed",
            "message": "This page is not for your account.",
            "advice": "Sign in as somebody who may see it, or go back.",
            "changed": CHANGED["no"],
            "way_back": ("/", "To the overview"),
        },
    )


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 404."""
    return _answer(
        request,
        404,
        {
            "title": "There is no such page",
            "message": "The address may be mistyped, or what it named is gone.",
            "advice": "Look for what you wanted in the list of actors.",
            "way_back": (reverse("actors:actor-list"), "To the actors"),
        },
    )


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer 500; the template asks no store, since that may be what failed."""
    context = {"status": 500, "request_id": getattr(request, "request_id", "")}
    return HttpResponse(render_plain("errors/500.html", context), status=500)


def render_plain(template: str, context: dict[str, Any]) -> str:
    """Render a template without the request, so that no context processor can fail again."""
    from django.template.loader import render_to_string

    return render_to_string(template, context)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer 403 to a form whose proof of origin is missing or old."""
    return _answer(
        request,
        403,
        {
            "title": "This form could not be accepted",
            "message": "The form was opened in another sign-in, or cookies are switched off.",
            "advice": "Go back, reload the page and send the form again.",
            "changed": CHANGED["no"],
            "way_back": ("/", "To the overview"),
        },
    )
