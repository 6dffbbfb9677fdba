"""Who the visitor is at the API, and whether it calls them an administrator of the tenant."""

import time

from actors_app.services.caller import Service, open_envelope, unreadable
from actors_app.services.calls import Call
from actors_app.services.errors import AbacoError, Forbidden, NotFound
from actors_app.services.types import AdminRole, Profile
from actors_app.services.urls import upstream_url


class Profiles(Service):
    """The profiles of people, of which the portal reads only the visitor's own."""

    def me(self) -> Profile:
        """Return the visitor's own profile. `GET /profiles/v2/me`."""
        call = Call("GET", upstream_url(*self._caller.dialect.profile_path))
        # It is not Abaco that answers, so the names say nothing of Abaco's.
        result = open_envelope(call, self._caller.reply(call)).get("result")
        profile = Profile.from_api(result, self._caller.dialect)
        if not profile.username:
            raise unreadable(call, "a profile without a username")
        return profile


# An alias that nobody need have made: the API checks the role of whoever asks for an alias with `admin` in its name
# before it looks for it. Where `admin` begins the path, Abaco's nginx asks another process, which fails for everybody.
PROBE = "admin-role-probe"


class Roles(Service):
    """What the API says of the visitor's roles."""

    def admin(self) -> AdminRole:
        """Return whether the API calls the visitor an administrator; UNKNOWN for any answer but those it has for this.

        404 `No alias found` or the alias itself is said to administrators alone, 400 `Abaco Admin role required.` to
        everybody else. Nothing is changed by asking. Raises SignedOut. `GET /actors/aliases/admin-role-probe`.
        """
        asked_at = time.monotonic()
        role = self._probe()
        if role is not AdminRole.UNKNOWN:
            self._caller.observer.role(role, asked_at)
        return role

    def _probe(self) -> AdminRole:
        try:
            alias = self._caller.result(Call("GET", self._caller.path("aliases", PROBE)))
        except AbacoError as error:
            reason = error.reason or ""
            if (error.answered, type(error)) == (404, NotFound) and reason.startswith("No alias found"):
                return AdminRole.ADMIN
            if (error.answered, type(error)) == (400, Forbidden) and reason.startswith("Abaco Admin role required"):
                return AdminRole.OTHER
            return AdminRole.UNKNOWN
        is_it = isinstance(alias, dict) and alias.get("alias") == PROBE
        return AdminRole.ADMIN if is_it else AdminRole.UNKNOWN
