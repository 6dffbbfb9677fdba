"""Signing in and out."""

import time
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from actors_app.account.forms_sign_in import PasswordForm, SignInForm, TokenForm
from actors_app.account.throttle import Attempt, TooManyAttempts
from actors_app.core import bulkhead
from actors_app.core.addresses import page_at
from actors_app.core.error_reports import report
from actors_app.core.htmx import go_to, wants_fragment
from actors_app.core.pages import drafts
from actors_app.core.pages.formatting import duration
from actors_app.core.security import origins
from actors_app.core.security.credentials import Credentials, client_for, load, sign_in, sign_out
from actors_app.core.security.sessions import ADDRESS_CHANGED
from actors_app.services import Abaco, tokens
from actors_app.services.errors import AbacoError, CallError, InvalidToken, NotFound, SignedOut, WrongPassword
from actors_app.services.types import AdminRole, Tokens
from portal.tenants import LOOPBACK, Tenant

NOTICES = {
    "kept": "Your session expired before anything was sent. Sign in again: your draft is saved for 30 minutes.",
    "not-sent": "Your session expired before anything was sent. Sign in to continue where you left off.",
    "sent": "You were signed out from another session. Your request was sent; sign in to check it.",
    "code-state": "This sign-in link has expired or was already used. Start again.",
    "code-address": "The URL of the Actors API changed while you were signing in. Start again.",
    "code-denied": "Sign-in was canceled or denied.",
    "code-error": "Sign-in failed on the API's sign-in page. Try again, or contact your portal administrator.",
    "code-too-many": "Too many failed sign-in attempts. Try again later.",
}
TOO_MANY = "Too many failed sign-in attempts. Try again in {}."
NOT_TO_COME_BACK_TO = ("sign-in", "sign-in-token", "sign-in-code", "sign-in-callback", "sign-out", "theme")
PATIENCE = 3.0  # seconds that a sign-in waits for whether somebody is an administrator


class _FixedToken:
    """The credentials of somebody who is not signed in yet: one token that cannot be renewed."""

    def __init__(self, token: str) -> None:
        self._token = token

    def access_token(self) -> str:
        return self._token

    def renew(self, rejected: str) -> str:
        raise SignedOut


def way_back(request: HttpRequest) -> str:
    """Return where to go after signing in: a page of ours that can be opened by a GET, or the overview."""
    target = request.POST.get("next") or request.GET.get("next") or ""
    overview = reverse("actors:overview")
    match = page_at(target)
    if match is None:
        return overview
    if match.url_name in NOT_TO_COME_BACK_TO or getattr(match.func, "only_post", False):
        return overview
    return target


def _sandbox_accounts() -> dict[str, str]:
    """Return the accounts that sign in with one click, each with a word on it; none but for a sandbox on this machine.

    Each has its name as the password.
    """
    hosts = [urlsplit(tenant.url).hostname for tenant in settings.TENANTS.values() if tenant.takes_password]
    return settings.SANDBOX_ACCOUNTS if len(hosts) == len(settings.TENANTS) == 1 and hosts[0] in LOOPBACK else {}


def _form(request: HttpRequest, form: type[SignInForm], data: Any = None, *, focus: bool = True) -> SignInForm:
    """Return a form for the page of its own, or for its place over another page or beside one that has the `focus`."""
    if wants_fragment(request):
        return form.over(data)
    unsent = form(data)
    return unsent if focus else unsent.without_focus()


def _page(
    request: HttpRequest,
    password: SignInForm | None = None,
    token: SignInForm | None = None,
    status: int = 200,
) -> HttpResponse:
    tenants = settings.TENANTS.values()
    over = wants_fragment(request)
    if token and not over:
        token.fields["access_token"].widget.attrs["autofocus"] = True
    if getattr(request.session, "is_elsewhere", False):
        request.session["sign_in_notice"] = f"{ADDRESS_CHANGED} Sign in again."
    context = {
        "next": way_back(request),
        "whose": request.POST.get(drafts.FIELD, ""),
        "password_form": (
            password or _form(request, PasswordForm, focus=not token) if PasswordForm.is_offered() else None
        ),
        "token_form": token or _form(request, TokenForm) if TokenForm.is_offered() else None,
        "accounts": _sandbox_accounts(),
        "code_tenants": [tenant for tenant in tenants if tenant.takes_code],
        "tenant": next(iter(tenants)) if len(tenants) == 1 else None,
        "notice": request.session.pop("sign_in_notice", "") if "sign_in_notice" in request.session else "",
        "status": status,
    }
    context["notice"] = context["notice"] or NOTICES.get(request.GET.get("because", ""), "")
    return render(request, "account/_sign_in_over.html" if over else "account/sign_in.html", context, status=status)


def _too_many(
    request: HttpRequest,
    refusal: TooManyAttempts,
    password: SignInForm | None = None,
    token: SignInForm | None = None,
) -> HttpResponse:
    """Answer 429 without having asked the API; nothing tells a known account from an unknown one."""
    (password or token or PasswordForm()).add_error(None, TOO_MANY.format(duration(refusal.wait)))
    response = _page(request, password=password, token=token, status=429)
    response.headers["Retry-After"] = str(refusal.wait)
    return response


