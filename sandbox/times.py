"""Times as the API reads and writes them. Every datetime in the sandbox is naive and in UTC."""

from datetime import UTC, datetime
from email.utils import format_datetime


def now() -> datetime:
    """Return the time in UTC, naive, with microseconds."""
    return datetime.now(UTC).replace(tzinfo=None)


def stored(moment: datetime) -> datetime:
    """Cut a time to the milliseconds that Abaco's store keeps."""
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def shown(moment: datetime | None) -> str | None:
    """Write a time as most answers do: `2026-11-23T15:51:39.397Z`.

    Abaco replaces the first `000` of the ISO text with `Z`, so `.120` becomes `.12Z0`, a whole second has no `Z`, and
    a time with microseconds (in the answer that creates something) has none either. Clients meet all of these.
    """
    return None if moment is None else moment.isoformat().replace("000", "Z", 1)


def shown_or_none_word(moment: datetime | None) -> str:
    """Write a time that may not have come yet; the API says the word `None` then."""
    return shown(moment) or "None"


def read(text: str) -> datetime:
    """Read a time that `shown` wrote."""
    date, _, fraction = text.partition(".")
    digits = (fraction.replace("Z", "000", 1) + "000000")[:6] if fraction else "000000"
    return datetime.fromisoformat(f"{date.removesuffix('Z')}.{digits}")


def rfc1123(moment: datetime | None) -> str | None:
    """Write a time as the listing of executions does: `Mon, 23 Nov 2026 15:55:10 GMT`."""
    return None if moment is None else format_datetime(moment.replace(tzinfo=UTC), usegmt=True)
