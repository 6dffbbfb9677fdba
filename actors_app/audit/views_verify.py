"""Proving the audit trail to an administrator: the whole of it, step by step, its head, and a head that was kept."""

import json
from dataclasses import asdict
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from actors_app.audit.forms import HeadForm
from actors_app.audit.heads import Head, added_since, as_file, head_now, place_of
from actors_app.audit.operations import TAKE_HEAD, VERIFY_TRAIL
from actors_app.core.htmx import go_to, is_poll, render_page
from actors_app.core.operations import trail
from actors_app.core.operations.models import AuditEntry
from actors_app.core.operations.perform import record_read
from actors_app.core.operations.trail import Proof, Walk
from actors_app.core.pages.decorators import abaco_page
from actors_app.core.pages.downloads import DOWNLOAD_HEADERS
from actors_app.core.security import origins
from actors_app.core.security.credentials import signed_in
from actors_app.core.security.crypto import sign, unsign
from actors_app.core.security.signatures import current_key
from actors_app.services import Abaco

STEP = 20_000  # entries that one answer checks
LIFETIME = 24 * 60 * 60  # seconds for which a check can be continued
_PURPOSE = "audit.verify"


@abaco_page("GET", "POST")
def trail_verify(request: HttpRequest, abaco: Abaco) -> HttpResponse:
    """Show the head of the trail; with `run`, check the trail; with a head that was kept, compare it with the trail.

    For administrators, whom the API is asked for each time (`GET /actors/aliases/admin-role-probe`).
    """
    role = abaco.roles.admin()
    context: dict[str, Any] = {"section": "activity", "role": role, "form": HeadForm()}
    if not role.is_admin:
        return render_page(request, "audit/verify.html", context)
    run = request.GET.get("run", "")
    if request.method == "POST":
        context["form"] = form = HeadForm(request.POST, request.FILES)
        if form.is_valid():
            head, signer = form.cleaned_data["head"]
            if signer or current_key() is None:
                return go_to(request, _begin(request, head))
            context["is_forged"] = True
        context["head"], context["key"] = head_now(), current_key()
        return render_page(request, "audit/verify.html", context, status=form.status_code)
    if run == "new":
        return go_to(request, _begin(request, None))
    if run:
        state = unsign(_PURPOSE, run, lifetime=LIFETIME)
        if state is None:
            return go_to(request, "actors:trail-verify")
        context |= _step(request, Walk(**state["walk"]), Head(**state["kept"]) if state["kept"] else None)
    if not is_poll(request):
        context["head"], context["key"] = head_now(), current_key()
    response = render_page(request, "audit/verify.html", context, partial="audit/_verify.html")
    if is_poll(request) and "step" in context:
        response.headers["HX-Replace-Url"] = f"{request.path}?{context['step']}"
    return response


@abaco_page("GET")
def trail_head(request: HttpRequest, abaco: Abaco) -> HttpResponse:
    """Send how the trail ends, signed, to an administrator; lead others to the page that says why they get none."""
    if not abaco.roles.admin().is_admin:
        return go_to(request, "actors:trail-verify")
    head = head_now()
    record_read(request, TAKE_HEAD, actor_id="", object_id="", details={"entry": head.entry, "hash": head.hash})
    return HttpResponse(
        json.dumps(as_file(head), indent=2) + "\n",
        content_type="application/json",
        headers={
            **DOWNLOAD_HEADERS,
            "Cache-Control": "no-store",
            "Content-Disposition": f'attachment; filename="audit-head-{head.time[:10]}.json"',
        },
    )


def _begin(request: HttpRequest, kept: Head | None) -> str:
    """Record that the trail is verified, and return the address of its first step."""
    details = {"compared_with": {"entry": kept.entry, "hash": kept.hash}} if kept else {}
    record_read(request, VERIFY_TRAIL, actor_id="", object_id="", details=details)
    return f"{reverse('actors:trail-verify')}?{_query(trail.begin(), kept)}"


def _query(walk: Walk, kept: Head | None) -> str:
    """Return what continues a check, as a query string."""
    return urlencode({"run": sign(_PURPOSE, {"walk": asdict(walk), "kept": asdict(kept) if kept else None})})


def _step(request: HttpRequest, walk: Walk, kept: Head | None) -> dict[str, Any]:
    """Check some more of the trail; return how far it is, or what came of it."""
    step: Walk | Proof = walk
    for _ in range(max(STEP // trail.VERIFIED_AT_ONCE, 1)):
        if isinstance(step, Walk):
            step = trail.advance(step, min(STEP, trail.VERIFIED_AT_ONCE))
    if isinstance(step, Walk):
        query = _query(step, kept)
        return {"walk": step, "step": query, "poll": f"{query}&poll=1"}
    place = place_of(kept) if kept else None
    return {
        "proof": step,
        "walk": walk,
        "step": _query(walk, kept),
        "kept": kept,
        "place": place,
        "added": added_since(kept) if kept and place == "same" else 0,
        "broken": _broken(request, step),
    }


def _broken(request: HttpRequest, proof: Proof) -> AuditEntry | None:
    """Return the entry that does not hold, where it is of the visitor's tenant and a line of its own."""
    of_tenant = AuditEntry.objects.filter(**origins.trail_of(signed_in(request).tenant), start__isnull=True)
    return of_tenant.filter(pk=proof.entry).first() if proof.entry else None
