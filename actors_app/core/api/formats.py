"""What bodies are written in: strict JSON that comes in, CSV and JSON Lines that go out."""

from collections.abc import Mapping
from typing import Any

from django import forms
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer, JSONRenderer

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


class StreamedRenderer(BaseRenderer):
    """Stands for a form in which an answer is sent without coming through here."""

    def render(self, data: Any, *args: Any, **kwargs: Any) -> bytes:
        """Return nothing."""
        return b""


class _CSV(StreamedRenderer):
    media_type = "text/csv"
    format = "csv"


class _JSONLines(StreamedRenderer):
    media_type = "application/jsonl"
    format = "jsonl"


# Of the two it is the parameter `format` that decides; a program may ask for either, or for anything.
FileRenderers = (JSONRenderer, _CSV, _JSONLines)
BOM_HELP = "Start CSV with a byte order mark, as required by Excel. Ignored for JSON Lines."
FILES = {"text/csv": str, "application/jsonl": str}
