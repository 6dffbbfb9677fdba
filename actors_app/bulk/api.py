"""One act on many things: a preview, ordering it, moving it on step by step, and what came of each thing.

As on the pages, nothing goes on by itself: each step is asked for, and done with the credentials of who asks.
"""

from typing import Any

from django.http import Http404, QueryDict
from django.urls import reverse
from rest_framework.request import Request
from rest_framework.response import Response

from actors_app.administration.lists import admin_role
from actors_app.bulk import actor_plans, commands, execution_plans, jobs, progress, serializers, steps
from actors_app.bulk.actor_plans import ActorPlan
from actors_app.bulk.execution_plans import ExecutionPlan
from actors_app.bulk.forms import ActorBulkForm, ActorOrderForm, BulkForm, OrderForm
from actors_app.bulk.kinds import ACTS, OF_ACTORS
from actors_app.bulk.models import BulkJob
from actors_app.bulk.operations import START_BULK
from actors_app.bulk.views import TOO_OLD
from actors_app.bulk.views_executions import context_of
from actors_app.core.api.base import Resource
from actors_app.core.api.exceptions import not_valid, sentences
from actors_app.core.api.form_checks import checked, typed
from actors_app.core.api.schema import operation, page_of
from actors_app.core.error_reports import report
from actors_app.history.api import form_of
from actors_app.history.serializers import HistoryQuery
from actors_app.services.errors import CallError

TAG = "Bulk actions"
Plan = ActorPlan | ExecutionPlan


class BulkPreview(Resource):
    """`/bulk/previews/`."""

    secret = True

    @operation(
        "Preview a bulk action",
        tag=TAG,
        takes=serializers.Wanted,
        example={"act": "resend", "filter": "outcome=failed&window=24h"},
        gives=serializers.Preview,
        about="Changes nothing. Lists affected items, effects, and skipped items with the reason.",
    )
    def post(self, request: Request) -> Response:
        """Answer with the plan, which an order takes."""
        data = self.body(serializers.Wanted)
        plan = self._of_actors(data) if data["act"] in OF_ACTORS else self._of_executions(data)
        act, lines = ACTS[plan.act], plan.lines if isinstance(plan, ActorPlan) else ()
        return Response(
            {
                "question": act.question(plan.number),
                "consequences": list(act.consequences),
                "number": plan.number,
                "beyond": plan.beyond,
                "items": serializers.Thing(plan.items, many=True).data,
                "left": serializers.LeftThing(plan.left, many=True).data,
                "losses": [
                    {"actor_id": line.actor_id, "effects": [effect.words for effect in line.effects]}
                    for line in lines
                    if not line.why_not
                ],
                "plan": plan.signed(self.user) if plan.items else None,
            }
        )

    def _of_actors(self, data: dict[str, Any]) -> ActorPlan:
        if "filter" in data:
            raise not_valid({"filter": ["Only executions can be selected by filter; list actors and workers."]})
        form = checked(ActorBulkForm(_picked(data)))
        credentials, abaco = self.user, self.abaco
        pick = form.cleaned_data["pick"]
        return actor_plans.plan_of(
            credentials,
            abaco,
            lambda: admin_role(self.http, abaco),
            act=data["act"],
            picks=pick,
            place=form.cleaned_data["place"],
            query="",
        )

    def _of_executions(self, data: dict[str, Any]) -> ExecutionPlan:
        if "filter" in data and "pick" in data:
            raise not_valid({"filter": ["Select executions or a filter, not both."]})
        scope = "all" if "filter" in data else "picked"
        form = checked(BulkForm(_picked(data, scope)))
        query = HistoryQuery(data=QueryDict(data.get("filter", "")))
        if not query.is_valid():
            raise not_valid({"filter": [text for _, texts in sentences(query.errors) for text in texts]})
        if "offset" in query.validated_data:
            raise not_valid({"filter": ["Remove offset, or select executions."]})
        filters = form_of({name: value for name, value in query.validated_data.items() if name not in _PAGING})
        context = context_of(self.http, self.abaco, filters)
        pick = form.cleaned_data["pick"]
        return execution_plans.plan_of(
            self.user, self.abaco, context, act=data["act"], scope=scope, picks=pick, query=filters.query()
        )


