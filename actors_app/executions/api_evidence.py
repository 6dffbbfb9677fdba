"""The evidence pack of an execution, as a ZIP."""

from django.http import StreamingHttpResponse
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request

from actors_app.core.api.base import Resource
from actors_app.core.api.files import StreamedRenderer
from actors_app.core.api.schema import operation
from actors_app.executions.evidence_pack import pack_of, sent
from actors_app.executions.operations import TAKE_EVIDENCE


class _Zip(StreamedRenderer):
    media_type = "application/zip"
    format = "zip"


class EvidencePack(Resource):
    """`/actors/<actor>/executions/<execution>/evidence/`."""

    secret = True
    renderer_classes = (JSONRenderer, _Zip)

    @operation(
        TAKE_EVIDENCE,
        tag="Executions",
        upstream="actor.get permission.list execution.get log.get",
        gives={"application/zip": bytes},
        about="A ZIP of all that can be known of it, with the SHA-256 of each file, sent while it is made. That it was "
        "taken is in the activity.",
    )
    def get(self, request: Request, actor_id: str, execution_id: str) -> StreamingHttpResponse:
        """Send the pack."""
        return sent(pack_of(self.http, self.abaco, actor_id, execution_id))
