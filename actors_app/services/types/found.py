"""One page of a search."""

from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class FoundPage(Generic[T]):
    """What one page of a search holds, how many there are in all (None where not said), and how many came before."""

    rows: tuple[T, ...] = ()
    total: int | None = None
    skipped: int = 0
