"""Evidence packs: of one execution, and of those that a filter finds. That one was taken is in the audit trail."""

from collections import defaultdict
from collections.abc import Iterable
from functools import partial
from itertools import islice
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from actors_app.core.clock import from_ms, now_ms
from actors_app.core.htmx import render_page
from actors_app.core.operations.perform import record_read
from actors_app.core.pages.decorators import abaco_page, page
from actors_app.core.security.credentials import abaco_for, signed_in
from actors_app.core.security.signatures import current_key, public_keys
from actors_app.executions import evidence_check
from actors_app.executions.evidence import DETAILED, Index, Pack, Subject
from actors_app.executions.evidence_pack import pack_of, sent
from actors_app.executions.forms import EvidenceForm, VerifyForm
from actors_app.executions.operations import TAKE_EVIDENCE
from actors_app.history import counts, query
from actors_app.history.coverage import Coverage
from actors_app.history.export import file_name, moment_text
from actors_app.history.query_context import QueryContext, query_context_of
from actors_app.history.refresh import bring_up_to_date, is_known, last_looked
from actors_app.history.visibility import ROLE_UNSEEN, SeenActor
from actors_app.services import Abaco
from actors_app.services.errors import AbacoError
from actors_app.services.types import AdminRole

MOST_HERE = 256 * 1024 * 1024  # bytes that a page unpacks; the command takes a pack of any size


@abaco_page("GET")
def evidence_pack(request: HttpRequest, abaco: Abaco, actor_id: str, execution_id: str) -> HttpResponse:
    """Send all that can be known of one execution as a ZIP (`GET /actors/{id}/executions/{execution}`, and more)."""
    return sent(pack_of(request, abaco, actor_id, execution_id))  # type: ignore[return-value]  # as below


@page("GET")
def evidence_set(request: HttpRequest) -> HttpResponse:
    """Say what a pack of all that a filter finds would hold; with `download=1`, send it."""
    form = EvidenceForm(request.GET)
    context: dict[str, Any] = {"form": form, "section": "history", "detailed": DETAILED, "list": form.query()}
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
    known = query_context.coverage()
    context |= {
        "total": total,
        "is_large": total.number > DETAILED,
        "since": from_ms(query_context.filters.since),
        "until": from_ms(query_context.filters.until),
        "download": form.query(download="1"),
        "error_now": silence,
        "role": query_context.role,
        "coverage": known,
        "gaps": [(query_context.by_key[gap.actor].label, gap) for gap in known.gaps],
        "is_signed": current_key() is not None,
    }
    return render_page(request, "executions/evidence.html", context)


@page("GET", "POST")
def evidence_verify(request: HttpRequest) -> HttpResponse:
    """Show the keys that sign packs; verify one that somebody brings, which is not kept."""
    form = VerifyForm(request.POST, request.FILES) if request.method == "POST" else VerifyForm()
    context: dict[str, Any] = {"form": form, "section": "activity", "keys": public_keys()}
    context["most"] = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    if form.is_valid():
        data = form.cleaned_data
        try:
            if data["pack"]:
                context["verdict"] = evidence_check.verify(data["pack"], most=MOST_HERE)
            else:
                context["verdict"] = evidence_check.verify_sums(data["sums"], data["signature"], data["key"])
            context["name"] = data["pack"].name if data["pack"] else ""
        except evidence_check.TooLong:
            form.add_error(
                "pack", "This pack is too large to verify here. Paste its checksums and signature, or use the command."
            )
    return render_page(request, "executions/verify.html", context, status=form.status_code)


def _set(request: HttpRequest, abaco: Abaco, query_context: QueryContext, silence: AbacoError | None) -> HttpResponse:
    """Send the pack, once the trail has, for each actor, that evidence of it was taken."""
    credentials = signed_in(request)
    filters, keys, named = query_context.filters, query_context.keys, query_context.named
    first = query.batches(filters, keys, named, at_once=DETAILED + 1)
    rows = list(islice((row for block in first for row in block), DETAILED + 1))
    subjects = [Subject(query_context.by_key[row.actor], row.id, row) for row in rows[:DETAILED]]
    index: Index | None = None
    if len(rows) > DETAILED:
        taken = _counted(query_context)
        index = Index(partial(query.batches, filters, keys, named), list(taken))
    else:
        taken = _listed(subjects)
    name = file_name(query_context.form, first="evidence")
    about = {
        "filter": query_context.form.query() or "the last 24 hours",
        "from": moment_text(filters.since),
        "to": moment_text(filters.until),
        "asked_at": moment_text(now_ms()),
    }
    for seen_actor, details in taken.items():
        ids = details.get("ids", ())
        only = ids[0] if len(ids) == 1 else ""
        details = {"name": seen_actor.label, "filter": about["filter"], **details}
        record_read(request, TAKE_EVIDENCE, actor_id=seen_actor.id, object_id=only, details=details)
    completeness = _completeness(query_context, query_context.coverage(), silence)
    return sent(  # type: ignore[return-value]  # no HttpResponse to mypy
        Pack(
            credentials,
            abaco,
            subjects,
            folder=name,
            about=about,
            role=query_context.role,
            is_set=True,
            index=index,
            completeness=completeness,
        )
    )


def _listed(subjects: Iterable[Subject]) -> dict[SeenActor, dict[str, Any]]:
    """Return, for each actor, the executions that a pack holds."""
    ids_by_actor: dict[SeenActor, list[str]] = defaultdict(list)
    for subject in subjects:
        ids_by_actor[subject.actor].append(subject.execution_id)
    return {actor: {"executions": len(ids), "ids": ids} for actor, ids in ids_by_actor.items()}


def _counted(query_context: QueryContext) -> dict[SeenActor, dict[str, Any]]:
    """Return, for each actor, how many executions a pack of all holds, which are too many to be named."""
    taken = {}
    for actor in query_context.actors:
        named = [actor.key] if actor.key in query_context.named else []
        count = counts.counts(query_context.filters, [actor.key], named).total(query_context.filters.outcomes)
        if count.number:
            taken[actor] = {"executions": count.number, "is_exact": count.is_exact}
    return taken


def _completeness(query_context: QueryContext, known: Coverage, silence: AbacoError | None) -> dict[str, Any]:
    """Return what a manifest says of how much of the filter is known, and why the rest is not."""
    said: dict[str, Any] = {
        "is_complete": not (known.incomplete or known.gaps or silence or query_context.role is AdminRole.UNKNOWN),
        "actors": known.actors,
        "actors_not_synced": [
            {"actor_id": query_context.by_key[key].id, "actor_name": query_context.by_key[key].label}
            for key in known.behind
        ],
        "gaps": [
            {
                "actor_id": query_context.by_key[gap.actor].id,
                "actor_name": query_context.by_key[gap.actor].label,
                "from": moment_text(gap.start or None),
                "to": moment_text(gap.end),
                "reason": gap.reason_words,
            }
            for gap in known.gaps
        ],
    }
    if silence:
        said["stale"] = f"The API did not respond. Data as of {moment_text(last_looked(query_context))}."
    if query_context.role is AdminRole.UNKNOWN:
        said["role"] = ROLE_UNSEEN
    return said


def _complaints(form: EvidenceForm) -> list[str]:
    """Return what is wrong with the filter, each sentence after the name of its field."""
    complaints = []
    for name, texts in form.errors.items():
        label = form.fields[name].label if name in form.fields else None
        complaints += [f"{label or name.capitalize()}: {text}" for text in texts]
    return complaints
