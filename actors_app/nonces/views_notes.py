"""The note on a nonce: where it was handed out."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from actors_app.core.htmx import render_page
from actors_app.core.pages.decorators import credentials_required
from actors_app.core.security.credentials import abaco_for
from actors_app.nonces.commands import Holder
from actors_app.nonces.commands_notes import note
from actors_app.nonces.forms import NonceNoteForm
from actors_app.nonces.views import frame, one_nonce


@require_http_methods(["GET", "POST"])
@credentials_required
def nonce_note(request: HttpRequest, actor_id: str, handle: str) -> HttpResponse:
    """Note where a nonce was handed out; the API is asked only whether the visitor may read it."""
    return _note(request, Holder(actor_id), handle)


@require_http_methods(["GET", "POST"])
@credentials_required
def alias_nonce_note(request: HttpRequest, alias: str, handle: str) -> HttpResponse:
    """Note where a nonce of an alias was handed out; the API is asked only whether the visitor may read it."""
    return _note(request, Holder(alias, is_alias=True), handle)


def _note(request: HttpRequest, holder: Holder, handle: str) -> HttpResponse:
    form = NonceNoteForm(request.POST if request.method == "POST" else None)
    context = frame(holder) | {"handle": handle}
    if not form.is_bound or form.is_valid():
        context |= one_nonce(request, abaco_for(request), holder, handle)
        if not form.is_bound:
            form = NonceNoteForm(initial={"text": context["note"].text if context["note"] else ""})
        elif refusal := note(request, handle, context["nonce"], form.cleaned_data["text"]):
            form.add_error("text", refusal)
        else:
            return redirect(f"{holder.url}{handle}/")
    status = 422 if form.is_bound else 200
    return render_page(request, "nonces/note.html", context | {"form": form}, status=status)
