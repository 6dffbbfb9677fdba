"""The log of an execution: shown in parts, searched, followed while it runs, downloaded whole.

Keeping a log has a module of its own.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from secrets import token_hex
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string

from actors_app.core.addresses import path_of
from actors_app.core.htmx import is_poll, render_page, render_poll, wants_fragment
from actors_app.core.operations import secrets
from actors_app.core.pages.badges import FAILURES
from actors_app.core.pages.decorators import page
from actors_app.core.pages.downloads import DOWNLOAD_HEADERS, to_the_end
from actors_app.core.pages.preferences import keep, preferences_of
from actors_app.core.pages.timezones import written_in, zone_here
from actors_app.core.security.credentials import abaco_for, signed_in
from actors_app.history.visibility import if_deleted
from actors_app.logs import archive as log_archive
from actors_app.logs.archive import visible_kept
from actors_app.logs.forms import LogForm
from actors_app.logs.lifetime import credential_life_in_words, log_is_settled, log_life_in_words, no_log_in_words
from actors_app.logs.parts import LogPart, LogQuery, read_part
from actors_app.logs.reading import Opening, read_line
from actors_app.masking import Masker
from actors_app.services import Abaco, Result
from actors_app.services.types import Actor, Execution

TAIL = LogQuery(tail=True)  # what the page of an execution shows


def log_part(abaco: Abaco, actor_id: str, execution_id: str, log_query: LogQuery, *, reveals: bool = False) -> LogPart:
    """Read a part of a log from the API (`GET …/executions/{execution}/logs`); `reveals`: with its secrets."""
    masker = Masker(actor_id, execution_id, reveals=reveals)
    return read_part(abaco.logs.view(actor_id, execution_id), log_query, masker)


def log_context(
    request: HttpRequest,
    actor_id: str,
    execution_id: str,
    answers: Mapping[str, Result],
    log_query: LogQuery = TAIL,
    *,
    reveals: bool = False,
) -> dict[str, Any]:
    """Return what `logs/_frame.html` shows, from the answers `log`, `execution` and, if asked for, `actor`.

    `reveals` says that the owner asked for the secrets too: such a page stands still. Where the API has no log, or does
    not give it, an archived one takes its place.
    """
    answer = answers["log"]
    execution: Execution | None = answers["execution"].value
    actor: Actor | None = answers["actor"].value if "actor" in answers else None
    life = _log_life(request, actor)
    part: LogPart | None = answer.value
    error = answer.error
    kept_log = visible_kept(signed_in(request), actor_id, execution_id, answers) if "actor" in answers else None
    is_kept_shown = bool(kept_log and ("kept" in request.GET or part is None or not part.total))
    if kept_log and is_kept_shown:
        part = read_part(log_archive.pieces(kept_log), log_query, Masker(actor_id, execution_id, reveals=reveals))
    # A poll does not ask for the actor; the page that it is of did. Whoever shows secrets asks anew.
    is_owner = secrets.is_owner(signed_in(request).username, actor) or (is_poll(request) and "own" in request.GET)
    is_settled = log_is_settled(execution) if execution else True
    is_live = not is_settled and not error and not (log_query.line or log_query.find or reveals)
    return {
        "log": part,
        "asked": log_query,
        "log_error": None if is_kept_shown else error,
        "api_log_error": error,
        "reason_line": part.reason if part and execution and execution.outcome in FAILURES else None,
        "no_log": no_log_in_words(execution, life.seconds, life.is_lost),
        "log_life": log_life_in_words(execution, life.seconds, life.is_known),
        "log_is_settled": is_settled,
        "log_poll": urlencode(_poll_query(log_query, life, is_owner=is_owner)) if is_live else "",
        "is_still": not is_settled and not error and not is_live,
        "is_tail_page": log_query.tail,
        "kept_log": kept_log,
        "is_kept_shown": is_kept_shown,
        "can_keep": bool(is_settled and execution and part and part.total and not kept_log and not part.broken),
        "reveals": reveals,
        "is_owner": is_owner,
        "credential_life": credential_life_in_words(execution),
        "wrap": preferences_of(request).wrap,
        "line_is_missing": bool(part and part.total and log_query.line > part.total),
    }


@dataclass(frozen=True, slots=True)
class LogLife:
    """For how many seconds an actor asks the API to keep its logs, None where for none, and whether the API loses them.

    `is_known` is whether the actor could be read.
    """

    is_known: bool = False
    seconds: int | None = None
    is_lost: bool = False


def _log_life(request: HttpRequest, actor: Actor | None) -> LogLife:
    """Return what an actor says of its logs; a poll, which does not ask for the actor, brings it from its page."""
    if actor:
        return LogLife(True, actor.log_life, actor.loses_logs)
    life = re.fullmatch(r"(-?\d{1,9}|none)(,lost)?", request.GET.get("life", "")) if is_poll(request) else None
    return LogLife(True, None if life[1] == "none" else int(life[1]), bool(life[2])) if life else LogLife()


def _poll_query(log_query: LogQuery, life: LogLife, *, is_owner: bool) -> dict[str, str]:
    """Return what a log's poll asks for: no more than its page."""
    seconds = "none" if life.seconds is None else str(life.seconds)
    asks = {
        "tail": "1" if log_query.tail else "",
        "level": log_query.level,
        "own": "1" if is_owner else "",
        "life": f"{seconds}{',lost' if life.is_lost else ''}" if life.is_known else "",
    }
    return {"poll": "1", **{name: value for name, value in asks.items() if value}}


