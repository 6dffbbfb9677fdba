"""The kept log of an execution: keeping it, reading it, deleting it."""

from collections.abc import Mapping

from django.http import Http404, StreamingHttpResponse
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from actors_app.core.api.base import Resource
from actors_app.core.api.exceptions import Problem
from actors_app.core.api.fields import SecretsQuery
from actors_app.core.api.schema import Done, operation
from actors_app.core.operations.perform import answered
from actors_app.core.pages.downloads import DOWNLOAD_HEADERS
from actors_app.logs import archive as log_archive
from actors_app.logs import commands, serializers
from actors_app.logs.api import TextRenderer
from actors_app.logs.archive import visible_kept
from actors_app.logs.models import KeptLog
from actors_app.logs.operations import DELETE_LOG, KEEP_LOG
from actors_app.services import Result

TAG = "Executions"


class LogKept(Resource):
    """`/actors/<actor>/executions/<execution>/logs/kept/`."""

    secret = True
    renderer_classes = (JSONRenderer, TextRenderer)

    @operation(
        "Get the archived log of an execution",
        tag=TAG,
        upstream="execution.get",
        query=SecretsQuery,
        gives={"application/json": serializers.KeptLog, "text/plain": str},
        about="With `Accept: text/plain`, returns the raw text of any length. Your access is checked in the API first. "
        "Detected secrets are masked; others may remain. `size` and `sha256` describe the log before masking.",
    )
    def get(self, request: Request, actor_id: str, execution_id: str) -> Response | StreamingHttpResponse:
        """Answer with what is known of it, or with its text."""
        kept_log, _ = self._kept_log(actor_id, execution_id)
        if request.accepted_media_type == TextRenderer.media_type:
            headers = {**DOWNLOAD_HEADERS, "Cache-Control": "no-store"}
            masker = self.masker(actor_id, execution_id, "file of the kept log")
            return StreamingHttpResponse(
                masker.pieces(log_archive.pieces(kept_log)), content_type="text/plain; charset=utf-8", headers=headers
            )
        return Response(serializers.KeptLog(kept_log).data)

    @operation(
        KEEP_LOG,
        tag=TAG,
        takes=False,
        gives=serializers.Kept,
        about="The execution must have finished. A log that is already archived is not changed.",
    )
    def post(self, request: Request, actor_id: str, execution_id: str) -> Response:
        """Keep it."""
        result = commands.keep(self.http, self.abaco, actor_id, execution_id)
        return self.command_response(
            result,
            lambda row, message: {"kept": dict(serializers.KeptLog(row).data) if row else None, "message": message},
        )

    @operation(
        DELETE_LOG,
        tag=TAG,
        upstream="permission.list",
        takes=False,
        gives=Done,
        about="Allowed for the user who archived the log, and for users with UPDATE.",
    )
    def delete(self, request: Request, actor_id: str, execution_id: str) -> Response:
        """Delete it."""
        if earlier := answered(self.http, DELETE_LOG, actor_id=actor_id, object_id=execution_id):
            return self.done(earlier)
        kept_log, answers = self._kept_log(actor_id, execution_id)
        if not commands.may_forget(self.user, kept_log, answers):
            raise Problem(
                403, "not-allowed", ("Only the user who archived this log and users with UPDATE can delete it.")
            )
        return self.done(commands.forget(self.http, actor_id, execution_id, kept_log))

    def _kept_log(self, actor_id: str, execution_id: str) -> tuple[KeptLog, Mapping[str, Result]]:
        """Return the kept log and what the API says of who may see it; raise where there is none for the caller."""
        abaco = self.abaco
        answers = abaco.gather(
            actor=lambda: abaco.actors.get(actor_id),
            execution=lambda: abaco.executions.get(actor_id, execution_id),
            levels=lambda: abaco.permissions.get(actor_id),
        )
        kept_log = visible_kept(self.user, actor_id, execution_id, answers)
        if kept_log is None:
            answers["execution"].unwrap()
            raise Http404
        return kept_log, answers
