"""Evidence packs: of one execution, and of those that a filter finds. That one was taken is in the audit trail."""

from collections import defaultdict
from itertools import islice
from typing import Any

from django.http import HttpRequest, HttpResponse

from actors_app.core.clock import from_ms, now_ms
from actors_app.core.htmx import render_page
from actors_app.core.operations.perform import record_read
from actors_app.core.pages.decorators import abaco_page, page
from actors_app.core.security.credentials import abaco_for, signed_in
from actors_app.executions.evidence import CAP, Pack, Subject
from actors_app.executions.evidence_pack import pack_of, sent
from actors_app.executions.forms import EvidenceForm
from actors_app.executions.operations import TAKE_EVIDENCE
from actors_app.history import counts, query
from actors_app.history.coverage import incomplete
from actors_app.history.export import file_name, moment_text
from actors_app.history.query_context import QueryContext, query_context_of
from actors_app.history.refresh import bring_up_to_date, is_known, last_looked
from actors_app.history.visibility import ROLE_UNSEEN, SeenActor
from actors_app.services import Abaco
from actors_app.services.errors import AbacoError
from actors_app.services.types import AdminRole


@abaco_page("GET")
def evidence_pack(request: HttpRequest, abaco: Abaco, actor_id: str, execution_id: str) -> HttpResponse:
    """Send all that can be known of one execution as a ZIP (`GET /actors/{id}/executions/{execution}`, and more)."""
    return sent(pack_of(request, abaco, actor_id, execution_id))  # type: ignore[return-value]  # as below


@page("GET")
def evidence_set(request: HttpRequest) -> HttpResponse:
    """Say what a pack of all that a filter finds would hold; with `download=1`, send it."""
    form = EvidenceForm(request.GET)
    context: dict[str, Any] = {"form": form, "section": "history", "cap": CAP, "list": form.query()}
    if form.errors:
        context["complaints"] = _complaints(form)
        return render_page(request, "executions/evidence.html", context, status=422)
    abaco = abaco_for(request)
    try:
        query_context = query_context_of(request, abaco, form=form)
    except AbacoError as error:
        return render_page(request, "executions/evidence.html", {**context, "error": error}, status=error.status)
    silence = query_context.error or bring_up_to_date(abaco, query_context, "", query_context.filters.since or 0)
    if silence and not is_known(query_context):
        return render_page(request, "executions/evidence.html", {**context, "error": silence}, status=silence.status)
    if form.cleaned_data["download"] and request.method == "GET":
        return _set(request, abaco, query_context, silence)
    total = counts.counts(query_context.filters, query_context.keys, query_context.named).total(
        query_context.filters.outcomes
    )
    context |= {
        "total": total,
        "packed": min(total.number, CAP),
        "is_cut": total.number > CAP,
        "since": from_ms(query_context.filters.since),
        "until": from_ms(query_context.filters.until),
        "download": form.query(download="1"),
        "error_now": silence,
        "role": query_context.role,
        "incomplete": incomplete([actor.key for actor in query_context.readable], query_context.filters.since or 0),
    }
    return render_page(request, "executions/evidence.html", context)


def _set(request: HttpRequest, abaco: Abaco, query_context: QueryContext, silence: AbacoError | None) -> HttpResponse:
    """Send the pack, once the trail has, for each actor, that evidence of it was taken."""
    credentials = signed_in(request)
    blocks = query.batches(query_context.filters, query_context.keys, query_context.named, at_once=CAP + 1)
    rows = list(islice((row for block in blocks for row in block), CAP + 1))
    subjects = [Subject(query_context.by_key[row.actor], row.id, row) for row in rows[:CAP]]
    name = file_name(query_context.form, first="evidence")
    about = {
        "filter": query_context.form.query() or "the last 24 hours",
        "from": moment_text(query_context.filters.since),
        "to": moment_text(query_context.filters.until),
        "executions": len(subjects),
        "is_cut": len(rows) > CAP,
        "asked_at": moment_text(now_ms()),
        "actors_not_wholly_read": incomplete(
            [actor.key for actor in query_context.readable], query_context.filters.since or 0
        ),
    }
    if silence:
        about["stale"] = f"The API did not respond. Data as of {moment_text(last_looked(query_context))}."
    if query_context.role is AdminRole.UNKNOWN:
        about["role"] = ROLE_UNSEEN
    if len(rows) > CAP:
        about["cut"] = f"More executions match; these are the first {CAP} of the list."
    ids_by_actor: dict[SeenActor, list[str]] = defaultdict(list)
    for subject in subjects:
        ids_by_actor[subject.actor].append(subject.execution_id)
    for seen_actor, ids in ids_by_actor.items():
        only = ids[0] if len(ids) == 1 else ""
        details = {"name": seen_actor.label, "executions": len(ids), "ids": ids}
        record_read(request, TAKE_EVIDENCE, actor_id=seen_actor.id, object_id=only, details=details)
    return sent(Pack(credentials, abaco, subjects, folder=name, about=about, role=query_context.role, is_set=True))  # type: ignore[return-value]  # no HttpResponse to mypy


def _complaints(form: EvidenceForm) -> list[str]:
    """Return what is wrong with the filter, each sentence after the name of its field."""
    complaints = []
    for name, texts in form.errors.items():
        label = form.fields[name].label if name in form.fields else None
        complaints += [f"{label or name.capitalize()}: {text}" for text in texts]
    return complaints
