"""What an id or a link names that somebody pasted into the search: the API's own search finds no ids."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from actors_app.history.models import ExecutionRecord
from actors_app.history.visibility import readable
from actors_app.services import Abaco
from actors_app.services.blanks import trimmed
from actors_app.services.errors import AbacoError
from actors_app.services.hashids import is_hashid
from actors_app.services.types import Actor, Execution, Worker

_ID = r"[A-Za-z0-9]{1,64}"
_LINK = re.compile(
    rf"(?:\A|/)actors/(?!actors/)(?:v\d/)?({_ID})(?:/(executions|workers)/({_ID}))?(?![A-Za-z0-9_.~-])", re.ASCII
)
_OTHER = re.compile(r"[A-Za-z0-9]{11,14}", re.ASCII)
_PAIR = re.compile(rf"({_ID})/({_ID})/?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Target:
    """What a text names: an actor, or its execution or worker; of a lone id it is not known what it is of."""

    id: str
    actor_id: str = ""
    kind: str = ""


def target_of(text: str) -> Target | None:
    """Return what a text names: a link of the portal or the API, `actor/execution`, or an id as Abaco makes them."""
    text = trimmed(text)
    if _is_likely_id(text):
        return Target(text)
    link, pair = _LINK.search(text), _PAIR.fullmatch(text)
    actor_id, kind, id_ = link.groups() if link else (pair[1], "executions", pair[2]) if pair else ("", None, "")
    if not _is_likely_id(actor_id):
        return None  # the API's own collections stand where an actor's id does
    return Target(id_, actor_id, kind) if kind else Target(actor_id, kind="actors")


def _is_likely_id(text: str) -> bool:
    """Whether a text is an id of Abaco's, also of a server with a salt of its own, and no word of a search."""
    return is_hashid(text) or (_OTHER.fullmatch(text) is not None and any(sign.isdigit() for sign in text))


def by_id(request: HttpRequest, abaco: Abaco, target: Target) -> list[Actor | Execution | Worker]:
    """Return what a target names, as far as the visitor may see it.

    `GET /actors/{id}`, `GET /actors/search/executions?id.in=…`, and for a link what it leads to.
    Raises the API's silence where nothing was found.
    """
    answers = abaco.gather(**_calls(abaco, target))
    errors = [answer.error for answer in answers.values() if answer.error]
    results: list[Any] = [answer.value for answer in answers.values() if answer.value]
    results = [row for result in results for row in (result.values() if isinstance(result, dict) else [result])]
    if not results and not target.kind:
        results.extend(_recorded(request, abaco, target.id))
    for error in errors:
        if not results and error.status >= 500:
            raise error
    return results


def _calls(abaco: Abaco, target: Target) -> dict[str, Callable[[], Any]]:
    match target.kind:
        case "executions":
            return {"execution": lambda: abaco.executions.get(target.actor_id, target.id)}
        case "workers":
            return {"worker": lambda: abaco.workers.get(target.actor_id, target.id)}
        case "actors":
            return {"actor": lambda: abaco.actors.get(target.id)}
    return {"actor": lambda: abaco.actors.get(target.id), "executions": lambda: abaco.search.details([target.id])}


def _recorded(request: HttpRequest, abaco: Abaco, execution_id: str) -> list[Execution]:
    """Return the execution of an id from the history, where the visitor may read its actor."""
    rows = ExecutionRecord.objects.filter(execution_id=execution_id).select_related("actor")
    try:
        keys = readable(request, abaco).actors.keys() if rows else ()
    except AbacoError:
        return []
    return [
        Execution(id=row.execution_id, actor_id=row.actor.actor_id, status=row.status, executor=row.executor)
        for row in rows
        if row.actor_id in keys
    ]
