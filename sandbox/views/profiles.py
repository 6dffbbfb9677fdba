"""Who the token belongs to: `GET /profiles/v2/me` of the gateway, `GET /v3/oauth2/userinfo` of Tapis."""

from django.http import HttpRequest, HttpResponse

from sandbox.answers import Refusal, refused
from sandbox.dialect import V2
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


def userinfo_get(call: Call) -> HttpResponse:
    """Answer the caller's own profile, as the Tapis authenticator reads it from its directory."""
    person = Person.objects.get(name=call.caller.user)
    profile = {
        "username": person.name,
        "given_name": person.first_name,
        "last_name": person.last_name,
        "email": f"{person.name}@sandbox.example.org",
        "phone": None,
        "mobile_phone": None,
        "create_time": None,
        "uid": None,
        "dn": f"cn={person.name},ou=tenants.{call.dialect.tenant},dc=tapis",
    }
    return call.answer("User profile retrieved successfully.", profile)


def userinfo(request: HttpRequest, dialect: V2) -> HttpResponse:
    """Answer as the Tapis authenticator does, which knows no nonces."""
    if dialect.bearer(request) is None:
        return refused(dialect, Refusal("No Tapis access token found in the request."))
    return _of_tapis(request, dialect=dialect)


me = open_to_all_signed_in(GET=profile_get)
_of_tapis = open_to_all_signed_in(GET=userinfo_get)
