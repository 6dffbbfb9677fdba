"""The caller's own one-time keys: the promise that a form's key gives, for programs.

The same key with the same body gets the first answer again and makes no second call; with another body it is refused.
A key is bound to the person, the act and what it is done to. That it was done is in the audit trail for as long as that
is kept; the answer is in `core/operations/replays.py`, for a day.
"""

import hashlib
import json

from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from actors_app.core.api.exceptions import not_valid
from actors_app.core.operations.keys import new_key
from actors_app.core.operations.perform import Sending

HEADER = "Idempotency-Key"
_LONGEST = 255  # characters of a key


def sending(request: HttpRequest, data: object) -> Sending:
    """Return how this request is known when it comes again; `data` is what was sent with it."""
    key = request.headers.get(HEADER)
    if key is None:
        return Sending(new_key(), "", HEADER)
    if not 0 < len(key) <= _LONGEST or not key.isascii() or not key.isprintable():
        raise not_valid({HEADER: [f"A key has 1 to {_LONGEST} printable characters of ASCII."]})
    text = json.dumps(data, sort_keys=True, default=str)
    # The content keyed by the portal: a short body could be guessed from a bare hash of it.
    content = salted_hmac(
        "actors.idempotency", f"{request.method} {request.path}\n{text}", algorithm="sha256"
    ).hexdigest()
    return Sending(hashlib.sha256(f"{HEADER}\n{key}".encode()).hexdigest(), content, HEADER)
