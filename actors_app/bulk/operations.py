"""Ordering an act on many things."""

from actors_app.core.operations.operation import Operation

START_BULK = Operation(
    "bulk.start",
    about="page",
    done="ordered one act on",
    tried="order one act on",
    choice="Order a bulk act",
    summary="Order an act on many things",
)
