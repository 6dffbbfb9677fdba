"""The page of one's own preferences; they hold in all of one's browsers, and change nothing at the API."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from actors_app.account.forms_preferences import PreferencesForm
from actors_app.core.htmx import go_to, render_page, say
from actors_app.core.pages.decorators import credentials_required
from actors_app.core.pages.formatting import now
from actors_app.core.pages.preferences import keep, preferences_of


@require_http_methods(["GET", "HEAD", "POST"])
@credentials_required
def preferences(request: HttpRequest) -> HttpResponse:
    """Show and keep how the visitor likes the portal; the API is not asked."""
    form = PreferencesForm(request.POST) if request.method == "POST" else PreferencesForm.of(preferences_of(request))
    if form.is_valid():
        keep(request, form.choices)
        say(request, "Your preferences were kept. They hold in all of your browsers.")
        return go_to(request, "actors:preferences")
    context = {
        "section": "account",
        "form": form,
        "choices": [form[name] for name in ("theme", "density", "page_size")],
        "now": now(),
    }
    return render_page(request, "account/preferences.html", context, status=422 if form.is_bound else 200)
