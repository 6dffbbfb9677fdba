"""What a view requires before it runs."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponse

from actors_app.core.security.credentials import SessionCredentials
from actors_app.services.errors import SignedOut

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


def credentials_required(view: View[P]) -> View[P]:
    """Refuse a visitor who is not signed in; the error middleware leads to the sign-in page and back."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if SessionCredentials.of(request).current is None:
            raise SignedOut
        return view(request, *args, **kwargs)

    return guarded  # type: ignore[return-value]  # the wrapper passes the request by position, as Django does
