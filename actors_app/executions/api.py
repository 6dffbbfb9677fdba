"""Executions: the history of all actors and of one, registering one that ran elsewhere, one of them, halting it."""

from typing import Any

from django.http import StreamingHttpResponse
from django.urls import reverse
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from actors_app.core.api.base import Resource
from actors_app.core.api.formats import FILES, FileRenderers, StreamedRenderer
from actors_app.core.api.schema import Done, operation
from actors_app.core.pages.converters import is_id
from actors_app.executions import commands, serializers
from actors_app.executions.evidence_pack import pack_of, sent
from actors_app.executions.operations import (
    HALT_EXECUTION,
    LIST_EXECUTIONS,
    READ_EXECUTION,
    REGISTER_EXECUTION,
    TAKE_EVIDENCE,
)
from actors_app.history.api import answer, file
from actors_app.history.serializers import HistoryFileQuery, HistoryPage, HistoryQuery
from actors_app.services.types import Execution
from actors_app.workers.waits import why_of

TAG = "Executions"


def execution_data(execution: Execution) -> dict[str, Any]:
    """Return an execution as it goes out."""
    code = execution.exit_code
    values = {name: getattr(execution, name) for name in serializers.Execution().fields}
    return dict(serializers.Execution(values | {"exit_code": code if isinstance(code, int) else None}).data)


class ExecutionList(Resource):
    """`/actors/<actor>/executions/`."""

    @operation(
        LIST_EXECUTIONS,
        tag=TAG,
        query=HistoryQuery,
        gives=HistoryPage,
        about="Sorted from newest to oldest. The portal's history is updated during the request.",
    )
    def get(self, request: Request, actor_id: str) -> Response:
        """Answer with a page of them."""
        return answer(self, actor_id)

    @operation(
        REGISTER_EXECUTION,
        tag=TAG,
        takes=serializers.Registered,
        example={"runtime": 12, "cpu": 1000000000, "io": 4096},
        gives=serializers.RegisteredExecution,
        status=201,
        about="Current releases of Abaco reject this call.",
    )
    def post(self, request: Request, actor_id: str) -> Response:
        """Register one."""
        result = commands.register(self.http, self.abaco, actor_id, self.body(serializers.Registered))
        return self.command_response(
            result,
            lambda registered, message: {"message": message, "id": registered.id if registered else None},
            status=201,
            location=lambda registered: (
                reverse("api:execution-detail", args=[actor_id, registered.id])
                if registered and is_id(registered.id)
                else ""
            ),
        )


class History(Resource):
    """`/executions/`."""

    @operation(
        "List executions of all accessible actors",
        tag=TAG,
        upstream="search.executions",
        query=HistoryQuery,
        gives=HistoryPage,
        about="For example, `?outcome=failed,error,oom&window=24h` lists the failures of the last day.",
    )
    def get(self, request: Request) -> Response:
        """Answer with a page of them."""
        return answer(self)


class HistoryFile(Resource):
    """`/executions/export/`."""

    secret = True
    renderer_classes = FileRenderers

    @operation(
        "Export executions across actors",
        tag=TAG,
        upstream="search.executions",
        query=HistoryFileQuery,
        gives=FILES,
    )
    def get(self, request: Request) -> StreamingHttpResponse:
        """Send all that fit."""
        return file(self)


class ExecutionFile(Resource):
    """`/actors/<actor>/executions/export/`."""

    secret = True
    renderer_classes = FileRenderers

    @operation(
        "Export executions of an actor",
        tag=TAG,
        upstream="execution.list",
        query=HistoryFileQuery,
        gives=FILES,
    )
    def get(self, request: Request, actor_id: str) -> StreamingHttpResponse:
        """Send all that fit."""
        return file(self, actor_id)


class ExecutionDetail(Resource):
    """`/actors/<actor>/executions/<execution>/`."""

    @operation(READ_EXECUTION, tag=TAG, gives=serializers.Execution)
    def get(self, request: Request, actor_id: str, execution_id: str) -> Response:
        """Answer with one, as the API has it now."""
        execution = self.abaco.executions.get(actor_id, execution_id)
        return Response(execution_data(execution))


class ExecutionHalt(Resource):
    """`/actors/<actor>/executions/<execution>/halt/`."""

    @operation(
        HALT_EXECUTION,
        tag=TAG,
        takes=False,
        gives=Done,
        about="Afterwards, the worker takes no more messages, but its record stays BUSY and prevents new workers. To "
        "get the actor running, PATCH it with `force`, or, in v3, DELETE the worker and send the next message.",
    )
    def post(self, request: Request, actor_id: str, execution_id: str) -> Response:
        """Order the halt of one that runs."""
        halted = commands.halt(self.http, self.abaco, actor_id, execution_id)
        return self.done(halted)


class ExecutionWhy(Resource):
    """`/actors/<actor>/executions/<execution>/why/`."""

    @operation(
        "Diagnose a waiting execution",
        tag="Executions",
        upstream="execution.get actor.get mailbox.count worker.list",
        gives=serializers.Why,
        about="Returns the reason and the facts behind it. `kind` is `unknown` if the API does not report enough.",
    )
    def get(self, request: Request, actor_id: str, execution_id: str) -> Response:
        """Answer with the reason, as things stand now."""
        execution, why, _ = why_of(self.abaco, actor_id, execution_id)
        details = why and {
            "kind": why.kind,
            "reason": why.reason,
            "advice": why.advice,
            "is_stuck": why.is_stuck,
            "evidence": [{"name": name, "value": value} for name, value in why.evidence],
            "remedies": serializers.Remedy(why.remedies, many=True).data,
        }
        return Response({"status": execution.status, "outcome": execution.outcome, "why": details})


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
        about="Streams a ZIP with everything known about the execution and the SHA-256 of each file. Downloads are "
        "recorded in the audit log.",
    )
    def get(self, request: Request, actor_id: str, execution_id: str) -> StreamingHttpResponse:
        """Send the pack."""
        return sent(pack_of(self.http, self.abaco, actor_id, execution_id))
