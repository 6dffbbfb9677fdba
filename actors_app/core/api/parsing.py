"""Reading a JSON body as strictly as the forms read JSON: no repeated name, no NaN, no depth without end."""

from collections.abc import Mapping
from typing import Any

from django import forms
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser

from actors_app.core.pages.form_fields import read_json


class StrictJSONParser(BaseParser):
    """JSON as RFC 8259 has it, in UTF-8."""

    media_type = "application/json"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Mapping[str, Any] | None = None) -> Any:
        """Return the value; raise ParseError with a sentence for what is none."""
        body: bytes = (parser_context or {})["request"]._request.body
        try:
            return read_json(body.decode())
        except UnicodeDecodeError:
            raise ParseError("The body is not UTF-8.") from None
        except forms.ValidationError as problem:
            raise ParseError(" ".join(problem.messages)) from None
