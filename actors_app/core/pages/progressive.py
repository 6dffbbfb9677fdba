"""A page that is sent in two steps: what is known at once, then the part that takes its time."""

import secrets
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from django.http import HttpRequest, StreamingHttpResponse
from django.template.loader import render_to_string

from actors_app.core.pages.timezones import written_in, zone_here


def stream_page(
    request: HttpRequest, template: str, context: Mapping[str, Any], later: Callable[[], str]
) -> StreamingHttpResponse:
    """Send a page up to the place where its template writes `comes_later`, then what `later` returns, then the rest.

    The status is sent first, so `later` must say in words what goes wrong.
    """
    mark = secrets.token_hex(16)  # nothing that somebody else wrote can hold it
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
