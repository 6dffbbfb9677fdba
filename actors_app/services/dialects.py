"""What differs between the versions of the Actors API: paths, the token's header, names, token endpoint, manners.

Nothing else in the portal asks which version it talks to.
"""

import base64
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any, Protocol

from actors_app.services.times import parse_time

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
    writes_camel: bool  # whether its names are written in camelCase, and in snake_case otherwise
    keeps_nulls: bool  # whether an actor shows every name it may have, and not only those with a value
    has_metadata: bool  # whether each envelope has `metadata`
    actors_root: tuple[str, ...]
    profile_path: tuple[str, ...]
    token_path: tuple[str, ...]
    authorize_path: tuple[str, ...]
    scope: str  # what is asked for at the sign-in page and at the token endpoint; empty where there is no such thing
    reset_by_put: tuple[str, ...]  # our names of what a PUT of an actor resets, beyond what it resets everywhere
    hides_missing: bool  # whether an actor that is not there is refused as one that is somebody else's
    lists_world: bool  # whether the list of actors holds those that are shared with everybody
    loses_endless_logs: bool  # whether a `log_ex` below zero loses the log, and zero is the default
    has_agavepy: bool  # whether agavepy speaks it
    drops_stopped_workers: bool  # whether the record of a worker without a process goes when the worker is stopped
    admin_role: str  # as a nonce names it
    runs_as_executor: bool  # whether an actor can run as whoever sends the message
    keeps_roles: bool  # whether a nonce acts with the roles that its maker had, and not with those they have now

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
    writes_camel = True
    keeps_nulls = False
    has_metadata = False
    actors_root: tuple[str, ...] = ("actors", "v2")
    profile_path: tuple[str, ...] = ("profiles", "v2", "me")
    token_path: tuple[str, ...] = ("token",)
    authorize_path: tuple[str, ...] = ("authorize",)
    scope = "PRODUCTION"
    reset_by_put: tuple[str, ...] = ()
    hides_missing = False
    lists_world = True
    loses_endless_logs = False
    has_agavepy = True
    drops_stopped_workers = False
    admin_role = "Internal/abaco-admin"
    runs_as_executor = False
    keeps_roles = True

    def name(self, field: str) -> str:
        """Return the API's name of one of our snake_case fields."""
        return camel(field)

    def auth_headers(self, token: str) -> dict[str, str]:
        """Return the headers that carry a visitor's access token."""
        return {"Authorization": f"Bearer {token}"}

    def token_form(self, grant: Mapping[str, str]) -> dict[str, str]:
        """Return the form fields of a token request."""
        return {**grant, "scope": self.scope}

    def tokens(self, answer: Any) -> Tokens | None:
        """Return the tokens in the token endpoint's answer, or None when they are not there."""
        if not isinstance(answer, dict) or not isinstance(answer.get("access_token"), str):
            return None
        refresh, expires = answer.get("refresh_token"), answer.get("expires_in")
        return Tokens(
            access_token=answer["access_token"],
            refresh_token=refresh if isinstance(refresh, str) else None,
            expires_in=_seconds(expires),
        )

    def refuses_grant(self, reason: str) -> bool:
        """Whether the token endpoint's words mean that the password or the refresh token is not right."""
        return reason.startswith("invalid_grant")

    def refuses_client(self, reason: str) -> bool:
        """Whether the token endpoint's words mean that the portal's own OAuth client is not right."""
        return reason.startswith("invalid_client")


class V2Snake(V2):
    """Abaco v2 with `case: snake`: names in snake_case, and a PUT that resets more, as in v3."""

    version = "v2-snake"
    writes_camel = False
    keeps_nulls = True
    reset_by_put: tuple[str, ...] = ("cron_schedule", "cron_next_ex", "status_message")

    def name(self, field: str) -> str:
        """Return the API's name of one of our snake_case fields."""
        return field


class V3:
    """Abaco v3 in Tapis: names in snake_case, which are ours, and a token in a header of its own."""

    version = "v3"
    writes_camel = False
    keeps_nulls = True
    has_metadata = True
    actors_root: tuple[str, ...] = ("v3", "actors")
    profile_path: tuple[str, ...] = ("v3", "oauth2", "userinfo")
    token_path: tuple[str, ...] = ("v3", "oauth2", "tokens")
    authorize_path: tuple[str, ...] = ("v3", "oauth2", "authorize")
    scope = ""
    reset_by_put: tuple[str, ...] = ("cron_schedule", "cron_next_ex", "status_message", "run_as_executor")
    hides_missing = True
    lists_world = False
    loses_endless_logs = True
    has_agavepy = False
    drops_stopped_workers = True
    admin_role = "abaco_admin"
    runs_as_executor = True
    keeps_roles = False

    def name(self, field: str) -> str:
        """Return the API's name of one of our snake_case fields."""
        return field

    def auth_headers(self, token: str) -> dict[str, str]:
        """Return the headers that carry a visitor's access token."""
        return {"X-Tapis-Token": token}

    def token_form(self, grant: Mapping[str, str]) -> dict[str, str]:
        """Return the form fields of a token request."""
        return dict(grant)

    def tokens(self, answer: Any) -> Tokens | None:
        """Return the tokens in the token endpoint's answer, where each is an object that holds one of its own name."""
        result = answer.get("result") if isinstance(answer, dict) else None
        access, refresh = (_inner(result, name) for name in ("access_token", "refresh_token"))
        if not isinstance(access.get("access_token"), str):
            return None
        refresh_token = refresh.get("refresh_token")
        return Tokens(
            access_token=access["access_token"],
            refresh_token=refresh_token if isinstance(refresh_token, str) else None,
            expires_in=_seconds(access.get("expires_in")) or _seconds_until(access.get("expires_at")),
        )

    def refuses_grant(self, reason: str) -> bool:
        """Whether the token endpoint's words mean that the password, the code or the refresh token is not right."""
        return reason.startswith(
            (
                "Invalid username/password combination",
                "Invalid refresh_token",
                "Invalid token type",
                "Refresh token did NOT",
                "authorization code ",
            )
        )

    def refuses_client(self, reason: str) -> bool:
        """Whether the token endpoint's words mean that the portal's own OAuth client is not right."""
        return reason.startswith(("Invalid client credentials", "client_id from header", "Invalid redirect_uri"))


DIALECTS: Mapping[str, Callable[[], Dialect]] = {"v2": V2, "v2-snake": V2Snake, "v3": V3}


def basic_auth(key: str, secret: str) -> dict[str, str]:
    """Return the header that names the portal's own OAuth client."""
    pair = base64.b64encode(f"{key}:{secret}".encode()).decode("ascii")
    return {"Authorization": f"Basic {pair}"}


@cache
def camel(field: str) -> str:
    """Return a snake_case name in camelCase; one that begins with an underscore stays."""
    # Asked for each field of each row; there are as many as the code has names for.
    return _UNDERSCORE.sub(lambda match: match[1].upper(), field)


def _inner(result: Any, name: str) -> dict[str, Any]:
    inner = result.get(name) if isinstance(result, dict) else None
    return inner if isinstance(inner, dict) else {}


def _seconds(value: object) -> int:
    return int(str(value)) if re.fullmatch(r"[0-9]{1,9}", str(value)) else 0


def _seconds_until(value: object) -> int:
    moment = parse_time(value)
    return max(0, int((moment - datetime.now(UTC)).total_seconds())) if moment else 0
