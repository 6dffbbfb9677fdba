"""Signing in at the API's own page: there with a state and a PKCE challenge, back with a code, which is used at once.

Both are plain GETs, one led to by a link and one by the API. Every answer is a redirect, so that no code stays in an
address; what went wrong is said on the sign-in page.
"""

from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_GET

from actors_app.account import codes
from actors_app.account.throttle import Attempt, TooManyAttempts
from actors_app.account.views_sign_in import enter, way_back
from actors_app.core import bulkhead
from actors_app.core.error_reports import report
from actors_app.core.security.credentials import client_for, load
from actors_app.services import tokens
from actors_app.services.errors import CallError, CodeRefused, SignedOut


@require_GET
def sign_in_code(request: HttpRequest) -> HttpResponse:
    """Lead to the sign-in page of the API, where somebody is sent back from with a code."""
    target = way_back(request)
    if load(request) is not None:
        return redirect(target)
    tenant = settings.TENANTS.get(request.GET.get("tenant", ""))
    if tenant is None or not tenant.takes_code:
        return _not_signed_in(target)
    request.session.pop("sign_in_notice", None)  # what went wrong before is over
    address = request.build_absolute_uri(reverse("actors:sign-in-callback"))
    state, sign_in = codes.begin(request, tenant, address, target)
    client = client_for(tenant)
    return redirect(tokens.authorize_url(client, tenant.client_key, address, state, sign_in.verifier))


@require_GET
@sensitive_variables("code", "begun", "new")
def sign_in_callback(request: HttpRequest) -> HttpResponse:
    """Exchange the code that the API's page gave for tokens (`POST /token`, authorization_code grant)."""
    sign_in = codes.end(request, request.GET.get("state", ""))
    if sign_in is None:
        return _not_signed_in(way_back(request), "code-state")
    tenant = settings.TENANTS.get(sign_in.tenant)
    if tenant is None or not tenant.takes_code:
        return _not_signed_in(sign_in.target, "code-state")
    if tenant.origin != sign_in.origin:
        return _not_signed_in(sign_in.target, "code-address")
    if error := request.GET.get("error", ""):
        return _not_signed_in(sign_in.target, "code-denied" if error == "access_denied" else "code-error")
    code = request.GET.get("code", "")
    if not code:
        return _not_signed_in(sign_in.target, "code-error")
    try:
        attempt = Attempt(request)
    except TooManyAttempts:
        return _not_signed_in(sign_in.target, "code-too-many")
    try:
        bulkhead.enter(request)
        client = client_for(tenant)
        key, secret = tenant.client_key, tenant.client_secret
        new = tokens.code(client, key, secret, code, sign_in.redirect_uri, sign_in.verifier)
        answer = enter(request, tenant, new, target=sign_in.target)
    except CallError as failure:
        number = report(request, failure)
        if not isinstance(failure, CodeRefused):
            attempt.was_not_refused()
        advice = "Sign in again." if isinstance(failure, SignedOut) else failure.advice
        notice = f"{failure.user_message} {advice} Request ID {number}"
        request.session["sign_in_notice"] = notice
        return _not_signed_in(sign_in.target)
    attempt.succeeded()
    return answer


def _not_signed_in(target: str, because: str = "") -> HttpResponse:
    """Lead to the sign-in page, which says why, and from there to where somebody wanted to go."""
    query = {"next": target} | ({"because": because} if because else {})
    return redirect(f"{reverse('actors:sign-in')}?{urlencode(query)}")
