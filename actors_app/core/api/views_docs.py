"""The schema as a file, and as a page to read, which is made here and needs no script."""

import json
from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from actors_app.core.api.base import tag
from actors_app.core.api.schema import schema
from actors_app.core.api.schema_pages import groups, kinds


@cache
def _document() -> bytes:
    return json.dumps(schema(), indent=1, default=str).encode()


@require_safe
def schema_document(request: HttpRequest) -> HttpResponse:
    """Answer with the schema (OpenAPI 3.0), which says nothing of anybody's and is open to all."""
    response = HttpResponse(_document(), content_type="application/vnd.oai.openapi+json")
    response.headers["ETag"] = tag(_document())
    response.headers["Cache-Control"] = "private, no-cache"
    found = get_conditional_response(request, etag=response.headers["ETag"], response=response)
    return found or response


@require_safe
def documentation(request: HttpRequest) -> HttpResponse:
    """Show every operation: what it takes, what it gives, and what may go wrong."""
    context: dict[str, Any] = {"groups": groups(), "kinds": kinds(), "section": "api"}
    return render(request, "api/docs.html", context)
