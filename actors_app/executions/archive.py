"""Keeping what was taken from the API, which forgets a result as it gives it out, before it is offered.

Only the person who took a result gets it back, for a day. Asking the API is done by the views.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Self

from django.db.models import QuerySet, Sum
from django.utils import timezone

from actors_app.core.security.credentials import Credentials
from actors_app.core.security.crypto import DecryptionError, decrypt, encrypt
from actors_app.executions.models import KeptResult
from actors_app.executions.shapes import Shape, hex_of, image_type, shape_of
from actors_app.masking import Masker
from actors_app.services.jsons import UnreadableJSON, dump_json, load_json

KEPT_FOR = timedelta(hours=24)
QUOTA = 200_000_000  # bytes per person; the result that goes beyond it is still kept, the next is not asked for
PREVIEW = 4096  # bytes
SHOWN_WHOLE = 1_000_000  # bytes of one result that a page reads to show it by its kind
SHOWN_IN_ALL = 3_000_000  # bytes of all of them
MAX_IMAGE = 10_000_000  # bytes of a picture that a page shows
_JSON_LIMIT = 10_000_000  # bytes up to which a result is tried as JSON

KINDS = {"json": "JSON", "text": "Text", "image": "Image", "binary": "Binary"}
_IMAGES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a", b"II*\x00", b"MM\x00*", b"BM")


@dataclass(frozen=True, slots=True)
class ShownResult:
    """A kept result as a page shows it: by its kind, and no more of its content than fits on a page."""

    id: int
    kind: str
    size: int
    sha256: str
    fetched_at: object
    expires_at: object
    shape: Shape
    masked: int  # secrets that are hidden in what is shown
    has_secrets: bool  # whether the file may hold some: those, or others beyond what is shown

    @classmethod
    def of(cls, row: KeptResult, shape: Shape, masked: int) -> Self:
        """Describe a row that is shown in a shape."""
        return cls(
            id=row.pk,
            kind="Python object" if shape.kind == "python" else KINDS.get(row.kind, row.kind),
            size=row.size,
            sha256=row.sha256,
            fetched_at=row.fetched_at,
            expires_at=row.expires_at,
            shape=shape,
            masked=masked,
            has_secrets=masked > 0 or shape.is_cut,
        )


def has_room(owner: Credentials) -> bool:
    """Whether another result of this person can be kept; asks after removing what has expired."""
    _forget_expired()
    used: int = _of(owner).aggregate(used=Sum("size"))["used"] or 0
    return used < QUOTA


def keep(owner: Credentials, actor_id: str, execution_id: str, data: bytes) -> KeptResult:
    """Keep the bytes of a result, encrypted, and return the row."""
    at = timezone.now()
    row = KeptResult(
        tenant=owner.tenant,
        username=owner.username,
        actor_id=actor_id,
        execution_id=execution_id,
        size=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
        kind=kind_of(data),
        fetched_at=at,
        expires_at=at + KEPT_FOR,
    )
    row.content, row.preview = encrypt("result", data, row), encrypt("result", data[:PREVIEW], row)
    row.save(force_insert=True)
    return row


def shown_results(owner: Credentials, execution_id: str, masker: Masker | None = None) -> list[ShownResult]:
    """Return this person's kept results of an execution, newest first; large ones are shown by their beginning."""
    masker, budget, results = masker or Masker(), SHOWN_IN_ALL, []
    for row in _alive(owner, execution_id).defer("content"):
        is_whole = row.size <= min(SHOWN_WHOLE, budget)
        budget -= row.size if is_whole else 0
        before = masker.count
        shape = _shape(row, masker, is_whole=is_whole)
        results.append(ShownResult.of(row, shape, masker.count - before))
    return results


def listed(owner: Credentials, execution_id: str) -> list[KeptResult]:
    """Return what is known of this person's kept results of an execution, newest first, without their bytes."""
    return list(_alive(owner, execution_id).defer("content", "preview"))


def texts(
    owner: Credentials, execution_id: str, limit: int, count: int, masker: Masker | None = None
) -> list[tuple[KeptResult, str | None]]:
    """Return this person's kept results of an execution, oldest first, the first `count` of them with their texts.

    None in its place where it is no text, is larger than `limit` bytes, or does not open any more.
    """
    rows = list(_alive(owner, execution_id).defer("content", "preview"))[::-1]
    return [
        (
            row,
            _text(row, masker or Masker())
            if index < count and row.kind in ("json", "text") and row.size <= limit
            else None,
        )
        for index, row in enumerate(rows)
    ]


def content(owner: Credentials, execution_id: str, result_id: int, masker: Masker | None = None) -> bytes:
    """Return the bytes of one of this person's results; raise KeptResult.DoesNotExist for any other."""
    row = _alive(owner, execution_id).get(pk=result_id)
    try:
        return masked(decrypt("result", bytes(row.content), row), masker or Masker())
    except DecryptionError:
        raise KeptResult.DoesNotExist from None


def masked(data: bytes, masker: Masker) -> bytes:
    """Return bytes without their secrets: a picture as it is, what is no text as long as it was, JSON as JSON."""
    kind, before = kind_of(data), (masker.count, masker.live)
    if kind == "image":
        return data
    result = masker.data(data, keeps_length=kind == "binary")
    if kind != "json" or result == data or kind_of(result) == "json":
        return result
    masker.count, masker.live = before
    return dump_json(masker.value(load_json(data)))


def kind_of(data: bytes) -> str:
    """Guess what kind of content bytes are: json, image, text or binary. It is for the eye only."""
    if data.startswith(_IMAGES) or (data[:4] == b"RIFF" and data[8:12] == b"WEBP"):
        return "image"
    try:
        data.decode()
    except UnicodeDecodeError:
        return "binary"
    if b"\x00" in data:
        return "binary"
    if len(data) <= _JSON_LIMIT and data.lstrip()[:1] in (b"{", b"["):
        try:
            load_json(data)
        except UnreadableJSON:
            return "text"
        return "json"
    return "text"


def _of(owner: Credentials) -> QuerySet[KeptResult]:
    return KeptResult.objects.filter(tenant=owner.tenant, username=owner.username)


def _alive(owner: Credentials, execution_id: str) -> QuerySet[KeptResult]:
    return _of(owner).filter(execution_id=execution_id, expires_at__gt=timezone.now())


def _forget_expired() -> None:
    KeptResult.objects.filter(expires_at__lte=timezone.now()).delete()


def _shape(row: KeptResult, masker: Masker, *, is_whole: bool) -> Shape:
    """Return what is shown of a row; of bytes that do not open any more, nothing."""
    try:
        beginning = decrypt("result", bytes(row.preview), row)
        if image_type(beginning):
            return Shape("image") if row.size <= MAX_IMAGE else hex_of(beginning, "binary")
        return shape_of(
            masked(decrypt("result", bytes(row.content), row) if is_whole else beginning, masker), is_whole=is_whole
        )
    except DecryptionError:
        return Shape("binary")


def _text(row: KeptResult, masker: Masker) -> str | None:
    try:
        data = masked(decrypt("result", bytes(row.content), row), masker)
        return json.dumps(load_json(data), indent=2, ensure_ascii=False) if row.kind == "json" else data.decode()
    except (DecryptionError, UnreadableJSON):
        return None
