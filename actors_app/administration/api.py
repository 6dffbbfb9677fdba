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
from actors_app.administration.views import searched
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
                user_message="Only administrators of the tenant are told this.",
                advice="Ask one of them.",
            )
        return access.lists


class Administration(Tenant):
    """`/administration/`."""

    @operation(
        "How the tenant stands",
        tag=TAG,
        upstream="admin.actors admin.workers admin.executions",
        gives=serializers.Administration,
        about="For administrators. The API's lists are slow, and read at most once a minute.",
    )
    def get(self, request: Request) -> Response:
        """Answer with counts, and what is stuck."""
        found = self.lists()
        totals = None if found.totals.error else asdict(found.totals.value)
        stuck = [(one.actor.id, one.worker.id, one.reason) for one in stuck_workers(found)]
        boxes = [(one.actor.id, one.actor.messages, one.reason) for one in stuck_mailboxes(found)]
        standing = [
            {
                "actor_id": one.actor.id,
                "worker_id": one.standstill.worker_id,
                "kind": one.standstill.kind,
                "reason": one.standstill.sentence,
                "advice": one.standstill.advice,
                "evidence": [{"name": name, "value": value} for name, value in one.standstill.evidence],
                "remedies": one.standstill.remedies,
            }
            for one in standing_actors(found)
        ]
        values = {
            "as_of": found.taken,
            "actors": len(found.actors),
            "owners": len({one.owner for one in found.actors}),
            "errors": sum(one.status == "ERROR" for one in found.actors),
            "messages": sum(one.messages or 0 for one in found.actors),
            "workers": len(found.all_workers()),
            "missing": found.missing,
            "totals": totals,
            "standstills": standing,
            "stuck_workers": [dict(zip(("actor_id", "worker_id", "reason"), one, strict=True)) for one in stuck],
            "stuck_mailboxes": [dict(zip(("actor_id", "messages", "reason"), one, strict=True)) for one in boxes],
        }
        return Response(serializers.Administration(values).data)


class AdminActorList(Tenant):
    """`/administration/actors/`."""

    @operation(
        LIST_ALL_ACTORS,
        tag=TAG,
        query=serializers.AdminQuery,
        gives=page_of(serializers.AdminActor),
        about="For administrators; from lists that are read at most once a minute.",
    )
    def get(self, request: Request) -> Response:
        """Answer with a page of them."""
        sort: str = self.asked["sort"]
        wanted = {name: self.asked.get(name, "") for name in ("q", "status", "owner")}
        found = select(self.lists().actors, **wanted, sort="name")
        key = SORTS[sort.removeprefix("-")]
        # The id goes with it, so that no two are alike, and a moment as the text of it.
        return self.page(
            serializers.AdminActor,
            map(_counted, found),
            lambda one: (*_plain(key(one["actor"])), one["id"]),
            descending=sort[0] == "-",
        )


class Workers(Tenant):
    """`/workers/`."""

    @operation(
        "List the workers of all actors",
        tag=TAG,
        upstream="admin.workers search.workers",
        query=serializers.WorkersQuery,
        gives=serializers.TenantWorkersPage,
        about="Of the tenant to administrators; to others those that the search gives them, up to 1,000.",
    )
    def get(self, request: Request) -> Response:
        """Answer with a page of them, the oldest first."""
        access = admin_lists(self.http, self.abaco)
        if access.role.is_admin and access.error:
            raise access.error
        if known := access.lists:
            workers, taken, standing = known.all_workers(), known.taken, standing_workers(known)
            labels = {one.id: one.label for one in known.actors}
        else:
            workers, labels, _ = searched(self.abaco)
            taken, standing = now(), frozenset[str]()
        found = select_workers(workers, labels, self.asked.get("q", ""), self.asked.get("show", ""), taken, standing)
        page = paging.cut(
            found,
            lambda one: (*oldest_first(one), one.actor_id),
            cursor=self.asked.get("cursor", ""),
            limit=self.asked["limit"],
        )

        def shown(worker: Worker) -> dict[str, Any]:
            values = {name: getattr(worker, name, None) for name in serializers.TenantWorker().fields}
            is_still = is_stuck(worker, taken) or worker.id in standing
            return values | {"actor_name": labels.get(worker.actor_id, ""), "is_stuck": is_still}

        return self.page_of(
            serializers.TenantWorker,
            Page([shown(one) for one in page.items], page.next, page.previous),
            total=len(found),
            of_tenant=None if access.role.is_unknown else access.role.is_admin,
        )


class Utilization(Resource):
    """`/utilization/`."""

    @operation(READ_UTILIZATION, tag=TAG, gives=serializers.Utilization)
    def get(self, request: Request) -> Response:
        """Answer with the counts."""
        return Response(serializers.Utilization(self.abaco.admin.utilization()).data)


def _counted(actor: AdminActor) -> dict[str, Any]:
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
