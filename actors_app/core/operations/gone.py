"""Deleting what somebody else has deleted meanwhile: what was wanted is so."""

from collections.abc import Callable

from actors_app.services.errors import NotFound


def was_gone(delete: Callable[[], object]) -> bool:
    """Make a call that deletes, and return whether there was nothing to delete any more.

    Raises the call's own errors, NotFound too where the API does not tell what is gone from what is not shared.
    """
    try:
        delete()
    except NotFound as error:
        if error.may_be_hidden:
            raise
        return True
    return False
