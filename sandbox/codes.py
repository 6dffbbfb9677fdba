"""Authorization codes: given by the sign-in page, good once, for ten minutes, for who asked; kept in memory only."""

import base64
import hashlib
import secrets
import threading
import time
from dataclasses import dataclass

LIFETIME = 600  # seconds
_LOCK = threading.Lock()
_GIVEN: dict[str, tuple[float, "Grant"]] = {}


@dataclass(frozen=True)
class Grant:
    """What a code is good for: whose tokens, at which version, for which address, against which PKCE challenge."""

    person: str
    version: str
    redirect_uri: str
    challenge: str


def give(grant: Grant) -> str:
    """Return a new code for a grant."""
    code, now = secrets.token_urlsafe(24), time.monotonic()
    with _LOCK:
        for old in [name for name, (ends, _) in _GIVEN.items() if ends < now]:
            del _GIVEN[old]
        _GIVEN[code] = (now + LIFETIME, grant)
    return code


def redeem(code: str, version: str, redirect_uri: str, verifier: str) -> str | None:
    """Use a code up and return whose it is, or None where it is not good for this."""
    with _LOCK:
        ends, grant = _GIVEN.pop(code, (0.0, None))
    if grant is None or ends < time.monotonic() or (grant.version, grant.redirect_uri) != (version, redirect_uri):
        return None
    return grant.person if not grant.challenge or challenge_of(verifier) == grant.challenge else None


def challenge_of(verifier: str) -> str:
    """Return the S256 challenge of a verifier (RFC 7636)."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
