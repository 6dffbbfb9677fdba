"""Who the visitor is at the API."""

from actors_app.services.caller import Service, open_envelope, unreadable
from actors_app.services.calls import Call
from actors_app.services.types import Profile
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
            raise unreadable(call, "a profile without a user name")
        return profile
