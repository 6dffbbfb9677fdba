"""The log of an execution: shown, followed while it runs, downloaded whole."""

import logging
from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.views.decorators.http import require_http_methods

from actors_app.credentials import abaco_for
from actors_app.decorators import credentials_required
from actors_app.endings import log_is_settled, no_log_in_words
from actors_app.htmx import is_poll, render_page, render_poll
from actors_app.loglines import MAX_LINES, TAIL_LINES, log_view
from actors_app.services import Answer
from actors_app.services.errors import AbacoError
from actors_app.services.types import Execution

log = logging.getLogger("actors_app.logs")

# What an actor wrote is served as plain text to keep, and never as a page of ours.
DOWNLOAD_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def log_context(actor_id: str, execution: Execution | None, answer: Answer, max_lines: int) -> dict[str, Any]:
    """Return what `executions/_log.html` shows of a log that was asked for."""
    found = answer.value
    return {
        "log": log_view(found.text, max_lines) if found else None,
        "log_is_cut": bool(found and found.is_cut),
        "log_error": answer.error,
        "no_log": no_log_in_words(execution),
        "is_tail_page": max_lines == TAIL_LINES,
    }


@require_http_methods(["GET"])
@credentials_required
def execution_logs(request: HttpRequest, actor_id: str, execution_id: str) -> HttpResponse:
    """Show an execution's log, its last lines where it is long (`GET …/executions/{execution}/logs`)."""
    abaco = abaco_for(request)
    if request.GET.get("download") == "1":
        pieces = abaco.logs.stream(actor_id, execution_id)
        return _download(actor_id, execution_id, pieces)  # type: ignore[return-value]  # no HttpResponse to mypy
    execution_and_log = {
        "execution": lambda: abaco.executions.get(actor_id, execution_id),
        "log": lambda: abaco.logs.get(actor_id, execution_id),
    }
    max_lines = TAIL_LINES if "tail" in request.GET else MAX_LINES
    if is_poll(request):
        answers = abaco.wave(**execution_and_log)
        execution = answers["execution"].need()
        text = answers["log"].need().text
        context = log_context(actor_id, execution, answers["log"], max_lines)
        context |= {"actor_id": actor_id, "execution_id": execution_id}
        state = (execution.status, len(text), text[-100:])
        return render_poll(request, "executions/_log.html", context, state=state, done=log_is_settled(execution))
    answers = abaco.wave(actor=lambda: abaco.actors.get(actor_id), **execution_and_log)
    execution = answers["execution"].need()
    context = {
        **log_context(actor_id, execution, answers["log"], max_lines),
        "actor_id": actor_id,
        "execution_id": execution_id,
        "actor": answers["actor"].value,
        "execution": execution,
        "log_is_settled": log_is_settled(execution),
        "tab": "executions",
        "section": "actors",
        "counts": {},
    }
    error = answers["log"].error
    return render_page(
        request,
        "executions/logs.html",
        context,
        partial="executions/_log.html",
        status=error.status if error else 200,
    )


def _download(actor_id: str, execution_id: str, pieces: Iterator[str]) -> StreamingHttpResponse:
    """Send the whole log as a file while it arrives; the ids can be no other than ASCII."""
    return StreamingHttpResponse(
        _to_the_end(pieces),
        content_type="text/plain; charset=utf-8",
        headers={
            **DOWNLOAD_HEADERS,
            "Content-Disposition": f'attachment; filename="{actor_id}-{execution_id}.log"',
        },
    )


def _to_the_end(pieces: Iterator[str]) -> Iterator[bytes]:
    try:
        for piece in pieces:
            yield piece.encode()
    except AbacoError as error:  # the answer has begun, so only the file itself can say it
        log.warning("A log that was being sent broke off: %s", error.detail)
        yield f"\n[The Actors Portal: the log breaks off here. {error.user_message}]\n".encode()
