"""Pages for what went wrong: what happened, whether anything was changed, and what to do next."""

import sys
from typing import Any

from django.conf import settings
from django.contrib.sessions.exceptions import SessionInterrupted
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse

from actors_app.core.error_reports import report_store
from actors_app.core.htmx import STOP_POLLING, is_poll, wants_fragment
from actors_app.core.pages import drafts
from actors_app.core.pages.signed_out import interrupted, signed_out
from actors_app.core.problems import instead_of_page
from actors_app.core.requests import is_api
from actors_app.services.errors import CallError, Forbidden, NotFound, SignedOut, Unaddressable
from portal import store
from portal.store_faults import is_damaged

CHANGED = {
    "no": "Nothing was changed.",
    "yes": "The change was made.",
    "unknown": "It is not known whether the change was made.",
}
AWAY = (
    "The portal's own store does not answer, so nobody's sign-in can be read.",
    "You are still signed in. Try again in a moment; before you send something again, look whether it was done.",
)
DAMAGED = (
    "The portal's own store is damaged, so nobody's sign-in can be read.",
    "Tell who runs this portal. Before you send something again, look whether it was done.",
)
MOST_FIELDS = 20_000  # of a form that is given back with a sentence; of 2 MiB, hardly more can be meant
BROKEN = {
    "title": "The portal failed",
    "message": "This is a fault of the portal, not of what you typed.",
    "advice": "Look before you try again. If it happens again, tell who runs this portal the incident number.",
}

TITLES = {
    "unreachable": "No answer from the API",
    "untrusted-tls": "The connection to the API is not trusted",
    "timeout": "The API takes too long",
    "cut-off": "The API's answer was cut off",
    "too-large": "Too large",
    "unreadable": "The API's answer could not be read",
    "wrong-version": "The portal is set to another version of the API",
    "busy": "The portal is busy",
    "rate-limited": "Rate limited",
    "signed-out": "Nothing was sent",
    "invalid-token": "The token is not accepted",
    "forbidden": "Not allowed",
    "gone": "Not there",
    "unaddressable": "The API cannot be asked for this",
    "invalid": "The API refused this",
    "conflict": "This cannot be done now",
    "unsupported": "This API does not offer that",
    "upstream-error": "The API failed",
    "unknown-outcome": "It is not known whether this was done",
}


def _answer(request: HttpRequest, status: int, context: dict[str, Any]) -> HttpResponse:
    """Render an error as a whole page, as an alert inside the page that asked, or as a problem for a program."""
    if is_api(request):
        return instead_of_page(request, status, context)
    context = {"status": status, "request_id": getattr(request, "request_id", ""), **context}
    template = "errors/_alert.html" if wants_fragment(request) else "errors/page.html"
    return render(request, template, context | _of_poll(request, status), status=status)


def _of_poll(request: HttpRequest, status: int) -> dict[str, Any]:
    """Return what an alert says otherwise where a poll failed: nobody has to do anything about it."""
    if not is_poll(request):
        return {}
    is_over = status == STOP_POLLING
    return {"of_poll": True, "changed": "", "retry": ""} | (
        {} if is_over else {"advice": "This page asks again by itself."}
    )


def abaco_error(request: HttpRequest, error: CallError) -> HttpResponse:
    """Say what the API answered, or that it did not; a poll of what is gone, or no longer allowed, is over."""
    is_over = is_poll(request) and isinstance(error, NotFound | Unaddressable | Forbidden)
    can_come_back = request.method in ("GET", "HEAD") and not isinstance(error, NotFound | Unaddressable | Forbidden)
    return _answer(
        request,
        STOP_POLLING if is_over else error.status,
        {
            "title": TITLES.get(error.kind, "The API could not do this"),
            "message": error.user_message,
            "reason": error.reason,
            "advice": error.advice,
            "changed": CHANGED[error.changed] if request.method == "POST" else "",
            "retry": request.get_full_path() if can_come_back else "",
            "check": reverse("actors:activity-check", args=[error.audit_id])
            if error.audit_id and error.changed == "unknown"
            else "",
            "way_back": _way_back(request),
        },
    )


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


