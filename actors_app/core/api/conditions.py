"""`If-Match`: a write that is made only where what it changes is still as it was read."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from rest_framework.renderers import JSONRenderer

from actors_app.core.api.base import tag
from actors_app.core.api.exceptions import Problem


def require_match(request: HttpRequest, shown: Mapping[str, Any], noun: str) -> None:
    """Raise a problem where a GET would now give another tag than the caller names; `shown` is what it would give."""
    wanted = _wanted(request)
    if wanted == "*":
        return
    if tag(JSONRenderer().render(shown)) not in [one.strip() for one in wanted.split(",")]:
        raise Problem(
            412,
            "changed-meanwhile",
            f"The {noun} is not as it was when you read it, so nothing was sent.",
            advice="Read it again, and decide.",
        )


def _wanted(request: HttpRequest) -> str:
    return request.headers.get("If-Match", "*").strip()
