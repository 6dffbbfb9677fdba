"""The time zone in which a page shows moments to its reader, beside UTC, which is the API's own."""

from functools import cache
from itertools import groupby
from zoneinfo import available_timezones

from django.http import HttpRequest

# The places of the zone database; its other names are old ones or offsets, which know no summer time.
AREAS = frozenset(
    {"Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific"}
)


@cache
def zones() -> tuple[str, ...]:
    """Return the zones to choose from, by their names: the places."""
    return tuple(sorted(name for name in available_timezones() if name.partition("/")[0] in AREAS))


def reader_zone(request: HttpRequest) -> str:
    """Return the zone that the reader of this request chose, as its field `zone`; nothing where they did not."""
    named = request.GET.get("zone") or request.POST.get("zone", "")
    return named if named in zones() else ""


def zone_context(request: HttpRequest) -> dict[str, object]:
    """Return what a page needs to show moments in the reader's zone, and to let them choose it (`_zone.html`)."""
    areas = [(area, list(names)) for area, names in groupby(zones(), key=lambda name: name.partition("/")[0])]
    return {"zone": reader_zone(request), "zone_areas": areas}
