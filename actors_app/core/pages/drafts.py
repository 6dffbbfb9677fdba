"""What was typed into a form whose sender turned out to be signed out: kept encrypted, and given back to nobody else.

A form says, signed, whose it is; only such a form is kept. Giving it back means opening the form's page by a GET, whose
forms take what was typed as their initial values (`forms.py`): nothing is sent again, so that nothing is written.
"""

import json
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

from django.http import HttpRequest, QueryDict
from django.utils import timezone
from django.utils.datastructures import MultiValueDict

from actors_app.core.models import Draft
from actors_app.core.operations import perform
from actors_app.core.operations.models import AuditEntry
from actors_app.core.security.credentials import SessionCredentials
from actors_app.core.security.crypto import DecryptionError, decrypt, encrypt, sign, unsign

FIELD = "whose"  # of every form that may be kept
PARAMETER = "draft"  # of the address that shows a kept form
KEPT_FOR = timedelta(minutes=30)
KEPT_AT_ONCE = 5  # per person; the oldest go
_NOT_KEPT = {FIELD, perform.KEY_FIELD, "csrfmiddlewaretoken", "password", "access_token"}
SIGNED_OUT = "You were signed out."
NO_PROOF = "Your form had expired."
_NAME = re.compile(rb'\bname="([^"]*)"')
_PURPOSE = "actors.whose"


class Person(NamedTuple):
    """Somebody at a tenant."""

    tenant: str
    username: str


@dataclass(frozen=True, slots=True)
class KeptForm:
    """A form as it was typed: inputs with all their values, names of files, and its one-time key if still unused."""

    owner: Person
    path: str
    typed: dict[str, list[str]]
    files: list[str]
    key: str
    why: str = SIGNED_OUT

    @property
    def values(self) -> QueryDict:
        """Return what was typed as a form reads it."""
        values = QueryDict(mutable=True)
        for name, texts in self.typed.items():
            values.setlist(name, texts)
        return values


_current_draft: ContextVar[KeptForm | None] = ContextVar("draft", default=None)


def signed_in(request: HttpRequest) -> Person | None:
    """Return who is signed in now."""
    current = SessionCredentials.of(request).current
    return Person(current.tenant, current.username) if current else None


def sign_owner(person: Person) -> str:
    """Return what a form carries to say whose it is; always the same for a person, so that a resent form is equal."""
    return sign(_PURPOSE, list(person), is_dated=False)


def form_owner(request: HttpRequest) -> Person | None:
    """Return whose form this request sends, as far as the form says and can be believed."""
    owner = unsign(_PURPOSE, request.POST.get(FIELD, ""), is_dated=False)
    return Person(*owner) if owner else None


def read_all(request: HttpRequest, most: int) -> int:
    """Read a form of more fields than Django takes, its files left out; return how many it has, 0 for over `most`."""
    body: bytes = request._stream.getvalue()  # type: ignore[attr-defined]  # `body_limits.py` put it there
    is_multipart = request.content_type == "multipart/form-data"
    try:
        text = body.decode()
        pairs = _parts(request, body, most) if is_multipart else parse_qsl(text, True, max_num_fields=most)
    except ValueError:
        return 0
    typed = QueryDict(mutable=True)
    for name, text in pairs:
        typed.appendlist(name, text)
    request.POST, request._files = typed, MultiValueDict()  # type: ignore[assignment,attr-defined]
    return len(pairs)


def _parts(request: HttpRequest, body: bytes, most: int) -> list[tuple[str, str]]:
    """Return the fields of a form in parts as browsers write it: the framework's own readers take seconds for many."""
    boundary = (request.content_params or {}).get("boundary", "").encode()
    parts = [part.partition(b"\r\n\r\n") for part in (b"\r\n" + body).split(b"\r\n--" + boundary)[1 : most + 2]]
    heads = [(_NAME.search(head), content) for head, _, content in parts if b"filename=" not in head]
    pairs = [(name[1].decode(), content.decode()) for name, content in heads if name]
    return pairs if len(pairs) <= most else []


def keep(request: HttpRequest, *, why: str = SIGNED_OUT) -> str:
    """Keep what this POST holds for the person whose form it is; return its handle, or "" where nothing was typed.

    `why` is the sentence with which its page is opened again.
    """
    owner = form_owner(request)
    typed = {name: request.POST.getlist(name) for name in request.POST if name not in _NOT_KEPT}
    if owner is None or not (typed or request.FILES):
        return ""
    handle = secrets.token_hex(16)
    content = {
        "handle": handle,
        "owner": owner,
        "path": request.path,
        "typed": typed,
        "files": [str(file.name) for _, several in request.FILES.lists() for file in several],
        "why": why,
        "key": "" if was_refused(request, owner) else request.POST.get(perform.KEY_FIELD, ""),
    }
    drafts = Draft.objects.filter(**owner._asdict())
    Draft.objects.filter(expires_at__lte=timezone.now()).delete()
    newest = drafts.order_by("-expires_at").values_list("pk", flat=True)[: KEPT_AT_ONCE - 1]
    drafts.exclude(pk__in=list(newest)).delete()
    Draft.objects.create(
        handle=handle,
        content=encrypt("draft", json.dumps(content).encode()).decode(),
        expires_at=timezone.now() + KEPT_FOR,
        **owner._asdict(),
    )
    return handle


def was_refused(request: HttpRequest, owner: Person) -> bool:
    """Whether this very request got as far as the API, which refused it: then its one-time key is used up."""
    return bool(_of_request(request, owner).filter(kind=AuditEntry.END, outcome=AuditEntry.REFUSED).exists())


def was_sent(request: HttpRequest, owner: Person) -> bool:
    """Whether this very request wrote, or may have written, something at the API."""
    return bool(_of_request(request, owner).exists()) and not was_refused(request, owner)


def _of_request(request: HttpRequest, owner: Person) -> Any:
    return AuditEntry.objects.filter(**owner._asdict(), request_id=getattr(request, "request_id", ""))


def find(handle: str, path: str, tenant: str) -> KeptForm | None:
    """Return what is kept under a handle for a page of this API; None when it is gone, too old, or does not open."""
    row = Draft.objects.filter(handle=handle, tenant=tenant, expires_at__gt=timezone.now()).first()
    try:
        content = json.loads(decrypt("draft", row.content)) if row else None
    except DecryptionError:
        return None
    if content is None or (content.pop("handle"), content["path"]) != (handle, path):
        return None
    return KeptForm(**content | {"owner": Person(*content["owner"])})


def forget(handle: str) -> None:
    """Delete what is kept under a handle."""
    Draft.objects.filter(handle=handle).delete()


@contextmanager
def for_one_request() -> Iterator[None]:
    """Show no draft at first, and none any more once the request is answered."""
    token = _current_draft.set(None)
    try:
        yield
    finally:
        _current_draft.reset(token)


def show(draft: KeptForm) -> None:
    """Let the forms of the page that is made now hold what was typed."""
    _current_draft.set(draft)


def current() -> KeptForm | None:
    """Return the draft that the page which is made now shows, if any."""
    return _current_draft.get()


def restored() -> QueryDict:
    """Return the values of that draft; empty where there is none."""
    draft = current()
    return draft.values if draft else QueryDict()
