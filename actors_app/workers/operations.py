"""The operations on workers."""

from actors_app.core.operations.operation import AGAVEPY_RAISES, Operation
from actors_app.core.security.capabilities import ADMIN, UPDATE
from actors_app.workers.checks import enough_workers, worker_is_gone

LIST_WORKERS = Operation(
    "worker.list",
    "GET",
    "/actors/{actor_id}/workers",
    summary="List the workers of an actor",
    title="List workers",
    agavepy="listWorkers",
)
ENSURE_WORKERS = Operation(
    "worker.ensure",
    "POST",
    "/actors/{actor_id}/workers",
    pages=("worker-list",),
    needs=ADMIN,
    doing="starting workers",
    about="worker",
    done="started workers for",
    tried="start workers for",
    check=enough_workers,
    summary="Start workers",
    title="Start workers",
    example={"num": 1},
    agavepy="addWorker",
    agavepy_note=AGAVEPY_RAISES,
)
READ_WORKER = Operation(
    "worker.get",
    "GET",
    "/actors/{actor_id}/workers/{worker_id}",
    summary="Get a worker",
    title="Get worker",
    agavepy="getWorker",
)
STOP_WORKER = Operation(
    "worker.stop",
    "DELETE",
    "/actors/{actor_id}/workers/{worker_id}",
    needs=UPDATE,
    doing="stopping workers",
    about="worker",
    done="stopped a worker of",
    tried="stop a worker of",
    check=worker_is_gone,
    summary="Stop a worker",
    title="Stop worker",
    agavepy="deleteWorker",
    takes_reason=True,
)
