"""Why an execution is not running: the one reason that its page shows."""

from rest_framework.request import Request
from rest_framework.response import Response

from actors_app.core.api.base import Resource
from actors_app.core.api.schema import operation
from actors_app.executions import serializers_why
from actors_app.workers.waits import why_of


class ExecutionWhy(Resource):
    """`/actors/<actor>/executions/<execution>/why/`."""

    @operation(
        "Say why an execution is not running",
        tag="Executions",
        upstream="execution.get actor.get mailbox.count worker.list",
        gives=serializers_why.Why,
        about="One reason and the facts that show it. Where the API does not say enough, its kind is `unknown`.",
    )
    def get(self, request: Request, actor_id: str, execution_id: str) -> Response:
        """Answer with the reason, as things stand now."""
        execution, why, _ = why_of(self.abaco, actor_id, execution_id)
        told = why and {
            "kind": why.kind,
            "reason": why.reason,
            "advice": why.advice,
            "is_stuck": why.is_stuck,
            "evidence": [{"name": name, "value": value} for name, value in why.evidence],
            "remedies": serializers_why.Remedy(why.remedies, many=True).data,
        }
        return Response({"status": execution.status, "outcome": execution.outcome, "why": told})
