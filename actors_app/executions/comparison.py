"""Two executions side by side: their fields, their environments, and texts line by line without times and ids.

Nothing is asked here. All work is bounded: of long texts the end is compared, and that is said.
"""

import re
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import Literal

from actors_app.core.pages.badges import OUTCOMES, UNKNOWN
from actors_app.core.pages.formatting import duration, size, visible
from actors_app.core.pages.timezones import exact
from actors_app.executions.endings import state_in_words
from actors_app.logs.lines import plain
from actors_app.services.types import Actor, Execution

MAX_LINES = 2_000  # of each text, from its end
MAX_LINE = 400  # characters of a line
CONTEXT = 3  # equal lines shown around each difference
MAX_PAIRS = 40_000  # of equal lines; beyond it, lines that are everywhere do not count in looking for what fits
MAX_ROWS = 1_500  # of differences on the page

RowKind = Literal["same", "changed", "left", "right", "gap"]

_WHEN = (
    r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?)?(?:Z|[+-]\d\d:?\d\d)?"
    r"|\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)\b[^\n]{0,30}?\d\d:\d\d:\d\d(?: (?:GMT|UTC))?(?: \d{4})?"
    r"|\b(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) +\d{1,2} \d\d:\d\d:\d\d"
    r"|\b\d\d:\d\d:\d\d(?:[.,]\d{1,9})?"
)
_SPAN = r"\b\d{1,12}(?:\.\d{1,9})?\s?(?:ns|us|µs|ms|s|secs?|seconds?|mins?|minutes?|h|hours?)\b"
_UUID = r"\b[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}\b"
_HEX = r"\b0x[0-9a-fA-F]{1,32}\b|\b[0-9a-f]{8,64}\b"
# As the API makes them: 12 or 13 signs with a digit, a capital and a small letter.
_ID = r"\b(?=[A-Za-z]{0,12}\d)(?=[a-z0-9]{0,12}[A-Z])(?=[A-Z0-9]{0,12}[a-z])[A-Za-z0-9]{12,13}\b"
# As hosts and directories for the moment are called: letters and digits after a hyphen, an underscore or a slash.
_SUFFIX = r"(?<=[-_/])(?=[a-z]{0,15}\d)(?=\d{0,15}[a-z])[a-z0-9]{8,16}\b"
_PASSING = re.compile(f"(?P<when>{_WHEN})|(?P<span>{_SPAN})|(?P<id>{_UUID}|{_HEX}|{_ID}|{_SUFFIX})")
_FINAL = "Final state: "
# Fields that differ between any two executions, which says nothing.
_ALWAYS = frozenset({"Received", "Started", "Finished", "Worker", "CPU", "I/O", f"{_FINAL}Pid"}) | {
    f"{_FINAL}{name}" for name in ("StartedAt", "FinishedAt", "started_at", "finished_at", "container_id")
}
_WORDS = {"when": "<time>", "span": "<duration>", "id": "<id>"}