def other_sign_in(request: HttpRequest) -> HttpResponse:
    """Answer 403 to a form that somebody else opened before this visitor signed in."""
    return _answer(
        request,
        403,
        {
            "title": "This form could not be accepted",
            "message": "It was opened in another sign-in than the one you have now.",
            "advice": "Open the page again and type it there.",
            "changed": CHANGED["no"],
            "way_back": (reverse("actors:overview"), "To the overview"),
        },
    )


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 400, 413 where it was too large, or lead to the sign-in page where the session ended meanwhile."""
    if isinstance(exception, SessionInterrupted):
        return interrupted(request)
    if isinstance(exception, RequestDataTooBig):
        return too_large(request, settings.DATA_UPLOAD_MAX_MEMORY_SIZE or 0)
    most = f"{settings.DATA_UPLOAD_MAX_NUMBER_FIELDS:,} fields or {settings.DATA_UPLOAD_MAX_NUMBER_FILES:,} files"
    too_many = isinstance(exception, TooManyFieldsSent | TooManyFilesSent)
    message = "The address or the form was not in a form the portal understands."
    if too_many:
        message = f"The form has more than {most}, which is what the portal takes at once."
    if isinstance(exception, TooManyFieldsSent) and (number := drafts.read_all(request, MOST_FIELDS)):
        most = f"{settings.DATA_UPLOAD_MAX_NUMBER_FIELDS:,} fields"
        message = f"The form has {number:,} fields; the portal takes at most {most} at once."
        if given_back := _given_back(request, message):
            return given_back
    return _answer(
        request,
        400,
        {
            "title": "The portal could not read this request",
            "message": message,
            "advice": "Go back, check what was typed, and try again.",
            "changed": CHANGED["no"],
            "way_back": (reverse("actors:overview"), "To the overview"),
        },
    )


def _given_back(request: HttpRequest, why: str) -> HttpResponse | None:
    """Lead whose form it is, and only them, to its page with what was typed; None where htmx left that on the page."""
    owner = drafts.form_owner(request)
    if owner is None or owner != drafts.signed_in(request) or wants_fragment(request):
        return None
    handle = drafts.keep(request, why=why)
    return HttpResponseRedirect(f"{request.path}?{drafts.PARAMETER}={handle}") if handle else None


def too_large(request: HttpRequest, limit: int, size: int | None = None, *, is_proved: bool = True) -> HttpResponse:
    """Answer 413 to a body of `size` bytes, None where it was not announced, of which nothing was read."""
    whoever = "The portal takes" if is_proved else "From somebody who is not signed in the portal takes"
    amount = f"{limit // 1024} KiB" if limit < 1024**2 else f"{limit / 1024**2:g} MiB"
    actual = f"; this has {size:,}" if size else ", and this has more"
    sign_in = "Sign in first, in another window: this page stays as it is. Or send less."
    return _answer(
        request,
        413,
        {
            "title": "Too large",
            "message": f"{whoever} at most {limit:,} bytes ({amount}) at once{actual}.",
            "advice": "Send less, or in parts." if is_proved else sign_in,
            "changed": CHANGED["no"],
            "way_back": (reverse("actors:overview"), "To the overview"),
        },
    )


def incomplete(request: HttpRequest, seconds: int) -> HttpResponse:
    """Answer 408 to a body that was not whole when it ended or its time was over."""
    return _answer(
        request,
        408,
        {
            "kind": "malformed",
            "title": "The portal could not read this request",
            "message": f"What was sent did not arrive whole, in the form that it announced, within {seconds} seconds.",
            "advice": "Send it again.",
            "changed": CHANGED["no"],
            "way_back": (reverse("actors:overview"), "To the overview"),
        },
    )


def method_not_allowed(request: HttpRequest, refusal: HttpResponseNotAllowed) -> HttpResponse:
    """Answer 405 to a method that a page does not know, with those that it knows."""
    response = _answer(
        request,
        405,
        {
            "title": "This cannot be done here",
            "message": f"This address does not take the method {request.method}.",
            "advice": "Open the page and use its buttons.",
            "changed": CHANGED["no"],
            "way_back": (reverse("actors:overview"), "To the overview"),
        },
    )
    response.headers["Allow"] = refusal.headers["Allow"]
    return response


def reads_only(request: HttpRequest, reason: str) -> HttpResponse:
    """Answer 403 to a change where only reading is allowed."""
    return _answer(
        request,
        403,
        {
            "kind": "reads-only",
            "title": "Only reading is allowed",
            "message": reason,
            "advice": "You can look at everything that your account may see.",
            "changed": CHANGED["no"],
            "way_back": _way_back(request),
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
            "way_back": (reverse("actors:overview"), "To the overview"),
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
    """Answer 500, or 503 where it is the store that failed; no template here asks the store anything.

    This is the one place that sees every failure, those of the middleware that reads and saves sessions included.
    """
    failure = sys.exc_info()[1]
    if failure and (isinstance(failure, store.FAILURES) or is_damaged(failure)):
        return store_failed(request, failure)
    if is_api(request):
        message = "A fault of the portal itself stopped this."
        return instead_of_page(request, 500, {"title": "", "message": message, "advice": "Tell who runs it."})
    context = {"status": 500, "request_id": getattr(request, "request_id", "")}
    if wants_fragment(request):
        changed = CHANGED["no" if request.method in ("GET", "HEAD") else "unknown"]
        context = BROKEN | {"changed": changed} | context | _of_poll(request, 500)
        return HttpResponse(render_plain("errors/_alert.html", context), status=500)
    return HttpResponse(render_plain("errors/500.html", context), status=500)


def store_failed(request: HttpRequest, failure: BaseException) -> HttpResponse:
    """Answer 503 and leave the visitor's cookie alone: the session is still there when the store is back."""
    report_store(request, failure)
    message, advice = DAMAGED if is_damaged(failure) else AWAY
    context = {
        "status": 503,
        "request_id": getattr(request, "request_id", ""),
        "title": "The portal is temporarily unavailable",
        "message": message,
        "advice": advice,
        "retry": request.get_full_path() if request.method in ("GET", "HEAD") else "",
    }
    if is_api(request):
        answer = instead_of_page(request, 503, {**context, "kind": "store-failed"})
        answer.headers["Retry-After"] = "5"
        return answer
    template = "errors/_alert.html" if wants_fragment(request) else "errors/503.html"
    text = render_plain(template, context | _of_poll(request, 503))
    return HttpResponse(text, status=503, headers={"Retry-After": "5"})


def render_plain(template: str, context: dict[str, Any]) -> str:
    """Render a template without the request, so that no context processor can fail again."""
    from django.template.loader import render_to_string

    return render_to_string(template, context)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer 403 to a form whose proof of origin is missing or old; what its owner typed is kept all the same."""
    owner = None if is_api(request) else drafts.form_owner(request)
    if owner is not None:
        sender = drafts.signed_in(request)
        if sender is None:
            return signed_out(request, SignedOut("the form's proof of origin is gone, and so is the session"))
        if sender == owner and wants_fragment(request):
            text = "The form was opened in another sign-in, so nothing was sent. It is ready now: send it again."
            return render(request, "account/_sign_in_again.html", {"text": text, "level": "warning"}, status=403)
        if given_back := _given_back(request, drafts.NO_PROOF):
            return given_back
    return _answer(
        request,
        403,
        {
            "kind": "csrf",
            "title": "This form could not be accepted",
            "message": "The form was opened in another sign-in, or cookies are switched off.",
            "advice": "Go back, reload the page and send the form again.",
            "changed": CHANGED["no"],
            "way_back": (reverse("actors:overview"), "To the overview"),
        },
    )
