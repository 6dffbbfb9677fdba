"""Ordering an act on many things."""

from actors_app.core.operations.operation import Operation

START_BULK = Operation(
    "bulk.start",
    about="page",
    done="started a bulk action on",
    tried="start a bulk action on",
    choice="Start a bulk action",
    summary="Start a bulk action",
)
