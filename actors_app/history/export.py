"""The history as a file: CSV or JSON Lines of any filter, sent while it is read.

Each block of rows is a short question of its own, so that the store waits for no slow reader. Who may see the rows is
checked at the start of a file, by what the API said at most a minute ago, and not again while it is sent.
"""

import csv
import json
import logging
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from io import StringIO
from typing import Any, Literal, NamedTuple

from django.db import DatabaseError
from django.http import StreamingHttpResponse

from actors_app.core.clock import from_ms
from actors_app.core.pages.downloads import BOM, CSV_TYPE, DOWNLOAD_HEADERS, safe_cell
from actors_app.history import query
from actors_app.history.coverage import Coverage
from actors_app.history.filters import FILTERS
from actors_app.history.forms import HistoryForm
from actors_app.history.query import HistoryRow
from actors_app.history.query_context import QueryContext
from actors_app.history.visibility import SeenActor

AT_ONCE = 1000  # executions in one question to the store, and in one piece of the answer
COLUMNS = (
    "received_utc",
    "started_utc",
    "finished_utc",
    "waited_seconds",
    "ran_seconds",
    "runtime_seconds_reported",
    "cpu_ns_reported",
    "io_bytes_reported",
    "exit_code",
    "outcome",
    "status",
    "executor",
    "worker_id",
    "actor_id",
    "actor_name",
    "image",
    "owner",
    "execution_id",
    "still_in_api",
    "last_seen_utc",
)
TYPES = {"csv": CSV_TYPE, "jsonl": "application/jsonl"}
_LONGEST_NAME = 100  # characters of a file's name, without its ending
_LONGEST_VALUE = 24

log = logging.getLogger("actors_app.exporting")
Record = tuple[Any, ...]  # one value for each of COLUMNS


class Note(NamedTuple):
    """A last line of a file that does not hold everything: `error` for what may come yet, `gap` for what is lost."""

    kind: Literal["error", "gap"]
    text: str


def export(ctx: QueryContext, last_asked: int | None = None, *, bom: bool = False) -> StreamingHttpResponse:
    """Answer with all executions that a filter finds, in its order, in the format that its form names.

    `last_asked` is when the API was last asked what is new, where it gives no answer now; the file then says so.
    `bom` marks CSV as UTF-8 for spreadsheets.
    """
    blocks = query.batches(ctx.filters, ctx.keys, ctx.named, at_once=AT_ONCE)
    notes: list[Note] = []
    if last_asked is not None:
        since = moment_text(last_asked or None) or "unknown"
        notes.append(Note("error", f"NOT UP TO DATE: the API timed out. Last synced: {since}."))
    notes += coverage_notes(ctx.coverage(), ctx)
    return export_rows(ctx, blocks, ctx.form.cleaned_data["format"] or "csv", notes, bom=bom)


def coverage_notes(known: Coverage, ctx: QueryContext) -> list[Note]:
    """Return a sentence for everything that a file of a filter lacks; none where it is whole."""
    notes = []
    if known.incomplete:
        notes.append(
            Note("error", f"INCOMPLETE: history of {known.incomplete} of {known.actors} actors not synced yet.")
        )
    for gap in known.gaps:
        start = f"{moment_text(gap.start)} to " if gap.start else "before "
        actor = ctx.by_key[gap.actor]
        span = f"{start}{moment_text(gap.end)}"
        notes.append(Note("gap", f"GAP: {actor.label} ({actor.id}), {span}: {gap.reason_words}."))
    return notes


def export_rows(
    ctx: QueryContext,
    blocks: Iterable[list[HistoryRow]],
    format_: str,
    notes: Sequence[Note] = (),
    *,
    bom: bool = False,
) -> StreamingHttpResponse:
    """Answer with some executions of the actors of a filter, as CSV or as JSON Lines; notes become the last lines."""
    write = partial(_csv, mark=BOM if bom else "") if format_ == "csv" else _json_lines
    actors = {key: _actor_values(actor) for key, actor in ctx.by_key.items()}
    name = file_name(ctx.form, ctx.actors[0] if len(ctx.readable) == 1 and ctx.actors else None)
    return StreamingHttpResponse(
        write(blocks, actors, notes),
        content_type=TYPES[format_],
        headers={
            **DOWNLOAD_HEADERS,
            "Cache-Control": "no-store",
            "Content-Disposition": f'attachment; filename="{name}.{format_}"',
        },
    )


