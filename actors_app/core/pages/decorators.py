"""What a view answers, and what it requires before it runs."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from actors_app.core.security.credentials import SessionCredentials, abaco_for
from actors_app.services import Abaco
from actors_app.services.errors import SignedOut

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]
AbacoView = Callable[Concatenate[HttpRequest, Abaco, P], HttpResponse]


def page(*methods: str) -> Callable[[View[P]], View[P]]:
    """Answer these methods for a signed-in visitor; anybody else is led to the sign-in page and back.

    GET answers HEAD too (`portal.middleware.HeadMiddleware`).
    """

    def decorated(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            if SessionCredentials.of(request).current is None:
                raise SignedOut
            return view(request, *args, **kwargs)

        return require_http_methods(methods)(guarded)  # type: ignore[return-value]  # the request goes by position

    return decorated


def abaco_page(*methods: str) -> Callable[[AbacoView[P]], View[P]]:
    """Do as `page`, and give the view the API as this visitor may use it; raise Busy as `abaco_for` does."""

    def decorated(view: AbacoView[P]) -> View[P]:
        @wraps(view)
        def with_abaco(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            return view(request, abaco_for(request), *args, **kwargs)

        return page(*methods)(with_abaco)  # type: ignore[arg-type]  # the same

    return decorated
