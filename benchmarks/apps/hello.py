"""The empty page, through the whole middleware of the portal: what every page costs at least.

It reads the visitor's session, as every page does; `/hello/unread/` does not.
"""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path


def hello(request: HttpRequest) -> HttpResponse:
    """Answer with one word to whoever is signed in."""
    return HttpResponse("hello" if "who" in request.session else "who?")


def unread(request: HttpRequest) -> HttpResponse:
    """Answer with one word to anybody."""
    return HttpResponse("hello")


urlpatterns = [
    path("hello/", hello),
    path("hello/unread/", unread),
    path("", include("portal.urls")),
]
handler400 = "actors_app.core.pages.errors.bad_request"
handler403 = "actors_app.core.pages.errors.forbidden"
handler404 = "actors_app.core.pages.errors.not_found"
handler500 = "actors_app.core.pages.errors.server_error"