def _person(tenant: Tenant, token: str, typed: str) -> tuple[str, AdminRole]:
    """Ask the API who this token belongs to, and whether it calls them an administrator.

    A tenant without profiles is taken at its word for a password.
    """
    abaco = Abaco(client_for(tenant), _FixedToken(token))
    answers = abaco.gather(
        profile=lambda: abaco.profile.me(),
        role=lambda: _role(abaco),
    )
    role: AdminRole = AdminRole.UNKNOWN if answers["role"].error else answers["role"].value
    if isinstance(answers["profile"].error, NotFound) and typed:
        return typed, role
    return answers["profile"].unwrap().username or typed, role


def _role(abaco: Abaco) -> AdminRole:
    try:
        return abaco.hurried(PATIENCE).roles.admin()
    except InvalidToken:  # who signs people in may accept what Abaco does not
        raise
    except SignedOut:
        return AdminRole.UNKNOWN


def enter(request: HttpRequest, tenant: Tenant, new: Tokens, typed: str = "", target: str = "") -> HttpResponse:
    """Begin the session of whoever these tokens belong to; go to the page wanted, or on with the one that is open."""
    username, role = _person(tenant, new.access_token, typed)
    target = target or way_back(request)
    theme = request.session.get("theme")
    sign_in(
        request,
        Credentials(
            tenant=origins.key_of(tenant),
            username=username,
            access_token=new.access_token,
            refresh_token=new.refresh_token or "",
            expires_at=time.time() + new.expires_in if new.expires_in else 0.0,
        ),
    )
    if theme:
        request.session["theme"] = theme
    if not role.is_unknown:
        # For what stands disabled (`core/security/capabilities.py`); it opens nothing.
        request.session["admin_role"] = role.value
    return _back_to_the_page(request) if wants_fragment(request) else redirect(target)


def _back_to_the_page(request: HttpRequest) -> HttpResponse:
    """End a sign-in over a page: its owner goes on there, anybody else is led away from what is not theirs."""
    if drafts.form_owner(request) != drafts.signed_in(request):
        messages.info(request, "You signed in with a different account, so your last page was not reopened.")
        return go_to(request, "actors:overview")
    text = "Signed in again. Nothing was sent, and your input is still here."
    return render(request, "account/_sign_in_again.html", {"text": text, "level": "success"})


@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def sign_in_password(request: HttpRequest) -> HttpResponse:
    """Sign in with a user name and a password (`POST /token`, password grant)."""
    if request.method == "GET":
        if load(request) is not None:
            return redirect(way_back(request))
        return _page(request)
    account = request.POST.get("account", "")
    is_sandbox = account in _sandbox_accounts()
    form = _form(request, PasswordForm, {"username": account, "password": account} if is_sandbox else request.POST)
    if form.is_valid():
        tenant, typed = form.chosen, form.cleaned_data
        try:
            attempt = Attempt(request, f"{tenant.origin}/{typed['username']}")
        except TooManyAttempts as refusal:
            return _too_many(request, refusal, password=form)
        try:
            bulkhead.enter(request)
            new = tokens.password(
                client_for(tenant),
                tenant.client_key,
                tenant.client_secret,
                typed["username"],
                typed["password"],
            )
            answer = enter(request, tenant, new, typed["username"])
            attempt.succeeded()
            return answer
        except WrongPassword:
            form.add_error("password", "Incorrect username or password.")
        except CallError as error:
            attempt.was_not_refused()
            form.add_error(None, f"{error.user_message} {error.advice} Request ID {report(request, error)}")
            return _page(request, password=form, status=error.status)
    return _page(request, password=form, status=422)


@sensitive_post_parameters("access_token")
@require_http_methods(["GET", "POST"])
def sign_in_token(request: HttpRequest) -> HttpResponse:
    """Sign in with an access token the visitor has (`GET /profiles/v2/me` says whose it is)."""
    if request.method == "GET":
        return redirect("actors:sign-in")
    form = _form(request, TokenForm, request.POST)
    if form.is_valid():
        try:
            attempt = Attempt(request)
        except TooManyAttempts as refusal:
            return _too_many(request, refusal, token=form)
        try:
            bulkhead.enter(request)
            answer = enter(request, form.chosen, Tokens(form.cleaned_data["access_token"], "", 0))
            attempt.succeeded()
            return answer
        except SignedOut as error:
            message = "The API rejected this token. It may have expired."
            form.add_error("access_token", error.user_message if isinstance(error, InvalidToken) else message)
        except AbacoError as error:
            attempt.was_not_refused()
            form.add_error(None, f"{error.user_message} {error.advice} Request ID {report(request, error)}")
            return _page(request, token=form, status=error.status)
    return _page(request, token=form, status=422)


@require_POST
def sign_out_view(request: HttpRequest) -> HttpResponse:
    """End the session here; tokens at the API end by themselves."""
    sign_out(request)
    response = redirect("actors:sign-in")
    # Below a path, others of the same host have kept theirs in the same storage.
    response.headers["Clear-Site-Data"] = '"cache"' if settings.SCRIPT_NAME else '"cache", "storage"'
    return response
