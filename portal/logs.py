"""What a log line looks like: one JSON object, or text for people; with the request it belongs to, and no secret.

gunicorn writes its lines in the same form, and one for each request where LOG_REQUESTS asks for it. Nothing here needs
the settings: the first process of gunicorn has none.
"""

import json
import logging
import os
import re
import sys
import threading
from collections.abc import Iterable
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

from gunicorn.glogging import Logger

from actors_app.masking import MASK, Masker

FORMATS = ("json", "text")
LONGEST = 8000  # characters of a line's words
GONE = MASK

request_id: ContextVar[str] = ContextVar("request_id", default="")

# What no line should hold in the first place; the tests with canaries show that none does. This is the second guard.
# A word, and the query behind it: each word is looked at once.
_QUERY = re.compile(r"([^\s?\"']++)(\?[^\s\"']+)?")
_secrets: list[str] = []
_lock = threading.Lock()


def hide(values: Iterable[str]) -> None:
    """Remove these texts from every line from now on: the portal's own secrets."""
    with _lock:
        known = {value for value in values if len(value) >= 6} | set(_secrets)
        _secrets[:] = sorted(known, key=len, reverse=True)


def redacted(text: str) -> str:
    """Return a text without what looks like a secret, and without the portal's own."""
    for secret in _secrets:
        text = text.replace(secret, GONE)
    text = _QUERY.sub(lambda word: f"{word[1]}?{GONE}" if word[2] and "/" in word[1] else word[0], text)
    return Masker().text(text)


def _one_line(text: str) -> str:
    return "".join(sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in text)


class _Redacting(logging.Formatter):
    def words(self, record: logging.LogRecord) -> str:
        """Return a record's message, shortened and redacted."""
        return redacted(record.getMessage())[:LONGEST]

    def trace(self, record: logging.LogRecord) -> str:
        """Return where it happened, or nothing."""
        if not record.exc_info:
            return ""
        return redacted(self.formatException(record.exc_info))[:LONGEST]


class JSONLine(_Redacting):
    """One JSON object a line: time (UTC), level, logger, message, process, request, and what a record adds."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": self.words(record),
            "process": record.process,
        }
        if request := request_id.get():
            line["request"] = request
        line |= getattr(record, "fields", {})
        if trace := self.trace(record):
            line["trace"] = trace
        return json.dumps(line, ensure_ascii=False)


class TextLine(_Redacting):
    """A line for people; what could pretend to be another line is shown by its code."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        moment = self.formatTime(record)
        request = f" [{request_id.get()}]" if request_id.get() else ""
        line = f"{moment} {record.levelname} {record.name}{request}: {_one_line(self.words(record))}"
        return "\n".join(filter(None, [line, self.trace(record)]))


def formatter(name: str) -> logging.Formatter:
    """Return the formatter of a name of FORMATS."""
    return JSONLine() if name == "json" else TextLine()


def _is_on(name: str) -> bool:
    return os.environ.get(name, "").strip().lower() in ("true", "1", "yes", "on")


def _address(environ: dict[str, Any]) -> str:
    """Return whom the proxy saw, where there is one: only the last address was written by it."""
    seen = (
        str(environ.get("HTTP_X_FORWARDED_FOR", "")).rpartition(",")[2].strip() if _is_on("PORTAL_BEHIND_PROXY") else ""
    )
    return (seen or str(environ.get("REMOTE_ADDR", "")))[:45]


class GunicornLogger(Logger):  # type: ignore[misc]  # gunicorn has no types
    """gunicorn's logger, with our form and our one line for each request."""

    def setup(self, cfg: Any) -> None:
        """Write to stderr in our form."""
        super().setup(cfg)
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(formatter(os.environ.get("LOG_FORMAT", "text").strip().lower()))
        self.error_log.handlers = [handler]
        self.requests = logging.getLogger("portal.requests")
        self.requests.handlers, self.requests.propagate = [handler], False
        self.requests.setLevel(logging.INFO)

    def access(self, resp: Any, req: Any, environ: dict[str, Any], request_time: Any) -> None:
        """Write the line of a request: without its query, its cookies and its browser, which may hold anything."""
        if not _is_on("LOG_REQUESTS"):
            return
        answered = {name.lower(): value for name, value in resp.headers}
        fields = {
            "request": answered.get("x-request-id", ""),
            "method": str(environ.get("REQUEST_METHOD", ""))[:20],
            "path": str(environ.get("PATH_INFO", ""))[:500],
            "status": resp.status_code,
            "bytes": getattr(resp, "sent", 0) or int(answered.get("content-length") or 0),  # a file is not counted
            "seconds": round(request_time.total_seconds(), 4),
            "address": _address(environ),
        }
        message = "{method} {path} {status} in {seconds} s".format(**fields)
        self.requests.info("%s", message, extra={"fields": fields})
