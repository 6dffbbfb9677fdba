"""The administration: the tenant and its actors for its administrators, the workers of all actors, the utilization."""

from dataclasses import asdict
from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from actors_app.administration import serializers
from actors_app.administration.lists import (
    Lists,
    admin_lists,
    is_stuck,
    standing_actors,
    standing_workers,
    stuck_mailboxes,
    stuck_workers,
)
from actors_app.administration.operations import LIST_ALL_ACTORS, READ_UTILIZATION
from actors_app.administration.rows import SORTS, select, select_workers
from actors_app.administration.views import search_workers
from actors_app.core.api import paging
from actors_app.core.api.base import Resource
from actors_app.core.api.paging import Page
from actors_app.core.api.schema import operation, page_of
from actors_app.core.pages.formatting import now
from actors_app.services.errors import Forbidden
from actors_app.services.types import AdminActor, Worker
from actors_app.workers.api import oldest_first

TAG = "Administration"


class Tenant(Resource):
    """What the addresses for administrators have in common."""

    def lists(self) -> Lists:
        """Return the admin lists; raise Forbidden to anybody but administrators."""
        access = admin_lists(self.http, self.abaco)
        if access.error:
            raise access.error
        if access.lists is None:
            raise Forbidden(
                "no administrator",
                user_message="Only tenant administrators can view this.",
                advice="Ask an administrator.",
            )
        return access.lists


class Administration(Tenant):
    """`/administration/`."""

    @operation(
        "Get an overview of the tenant",
        tag=TAG,
        upstream="admin.actors admin.workers admin.executions",
        gives=serializers.Administration,
        about="Administrators only. Updated at most once a minute.",
    )
    def get(self, request: Request) -> Response:
        """Answer with counts, and what is stuck."""
        lists = self.lists()
        totals = None if lists.totals.error else asdict(lists.totals.value)
        workers = [(stuck.actor.id, stuck.worker.id, stuck.reason) for stuck in stuck_workers(lists)]
        mailboxes = [(stuck.actor.id, stuck.actor.messages, stuck.reason) for stuck in stuck_mailboxes(lists)]
        standstills = [
            {
                "actor_id": standing.actor.id,
                "worker_id": standing.standstill.worker_id,
                "kind": standing.standstill.kind,
                "reason": standing.standstill.sentence,
                "advice": standing.standstill.advice,
                "evidence": [{"name": name, "value": value} for name, value in standing.standstill.evidence],
                "remedies": standing.standstill.remedies,
            }
            for standing in standing_actors(lists)
        ]
        values = {
            "as_of": lists.as_of,
            "actors": len(lists.actors),
            "owners": len({actor.owner for actor in lists.actors}),
            "errors": sum(actor.status == "ERROR" for actor in lists.actors),
            "messages": sum(actor.messages or 0 for actor in lists.actors),
            "workers": len(lists.all_workers()),
            "missing": lists.missing,
            "totals": totals,
            "standstills": standstills,
            "stuck_workers": [
                dict(zip(("actor_id", "worker_id", "reason"), values, strict=True)) for values in workers
            ],
            "stuck_mailboxes": [
                dict(zip(("actor_id", "messages", "reason"), values, strict=True)) for values in mailboxes
            ],
        }
        return Response(serializers.Administration(values).data)


class AdminActorList(Tenant):
    """`/administration/actors/`."""

    @operation(
        LIST_ALL_ACTORS,
        tag=TAG,
        query=serializers.AdminQuery,
        gives=page_of(serializers.AdminActor),
        about="Administrators only. Updated at most once a minute.",
    )
    def get(self, request: Request) -> Response:
        """Answer with a page of them."""
        sort: str = self.params["sort"]
        filters = {name: self.params.get(name, "") for name in ("q", "status", "owner")}
        actors = select(self.lists().actors, **filters, sort="name")
        key = SORTS[sort.removeprefix("-")]
        # The id goes with it, so that no two are alike, and a moment as the text of it.
        return self.page(
            serializers.AdminActor,
            map(_row, actors),
            lambda row: (*_plain(key(row["actor"])), row["id"]),
            descending=sort[0] == "-",
        )


class Workers(Tenant):
    """`/workers/`."""

    @operation(
        "List workers across actors",
        tag=TAG,
        upstream="admin.workers search.workers",
        query=serializers.WorkersQuery,
        gives=serializers.TenantWorkersPage,
        about="Administrators get all workers of the tenant; other users up to 1,000 that they have access to.",
    )
    def get(self, request: Request) -> Response:
        """Answer with a page of them, the oldest first."""
        access = admin_lists(self.http, self.abaco)
        if access.role.is_admin and access.error:
            raise access.error
        if lists := access.lists:
            workers, as_of, standing = lists.all_workers(), lists.as_of, standing_workers(lists)
            labels = {actor.id: actor.label for actor in lists.actors}
        else:
            workers, labels, _ = search_workers(self.abaco)
            as_of, standing = now(), frozenset[str]()
        selected = select_workers(
            workers, labels, self.params.get("q", ""), self.params.get("show", ""), as_of, standing
        )
        page = paging.cut(
            selected,
            lambda worker: (*oldest_first(worker), worker.actor_id),
            cursor=self.params.get("cursor", ""),
            limit=self.params["limit"],
        )

        def row(worker: Worker) -> dict[str, Any]:
            values = {name: getattr(worker, name, None) for name in serializers.TenantWorker().fields}
            is_still = is_stuck(worker, as_of) or worker.id in standing
            return values | {"actor_name": labels.get(worker.actor_id, ""), "is_stuck": is_still}

        return self.page_of(
            serializers.TenantWorker,
            Page([row(worker) for worker in page.items], page.next, page.previous),
            total=len(selected),
            of_tenant=None if access.role.is_unknown else access.role.is_admin,
        )


class Utilization(Resource):
    """`/utilization/`."""

    @operation(READ_UTILIZATION, tag=TAG, gives=serializers.Utilization)
    def get(self, request: Request) -> Response:
        """Answer with the counts."""
        return Response(serializers.Utilization(self.abaco.admin.utilization()).data)


def _row(actor: AdminActor) -> dict[str, Any]:
    return {
        **{name: getattr(actor, name, None) for name in serializers.AdminActor().fields},
        "worker_count": len(actor.workers),
        "actor": actor,
    }


def _plain(value: Any) -> tuple[str | int, ...]:
    """Return an order of the page as a cursor can hold it."""
    if isinstance(value, tuple):
        return value
    return (value,) if isinstance(value, str | int) else (f"{value:%Y-%m-%dT%H:%M:%S.%f}",)
