"""Results of an execution: taking the next one, which the API forgets then, and those that were taken."""

import base64
from typing import Any

from django.http import Http404, HttpResponse
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from actors_app.core.api.base import Resource
from actors_app.core.api.exceptions import Problem
from actors_app.core.api.fields import PageQuery, SecretsQuery
from actors_app.core.api.schema import operation, page_of
from actors_app.core.operations.perform import answered
from actors_app.core.pages.downloads import DOWNLOAD_HEADERS
from actors_app.executions import archive as result_archive
from actors_app.executions import commands_results, serializers
from actors_app.executions.models import KeptResult
from actors_app.executions.operations import TAKE_RESULT
from actors_app.services.jsons import UnreadableJSON, load_json

TAG = "Results"
MOST = 10_000_000  # bytes of a result that stand in JSON


class _Bytes(BaseRenderer):
    """Stands for the bytes themselves, which do not come through here."""

    media_type = "application/octet-stream"
    format = "bytes"

    def render(self, data: Any, *args: Any, **kwargs: Any) -> bytes:
        """Return nothing."""
        return b""


class ResultList(Resource):
    """`/actors/<actor>/executions/<execution>/results/`."""

    secret = True

    @operation(
        "List your saved results",
        tag=TAG,
        query=PageQuery,
        gives=page_of(serializers.Result),
        about="Makes no call to the Actors API. Fetched results are saved for 24 hours.",
    )
    def get(self, request: Request, actor_id: str, execution_id: str) -> Response:
        """Answer with a page of them, the newest first."""
        results = result_archive.listed(self.user, execution_id)
        return self.page(serializers.Result, results, lambda row: (row.pk,), descending=True)

    @operation(
        TAKE_RESULT,
        tag=TAG,
        takes=False,
        gives=serializers.TakenResult,
        about="The API returns each result only once, so the portal saves it first. With an `Idempotency-Key`, a retry "
        "does not fetch another result.",
    )
    def post(self, request: Request, actor_id: str, execution_id: str) -> Response:
        """Take one, and keep it."""
        result = answered(self.http, TAKE_RESULT, actor_id=actor_id, object_id=execution_id)
        if result is None:
            if not result_archive.has_room(self.user):
                raise Problem(409, "no-room", "Storage limit for saved results reached.", advice=commands_results.FULL)
            self.abaco.executions.get(actor_id, execution_id)  # the API has no result of one that is not there either
            result = commands_results.take(self.http, self.abaco, actor_id, execution_id)
        return self.command_response(result, _taken_body)


class ResultDetail(Resource):
    """`/actors/<actor>/executions/<execution>/results/<id>/`."""

    secret = True
    renderer_classes = (JSONRenderer, _Bytes)

    @operation(
        "Get a saved result",
        tag=TAG,
        query=SecretsQuery,
        gives={"application/json": serializers.WholeResult, "application/octet-stream": bytes},
        about="With `Accept: application/octet-stream`, returns the raw bytes; JSON is limited to 10 MB. Detected "
        "secrets are masked; others may remain. `size` and `sha256` describe the original.",
    )
    def get(self, request: Request, actor_id: str, execution_id: str, result_id: int) -> Response | HttpResponse:
        """Answer with one, and what is in it."""
        row = next(
            (
                kept_result
                for kept_result in result_archive.listed(self.user, execution_id)
                if kept_result.pk == result_id
            ),
            None,
        )
        if row is None:
            raise Http404
        is_raw = request.accepted_media_type == _Bytes.media_type
        if row.size > MOST and not is_raw:
            raise Problem(
                406, "not-acceptable", ("The result is larger than 10 MB."), advice="Request application/octet-stream."
            )
        try:
            masker = self.masker(actor_id, execution_id, "file of a result" if is_raw else "result")
            data = result_archive.content(self.user, execution_id, result_id, masker)
        except KeptResult.DoesNotExist:
            raise Http404 from None
        if is_raw:
            headers = {**DOWNLOAD_HEADERS, "Cache-Control": "no-store"}
            return HttpResponse(data, content_type=_Bytes.media_type, headers=headers)
        return Response({**serializers.Result(row).data, **_content(row.kind, data)})


def _taken_body(row: KeptResult | None, message: str) -> dict[str, Any]:
    return {"result": dict(serializers.Result(row).data) if row else None, "message": message}


def _content(kind: str, data: bytes) -> dict[str, Any]:
    if kind == "json":
        try:
            return {"encoding": "json", "content": load_json(data)}
        except UnreadableJSON:  # a mask stands where JSON can have none
            return {"encoding": "text", "content": data.decode()}
    if kind == "text":
        return {"encoding": "text", "content": data.decode()}
    return {"encoding": "base64", "content": base64.b64encode(data).decode()}
