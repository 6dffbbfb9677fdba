"""Forms that may be sent once: a key in the form is claimed before the call, so that a resend does nothing."""

import re
import secrets

from django.db import transaction
from django.http import HttpRequest

from actors_app.models import PortalSession

_KEPT = 50  # keys remembered in one session
_KEY = re.compile(r"[0-9a-f]{32}")
_NAME = "claimed_form_keys"


def new_form_key() -> str:
    """Return a key for a form that is shown now."""
    return secrets.token_hex(16)


def claim(request: HttpRequest, key: str) -> bool:
    """Take the key for this request; False when an earlier one, or one at the same moment, has taken it.

    A form without a key is let through: it was not made by a page of ours, so there is no page to send again.
    """
    if not _KEY.fullmatch(key):
        return True
    with transaction.atomic():
        row = PortalSession.objects.select_for_update().filter(session_key=request.session.session_key)
        data = row.get().get_decoded()
        claimed = data.get(_NAME, [])
        if key in claimed:
            return False
        request.session[_NAME] = [*claimed, key][-_KEPT:]
        request.session.save()
    return True


def release(request: HttpRequest, key: str) -> None:
    """Give a key back after a call that changed nothing, so that the same form can be sent again."""
    request.session[_NAME] = [claimed for claimed in request.session.get(_NAME, []) if claimed != key]
