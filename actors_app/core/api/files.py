"""Answers that are files, sent while they are read: CSV, and JSON Lines."""

from typing import Any

from rest_framework.renderers import BaseRenderer, JSONRenderer


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
BOM_HELP = "Begin CSV with a byte order mark, as Excel needs it; JSON Lines never have one."
FILES = {"text/csv": str, "application/jsonl": str}
