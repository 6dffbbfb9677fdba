"""The operations on logs: reading one, and keeping it here."""

from actors_app.core.operations.operation import Operation

READ_LOG = Operation(
    "log.get",
    "GET",
    "/actors/{actor_id}/executions/{execution_id}/logs",
    summary="Read the log of an execution",
    title="Read the log",
    agavepy="getExecutionLogs",
)
KEEP_LOG = Operation(
    "log.keep",
    via=READ_LOG,
    about="execution",
    done="kept a log of",
    tried="keep a log of",
    choice="Keep a log",
    summary="Keep the log of an execution",
)
DELETE_LOG = Operation(
    "log.delete",
    about="execution",
    done="deleted a kept log of",
    tried="delete a kept log of",
    choice="Delete a kept log",
    summary="Delete the kept log of an execution",
)
