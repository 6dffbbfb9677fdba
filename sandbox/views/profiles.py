"""`GET /profiles/v2/me`: who the token belongs to, as the gateway's profiles service answers."""

from django.http import HttpResponse

from sandbox.endpoint import Call, open_to_all_signed_in
from sandbox.models import Person


def profile_get(call: Call) -> HttpResponse:
    """Answer the caller's own profile."""
    person = Person.objects.get(name=call.caller.user)
    profile = {
        "username": person.name,
        "first_name": person.first_name,
        "last_name": person.last_name,
        "full_name": f"{person.first_name} {person.last_name}".strip(),
        "email": f"{person.name}@sandbox.example.org",
        "_links": {"self": {"href": call.dialect.owner_link(person.name)}},
    }
    return call.answer("User details retrieved successfully.", profile)


me = open_to_all_signed_in(GET=profile_get)
