"""The evidence pack of one execution: who may have it, that it was taken, and how any pack is sent."""

from django.http import HttpRequest, StreamingHttpResponse

from actors_app.core.clock import now_ms
from actors_app.core.operations.perform import record_read
from actors_app.core.pages.downloads import DOWNLOAD_HEADERS
from actors_app.core.security.credentials import Credentials, signed_in
from actors_app.executions.evidence import Pack, Subject
from actors_app.executions.operations import TAKE_EVIDENCE
from actors_app.history import query, visibility
from actors_app.history.export import moment_text
from actors_app.history.single import last_known, remember
from actors_app.history.visibility import SeenActor
from actors_app.services import Abaco, Result
from actors_app.services.errors import Forbidden, NotFound, ServiceFailed, Unreachable
from actors_app.services.types import AdminRole


def pack_of(request: HttpRequest, abaco: Abaco, actor_id: str, execution_id: str) -> Pack:
    """Return the pack of an execution, once the trail has that it was taken; raise where that may not be."""
    credentials = signed_in(request)
    raw_json = abaco.raw_json
    answers = abaco.gather(
        actor=lambda: raw_json.actor(actor_id),
        permissions=lambda: raw_json.permissions(actor_id),
        execution=lambda: raw_json.execution(actor_id, execution_id),
    )
    seen_actor, role = _readable_actor(request, abaco, credentials, actor_id, answers["actor"])
    error = answers["execution"].error
    # Where the API hides what is gone, it forbids the executions of an actor that is.
    is_hidden = isinstance(error, Forbidden) and seen_actor.deleted is not None
    if error and not is_hidden and not isinstance(error, NotFound | Unreachable | ServiceFailed):
        raise error
    if answers["actor"].value and answers["execution"].value:
        remember(credentials.tenant, answers["actor"].value.value, answers["execution"].value.value)
    record = last_known(credentials.tenant, seen_actor.id, execution_id)
    if error and record is None:
        raise error
    row = query.rows_of([record.pk])[0] if record else None
    subject = Subject(seen_actor, execution_id, row)
    folder = f"evidence-{execution_id}"
    about = {"execution": execution_id, "actor": seen_actor.id, "asked_at": moment_text(now_ms())}
    pack = Pack(credentials, abaco, [subject], folder=folder, about=about, role=role, answers=answers)
    record_read(
        request,
        TAKE_EVIDENCE,
        actor_id=seen_actor.id,
        object_id=execution_id,
        details={"name": seen_actor.label, "executions": 1},
    )
    return pack


def sent(pack: Pack) -> StreamingHttpResponse:
    """Send a pack while it is made."""
    return StreamingHttpResponse(
        pack.stream(),
        content_type="application/zip",
        headers={
            **DOWNLOAD_HEADERS,
            "Cache-Control": "no-store",
            "Content-Disposition": f'attachment; filename="{pack.folder}.zip"',
        },
    )


def _readable_actor(
    request: HttpRequest, abaco: Abaco, credentials: Credentials, actor_id: str, answer: Result
) -> tuple[SeenActor, AdminRole | None]:
    """Return the actor when this visitor may read it now, and their role, None where nothing rests on it."""
    if answer.value:
        (key,) = visibility.remember(credentials.tenant, [answer.value.value])
        return visibility.seen_actors(credentials.tenant, [key])[key], None
    error = answer.error
    if isinstance(error, Forbidden):
        try:
            abaco.actors.get(actor_id)  # which tells what is gone from what is somebody else's
        except NotFound as gone:
            seen_actor = visibility.remembered_actor(request, abaco, actor_id, gone)
            return seen_actor, None if seen_actor.owner == credentials.username else AdminRole.ADMIN
        raise error
    if not isinstance(error, NotFound | Unreachable | ServiceFailed):
        answer.unwrap()
    seen_actor = visibility.one_readable(request, abaco, actor_id)
    if not isinstance(error, NotFound) or seen_actor.owner == credentials.username:
        return seen_actor, None
    visibility.need_admin(abaco, error)
    return seen_actor, AdminRole.ADMIN
