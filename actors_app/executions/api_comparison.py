"""Two executions side by side, also of different actors."""

from collections.abc import Iterable
from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from actors_app.core.api.base import Resource
from actors_app.core.api.exceptions import not_valid
from actors_app.core.api.form_checks import checked
from actors_app.core.api.schema import operation
from actors_app.executions import serializers_comparison
from actors_app.executions.api import execution_data
from actors_app.executions.comparison import Diff, FieldRow
from actors_app.executions.comparison_data import NONE_BEFORE, Side, before, compared, sides
from actors_app.executions.forms_comparison import SUCCESS, ComparisonForm
from actors_app.executions.serializers import Result


class Comparison(Resource):
    """`/executions/comparison/`."""

    secret = True

    @operation(
        "Compare two executions",
        tag="Executions",
        upstream="execution.get log.get",
        query=serializers_comparison.ComparisonQuery,
        gives=serializers_comparison.ComparedExecutions,
        about="For example, `?a=<actor>/<execution>&b=success` compares a failure with the last success before it.",
    )
    def get(self, request: Request) -> Response:
        """Answer with what differs; both must be there."""
        form = checked(ComparisonForm(self.params))
        first, second = form.cleaned_data["a"], form.cleaned_data["b"]
        if isinstance(second, str):
            is_success = second == SUCCESS
            second = before(self.abaco, self.user, first, success=is_success)
            if second is None:
                raise not_valid({"b": [NONE_BEFORE[is_success]]})
        left, right = sides(self.abaco, self.user, first, second)
        for side in (left, right):
            if side.error:
                raise side.error
        differences = compared(self.user, left, right)
        return Response(
            {
                "a": _side(left),
                "b": _side(right),
                "fields_compared": _fields(differences.fields),
                "equal_final_fields": differences.equal_fields,
                "is_same_message": differences.is_same_message,
                "message": _difference(differences.message),
                "environment": None if differences.environment is None else _fields(differences.environment),
                "log": _difference(differences.log),
                "results": [
                    {
                        "a": pair.left and Result(pair.left).data,
                        "b": pair.right and Result(pair.right).data,
                        "is_same": pair.is_same,
                        "difference": _difference(pair.diff),
                    }
                    for pair in differences.results
                ],
            }
        )


def _side(side: Side) -> dict[str, Any]:
    return {
        "actor_id": side.named.actor_id,
        "actor_name": side.actor.name or None if side.actor else None,
        "execution": execution_data(side.execution) if side.execution else None,
        "message_unknown": None if side.message.sent else side.message.why_not,
        "log_unknown": side.log_error.user_message if side.log is None and side.log_error else None,
    }


def _fields(rows: Iterable[FieldRow]) -> list[dict[str, Any]]:
    return [{"name": row.name, "a": row.left, "b": row.right, "is_same": row.is_same} for row in rows]


def _difference(diff: Diff | None) -> dict[str, Any] | None:
    if diff is None:
        return None
    rows = [
        {
            "kind": row.kind,
            "a_number": row.left_number or None,
            "a": row.left,
            "b_number": row.right_number or None,
            "b": row.right,
            "count": row.count,
        }
        for row in diff.rows
    ]
    a_left_out, b_left_out = diff.left_out
    return {
        "rows": rows,
        "changes": diff.changes,
        "a_left_out": a_left_out,
        "b_left_out": b_left_out,
        "is_cut": diff.is_cut,
    }
