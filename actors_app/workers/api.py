"""The workers of an actor: the list, asking for more, one of them, and stopping it."""

from rest_framework.request import Request
from rest_framework.response import Response

from actors_app.core.api.base import Resource
from actors_app.core.api.fields import PageQuery
from actors_app.core.api.form_checks import checked, typed
from actors_app.core.api.paging import Key
from actors_app.core.api.schema import Done, operation, page_of
from actors_app.services.types import Worker
from actors_app.workers import commands, serializers
from actors_app.workers.forms import ScaleForm
from actors_app.workers.operations import ENSURE_WORKERS, LIST_WORKERS, READ_WORKER, STOP_WORKER

TAG = "Workers"


def oldest_first(worker: Worker) -> Key:
    """Return the order of the page: the oldest first, those without a time at the end."""
    return (f"{worker.create_time:%Y-%m-%dT%H:%M:%S.%f}" if worker.create_time else "~", worker.id)


class WorkerList(Resource):
    """`/actors/<actor>/workers/`."""

    @operation(
        LIST_WORKERS,
        tag=TAG,
        query=PageQuery,
        gives=page_of(serializers.Worker),
    )
    def get(self, request: Request, actor_id: str) -> Response:
        """Answer with a page of them, the oldest first."""
        return self.page(serializers.Worker, self.abaco.workers.list(actor_id), oldest_first)

    @operation(
        ENSURE_WORKERS,
        tag=TAG,
        takes=serializers.Scale,
        example={"num": 1},
        gives=Done,
        about="`num` is the minimum number of workers, up to the actor's `max_workers`; none are stopped. "
        "Administrators only.",
    )
    def post(self, request: Request, actor_id: str) -> Response:
        """Ask for at least so many."""
        num = self.body(serializers.Scale)["num"]
        actor = self.abaco.actors.get(actor_id) if num > 1 else None
        form = checked(ScaleForm(typed([("num", num)]), actor=actor))
        result = commands.ensure(self.http, self.abaco, actor_id, form.cleaned_data["num"])
        return self.done(result)


class WorkerDetail(Resource):
    """`/actors/<actor>/workers/<worker>/`."""

    @operation(READ_WORKER, tag=TAG, gives=serializers.Worker)
    def get(self, request: Request, actor_id: str, worker_id: str) -> Response:
        """Answer with one."""
        return Response(serializers.Worker(self.abaco.workers.get(actor_id, worker_id)).data)

    @operation(
        STOP_WORKER,
        tag=TAG,
        takes=False,
        gives=Done,
        about="Interrupts the current execution and returns its message to the mailbox; the next message starts "
        "another worker. In v2, the record of a worker without a process stays for about 5 minutes.",
    )
    def delete(self, request: Request, actor_id: str, worker_id: str) -> Response:
        """Ask it to stop."""
        stopped = commands.stop(self.http, self.abaco, actor_id, worker_id)
        return self.done(stopped)
