"""What differs between the versions of the Actors API: paths, the token's header, names, token endpoint.

Nothing else in the portal asks which version it talks to.
"""

import base64
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

_UNDERSCORE = re.compile(r"(?<=[a-z0-9])_([a-z])")  # `_links` stays


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a token endpoint gave: `expires_in` in seconds, 0 when it did not say. The repr hides secrets."""

    access_token: str
    refresh_token: str | None = None
    expires_in: int = 0

    def __repr__(self) -> str:
        return f"Tokens(expires_in={self.expires_in})"


class Dialect(Protocol):
    """One version of the API, as the rest of the services speak it."""

    version: str
    actors_root: tuple[str, ...]
    profile_path: tuple[str, ...]
    token_path: tuple[str, ...]

    def name(self, field: str) -> str:
        """Return the API's name of one of our snake_case fields."""
        ...

    def auth_headers(self, token: str) -> dict[str, str]:
        """Return the headers that carry a visitor's access token."""
        ...

    def token_form(self, grant: Mapping[str, str]) -> dict[str, str]:
        """Return the form fields of a token request."""
        ...

    def tokens(self, answer: Any) -> Tokens | None:
        """Return the tokens in the token endpoint's answer, or None when they are not there."""
        ...

    def refuses_grant(self, reason: str) -> bool:
        """Whether the token endpoint's words mean that the password or the refresh token is not right."""
        ...

    def refuses_client(self, reason: str) -> bool:
        """Whether the token endpoint's words mean that the portal's own OAuth client is not right."""
        ...


class V2:
    """Abaco v2 behind the Agave gateway: camelCase names and a bearer token."""

    version = "v2"
    actors_root: tuple[str, ...] = ("actors", "v2")
    profile_path: tuple[str, ...] = ("profiles", "v2", "me")
    token_path: tuple[str, ...] = ("token",)

    def name(self, field: str) -> str:
        """Return the API's name of one of our snake_case fields."""
        return _UNDERSCORE.sub(lambda found: found[1].upper(), field)

    def auth_headers(self, token: str) -> dict[str, str]:
        """Return the headers that carry a visitor's access token."""
        return {"Authorization": f"Bearer {token}"}

    def token_form(self, grant: Mapping[str, str]) -> dict[str, str]:
        """Return the form fields of a token request."""
        return {**grant, "scope": "PRODUCTION"}

    def tokens(self, answer: Any) -> Tokens | None:
        """Return the tokens in the token endpoint's answer, or None when they are not there."""
        if not isinstance(answer, dict) or not isinstance(answer.get("access_token"), str):
            return None
        refresh, expires = answer.get("refresh_token"), answer.get("expires_in")
        return Tokens(
            access_token=answer["access_token"],
            refresh_token=refresh if isinstance(refresh, str) else None,
            expires_in=int(str(expires)) if re.fullmatch(r"[0-9]{1,9}", str(expires)) else 0,
        )

    def refuses_grant(self, reason: str) -> bool:
        """Whether the token endpoint's words mean that the password or the refresh token is not right."""
        return reason.startswith("invalid_grant")

    def refuses_client(self, reason: str) -> bool:
        """Whether the token endpoint's words mean that the portal's own OAuth client is not right."""
        return reason.startswith("invalid_client")


DIALECTS: Mapping[str, Callable[[], Dialect]] = {"v2": V2}


def basic_auth(key: str, secret: str) -> dict[str, str]:
    """Return the header that names the portal's own OAuth client."""
    pair = base64.b64encode(f"{key}:{secret}".encode()).decode("ascii")
    return {"Authorization": f"Basic {pair}"}
