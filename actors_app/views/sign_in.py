"""Signing in and out."""

import time

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import Resolver404, resolve, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from actors_app.credentials import Credentials, client_for, load, sign_in, sign_out
from actors_app.forms.sign_in import PasswordForm, SignInForm, TokenForm
from actors_app.services import Abaco, tokens
from actors_app.services.errors import AbacoError, NotFound, SignedOut, WrongPassword
from actors_app.services.types import Tokens
from portal.tenants import Tenant

NOT_TO_COME_BACK_TO = ("sign-in", "sign-in-token", "sign-out", "theme")


class _FixedToken:
    """The credentials of somebody who is not signed in yet: one token that cannot be renewed."""

    def __init__(self, token: str) -> None:
        self._token = token

    def access_token(self) -> str:
        return self._token

    def renew(self, rejected: str) -> str:
        raise SignedOut


def _next(request: HttpRequest) -> str:
    """Return where to go after signing in: a page of ours that can be opened by a GET, or the overview."""
    target = request.POST.get("next") or request.GET.get("next") or ""
    overview = reverse("actors:overview")
    if not target.startswith("/") or not url_has_allowed_host_and_scheme(target, allowed_hosts=None):
        return overview
    if any(ord(sign) <= 32 or sign == "\\" for sign in target):
        return overview
    try:
        match = resolve(target.partition("?")[0])
    except Resolver404:
        return overview
    if match.url_name in NOT_TO_COME_BACK_TO or getattr(match.func, "only_post", False):
        return overview
    return target


def _page(
    request: HttpRequest,
    password: SignInForm | None = None,
    token: SignInForm | None = None,
    status: int = 200,
) -> HttpResponse:
    tenants = settings.TENANTS.values()
    context = {
        "next": _next(request),
        "password_form": password or PasswordForm() if any(t.takes_password for t in tenants) else None,
        "token_form": token or TokenForm() if any(t.takes_token for t in tenants) else None,
        "tenant": next(iter(tenants)) if len(tenants) == 1 else None,
        "notice": request.session.pop("sign_in_notice", "") if "sign_in_notice" in request.session else "",
        "status": status,
    }
    return render(request, "sign_in/form.html", context, status=status)


def _username(tenant: Tenant, token: str, typed: str) -> str:
    """Ask the API who this token belongs to; a tenant without profiles is taken at its word for a password."""
    try:
        return Abaco(client_for(tenant), _FixedToken(token)).profile.me().username or typed
    except NotFound:
        if typed:
            return typed
        raise


def _enter(request: HttpRequest, tenant: Tenant, new: Tokens, typed: str = "") -> HttpResponse:
    username = _username(tenant, new.access_token, typed)
    target = _next(request)
    theme = request.session.get("theme")
    sign_in(
        request,
        Credentials(
            tenant=tenant.name,
            username=username,
            access_token=new.access_token,
            refresh_token=new.refresh_token or "",
            expires_at=time.time() + new.expires_in if new.expires_in else 0.0,
        ),
    )
    if theme:
        request.session["theme"] = theme
    return redirect(target)


@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def sign_in_password(request: HttpRequest) -> HttpResponse:
    """Sign in with a user name and a password (`POST /token`, password grant)."""
    if request.method == "GET":
        if load(request) is not None:
            return redirect(_next(request))
        return _page(request)
    form = PasswordForm(request.POST)
    if form.is_valid():
        tenant, typed = form.chosen, form.cleaned_data
        try:
            new = tokens.password(
                client_for(tenant),
                tenant.client_key,
                tenant.client_secret,
                typed["username"],
                typed["password"],
            )
            return _enter(request, tenant, new, typed["username"])
        except WrongPassword:
            form.add_error("password", "The user name or the password is wrong.")
        except AbacoError as error:
            form.add_error(None, f"{error.user_message} {error.advice}")
            return _page(request, password=form, status=error.status)
    return _page(request, password=form, status=422)


@sensitive_post_parameters("access_token")
@require_http_methods(["GET", "POST"])
def sign_in_token(request: HttpRequest) -> HttpResponse:
    """Sign in with an access token the visitor has (`GET /profiles/v2/me` says whose it is)."""
    if request.method == "GET":
        return redirect("actors:sign-in")
    form = TokenForm(request.POST)
    if form.is_valid():
        try:
            return _enter(request, form.chosen, Tokens(form.cleaned_data["access_token"], "", 0))
        except SignedOut:
            form.add_error("access_token", "The API does not accept this token. It may have expired.")
        except AbacoError as error:
            form.add_error(None, f"{error.user_message} {error.advice}")
            return _page(request, token=form, status=error.status)
    return _page(request, token=form, status=422)


@require_POST
def sign_out_view(request: HttpRequest) -> HttpResponse:
    """End the session here; tokens at the API end by themselves."""
    sign_out(request)
    response = redirect("actors:sign-in")
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response
