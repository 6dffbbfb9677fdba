"""What the schema says of every operation: who may ask, what may go wrong, which headers there are."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from django.conf import settings
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers

from actors_app.core.api.authentication import TENANT_HEADER
from actors_app.core.api.fields import Query, ReasonBody, Slice
from actors_app.core.api.idempotency import HEADER
from actors_app.core.operations.operation import Operation, calls_of
from actors_app.core.problems import CONTENT_TYPE

ERRORS = {
    400: "Bad request, or tenant not specified.",
    401: "Not authenticated.",
    403: "Not allowed by the Actors API, or read-only mode.",
    404: "Not found.",
    406: "Not acceptable.",
    409: "Not possible in the current state, or already processed with the same key.",
    412: "Changed since you read it.",
    413: "Too large.",
    414: "URL too long (response of the web server).",
    415: "Unsupported media type.",
    422: "Invalid input; see `errors`.",
    501: "Not available in this version of the Actors API.",
    502: "The Actors API is unreachable or failed.",
    503: "Rate limited, or temporarily unavailable.",
    504: "The Actors API timed out; for writes, see `changed`.",
}
_OF_READS = (400, 401, 403, 404, 406, 422, 501, 502, 503, 504)
_OF_WRITES = (400, 401, 403, 404, 406, 409, 413, 415, 422, 501, 502, 503, 504)


class Problem(serializers.Serializer):
    """An error (RFC 9457), in sentences, and whether anything was changed."""

    type = serializers.CharField(help_text="URL of the documentation of this kind of error.")
    kind = serializers.CharField(help_text="Machine-readable kind of the error.")
    title = serializers.CharField(help_text="Title of this kind of error.")
    status = serializers.IntegerField()
    detail = serializers.CharField(help_text="What happened.")
    advice = serializers.CharField(allow_blank=True, help_text="Next step.")
    reason = serializers.CharField(allow_null=True, help_text="Message of the Actors API; untrusted text.")
    changed = serializers.ChoiceField(["no", "yes", "unknown"], help_text="Whether anything was changed.")
    errors = serializers.DictField(
        child=serializers.ListField(child=serializers.CharField()), help_text="Messages by field or parameter."
    )
    request_id = serializers.CharField(help_text="Identifies the request in the portal's log.")
    check = serializers.CharField(required=False, help_text="URL to check an unknown outcome.")
    tenants = serializers.ListField(
        child=serializers.CharField(), required=False, help_text=f"Allowed values of {TENANT_HEADER}."
    )


class Done(serializers.Serializer):
    """The result of a write, in a sentence."""

    message = serializers.CharField()


@cache
def page_of(item: type[serializers.Serializer], *, has_slices: bool = False) -> type[serializers.Serializer]:
    """Return the shape of a page of a list; `has_slices` where it can be asked for by an offset too."""
    fields = {
        "items": item(many=True),
        "next": serializers.CharField(allow_null=True, help_text="URL of the next page, if any."),
        "previous": serializers.CharField(allow_null=True, help_text="URL of the previous page, if any."),
        "total": serializers.IntegerField(help_text="Number of items on all pages."),
        "__doc__": "A page of a list.",
    }
    if has_slices:
        fields["slice"] = Slice(required=False, help_text="Present if `offset` was used.")
    return type(f"{item.__name__}Page", (serializers.Serializer,), fields)


def operation(
    described: Operation | str,
    *,
    tag: str,
    gives: Any,
    upstream: str | None = None,
    status: int = 200,
    takes: Any = None,
    example: Any = None,
    query: Any = None,
    about: str = "",
    may: tuple[int, ...] = (),
) -> Any:
    """Describe an operation: what it takes and gives, what it asks of the Actors API, and all that may go wrong.

    `described` is the operation, or a summary; `upstream` names the operations of the Actors API that it makes use of
    (`calls_of`), where that is not just this one. `gives` is a serializer, or a mapping of media types to what is given
    in each; `may` are more statuses. `takes` is a serializer too, or False for a write that is sent nothing, or nothing
    but the reason that its operation takes; `example` is something to send.
    """
    is_write = takes is not None
    if isinstance(described, Operation):
        if described.takes_reason and takes is False:
            takes = ReasonBody
        summary, calls = described.summary, [described.call] if described.method else []
    else:
        summary, calls = described, []
    if upstream is not None:
        calls = calls_of(upstream)
    asks = f"\n\nActors API: `{', '.join(calls)}`." if calls else ""
    responses: dict[Any, Any] = {}
    shapes: Mapping[str, Any] = gives if isinstance(gives, Mapping) else {"application/json": gives}
    for media_type, shape in shapes.items():
        responses[status, media_type] = OpenApiResponse(shape, description="Success.")
    if not is_write:
        responses[304] = OpenApiResponse(description="Not modified (`If-None-Match`).")
    for code in sorted({*(_OF_WRITES if is_write else _OF_READS), *may}):
        responses[code, CONTENT_TYPE] = OpenApiResponse(Problem, description=ERRORS[code])
    responses[414, "text/html"] = OpenApiResponse(str, description=ERRORS[414])
    parameters: list[Any] = [query] if query else []
    parameters.append(
        OpenApiParameter(
            TENANT_HEADER,
            str,
            OpenApiParameter.HEADER,
            enum=sorted(settings.TENANTS),
            description="Actors API to use; required with a token if there are several.",
        )
    )
    if is_write:
        parameters.append(
            OpenApiParameter(
                HEADER,
                {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]([ -~]*[!-~])?$"},
                OpenApiParameter.HEADER,
                description="A retry with the same key and body returns the first response.",
            )
        )
    schema_of = extend_schema(
        summary=summary,
        description=f"{about}{asks}".strip(),
        tags=[tag],
        parameters=parameters,
        request={"application/json": takes} if is_write and takes is not False else None,
        responses=responses,
        examples=[OpenApiExample("One", example, request_only=True)] if example else [],
    )

    def describe(method: Any) -> Any:
        method.query_shape = query or Query
        method.takes_nothing = takes is False
        method.takes_reason = takes is ReasonBody
        return schema_of(method)

    return describe


class PortalSchema(AutoSchema):
    """Name operations by their addresses, as the coverage table does."""

    def _get_request_body(self, direction: str = "request") -> Any:
        """Describe the body of a DELETE too, which the framework leaves out."""
        method = self.method
        self.method = "POST" if method == "DELETE" else method
        body = super()._get_request_body(direction)  # type: ignore[no-untyped-call]
        self.method = method
        return body

    def get_operation_id(self) -> str:
        """Return the name of the address and the method: `actor-list-get`."""
        from django.urls import resolve

        sample = self.path
        for name, value in _SAMPLES.items():
            sample = sample.replace(f"{{{name}}}", value)
        return f"{resolve(sample).url_name}-{self.method.lower()}"


_SAMPLES = {
    "actor_id": "a",
    "alias": "a",
    "config": "a",
    "execution_id": "a",
    "worker_id": "a",
    "result_id": "1",
    "revision_id": "1",
    "entry_id": "1",
    "handle": "0" * 32,
}


class _Bearer(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "actors_app.core.api.authentication.BearerAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "description": "Your Actors API access token."}


class _Session(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "actors_app.core.api.authentication.SessionAuthentication"
    name = "session"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        return {
            "type": "apiKey",
            "in": "cookie",
            "name": settings.SESSION_COOKIE_NAME,
            "description": "Browser session; writes also require X-CSRFToken.",
        }


def strict_bodies(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Say of each body that it has no other fields than those named; the framework calls this at the end."""
    for name, shape in result["components"]["schemas"].items():
        if name.endswith("Request") and shape.get("type") == "object":
            shape["additionalProperties"] = False
    return result


@cache
def schema() -> dict[str, Any]:
    """Return the whole schema (OpenAPI 3.0), made once in a process."""
    document: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    return document
