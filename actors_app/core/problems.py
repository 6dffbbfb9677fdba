"""The one shape of everything that goes wrong at the JSON API: `application/problem+json` (RFC 9457).

`type` is an address in the documentation, `kind` the same as a word. `changed` says whether the request changed
anything. Nothing here knows a view: the pages' error handlers answer with it too, where a program asked.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.urls import reverse

CONTENT_TYPE = "application/problem+json"

# What the portal itself refuses, beside the kinds of `services/errors.py`; the titles of those are the pages'.
TITLES = {
    "malformed": "The request could not be read",
    "not-valid": "Something that was sent is not valid",
    "unknown-tenant": "It is not said which Actors API is meant",
    "signed-out": "Nobody is signed in",
    "csrf": "The request could not be accepted",
    "reads-only": "Only reading is allowed",
    "not-allowed": "Not allowed",
    "no-such-address": "There is no such address",
    "no-such-method": "This cannot be done here",
    "not-acceptable": "It cannot be had in this form",
    "changed-meanwhile": "It was changed meanwhile",
    "no-room": "There is no room for more",
    "too-large": "Too large",
    "wrong-media-type": "It was sent in a form that is not understood",
    "done-before": "This was done before",
    "throttled": "Too many requests",
    "not-kept": "The message is not kept",
    "not-recorded": "Nothing was sent",
    "store-failed": "The portal is temporarily unavailable",
    "portal-failed": "The portal failed",
}
_KINDS = {
    400: "malformed",
    403: "not-allowed",
    404: "no-such-address",
    405: "no-such-method",
    413: "too-large",
    500: "portal-failed",
    503: "store-failed",
}


def problem(
    request: HttpRequest,
    status: int,
    kind: str,
    title: str,
    detail: str,
    *,
    advice: str = "",
    reason: str | None = None,
    changed: str = "no",
    errors: Mapping[str, Sequence[str]] | None = None,
    headers: Mapping[str, str] | None = None,
    **more: Any,
) -> JsonResponse:
    """Answer with a problem; `reason` is the API's own words, untrusted, `errors` sentences by field."""
    body = {
        "type": f"{reverse('api:docs')}#{kind}",
        "kind": kind,
        "title": title,
        "status": status,
        "detail": detail,
        "advice": advice,
        "reason": reason,
        "changed": changed,
        "errors": {name: list(sentences) for name, sentences in (errors or {}).items()},
        "request_id": getattr(request, "request_id", ""),
        **more,
    }
    response = JsonResponse(body, status=status, content_type=CONTENT_TYPE, headers=dict(headers or {}))
    response.headers["Cache-Control"] = "no-store"
    if status == 401:
        response.headers.setdefault("WWW-Authenticate", 'Bearer realm="Actors Portal"')
    return response


def instead_of_page(request: HttpRequest, status: int, context: Mapping[str, Any]) -> JsonResponse:
    """Answer with the problem that an error page would have told to a person."""
    kind = context.get("kind") or _KINDS.get(status, "portal-failed")
    is_write = request.method not in ("GET", "HEAD", "OPTIONS", "TRACE")
    # What broke in the middle of a write may have been done.
    changed = "unknown" if is_write and status >= 500 else "no"
    return problem(
        request,
        status,
        kind,
        TITLES.get(kind, context["title"]),
        context["message"],
        advice=context.get("advice", ""),
        changed=changed,
    )
