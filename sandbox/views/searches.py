"""`GET /actors/search/{type}`: search over what one has a permission entry for; see `search.py`."""

from django.http import HttpResponse

from sandbox import search
from sandbox.answers import Crash
from sandbox.endpoint import Call, open_to_all_signed_in


def search_get(call: Call, kind: str) -> HttpResponse:
    """Answer a search of actors, executions, workers or logs; case does not matter in the type's name."""
    if kind.lower() not in search.KINDS:
        # The braces are Abaco's own: its text was meant to be filled in and is not.
        text = "'Inputted search_type is invalid, must be one of {list(store_dict.keys())}.'"
        raise Crash("KeyError", text)
    return call.answer("Search completed successfully.", search.run(kind.lower(), call.request, call))


item = open_to_all_signed_in(GET=search_get)
