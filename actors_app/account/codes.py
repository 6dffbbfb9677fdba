"""Sign-ins that are under way at the API's own page: begun here, each to be ended once, within ten minutes.

The browser takes along nothing but a `state` that nobody can guess. What belongs to it stays in the visitor's session,
encrypted with its time; without the session that began it, a state is worth nothing.
"""

import json
import secrets
from dataclasses import asdict, dataclass, field

from django.http import HttpRequest

from actors_app.core.security.credentials import forget_ended
from actors_app.core.security.crypto import DecryptionError, decrypt, encrypt, encrypted_at
from portal.tenants import Tenant

LIFETIME = 600  # seconds
AT_ONCE = 5  # in as many tabs; the oldest go
_KEPT = "code_sign_ins"


@dataclass(frozen=True, slots=True)
class CodeSignIn:
    """One sign-in under way: where, the PKCE verifier, the address to come back to, and the page wanted after it."""

    tenant: str  # its name
    redirect_uri: str
    target: str
    verifier: str = field(repr=False)
    origin: str = ""  # of the API that leads back with a code, which no other may see


def begin(request: HttpRequest, tenant: Tenant, redirect_uri: str, target: str) -> tuple[str, CodeSignIn]:
    """Keep a new sign-in in the session; return its state and itself."""
    state = secrets.token_urlsafe(32)
    sign_in = CodeSignIn(tenant.name, redirect_uri, target, secrets.token_urlsafe(48), tenant.origin)
    if request.session.is_empty():
        # Nothing else is in it, so nothing is lost with it; and those who only knock fill no store.
        request.session.set_expiry(LIFETIME)
        forget_ended()
    pending = dict(request.session.get(_KEPT, {}))
    while len(pending) >= AT_ONCE:
        del pending[min(pending, key=lambda name: encrypted_at(pending[name]))]
    pending[state] = encrypt("sign-in", json.dumps(asdict(sign_in)).encode()).decode()
    request.session[_KEPT] = pending
    return state, sign_in


def end(request: HttpRequest, state: str) -> CodeSignIn | None:
    """Take the sign-in of a state out of the session; None where there is none, or it has taken too long."""
    pending = dict(request.session.get(_KEPT, {}))
    encrypted = pending.pop(state, None)
    if encrypted is None:
        return None
    request.session[_KEPT] = pending
    try:
        return CodeSignIn(**json.loads(decrypt("sign-in", encrypted, lifetime=LIFETIME)))
    except DecryptionError:
        return None
