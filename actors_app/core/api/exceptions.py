"""What an exception of a view becomes: a problem, and one line in the log where the Actors API is what failed."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from rest_framework import exceptions

from actors_app.core.error_reports import report
from actors_app.core.operations.perform import AnsweredBefore
from actors_app.core.pages.errors import TITLES as API_TITLES
from actors_app.core.problems import TITLES, problem
from actors_app.services.errors import CallError

REPLAYED = {"Idempotency-Replayed": "true"}
_READS = ("GET", "HEAD", "OPTIONS", "TRACE")
# What the framework refuses, with our kind of it and what to do.
_REFUSALS: tuple[tuple[type[exceptions.APIException] | type[Exception], int, str, str], ...] = (
    (exceptions.NotAuthenticated, 401, "signed-out", "Send Authorization: Bearer with your API access token."),
    (exceptions.ParseError, 400, "malformed", "Send one JSON object, in UTF-8."),
    (exceptions.MethodNotAllowed, 405, "no-such-method", "See the Allow header for supported methods."),
    (exceptions.NotAcceptable, 406, "not-acceptable", "Request application/json."),
    (exceptions.UnsupportedMediaType, 415, "wrong-media-type", "Send application/json."),
    (exceptions.Throttled, 429, "throttled", "Wait, then retry."),
    (exceptions.PermissionDenied, 403, "not-allowed", ""),
    (PermissionDenied, 403, "not-allowed", ""),
    (exceptions.NotFound, 404, "no-such-address", ""),
    (Http404, 404, "no-such-address", "Check the URL."),
)


class Problem(Exception):  # noqa: N818  it is what is answered
    """Something that the portal itself refuses."""

    def __init__(
        self,
        status: int,
        kind: str,
        detail: str,
        *,
        advice: str = "",
        changed: str = "no",
        errors: Mapping[str, Sequence[str]] | None = None,
        **more: Any,
    ) -> None:
        self.status, self.kind, self.detail = status, kind, detail
        self.more = {"advice": advice, "changed": changed, "errors": errors, **more}
        super().__init__(kind)


def not_valid(errors: Mapping[str, Sequence[str]]) -> Problem:
    """Return the problem of something that was sent and is not valid, with sentences by field."""
    return Problem(422, "not-valid", "See `errors`. Nothing was sent to the Actors API.", errors=errors)


def handle(exception: Exception, context: Mapping[str, Any]) -> HttpResponse | None:
    """Answer with a problem; None for a fault of our own, which Django's last handler answers."""
    request: HttpRequest = context["request"]._request
    if isinstance(exception, CallError):
        report(request, exception)
        return _of_api(request, exception)
    if isinstance(exception, exceptions.ValidationError):
        exception = not_valid(dict(sentences(exception.detail)))
    if isinstance(exception, Problem):
        title = TITLES.get(exception.kind, "")
        return problem(request, exception.status, exception.kind, title, exception.detail, **exception.more)
    for kind_of, status, kind, advice in _REFUSALS:
        if isinstance(exception, kind_of):
            return _refusal(request, exception, status, kind, advice, context)
    return None


def sentences(detail: Any, path: str = "") -> Iterator[tuple[str, list[str]]]:
    """Return the framework's errors as sentences by field; a field inside another is `outer.inner`."""
    if isinstance(detail, Mapping):
        for name, inner in detail.items():
            name = "body" if name == "non_field_errors" else str(name)
            yield from sentences(inner, f"{path}.{name}" if path else name)
    elif isinstance(detail, list | tuple) and not all(isinstance(item, str) for item in detail):
        for index, inner in enumerate(detail):
            if inner:
                yield from sentences(inner, f"{path}.{index}")
    else:
        yield path or "body", [str(item) for item in (detail if isinstance(detail, list | tuple) else [detail])]


def _of_api(request: HttpRequest, error: CallError) -> HttpResponse:
    is_write = request.method not in _READS
    # As in a form: what the API does not accept of what was typed is 422.
    status = 422 if is_write and (error.kind, error.status) == ("invalid", 400) else error.status
    extensions: dict[str, Any] = {}
    if error.audit_id and error.changed == "unknown":
        extensions["check"] = reverse("api:activity-check", args=[error.audit_id])
    return problem(
        request,
        status,
        error.kind,
        API_TITLES.get(error.kind) or TITLES.get(error.kind) or "The Actors API could not do this",
        error.user_message,
        advice=error.advice,
        reason=error.reason,
        changed=error.changed if is_write else "no",
        errors={error.field: [error.reason or error.user_message]} if error.field else {},
        headers=REPLAYED if isinstance(error, AnsweredBefore) else {},
        **extensions,
    )


def _refusal(
    request: HttpRequest, exception: Exception, status: int, kind: str, advice: str, context: Mapping[str, Any]
) -> HttpResponse:
    detail = str(getattr(exception, "detail", "")) or TITLES[kind] + "."
    headers = {}
    if status == 405:
        headers["Allow"] = ", ".join(context["view"].allowed_methods)
    if wait := getattr(exception, "wait", None):
        headers["Retry-After"] = str(int(wait))
    return problem(request, status, kind, TITLES[kind], detail, advice=advice, headers=headers)
