"""What the operator does to the portal's own store."""

from actors_app.core.operations.operation import Operation

MOVE_TENANT = Operation(
    "tenant.move",
    done="moved stored data to the new API URL of",
    tried="move stored data of",
    choice="Move to a new API URL",
)
