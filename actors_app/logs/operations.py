"""The operations on logs: reading one, and keeping it here."""

from actors_app.core.operations.operation import Operation

READ_LOG = Operation(
    "log.get",
    "GET",
    "/actors/{actor_id}/executions/{execution_id}/logs",
    summary="Get the log of an execution",
    title="Get log",
    agavepy="getExecutionLogs",
)
KEEP_LOG = Operation(
    "log.keep",
    via=READ_LOG,
    about="execution",
    done="archived a log of",
    tried="archive a log of",
    choice="Archive a log",
    summary="Archive the log of an execution",
)
DELETE_LOG = Operation(
    "log.delete",
    about="execution",
    done="deleted an archived log of",
    tried="delete an archived log of",
    choice="Delete an archived log",
    summary="Delete the archived log of an execution",
    takes_reason=True,
)
