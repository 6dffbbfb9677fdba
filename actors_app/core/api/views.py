"""The first address: who asks, and where things are."""

import json
from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe
from rest_framework.request import Request
from rest_framework.response import Response

from actors_app.core.api import serializers
from actors_app.core.api.base import Resource, tag
from actors_app.core.api.schema import operation, schema
from actors_app.core.api.schema_pages import groups, kinds
from actors_app.core.requests import brings_token, read_only_reason


class Start(Resource):
    """`/`."""

    secret = True

    @operation(
        "Get current user",
        tag="You",
        gives=serializers.Start,
        about="Also returns the CSRF token that a session needs for writes.",
    )
    def get(self, request: Request) -> Response:
        """Return the caller's username, and the CSRF token that a session needs for writes."""
        return Response(
            {
                "username": self.user.username,
                "tenant": self.tenant.name,
                "read_only": read_only_reason(self.http),
                "csrf_token": None if brings_token(self.http) else get_token(self.http),
                "schema": reverse("api:schema"),
                "docs": reverse("api:docs"),
            }
        )


@cache
def _document() -> bytes:
    return json.dumps(schema(), indent=1, default=str).encode()


@require_safe
def schema_document(request: HttpRequest) -> HttpResponse:
    """Answer with the schema (OpenAPI 3.0), which says nothing of anybody's and is open to all."""
    response = HttpResponse(_document(), content_type="application/vnd.oai.openapi+json")
    response.headers["ETag"] = tag(_document())
    response.headers["Cache-Control"] = "private, no-cache"
    conditional = get_conditional_response(request, etag=response.headers["ETag"], response=response)
    return conditional or response


@require_safe
def documentation(request: HttpRequest) -> HttpResponse:
    """Show every operation: what it takes, what it gives, and what may go wrong."""
    context: dict[str, Any] = {"groups": groups(), "kinds": kinds(), "section": "api"}
    return render(request, "api/docs.html", context)