@page("GET", "POST")
def execution_logs(request: HttpRequest, actor_id: str, execution_id: str) -> HttpResponse:
    """Show a part of an execution's log, its end where none is named (`GET …/executions/{execution}/logs`).

    Its secrets are masked; by a POST the owner of the actor sees them.
    """
    context: dict[str, Any] = {
        "actor_id": actor_id,
        "execution_id": execution_id,
        "tab": "executions",
        "section": "history",
        "counts": {},
        "is_log_page": True,
    }
    context["form"] = form = LogForm(request.GET)
    if not form.is_valid():
        context["wrap"] = True
        return render_page(request, "logs/detail.html", context, status=422)
    abaco = abaco_for(request)
    is_file = request.GET.get("download") == "1"
    subject = "archived log" if "kept" in request.GET else "log"
    reveals = secrets.asked_for(
        request, abaco, actor_id, execution_id, f"file of the {subject}" if is_file else subject
    )
    masker = Masker(actor_id, execution_id, reveals=reveals)
    if is_file:
        return _download(request, abaco, actor_id, execution_id, masker)
    if is_poll(request):
        return _poll(request, abaco, context, form.log_query)
    if form.is_line:
        return _whole_line(request, abaco, context, form, masker)
    answers = abaco.gather(
        actor=lambda: abaco.actors.get(actor_id),
        execution=lambda: abaco.executions.get(actor_id, execution_id),
        log=lambda: Opening(abaco.logs.view(actor_id, execution_id)),
    )
    context |= {"actor": answers["actor"].value, "execution": answers["execution"].value}
    context |= if_deleted(signed_in(request), actor_id, answers["actor"].error)
    is_ready = wants_fragment(request) or reveals or not form.is_streamed or bool(answers["execution"].error)
    opening: Opening | None = answers["log"].value
    if opening and opening.goes_on and not is_ready:
        return _streamed(request, context, answers, form.log_query, masker)
    if opening:
        answers["log"] = Result(read_part(opening.pieces(), form.log_query, masker))
    context |= log_context(request, actor_id, execution_id, answers, form.log_query, reveals=reveals)
    if not context["kept_log"]:
        answers["execution"].unwrap()
        _refuse_missing(request)
    error = context["log_error"]
    return render_page(request, "logs/detail.html", context, status=error.status if error else 200)


def _streamed(
    request: HttpRequest, context: dict[str, Any], answers: Mapping[str, Result], log_query: LogQuery, masker: Masker
) -> HttpResponse:
    """Send the page of a log that is not short: what stands before the log while the log is still read."""
    ids, opening = (context["actor_id"], context["execution_id"]), answers["log"].value

    def of(part: LogPart) -> dict[str, Any]:
        return context | log_context(request, *ids, {**answers, "log": Result(part)}, log_query)

    def frame() -> str:
        return render_to_string("logs/_log.html", of(read_part(opening.pieces(), log_query, masker)), request)

    # What stands around a log is the same for any that is not empty.
    page = _stream_page(request, "logs/detail.html", of(LogPart(total=1)), frame)
    return page  # type: ignore[return-value]  # no HttpResponse to mypy


def _refuse_missing(request: HttpRequest) -> None:
    if "kept" in request.GET:
        raise Http404


