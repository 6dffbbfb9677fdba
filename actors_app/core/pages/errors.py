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
    "yes": "The change was saved.",
    "unknown": "We do not know whether the change was saved.",
}
AWAY = (
    "The portal's database is unavailable. You are still signed in.",
    "Try again in a moment; check whether your last change was saved before you repeat it.",
)
DAMAGED = (
    "The portal's database is damaged.",
    "Contact your portal administrator; check whether your last change was saved before you repeat it.",
)
MOST_FIELDS = 20_000  # of a form that is given back with a sentence; of 2 MiB, hardly more can be meant
BROKEN = {
    "title": "Something went wrong",
    "message": "This is our fault, not yours.",
    "advice": "If this keeps happening, send the request ID to your portal administrator.",
}

TITLES = {
    "unreachable": "No response from the API",
    "untrusted-tls": "Untrusted connection to the API",
    "timeout": "API timeout",
    "cut-off": "Incomplete response from the API",
    "too-large": "Too large",
    "unreadable": "Unreadable response from the API",
    "wrong-version": "API version mismatch",
    "busy": "The portal is busy",
    "rate-limited": "Rate limited",
    "signed-out": "Session renewed",
    "invalid-token": "Token rejected",
    "forbidden": "Not allowed",
    "gone": "Not found",
    "unaddressable": "Not supported by this API",
    "invalid": "Rejected by the API",
    "conflict": "Not possible right now",
    "unsupported": "Not supported by this API",
    "upstream-error": "API error",
    "unknown-outcome": "Outcome unknown",
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
        {} if is_over else {"advice": "This page retries automatically."}
    )


def abaco_error(request: HttpRequest, error: CallError) -> HttpResponse:
    """Say what the API answered, or that it did not; a poll of what is gone, or no longer allowed, is over."""
    is_over = is_poll(request) and isinstance(error, NotFound | Unaddressable | Forbidden)
    can_come_back = request.method in ("GET", "HEAD") and not isinstance(error, NotFound | Unaddressable | Forbidden)
    return _answer(
        request,
        STOP_POLLING if is_over else error.status,
        {
            "title": TITLES.get(error.kind, "API error"),
            "message": error.user_message,
            "reason": error.reason,
            "advice": error.advice,
            # Where the outcome is unknown, the advice says so.
            "changed": CHANGED[error.changed] if request.method == "POST" and error.changed != "unknown" else "",
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
            return reverse("actors:actor-detail", args=[kwargs["actor_id"]]), "Back to actor"
        except NoReverseMatch:
            pass
    return reverse("actors:actor-list"), "Back to actors"


def other_sign_in(request: HttpRequest) -> HttpResponse:
    """Answer 403 to a form that somebody else opened before this visitor signed in."""
    return _answer(
        request,
        403,
        {
            "title": "Form expired",
            "message": "You opened this form in a different session.",
            "advice": "Reload the page and fill it in again.",
            "changed": CHANGED["no"],
            "way_back": (reverse("actors:overview"), "Go to overview"),
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
    message = "The portal could not process this request."
    if too_many:
        message = f"The form has more than {most}, which is the limit."
    if isinstance(exception, TooManyFieldsSent) and (number := drafts.read_all(request, MOST_FIELDS)):
        most = f"{settings.DATA_UPLOAD_MAX_NUMBER_FIELDS:,} fields"
        message = f"The form has {number:,} fields; the limit is {most}."
        if given_back := _given_back(request, message):
            return given_back
    return _answer(
        request,
        400,
        {
            "title": "Bad request",
            "message": message,
            "advice": "Go back, check your input, and try again.",
            "changed": CHANGED["no"],
            "way_back": (reverse("actors:overview"), "Go to overview"),
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
    subject = "The portal accepts" if is_proved else "Without a session, the portal accepts"
    amount = f"{limit // 1024} KiB" if limit < 1024**2 else f"{limit / 1024**2:g} MiB"
    actual = f"; this request has {size:,}" if size else "; this request has more"
    sign_in = "Sign in first in another window (this page stays open), or send less data."
    return _answer(
        request,
        413,
        {
            "title": "Too large",
            "message": f"{subject} at most {limit:,} bytes ({amount}) at once{actual}.",
            "advice": "Send less data, or split it into parts." if is_proved else sign_in,
            "changed": CHANGED["no"],
            "way_back": (reverse("actors:overview"), "Go to overview"),
        },
    )


def incomplete(request: HttpRequest, seconds: int) -> HttpResponse:
    """Answer 408 to a body that was not whole when it ended or its time was over."""
    return _answer(
        request,
        408,
        {
            "kind": "malformed",
            "title": "Bad request",
            "message": f"The request did not arrive completely within {seconds} seconds.",
            "advice": "Send it again.",
            "changed": CHANGED["no"],
            "way_back": (reverse("actors:overview"), "Go to overview"),
        },
    )


def method_not_allowed(request: HttpRequest, refusal: HttpResponseNotAllowed) -> HttpResponse:
    """Answer 405 to a method that a page does not know, with those that it knows."""
    response = _answer(
        request,
        405,
        {
            "title": "Method not allowed",
            "message": f"This URL does not accept {request.method} requests.",
            "advice": "Open the page and use its buttons.",
            "changed": CHANGED["no"],
            "way_back": (reverse("actors:overview"), "Go to overview"),
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
            "title": "Read-only mode",
            "message": reason,
            "advice": "You can view everything your account has access to.",
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
            "message": "Your account has no access to this page.",
            "advice": "Sign in with another account, or go back.",
            "changed": CHANGED["no"],
            "way_back": (reverse("actors:overview"), "Go to overview"),
        },
    )


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 404."""
    return _answer(
        request,
        404,
        {
            "title": "Page not found",
            "message": "There is no page at this URL.",
            "advice": "Check the URL, or go back to the list of actors.",
            "way_back": (reverse("actors:actor-list"), "Go to actors"),
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
        message = "Something went wrong in the portal."
        return instead_of_page(
            request, 500, {"title": "", "message": message, "advice": "Contact your portal administrator."}
        )
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
            text = "You opened this form in a different session, so nothing was sent. It is ready now: submit it again."
            return render(request, "account/_sign_in_again.html", {"text": text, "level": "warning"}, status=403)
        if given_back := _given_back(request, drafts.NO_PROOF):
            return given_back
    return _answer(
        request,
        403,
        {
            "kind": "csrf",
            "title": "Form expired",
            "message": "You opened this form in a different session, or cookies are disabled.",
            "advice": "Go back, reload the page and submit it again.",
            "changed": CHANGED["no"],
            "way_back": (reverse("actors:overview"), "Go to overview"),
        },
    )
