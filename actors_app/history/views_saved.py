"""Saved views of the execution history: one's own, opening one by its link, renaming and deleting."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from actors_app.core.htmx import go_to, render_page, say
from actors_app.core.pages import drafts
from actors_app.core.pages.decorators import page
from actors_app.core.security.credentials import Credentials, signed_in
from actors_app.history import saved_views
from actors_app.history.forms_saved_views import SavedViewForm, ViewNameForm
from actors_app.history.models import SavedView
from actors_app.history.saved_views import NotSaved

SHARED = "view"  # parameter of the list that names the view whose link led there


@page("GET", "POST")
def view_list(request: HttpRequest) -> HttpResponse:
    """Show one's own views; save a filter as one."""
    credentials = signed_in(request)
    if request.method == "GET":
        return _page(request, credentials, SavedViewForm() if drafts.current() else None)
    form = SavedViewForm(request.POST)
    if form.is_valid():
        try:
            view = saved_views.save(credentials, form.cleaned_data["name"], form.cleaned_data["query"])
        except NotSaved as reason:
            form.add_error("name", str(reason))
        else:
            say(request, f"Filter “{view.name}” saved.")
            return go_to(request, _address(view.query))
    return _page(request, credentials, form, status=422)


@page("GET")
def view_open(request: HttpRequest, handle: str) -> HttpResponse:
    """Lead to the list as a view has it; one of somebody else's is offered there to be kept."""
    credentials = signed_in(request)
    view = saved_views.shared(credentials, handle)
    if view is None:
        raise Http404("no such view")
    is_own = view.username == credentials.username
    note = "" if is_own else f"{'&' if view.query else ''}{SHARED}={handle}"
    return redirect(_address(view.query + note))


@page("POST")
def view_rename(request: HttpRequest, handle: str) -> HttpResponse:
    """Give one's own view another name."""
    credentials = signed_in(request)
    view = _own_view(credentials, handle)
    form = ViewNameForm(request.POST, auto_id=f"id_%s_{handle}")
    if form.is_valid():
        try:
            saved_views.rename(view, form.cleaned_data["name"])
        except NotSaved as reason:
            form.add_error("name", str(reason))
        else:
            return go_to(request, "actors:view-list")
    return _page(request, credentials, renaming={handle: form}, status=422)


@page("POST")
def view_delete(request: HttpRequest, handle: str) -> HttpResponse:
    """Delete one's own view; its link ends too."""
    view = _own_view(signed_in(request), handle)
    view.delete()
    say(request, f"Filter “{view.name}” deleted.")
    return go_to(request, "actors:view-list")


def _own_view(credentials: Credentials, handle: str) -> SavedView:
    view = saved_views.views_of(credentials).filter(handle=handle).first()
    if view is None:
        raise Http404("no such view of this person's")
    return view


def _address(query: str) -> str:
    return reverse("actors:history") + (f"?{query}" if query else "")


def _page(
    request: HttpRequest,
    credentials: Credentials,
    form: SavedViewForm | None = None,
    *,
    renaming: dict[str, ViewNameForm] | None = None,
    status: int = 200,
) -> HttpResponse:
    views: list[dict[str, Any]] = [
        {
            "view": view,
            "href": _address(view.query),
            "link": request.build_absolute_uri(reverse("actors:view-open", args=[view.handle])),
            "form": (renaming or {}).get(view.handle)
            or ViewNameForm(initial={"name": view.name}, auto_id=f"id_%s_{view.handle}"),
        }
        for view in saved_views.views_of(credentials)
    ]
    context = {
        "section": "history",
        "views": views,
        "most": saved_views.MOST,
        "form": form,
        "built_in": [(built_in, _address(built_in.query)) for built_in in saved_views.built_in(credentials.username)],
    }
    return render_page(request, "saved_views/list.html", context, status=status)
