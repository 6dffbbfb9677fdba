"""The log of an execution: as JSON up to 10 MB, or as the text itself, of any length, while it arrives."""

from django.http import StreamingHttpResponse
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from actors_app.core.api.base import Resource
from actors_app.core.api.fields import SecretsQuery
from actors_app.core.api.formats import StreamedRenderer
from actors_app.core.api.schema import operation
from actors_app.core.pages.downloads import DOWNLOAD_HEADERS, to_the_end
from actors_app.logs import serializers
from actors_app.logs.operations import READ_LOG


class TextRenderer(StreamedRenderer):
    """Stands for the text itself, which is sent as it arrives."""

    media_type = "text/plain"
    format = "text"


class ExecutionLogs(Resource):
    """`/actors/<actor>/executions/<execution>/logs/`."""

    secret = True
    renderer_classes = (JSONRenderer, TextRenderer)

    @operation(
        READ_LOG,
        tag="Executions",
        query=SecretsQuery,
        gives={"application/json": serializers.Log, "text/plain": str},
        about="With `Accept: text/plain`, streams the raw text of any length; JSON is limited to 10 MB. Detected "
        "secrets are masked; others may remain.",
    )
    def get(self, request: Request, actor_id: str, execution_id: str) -> Response | StreamingHttpResponse:
        """Answer with the log so far."""
        if request.accepted_media_type == TextRenderer.media_type:
            masker = self.masker(actor_id, execution_id, "file of the log")
            pieces = masker.pieces(self.abaco.logs.stream(actor_id, execution_id))
            headers = {**DOWNLOAD_HEADERS, "Cache-Control": "no-store"}
            return StreamingHttpResponse(to_the_end(pieces), content_type="text/plain; charset=utf-8", headers=headers)
        masker, log = self.masker(actor_id, execution_id, "log"), self.abaco.logs.get(actor_id, execution_id)
        return Response({"logs": masker.text(log.text), "is_cut": log.is_cut, "secrets_masked": masker.count})
