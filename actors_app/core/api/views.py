"""The first address: who asks, and where things are."""

from django.middleware.csrf import get_token
from django.urls import reverse
from rest_framework.request import Request
from rest_framework.response import Response

from actors_app.core.api import serializers
from actors_app.core.api.base import Resource
from actors_app.core.api.schema import operation
from actors_app.core.requests import brings_token
from actors_app.core.security.read_only import read_only_reason


class Start(Resource):
    """`/`."""

    secret = True

    @operation("Who you are here", tag="You", gives=serializers.Start)
    def get(self, request: Request) -> Response:
        """Answer with the caller's name, and the token that a session needs to change something."""
        return Response(
            {
                "username": self.who.username,
                "tenant": self.tenant.name,
                "read_only": read_only_reason(self.http),
                "csrf_token": None if brings_token(self.http) else get_token(self.http),
                "schema": reverse("api:schema"),
                "docs": reverse("api:docs"),
            }
        )
