"""A page that is sent in two steps: what is known at once, then the part that takes its time."""

import secrets
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from django.http import HttpRequest, StreamingHttpResponse
from django.template.loader import render_to_string


def stream_page(
    request: HttpRequest, template: str, context: Mapping[str, Any], later: Callable[[], str]
) -> StreamingHttpResponse:
    """Send a page up to the place where its template writes `comes_later`, then what `later` returns, then the rest.

    The status is sent first, so `later` must say in words what goes wrong.
    """
    mark = secrets.token_hex(16)  # nothing that somebody else wrote can hold it
    page = render_to_string(template, {**context, "comes_later": mark}, request)
    before, _, after = page.partition(mark)

    def pieces() -> Iterator[str]:
        yield before
        yield later()
        yield after

    return StreamingHttpResponse(pieces())
