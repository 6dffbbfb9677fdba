"""Who the visitor is at the API."""

from actors_app.services.caller import Caller, unreadable
from actors_app.services.calls import Call
from actors_app.services.types import Profile
from actors_app.services.urls import upstream_url


class Profiles:
    """The profiles of people, of which the portal reads only the visitor's own."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    def me(self) -> Profile:
        """Return the visitor's own profile. `GET /profiles/v2/me`."""
        call = Call("GET", upstream_url(*self._caller.dialect.profile_path))
        profile = Profile.from_api(self._caller.object(call), self._caller.dialect)
        if not profile.username:
            raise unreadable(call, "a profile without a user name")
        return profile
