"""What the API tells of the server and, to administrators, of the whole tenant."""

from actors_app.core.operations.operation import Operation

READ_UTILIZATION = Operation(
    "admin.utilization",
    "GET",
    "/actors/utilization",
    summary="Get server utilization",
    title="Get server utilization",
)
LIST_ALL_ACTORS = Operation(
    "admin.actors",
    "GET",
    "/actors/admin",
    summary="List all actors of the tenant",
    title="List actors of all tenants (administrators)",
)
LIST_ALL_WORKERS = Operation(
    "admin.workers",
    "GET",
    "/actors/admin/workers",
    title="List workers of all tenants (administrators)",
)
COUNT_ALL_EXECUTIONS = Operation(
    "admin.executions",
    "GET",
    "/actors/admin/executions",
    title="Get execution totals (administrators)",
)