def file_name(form: HistoryForm, actor: SeenActor | None = None, first: str = "executions") -> str:
    """Return a name that says which filter a file is of, in letters that are safe everywhere; without its ending."""
    parts = [first, _slug(actor.label)] if actor else [first]
    if form.has_exact_span:
        spans = ((word, str(form.data.get(word) or "").strip()) for word in ("from", "to"))
        parts += [f"{'not-' if text.startswith('-') else ''}{word}-{_slug(text)}" for word, text in spans if text]
    else:
        parts.append(form.window_name.replace("-", "before-"))
    for name in FILTERS:
        value = str(form.data.get(name) or "").strip()
        if value:
            is_not = "not-" if value.startswith("-") else ""
            parts.append(f"{_slug(name)}-{is_not}{_slug(value)}")
    moment = from_ms(form.at)
    timestamp = f"{moment:%Y%m%dT%H%M%SZ}" if moment else ""
    return f"{'_'.join(part for part in parts if part)[: _LONGEST_NAME - len(timestamp) - 1]}_{timestamp}"


def _slug(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9]+", "-", text)[:_LONGEST_VALUE].strip("-").lower()


def _csv(
    blocks: Iterable[list[HistoryRow]], actors: dict[int, Record], notes: Sequence[Note], *, mark: str
) -> Iterator[str]:
    buffer = StringIO()
    buffer.write(mark)
    table = csv.writer(buffer)
    table.writerow(COLUMNS)
    # What is the same in thousands of rows is made safe once.
    safe = {key: tuple(map(safe_cell, values)) for key, values in actors.items()}
    for piece in _whole(blocks, lambda block: (_record(row, safe[row.actor], safe_cell) for row in block), notes):
        if isinstance(piece, Note):
            table.writerow([safe_cell(piece.text)])
        else:
            table.writerows(piece)
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()


def _json_lines(blocks: Iterable[list[HistoryRow]], actors: dict[int, Record], notes: Sequence[Note]) -> Iterator[str]:
    """Write each execution as one JSON object; line ends and controls within it are escaped."""
    for piece in _whole(blocks, lambda block: (_record(row, actors[row.actor], _plain) for row in block), notes):
        if isinstance(piece, Note):
            yield json.dumps({piece.kind: piece.text}) + "\n"
        else:
            yield "".join([json.dumps(dict(zip(COLUMNS, record, strict=True))) + "\n" for record in piece])


def _whole(
    blocks: Iterable[list[HistoryRow]], records: Callable[[list[HistoryRow]], Iterable[Record]], notes: Sequence[Note]
) -> Iterator[Iterable[Record] | Note]:
    """Yield records by the block, then the notes; where the store stops answering, one that says so."""
    sent = 0
    yield ()  # the names of the columns go out before the store is asked
    try:
        for block in blocks:
            yield records(block)
            sent += len(block)
        yield from notes
    except DatabaseError as error:
        log.warning("An export was interrupted: %s", type(error).__name__)
        yield Note(
            "error",
            f"INCOMPLETE: the portal's database stopped responding after {sent} executions. Download the file again.",
        )


def _plain(value: object) -> object:
    return value


def _record(row: HistoryRow, actor: Record, cell: Callable[[object], object]) -> Record:
    """Return the values of a row; `cell` is applied to what somebody else wrote."""
    return (
        moment_text(row.received or None),
        moment_text(row.started),
        moment_text(row.finished),
        None if row.waited is None else row.waited / 1000,
        None if row.ran is None else row.ran / 1000,
        row.runtime,
        row.cpu,
        row.io,
        row.exit_code,
        row.outcome,
        cell(row.status),
        cell(row.executor),
        cell(row.worker_id),
        actor[0],
        actor[1],
        actor[2],
        actor[3],
        cell(row.id),
        row.in_api and actor[4],
        moment_text(row.last_seen),
    )


def _actor_values(actor: SeenActor) -> Record:
    return actor.id, actor.name, actor.image, actor.owner, actor.deleted is None


def moment_text(moment: int | None) -> str | None:
    """Write a moment of the history in UTC, to the millisecond; None for none."""
    utc = from_ms(moment)
    return None if utc is None else utc.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def portal_record(row: HistoryRow, actor: SeenActor) -> dict[str, Any]:
    """Return an execution as the lines of an export have it."""
    return dict(zip(COLUMNS, _record(row, _actor_values(actor), _plain), strict=True))
