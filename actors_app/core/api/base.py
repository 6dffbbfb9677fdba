"""What every address of the JSON API is made of: who asks, what was sent, and how the answer goes out."""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from typing import Any, ClassVar, TypeVar

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response, patch_vary_headers
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.views import APIView

from actors_app.core.api import idempotency, paging
from actors_app.core.api.authentication import TENANT_HEADER
from actors_app.core.api.exceptions import REPLAYED, Problem, not_valid
from actors_app.core.api.fields import Body, ReasonBody, Slice
from actors_app.core.api.idempotency import FirstResponse
from actors_app.core.api.paging import Key, Page
from actors_app.core.operations import secrets
from actors_app.core.operations.perform import CommandResult
from actors_app.core.requests import read_only_reason
from actors_app.core.security.credentials import Credentials, abaco_for, signed_in, tenant_of
from actors_app.masking import Masker
from actors_app.services import Abaco
from portal.tenants import Tenant

T = TypeVar("T")
_READS = ("GET", "HEAD", "OPTIONS")


class Resource(APIView):
    """An address of the JSON API."""

    http_method_names = ["get", "head", "post", "put", "patch", "delete"]  # noqa: RUF012  as the framework has it
    params: dict[str, Any]  # what stands after the `?`, checked
    secret: ClassVar[bool] = False  # whether its answers show something that nobody may keep

    @property
    def http(self) -> HttpRequest:
        """Return Django's own request, which services, acts and credentials take."""
        request: HttpRequest = self.request._request
        return request

    @property
    def abaco(self) -> Abaco:
        """Return the API as this caller may use it."""
        return abaco_for(self.http)

    @property
    def user(self) -> Credentials:
        """Return who asks."""
        return signed_in(self.http)

    @property
    def tenant(self) -> Tenant:
        """Return the Actors API that is asked."""
        return tenant_of(self.user)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Let in who is signed in and, where something is to be changed, may change something; read what was sent."""
        super().initial(request, *args, **kwargs)
        method = (request.method or "").lower()
        handler = getattr(self, method, None)
        if handler is None or method not in self.http_method_names:
            return  # refused right after this
        self.params = self._checked(handler.query_shape(data=request.query_params))
        if request.method in _READS:
            return
        if reason := read_only_reason(self.http):
            raise Problem(403, "reads-only", reason)
        self.http.idempotency_key = idempotency.key_of(self.http, request.data)  # type: ignore[attr-defined]
        if handler.takes_nothing and request.data:
            raise not_valid({"body": ["No request body is allowed here."]})
        if handler.takes_reason:
            self.body(ReasonBody)

    def masker(self, actor_id: str, execution_id: str, subject: str) -> Masker:
        """Return what hides the secrets of an execution, or shows them where its owner asks, which is recorded first.

        `subject` says of what they are; the query is a SecretsQuery. Raises NotOwner.
        """
        reveals = self.params.get("secrets") == "shown"
        if reveals:
            if reason := read_only_reason(self.http):
                raise Problem(403, "reads-only", reason)
            secrets.reveal(self.http, self.abaco, actor_id, execution_id, subject)
        return Masker(actor_id, execution_id, reveals=reveals)

    # What was sent ------------------------------------------------------------------------------------------

    def body(self, serializer: type[Body]) -> dict[str, Any]:
        """Return what was sent along, checked; a reason goes to the audit log with the operation (`reason_of`)."""
        if not isinstance(self.request.data, Mapping):
            raise not_valid({"body": ["Send one JSON object."]})
        data = self._checked(serializer(data=self.request.data))
        if issubclass(serializer, ReasonBody):
            self.http.reason = data.pop("reason", "")  # type: ignore[attr-defined]
        return data

    def _checked(self, serializer: Any) -> dict[str, Any]:
        serializer.is_valid(raise_exception=True)
        return dict(serializer.validated_data)

    # What goes out ------------------------------------------------------------------------------------------

    def page(
        self, serializer: type[Serializer], items: Iterable[T], key: Callable[[T], Key], *, descending: bool = False
    ) -> Response:
        """Answer with the page of a list that was asked for, in the order of a key that no two items share."""
        rows = list(items)
        if selected := paging.slice_of(self.params):
            page = paging.sliced(rows, key, selected, descending=descending)
            return self.page_of(serializer, page, total=len(rows))
        cursor, limit = self.params.get("cursor", ""), self.params["limit"]
        return self.page_of(
            serializer, paging.cut(rows, key, cursor=cursor, limit=limit, descending=descending), total=len(rows)
        )

    def page_of(self, serializer: type[Serializer], page: Page[Any], **more: Any) -> Response:
        """Answer with a page that is cut already; its neighbours are in the body and in the header `Link`."""
        links = {"next": paging.link(self.http, page.next), "previous": paging.link(self.http, page.previous)}
        body = {"items": serializer(page.items, many=True).data, **links, **more}
        if page.slice:
            body["slice"] = Slice(page.slice).data
        response = Response(body)
        relations = {"next": links["next"], "prev": links["previous"]}
        if header := ", ".join(f'<{url}>; rel="{relation}"' for relation, url in relations.items() if url):
            response["Link"] = header
        return response

    def command_response(
        self,
        result: CommandResult[T],
        show: Callable[[T, str], Mapping[str, Any]],
        *,
        status: int = 200,
        location: Callable[[T], str] | None = None,
        secrets: tuple[str, ...] = (),
    ) -> Response:
        """Answer to a write with what it gave, or with the first answer where the same request comes again.

        `show` is given the value and the sentence that says what was done. Of `secrets`, fields of the body, a
        repeated answer has null.
        """
        if result.value is None and result.is_replay:
            return self._replayed(result)
        body = show(result.value, result.outcome.message)  # type: ignore[arg-type]  # as the call gave it
        first = FirstResponse(status, body, location(result.value) if location else "")  # type: ignore[arg-type]
        if idempotency.HEADER in self.http.headers:
            idempotency.store(result.key, FirstResponse(status, {**body, **dict.fromkeys(secrets)}, first.location))
        return self._first(first)

    def done(self, result: CommandResult[Any]) -> Response:
        """Answer to a write of which there is nothing to show but that it was done."""
        return self.command_response(result, lambda _, message: {"message": message})

    def _replayed(self, result: CommandResult[Any]) -> Response:
        first = idempotency.stored(result.key)
        if first is None:
            raise Problem(
                409,
                "done-before",
                f"{result.outcome.message} The first response is no longer stored.",
                advice="It was not repeated. Check the current state.",
                changed="yes",
                headers=REPLAYED,
            )
        response = self._first(first)
        for name, value in REPLAYED.items():
            response.headers[name] = value
        return response

    def _first(self, first: FirstResponse) -> Response:
        return Response(first.body, status=first.status, headers={"Location": first.location} if first.location else {})

    def finalize_response(self, request: Request, response: HttpResponse, *args: Any, **kwargs: Any) -> HttpResponse:
        """Say how long it may be kept, and give what was read a tag, so that it is sent again only when it changed."""
        answer: HttpResponse = super().finalize_response(request, response, *args, **kwargs)
        patch_vary_headers(answer, ["Accept", "Authorization", TENANT_HEADER])
        if request.method == "GET" and answer.status_code == 200 and isinstance(answer, Response):
            if not self.secret:
                answer.headers["Cache-Control"] = "private, no-cache"
            http = request._request
            answer.add_post_render_callback(lambda rendered: _tagged(http, rendered))
        return answer


def tag(content: bytes) -> str:
    """Return the tag of an answer's bytes."""
    return f'"{hashlib.sha256(content).hexdigest()[:32]}"'


def _tagged(request: HttpRequest, response: Any) -> HttpResponse | None:
    response.headers["ETag"] = tag(response.content)
    conditional = get_conditional_response(request, etag=response.headers["ETag"], response=response)
    if conditional is not None and conditional.status_code == 304:
        conditional.headers["Cache-Control"] = response.headers.get("Cache-Control", "no-store")
    return conditional


def require_match(request: HttpRequest, representation: Mapping[str, Any], noun: str) -> None:
    """Raise a problem where `representation`, the answer of a GET now, has not the tag that the caller names."""
    if_match = _if_match(request)
    if if_match == "*":
        return
    if tag(JSONRenderer().render(representation)) not in [etag.strip() for etag in if_match.split(",")]:
        raise Problem(
            412,
            "changed-meanwhile",
            f"The {noun} has changed since you read it, so nothing was sent.",
            advice="Read it again before you retry.",
        )


def _if_match(request: HttpRequest) -> str:
    return request.headers.get("If-Match", "*").strip()