class BulkList(Resource):
    """`/bulk/`."""

    @operation(
        "List bulk actions",
        tag=TAG,
        query=serializers.JobsQuery,
        gives=page_of(serializers.Job),
        about="Returns your fifty latest bulk actions.",
    )
    def get(self, request: Request) -> Response:
        """Return a page of your fifty latest bulk actions."""
        rows = [_summary(page) for page in progress.pages_of(self.user)]
        return self.page(serializers.Job, rows, lambda row: (row["created"], row["handle"]), descending=True)

    @operation(
        START_BULK,
        tag=TAG,
        takes=serializers.Order,
        gives=serializers.Job,
        status=201,
        about="Requires a preview. No item is processed before the first step.",
    )
    def post(self, request: Request) -> Response:
        """Write it down."""
        body = self.body(serializers.Order)
        plan: Plan | None = ActorPlan.unsigned(self.user, body["plan"])
        plan = plan or ExecutionPlan.unsigned(self.user, body["plan"])
        if plan is None or not plan.items:
            raise not_valid({"plan": [TOO_OLD]})
        data = typed(body.items())
        form = ActorOrderForm(data, expected=plan.number) if isinstance(plan, ActorPlan) else OrderForm(data)
        ordered = commands.order(self.http, plan, checked(form).cleaned_data["reason"])
        return self.command_response(
            ordered,
            lambda job, _: _summary(progress.page_of(self.user, job)),
            status=201,
            location=lambda job: reverse("api:bulk-detail", args=[job.handle]),
        )


class Job(Resource):
    """What the addresses of one of them have in common."""

    def job(self, handle: str) -> BulkJob:
        """Return the caller's own job."""
        job = jobs.job_of(self.user, handle)
        if job is None:
            raise Http404
        return job

    def whole(self, handle: str, error: CallError | None = None) -> Response:
        """Answer with how far a job is, and what came of each thing."""
        job = self.job(handle)
        items = serializers.Outcome(jobs.items_of(job), many=True).data
        if error:
            report(self.http, error)
        waits = error.user_message if error else None
        return Response({**_summary(progress.page_of(self.user, job)), "items": items, "waits_because": waits})


class BulkDetail(Job):
    """`/bulk/<handle>/`."""

    @operation("Get a bulk action", tag=TAG, gives=serializers.WholeJob, about="Includes the result of each item.")
    def get(self, request: Request, handle: str) -> Response:
        """Return the counts, and the result of each item."""
        return self.whole(handle)


class BulkStep(Job):
    """`/bulk/<handle>/step/`."""

    @operation(
        "Advance a bulk action",
        tag=TAG,
        takes=False,
        gives=serializers.WholeJob,
        about="Processes up to fifty items, for a few seconds. Repeat until `is_over`. Each item is processed once.",
    )
    def post(self, request: Request, handle: str) -> Response:
        """Do some of it."""
        job, error = self.job(handle), None
        if not progress.page_of(self.user, job).is_over:
            error = steps.step(self.http, self.abaco, job, seconds=commands.LONG_SECONDS, most=commands.LONG_ITEMS)
        return self.whole(handle, error)


class BulkStop(Job):
    """`/bulk/<handle>/stop/`."""

    @operation(
        "Stop a bulk action",
        tag=TAG,
        takes=False,
        gives=serializers.WholeJob,
        about="Items that were already started are not undone.",
    )
    def post(self, request: Request, handle: str) -> Response:
        """Let nothing more be begun."""
        jobs.stop(self.job(handle))
        return self.whole(handle)


_PAGING = ("cursor", "limit")


def _picked(data: dict[str, Any], scope: str = "") -> QueryDict:
    return typed([("act", data["act"]), ("scope", scope), *(("pick", pick) for pick in data.get("pick", ()))])


def _summary(page: progress.Page) -> dict[str, Any]:
    job = page.job
    values = {"handle": job.handle, "act": job.act, "reason": page.reason, "created": job.created}
    counts = {name: getattr(page, name) for name in ("is_over", "total", "over", "counts")}
    return dict(serializers.Job(values | counts).data)
