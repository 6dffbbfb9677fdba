"""The operations on executions, their results and their evidence."""

from actors_app.core.operations.operation import Operation
from actors_app.core.security.capabilities import UPDATE
from actors_app.executions.checks import execution_is_halted, execution_is_registered, result_is_taken

LIST_EXECUTIONS = Operation(
    "execution.list",
    "GET",
    "/actors/{actor_id}/executions",
    summary="List the executions of an actor",
    title="List executions",
    agavepy="listExecutions",
)
SEARCH_ACTOR_EXECUTIONS = Operation(
    "execution.search",
    "GET",
    "/actors/{actor_id}/executions",
    title="Search executions (limited by the API)",
    has_filter=True,
)
REGISTER_EXECUTION = Operation(
    "execution.register",
    "POST",
    "/actors/{actor_id}/executions",
    pages=("execution-create",),
    needs=UPDATE,
    doing="registering executions",
    purpose="Record an external execution. Not supported by current Abaco releases.",
    about="execution",
    done="registered an execution of",
    tried="register an execution of",
    choice="Register an execution",
    check=execution_is_registered,
    summary="Register an external execution",
    title="Register execution",
    example={"runtime": 0, "cpu": 0, "io": 0},
    agavepy="addExecution",
    agavepy_note="# Only agavepy releases before February 2018 have this call.",
)
READ_EXECUTION = Operation(
    "execution.get",
    "GET",
    "/actors/{actor_id}/executions/{execution_id}",
    summary="Get an execution",
    title="Get execution",
    agavepy="getExecution",
)
HALT_EXECUTION = Operation(
    "execution.halt",
    "DELETE",
    "/actors/{actor_id}/executions/{execution_id}",
    needs=UPDATE,
    doing="halting executions",
    about="execution",
    done="halted an execution of",
    tried="halt an execution of",
    check=execution_is_halted,
    summary="Halt an execution",
    title="Halt execution",
    takes_reason=True,
)
TAKE_RESULT = Operation(
    "result.take",
    "GET",
    "/actors/{actor_id}/executions/{execution_id}/results",
    about="execution",
    done="fetched a result of",
    tried="fetch a result of",
    choice="Fetch a result",
    check=result_is_taken,
    summary="Fetch the next result of an execution",
    title="Fetch oldest result (the API then deletes it)",
    agavepy="getOneExecutionResult",
    agavepy_note="# agavepy returns the HTTP response; its content is the result, as bytes.",
    agavepy_part=".content",
    curl_options=" --output result.bin",
)
TAKE_EVIDENCE = Operation(
    "evidence.take",
    about="execution",
    done="downloaded evidence for",
    tried="download evidence for",
    choice="Download evidence",
    summary="Download the evidence pack of an execution",
)
