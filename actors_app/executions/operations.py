"""The operations on executions, their results and their evidence."""

from actors_app.core.operations.operation import Operation
from actors_app.core.security.capabilities import UPDATE
from actors_app.executions.checks import execution_is_halted, execution_is_registered, result_is_taken

LIST_EXECUTIONS = Operation(
    "execution.list",
    "GET",
    "/actors/{actor_id}/executions",
    summary="List the executions of an actor",
    title="List the actor's executions",
    agavepy="listExecutions",
)
SEARCH_ACTOR_EXECUTIONS = Operation(
    "execution.search",
    "GET",
    "/actors/{actor_id}/executions",
    title="Search the actor's executions, as far as the API can",
    has_filter=True,
)
REGISTER_EXECUTION = Operation(
    "execution.register",
    "POST",
    "/actors/{actor_id}/executions",
    pages=("execution-create",),
    needs=UPDATE,
    doing="registering an execution of it",
    purpose="Register an execution that ran elsewhere; many servers refuse that.",
    about="execution",
    done="registered an execution of",
    tried="register an execution of",
    choice="Register an execution",
    check=execution_is_registered,
    summary="Register an execution that ran elsewhere",
    title="Register an execution",
    example={"runtime": 0, "cpu": 0, "io": 0},
    agavepy="addExecution",
    agavepy_note="# Only agavepy of before February 2018 has this call.",
)
READ_EXECUTION = Operation(
    "execution.get",
    "GET",
    "/actors/{actor_id}/executions/{execution_id}",
    summary="Read an execution",
    title="Read the execution",
    agavepy="getExecution",
)
HALT_EXECUTION = Operation(
    "execution.halt",
    "DELETE",
    "/actors/{actor_id}/executions/{execution_id}",
    needs=UPDATE,
    doing="halting its executions",
    about="execution",
    done="halted an execution of",
    tried="halt an execution of",
    check=execution_is_halted,
    summary="Halt an execution",
    title="Halt the execution",
)
TAKE_RESULT = Operation(
    "result.take",
    "GET",
    "/actors/{actor_id}/executions/{execution_id}/results",
    about="execution",
    done="took a result of",
    tried="take a result of",
    choice="Take a result",
    check=result_is_taken,
    summary="Take the next result",
    title="Take the oldest result, which the API then forgets",
    agavepy="getOneExecutionResult",
    agavepy_note="# agavepy gives the whole answer of HTTP; its content is the result, as bytes.",
    agavepy_part=".content",
    curl_options=" --output result.bin",
)
TAKE_EVIDENCE = Operation(
    "evidence.take",
    about="execution",
    done="took evidence of",
    tried="take evidence of",
    choice="Take evidence",
    summary="Take the evidence of an execution",
)