def _poll(request: HttpRequest, abaco: Abaco, context: dict[str, Any], log_query: LogQuery) -> HttpResponse:
    """Answer a log's poll: its end as it stands now."""
    actor_id, execution_id = context["actor_id"], context["execution_id"]
    log_query = LogQuery(level=log_query.level, tail="tail" in request.GET)
    answers = abaco.gather(
        execution=lambda: abaco.executions.get(actor_id, execution_id),
        log=lambda: log_part(abaco, actor_id, execution_id, log_query),
    )
    execution: Execution = answers["execution"].unwrap()
    part: LogPart = answers["log"].unwrap()
    context |= log_context(request, actor_id, execution_id, answers, log_query)
    context |= {"is_log_page": not log_query.tail, "is_answer": True, "execution": execution}
    state = (execution.status, execution.outcome, part.total, part.characters, part.ending)
    return render_poll(request, "logs/_log.html", context, state=state, done=context["log_is_settled"])


def _whole_line(
    request: HttpRequest, abaco: Abaco, context: dict[str, Any], form: LogForm, masker: Masker
) -> HttpResponse:
    """Show one very long line, a screen of it at a time."""
    actor_id, execution_id = context["actor_id"], context["execution_id"]
    number, start = form.cleaned_data["line"], form.cleaned_data["at"]
    answers = abaco.gather(
        actor=lambda: abaco.actors.get(actor_id),
        execution=lambda: abaco.executions.get(actor_id, execution_id),
    )
    kept_log = visible_kept(signed_in(request), actor_id, execution_id, answers) if "kept" in request.GET else None
    if kept_log is None:
        answers["execution"].unwrap()
        _refuse_missing(request)
    pieces = log_archive.pieces(kept_log) if kept_log else abaco.logs.view(actor_id, execution_id)
    line = read_line(pieces, number, start, masker)
    if start and start >= line.length:
        raise Http404
    context |= {"actor": answers["actor"].value, "line": line, "kept_log": kept_log, "is_kept_shown": bool(kept_log)}
    is_owner = secrets.is_owner(signed_in(request).username, answers["actor"].value)
    context |= if_deleted(signed_in(request), actor_id, answers["actor"].error)
    context |= {"masked": masker.count, "is_owner": is_owner, "reveals": masker.reveals}
    return render(request, "logs/line.html", context)


def _download(request: HttpRequest, abaco: Abaco, actor_id: str, execution_id: str, masker: Masker) -> HttpResponse:
    """Send the whole log as a file while it arrives; the ids can be no other than ASCII."""
    if "kept" in request.GET:
        answers = abaco.gather(
            actor=lambda: abaco.actors.get(actor_id),
            execution=lambda: abaco.executions.get(actor_id, execution_id),
        )
        kept_log = visible_kept(signed_in(request), actor_id, execution_id, answers)
        if kept_log is None:
            answers["execution"].unwrap()
            raise Http404
        pieces = log_archive.pieces(kept_log)
    else:
        pieces = abaco.logs.stream(actor_id, execution_id)
    return StreamingHttpResponse(  # type: ignore[return-value]  # no HttpResponse to mypy
        to_the_end(masker.pieces(pieces)),
        content_type="text/plain; charset=utf-8",
        headers={
            **DOWNLOAD_HEADERS,
            "Content-Disposition": f'attachment; filename="{actor_id}-{execution_id}.log"',
        },
    )


@page("POST")
def log_wrap(request: HttpRequest) -> HttpResponse:
    """Remember whether long lines of logs are wrapped."""
    keep(request, {"wrap": request.POST.get("wrap") == "1"})
    if wants_fragment(request):
        return HttpResponse(status=204)
    back = request.POST.get("next", "")
    return redirect(back if path_of(back) else "actors:overview")


def _stream_page(
    request: HttpRequest, template: str, context: Mapping[str, Any], later: Callable[[], str]
) -> StreamingHttpResponse:
    """Send a page up to the place where its template writes `comes_later`, then what `later` returns, then the rest.

    The status is sent first, so `later` must say in words what goes wrong.
    """
    mark = token_hex(16)  # nothing that somebody else wrote can hold it
    page = render_to_string(template, {**context, "comes_later": mark}, request)
    before, _, after = page.partition(mark)
    zone = zone_here()  # which is nobody's any more when the rest is sent

    def pieces() -> Iterator[str]:
        yield before
        with written_in(zone):
            late_part = later()
        yield late_part
        yield after

    return StreamingHttpResponse(pieces())
