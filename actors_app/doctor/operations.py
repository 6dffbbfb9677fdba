"""What the operator does to the portal's own store."""

from actors_app.core.operations.operation import Operation

MOVE_TENANT = Operation(
    "tenant.move",
    done="moved what is kept to the new address of",
    tried="move what is kept of",
    choice="Move to an address",
)
