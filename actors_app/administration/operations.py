"""What the API tells of the server and, to administrators, of the whole tenant."""

from actors_app.core.operations.operation import Operation

READ_UTILIZATION = Operation(
    "admin.utilization",
    "GET",
    "/actors/utilization",
    summary="How full the server is",
    title="Read how full the server is",
)
LIST_ALL_ACTORS = Operation(
    "admin.actors",
    "GET",
    "/actors/admin",
    summary="List every actor of the tenant",
    title="List the actors of all tenants, as an administrator",
)
LIST_ALL_WORKERS = Operation(
    "admin.workers",
    "GET",
    "/actors/admin/workers",
    title="List the workers of all tenants, as an administrator",
)
COUNT_ALL_EXECUTIONS = Operation(
    "admin.executions",
    "GET",
    "/actors/admin/executions",
    title="Add up all executions, as an administrator",
)
