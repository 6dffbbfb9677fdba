"""What the operator does to the history."""

from actors_app.core.operations.operation import Operation

PRUNE_HISTORY = Operation("history.prune")