@dataclass(frozen=True, slots=True)
class FieldRow:
    """One field of both executions."""

    name: str
    left: str
    right: str

    @property
    def is_same(self) -> bool:
        """Whether both have the same."""
        return self.left == self.right

    @property
    def is_final(self) -> bool:
        """Whether it is a part of the container's final state."""
        return self.name.startswith(_FINAL)

    @property
    def is_telling(self) -> bool:
        """Whether they differ, and that says something."""
        return not self.is_same and self.name not in _ALWAYS


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a difference: a line of each side with its number, or how many equal ones are passed over."""

    kind: RowKind
    left_number: int = 0
    left: str = ""
    right_number: int = 0
    right: str = ""
    count: int = 0


@dataclass(frozen=True, slots=True)
class Diff:
    """What differs in two texts; `left_out` lines before these were not compared, on each side."""

    rows: tuple[Row, ...]
    changes: int
    left_out: tuple[int, int] = (0, 0)
    is_cut: bool = False  # there are more rows than are shown

    @property
    def is_same(self) -> bool:
        """Whether nothing differs in what was compared."""
        return not self.changes


@dataclass(frozen=True, slots=True)
class Tail:
    """The last lines of a text, and how many there were before them."""

    lines: tuple[str, ...] = ()
    left_out: int = 0


def tail_of(pieces: Iterable[str]) -> Tail:
    """Return the end of a text that comes in pieces, without ever holding all of it."""
    lines: deque[str] = deque(maxlen=MAX_LINES)
    total, line, length = 0, [""], 0
    for piece in pieces:
        first, *following = piece.split("\n")
        line.append(first[: max(0, MAX_LINE + 1 - length)])
        length += len(first)
        for text in following:
            lines.append("".join(line))
            total += 1
            line, length = [text[: MAX_LINE + 1]], len(text)
    if length:
        lines.append("".join(line))
        total += 1
    return Tail(tuple(map(_plain, lines)), total - len(lines))


def _plain(line: str) -> str:
    """Return a line as a terminal leaves it, without its colours, and cut where it is too long."""
    return plain(line[:MAX_LINE]) + ("…" if len(line) > MAX_LINE else "")


def without_passing(line: str, names: Iterable[str] = ()) -> str:
    """Return a line with its times, durations and ids replaced by words; `names` are ids that are known."""
    for name in names:
        line = line.replace(name, _WORDS["id"])
    return _PASSING.sub(lambda found: _WORDS[found.lastgroup or "id"], line)


def difference(left: Tail, right: Tail, names: Iterable[str] = (), *, exact: bool = False) -> Diff:
    """Compare two texts line by line, without what differs between any two runs unless it shall be `exact`."""
    identifiers = sorted({name for name in names if len(name) > 5}, key=len, reverse=True)
    left_lines = [line if exact else without_passing(line, identifiers) for line in left.lines]
    right_lines = [line if exact else without_passing(line, identifiers) for line in right.lines]
    rows: list[Row] = []
    changes, is_cut = 0, False
    for kind, row in _rows(left, right, _steps(left_lines, right_lines)):
        changes += kind != "equal"
        if len(rows) >= MAX_ROWS:
            is_cut = True
        else:
            rows.append(row)
    return Diff(tuple(rows), changes, (left.left_out, right.left_out), is_cut)


def _steps(left_lines: Sequence[str], right_lines: Sequence[str]) -> list[tuple[str, int, int, int, int]]:
    """Return the steps from one text to the other, in time that no text can stretch."""
    start = 0
    while start < min(len(left_lines), len(right_lines)) and left_lines[start] == right_lines[start]:
        start += 1
    end = 0
    while end < min(len(left_lines), len(right_lines)) - start and left_lines[-1 - end] == right_lines[-1 - end]:
        end += 1
    inner_ours, inner_theirs = left_lines[start : len(left_lines) - end], right_lines[start : len(right_lines) - end]
    often = Counter(inner_theirs)
    pairs = sum(count * often[line] for line, count in Counter(inner_ours).items())
    inner = SequenceMatcher(None, inner_ours, inner_theirs, autojunk=pairs > MAX_PAIRS).get_opcodes()
    steps = [("equal", 0, start, 0, start)] if start else []
    steps += [(kind, a + start, b + start, c + start, d + start) for kind, a, b, c, d in inner if a < b or c < d]
    if end:
        steps.append(("equal", len(left_lines) - end, len(left_lines), len(right_lines) - end, len(right_lines)))
    return steps


def _rows(left: Tail, right: Tail, steps: Sequence[tuple[str, int, int, int, int]]) -> Iterator[tuple[str, Row]]:
    """Yield the rows of a difference: of equal lines only those beside it."""
    for index, (kind, a, b, c, d) in enumerate(steps):
        pairs = list(zip_longest(range(a, b), range(c, d)))
        if kind == "equal":
            before, after = (CONTEXT if index else 0), (CONTEXT if index < len(steps) - 1 else 0)
            hidden = len(pairs) - before - after
            if hidden > 1:
                for x, y in pairs[:before]:
                    yield kind, _row("same", left, right, x, y)
                yield kind, Row("gap", count=hidden)
                pairs = pairs[len(pairs) - after :]
            for x, y in pairs:
                yield kind, _row("same", left, right, x, y)
            continue
        for x, y in pairs:
            side: RowKind = "right" if x is None else "left" if y is None else "changed"
            yield kind, _row(side, left, right, x, y)


def _row(kind: RowKind, left: Tail, right: Tail, x: int | None, y: int | None) -> Row:
    return Row(
        kind,
        0 if x is None else left.left_out + x + 1,
        "" if x is None else visible(left.lines[x]),
        0 if y is None else right.left_out + y + 1,
        "" if y is None else visible(right.lines[y]),
    )


# Fields ----------------------------------------------------------------------------------------------------------


def fields_of(execution: Execution, actor: Actor | None) -> dict[str, str]:
    """Return what an execution is known by, each in words, and what its actor is now."""
    times = {
        "Received": execution.message_received_time,
        "Started": execution.start_time,
        "Finished": execution.finish_time,
    }
    final = {f"{_FINAL}{name}": str(value) for name, value in execution.final_state.items()}
    ran = execution.run_seconds
    return {
        "Outcome": OUTCOMES.get(execution.outcome, UNKNOWN)[0],
        "Summary": state_in_words(execution),
        "Status": execution.status,
        "Exit code": _or_none(execution.exit_code),
        "Queued": duration(execution.queued_seconds) or "Not reported",
        "Duration": duration(float(execution.runtime) if ran is None and execution.runtime else ran) or "Not reported",
        **{name: exact(at) if at else "Not reported" for name, at in times.items()},
        "CPU time": f"{execution.cpu / 1e9:.3f} s" if execution.cpu is not None else "Not reported",
        "Network I/O": size(execution.io) or "Not reported",
        "Sent by": execution.executor or "Not reported",
        "Worker": execution.worker_id or "none",
        "Actor": execution.actor_id,
        "Current image": actor.image if actor else "Not reported",
        "Current revision": _or_none(actor.revision if actor else None),
        **final,
    }


def field_rows(left: Mapping[str, str], right: Mapping[str, str], absent: str = "Not reported") -> list[FieldRow]:
    """Put two sets of fields beside each other, in the order of the first."""
    names = list(dict.fromkeys([*left, *right]))
    return [
        FieldRow(visible(name), visible(left.get(name, absent)), visible(right.get(name, absent))) for name in names
    ]


def _or_none(value: object) -> str:
    return "Not reported" if value is None else str(value)
