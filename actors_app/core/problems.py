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
    "malformed": "Bad request",
    "not-valid": "Invalid input",
    "unknown-tenant": "Tenant not specified",
    "signed-out": "Not authenticated",
    "csrf": "Request not accepted",
    "reads-only": "Read-only mode",
    "not-allowed": "Not allowed",
    "no-such-address": "Not found",
    "no-such-method": "Method not allowed",
    "not-acceptable": "Not acceptable",
    "changed-meanwhile": "Changed since it was read",
    "no-room": "Quota exceeded",
    "too-large": "Too large",
    "wrong-media-type": "Unsupported media type",
    "done-before": "Already processed",
    "throttled": "Rate limited",
    "not-kept": "Message not stored",
    "not-recorded": "Audit log unavailable",
    "store-failed": "The portal is temporarily unavailable",
    "portal-failed": "Portal error",
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
