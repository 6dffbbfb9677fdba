"""The workers of an actor: how they stand, asking for more, one of them, and stopping one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.safestring import SafeString

from actors_app.core.addresses import page_of
from actors_app.core.htmx import is_poll, render_page, render_poll
from actors_app.core.operations.perform import answered
from actors_app.core.pages import csv_lists
from actors_app.core.pages.badges import status_badge
from actors_app.core.pages.decorators import abaco_page
from actors_app.core.pages.formatting import now, visible
from actors_app.core.pages.forms import ReasonForm, form_page
from actors_app.core.pages.timezones import RelativeTime, when
from actors_app.services import Abaco, Result
from actors_app.services.errors import AbacoError, NotFound
from actors_app.services.types import Worker
from actors_app.workers import commands
from actors_app.workers.forms import ScaleForm
from actors_app.workers.operations import ENSURE_WORKERS
from actors_app.workers.standstill import Standstill, after_stop
from actors_app.workers.waits import running_by_worker, standing_still


@dataclass(frozen=True, slots=True)
class WorkerRow:
    """One worker as the table shows it."""

    id: str
    url: str
    badge: SafeString
    is_stopping: bool
    created: RelativeTime
    ran: RelativeTime
    checked: RelativeTime
    host: str
    execution: str
    execution_url: str


@abaco_page("GET", "POST")
def worker_list(request: HttpRequest, abaco: Abaco, actor_id: str) -> HttpResponse:
    """Show an actor's workers and make sure that there are at least so many.

    `GET` and `POST /actors/{id}/workers`; the API takes the POST from administrators only.
    """
    if is_poll(request):
        workers = abaco.workers.list(actor_id)
        return render_poll(
            request,
            "workers/_table.html",
            {"actor_id": actor_id, **_table(abaco, actor_id, workers)},
            state=[(worker.id, worker.status, worker.last_execution_time) for worker in workers],
            done=False,
        )
    context: dict[str, Any] = {"actor_id": actor_id, "section": "actors", "tab": "workers", "counts": {}}
    if request.method == "GET":
        answers = abaco.gather(
            actor=lambda: abaco.actors.get(actor_id),
            workers=lambda: abaco.workers.list(actor_id),
            mailbox=lambda: abaco.messages.count(actor_id),
        )
        context["actor"] = answers["actor"].unwrap()
        context["form"] = ScaleForm()
        context["error"] = answers["workers"].error
        if context["error"] is None:
            if csv_lists.is_asked(request):
                return csv_lists.csv_of("workers", csv_lists.WORKERS, _oldest_first(answers["workers"].value))
            context |= _table(abaco, actor_id, answers["workers"].value)
            context["counts"] = {"workers": len(context["rows"])}
            context["standstills"] = _standing_still(abaco, answers)
        return render_page(request, "workers/list.html", context, partial="workers/_table.html")
    form = ScaleForm(request.POST)
    if form.is_valid():
        if earlier := answered(request, ENSURE_WORKERS, actor_id=actor_id):
            return earlier.go(request)
        try:
            if form.cleaned_data["num"] > 1:
                context["actor"] = abaco.actors.get(actor_id)
                form = ScaleForm(request.POST, actor=context["actor"])
            if form.is_valid():
                return commands.ensure(request, abaco, actor_id, form.cleaned_data["num"]).go(request)
        except AbacoError as error:
            form.refuse(error)
    context["form"] = form
    return form_page(request, "workers/list.html", context, partial="workers/_scale.html")


@abaco_page("GET")
def worker_detail(request: HttpRequest, abaco: Abaco, actor_id: str, worker_id: str) -> HttpResponse:
    """Show one worker. `GET /actors/{id}/workers/{worker}`."""
    context: dict[str, Any] = {"actor_id": actor_id, "worker_id": worker_id}
    if is_poll(request):
        try:
            worker = abaco.workers.get(actor_id, worker_id)
        except NotFound:
            return render_poll(request, "workers/_gone.html", context, state="gone", done=True)
        context |= {"worker": worker, "running": running_by_worker(abaco, actor_id, [worker]).get(worker_id, "")}
        return render_poll(request, "workers/_facts.html", context, state=worker, done=not _is_moving([worker]))
    answers = abaco.gather(
        actor=lambda: abaco.actors.get(actor_id),
        worker=lambda: abaco.workers.get(actor_id, worker_id),
        workers=lambda: abaco.workers.list(actor_id),
        mailbox=lambda: abaco.messages.count(actor_id),
    )
    context |= {"actor": answers["actor"].unwrap(), "section": "actors", "tab": "workers", "counts": {}}
    if isinstance(answers["worker"].error, NotFound):
        return render_page(request, "workers/gone.html", context, partial="workers/_gone.html", status=404)
    worker = answers["worker"].unwrap()
    running = running_by_worker(abaco, actor_id, [worker]).get(worker_id, "")
    context |= {"worker": worker, "is_moving": _is_moving([worker]), "running": running}
    context["standstills"] = [
        standstill for standstill in _standing_still(abaco, answers) if standstill.worker_id == worker_id
    ]
    return render_page(request, "workers/detail.html", context, partial="workers/_facts.html")


@abaco_page("GET", "POST")
def worker_stop(request: HttpRequest, abaco: Abaco, actor_id: str, worker_id: str) -> HttpResponse:
    """Say what stopping means, then ask the worker to stop. `DELETE /actors/{id}/workers/{worker}`."""
    context: dict[str, Any] = {
        "actor_id": actor_id,
        "worker_id": worker_id,
        "section": "actors",
        "tab": "workers",
        "counts": {},
    }
    if request.method == "GET":
        answers = abaco.gather(
            actor=lambda: abaco.actors.get(actor_id),
            worker=lambda: abaco.workers.get(actor_id, worker_id),
            workers=lambda: abaco.workers.list(actor_id),
            mailbox=lambda: abaco.messages.count(actor_id),
        )
        context["worker"], actor = answers["worker"].unwrap(), answers["actor"].unwrap()
        standstills = [
            standstill for standstill in _standing_still(abaco, answers) if standstill.worker_id == worker_id
        ]
        context |= {"actor": actor, "standstill": standstills[0] if standstills else None}
        context["consequences"] = after_stop(actor.api, standstills[0] if standstills else None)
        form = ReasonForm()
    else:
        form = ReasonForm(request.POST)
        if form.is_valid():
            with form.catch_refusal():
                return commands.stop(request, abaco, actor_id, worker_id).go(request)
    context["form"] = form
    return form_page(request, "workers/stop.html", context, partial="workers/_stop.html")


def _standing_still(abaco: Abaco, answers: Mapping[str, Result]) -> tuple[Standstill, ...]:
    mailbox = answers["mailbox"].value
    waiting = mailbox.messages if mailbox else None
    return standing_still(abaco, answers["actor"].value, answers["workers"].value, waiting)


def _is_moving(workers: Sequence[Worker]) -> bool:
    """Whether some worker starts, runs something or stops, so that a later look will show something else."""
    return any(not worker.is_ready for worker in workers)


def _oldest_first(workers: Sequence[Worker]) -> list[Worker]:
    return sorted(workers, key=lambda worker: (worker.create_time is None, worker.create_time or now()))


def _table(abaco: Abaco, actor_id: str, workers: Sequence[Worker]) -> dict[str, Any]:
    """Return what the table shows, oldest worker first; addresses are made once, not in the rows."""
    at = now()
    prefix = reverse("actors:worker-list", args=[actor_id])
    running = running_by_worker(abaco, actor_id, workers)
    rows = [
        WorkerRow(
            id=visible(worker.id),
            url=f"{prefix}{worker.id}/",
            badge=status_badge(worker.status),
            is_stopping=worker.is_stopping,
            created=when(worker.create_time, at, "Not reported", ending=""),
            ran=when(worker.last_execution_time, at, "never"),
            checked=when(worker.last_health_check_time, at, "never"),
            host=visible(worker.host_ip or worker.host_id or ""),
            execution=visible(running.get(worker.id, "")),
            execution_url=page_of("execution-detail", actor_id, running[worker.id]) if worker.id in running else "",
        )
        for worker in _oldest_first(workers)
    ]
    return {
        "rows": rows,
        "ready": sum(worker.is_ready for worker in workers),
        "busy": sum(worker.is_busy for worker in workers),
        "stopping": sum(worker.is_stopping for worker in workers),
    }
