"""What a visitor meets whose sign-in has ended: a way to sign in that loses nothing of what was typed."""

from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django_htmx.http import HttpResponseClientRedirect

from actors_app.core.htmx import STOP_POLLING, is_poll, wants_fragment
from actors_app.core.pages import drafts
from actors_app.core.security import credentials, origins
from actors_app.core.security.sessions import ADDRESS_CHANGED
from actors_app.services.errors import InvalidToken, SignedOut


def signed_out(request: HttpRequest, error: SignedOut) -> HttpResponse:
    """Ask for a sign-in and lose nothing that was typed.

    A poll only says so and stops; a form that htmx sent gets the sign-in over its page, which stays as it is; a form
    that was sent plainly is kept, and the sign-in leads back to it. Everything else leads to the sign-in and back.
    """
    had_session = "who" in request.session
    if had_session:
        credentials.sign_out(request)
    is_elsewhere = getattr(request.session, "is_elsewhere", False)
    if is_elsewhere:
        error = SignedOut(error.detail, user_message=ADDRESS_CHANGED)
    is_form = request.method == "POST"
    if is_form and wants_fragment(request):
        return _sign_in_over(request, error, is_elsewhere=is_elsewhere)
    back = request.path if is_form else request.get_full_path()
    if wants_fragment(request):
        back = request.htmx.current_url_abs_path or reverse("actors:overview")  # type: ignore[attr-defined]
    query, handle = {"next": back}, ""
    if is_form and not is_elsewhere:  # nobody at the new address is whoever typed it
        handle = drafts.keep(request) or ""
        query = {
            "next": f"{back}?{drafts.PARAMETER}={handle}" if handle else back,
            "because": "kept" if handle else "not-sent",
        }
    address = f"{reverse('actors:sign-in')}?{urlencode(query)}"
    if is_poll(request):
        context = {"sign_in": address, "message": error.user_message}
        return render(request, "errors/_signed_out.html", context, status=STOP_POLLING)
    if is_elsewhere:
        request.session["sign_in_notice"] = (
            f"{error.user_message}{' Nothing was sent.' if is_form else ''} Sign in again."
        )
    elif had_session and not is_form:
        request.session["sign_in_notice"] = f"{error.user_message} Sign in to continue where you left off."
    elif had_session and isinstance(error, InvalidToken):
        draft_note = " Sign in again: your draft is saved for 30 minutes." if handle else ""
        request.session["sign_in_notice"] = f"{error.user_message} Nothing was sent.{draft_note}"
    if wants_fragment(request):
        return HttpResponseClientRedirect(address)
    return HttpResponseRedirect(address)


def _sign_in_over(request: HttpRequest, error: SignedOut, *, is_elsewhere: bool) -> HttpResponse:
    """Answer 401 with the sign-in as a part of the page, which keeps everything that was typed."""
    owner = drafts.form_owner(request)
    tenant = origins.tenant_at(owner.tenant) if owner else None
    initial = {"tenant": tenant.name, "username": owner.username} if owner and tenant else {}
    return render(
        request,
        "account/_signed_out_over.html",
        {
            "initial": initial,
            "code_tenants": [tenant for tenant in settings.TENANTS.values() if tenant.takes_code],
            "whose": request.POST.get(drafts.FIELD, ""),
            "because": error.user_message if isinstance(error, InvalidToken) or is_elsewhere else "",
            "stays": not is_elsewhere,
            "new_key": owner is not None and drafts.was_refused(request, owner),
        },
        status=401,
    )


def interrupted(request: HttpRequest) -> HttpResponse:
    """Answer for a sign-in that was ended elsewhere while this request was answered; what it wrote, it wrote."""
    owner = drafts.form_owner(request) if request.method == "POST" else None
    if owner is None or not drafts.was_sent(request, owner):
        return signed_out(request, SignedOut("ended elsewhere"))
    credentials.sign_out(request)
    address = f"{reverse('actors:sign-in')}?{urlencode({'next': request.path, 'because': 'sent'})}"
    return HttpResponseClientRedirect(address) if wants_fragment(request) else HttpResponseRedirect(address)
