"""What differs between the versions of the API: paths, header, field names, envelope, nulls. Nothing else does.

`V2` is Abaco behind the Agave gateway (camelCase, nulls dropped). Views work in snake_case and never name a version.
"""

import json
import re
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse

Record = dict[str, Any]


class V2:
    """Speak as Abaco v2 does behind the Agave gateway, under `/actors/v2`."""

    prefix = "actors/v2"
    version = "dev"
    world_listed = True

    def bearer(self, request: HttpRequest) -> str | None:
        """Return the access token of a request, or None where it carries no token header."""
        header = request.headers.get("Authorization")
        return None if header is None else header.removeprefix("Bearer ").strip()

    def refuse_token(self, request: HttpRequest) -> HttpResponse:
        """Answer a token nobody was given, as the WSO2 gateway does."""
        fault = {
            "code": 900904,
            "message": "Invalid Credentials",
            "description": (
                f"Access failure for API: /{self.prefix}, version: v2. Make sure you have given the "
                "correct access token"
            ),
        }
        headers = {"WWW-Authenticate": 'OAuth2 realm="WSO2 API Manager"'}
        return HttpResponse(json.dumps({"fault": fault}), "application/json", 401, headers=headers)

    def name(self, field: str) -> str:
        """Write a snake_case field as this version does: `create_time` becomes `createTime`."""
        return re.sub(r"(?<=[a-z0-9])_([a-z])", lambda found: found[1].upper(), field)

    def field(self, name: str) -> str:
        """Read a field name of a search, in either case, as snake_case."""
        return re.sub(r"(?<=[a-z0-9])([A-Z])", lambda found: "_" + found[1].lower(), name)

    def record(self, fields: Mapping[str, Any], keep_nulls: bool = False) -> Record:
        """Write a record's top-level names; values that are None go unless they are kept, as in search results."""
        return {self.name(key): value for key, value in fields.items() if keep_nulls or value is not None}

    def envelope(self, message: str, result: Any, status: str) -> Record:
        """Wrap a result as every JSON answer is wrapped."""
        return {"message": message, "result": result, "status": status, "version": self.version}

    def link(self, *segments: str) -> str:
        """Write the address of something under the actors root, for `_links`."""
        return "/".join([settings.SANDBOX_URL, self.prefix, *segments])

    def owner_link(self, user: str) -> str:
        """Write the address of somebody's profile, for `_links`."""
        return f"{settings.SANDBOX_URL}/profiles/v2/{user}"

    @property
    def api_server(self) -> str:
        """Name the server as records do in `apiServer`."""
        return str(settings.SANDBOX_URL)


V2_DIALECT = V2()
