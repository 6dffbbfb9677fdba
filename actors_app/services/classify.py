"""Which error an answer of the API is: one function from its status and body to a class of `errors.py`.

Abaco's own status codes say little: nearly every refusal is a 400, some are a 500 with a Python exception
in the message, and the gateway in front of it has its own JSON, XML and HTML (TACC/abaco actors/errors.py,
agaveflask/errors.py and utils.py). So the message decides first, in a table, and the status only when no
row fits.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, NamedTuple

from actors_app.masking import Masker
from actors_app.services.errors import (
    APIError,
    BadAnswer,
    CallError,
    Conflict,
    Forbidden,
    InvalidRequest,
    InvalidToken,
    NotFound,
    OnlyAdmins,
    RateLimited,
    ServiceFailed,
    SignedOut,
    Unsupported,
)
from actors_app.services.jsons import UnreadableJSON, load_json

MAX_REASON = 300  # characters
MAX_WAIT = 3600  # seconds
MAX_ERROR_BODY = 65536  # bytes; an error's words are at its beginning


class _Row(NamedTuple):
    """A message that means something else than its status: `where` limits the row to labels of that form."""

    pattern: re.Pattern[str]
    error: type[CallError]
    where: re.Pattern[str] = re.compile("")


def _row(pattern: str, error: type[CallError], where: str = "") -> _Row:
    return _Row(re.compile(pattern), error, re.compile(where))


# The first row that fits decides. `where` is matched against the method and the path's label.
_ROWS = (
    _row(r"^No JWT or nonce provided", SignedOut),
    # v3 answers each of these with 400: a token that is no JWT, one that has expired or whose signature is
    # wrong, one of a tenant or a kind that it does not serve.
    _row(r"^(Could not parse the|Invalid|Unable to process) Tapis (access )?token", InvalidToken),
    _row(r"^Invalid service request", InvalidToken),
    _row(r"Invalid Credentials", SignedOut),
    _row(r"^Not authorized", Forbidden),
    _row(r"^Abaco Admin role required", Forbidden),
    _row(r"^Nonce does not have sufficient permissions", Forbidden),
    _row(r"^No remaining uses left for this nonce", Forbidden),
    _row(r"^Invalid ", InvalidRequest),
    _row(r"^Actor with identifier .* not found", NotFound),
    _row(r"^No (actor|alias|config) found", NotFound),
    _row(r"^No executions found", NotFound),
    _row(r"^(Worker|Nonce) not found", NotFound),
    _row(r"^(Actor|Config|Alias|Nonce)\b.* does not exist", NotFound),
    _row(r"already exists", Conflict),
    _row(r"^Cannot force quit an execution not in RUNNING status", Conflict),
    _row(r"^actor is stateless", Conflict),
    _row(r"exceeds max content length", InvalidRequest),
    # One config, and who may do what with it: the check of rights itself breaks for who is no administrator
    # (TACC/abaco actors/auth.py goes on to check an actor that there is none of), before anything is done.
    _row(r"class '(TypeError|NameError|UnboundLocalError)'", OnlyAdmins, where=r"/configs/\{config\}"),
    # An exception's text, where it is known to come from what was sent.
    _row(r"werkzeug\.exceptions\.BadRequest", InvalidRequest),
    _row(r"(too many|not enough) values to unpack|cannot unpack non-iterable", InvalidRequest, where="^(POST|PUT) "),
    _row(r"invalid literal for int", InvalidRequest),
    _row(r"class '(KeyError|TypeError)'", NotFound, where=r"^DELETE .*/nonces/\{nonce\}"),
    _row(
        r"Exception: '?Inputted |argument of type '\w+' is not iterable|OperationFailure",
        InvalidRequest,
        where="^GET ",
    ),
)

_STATUSES: Mapping[int, type[CallError]] = {
    400: InvalidRequest,
    401: SignedOut,
    403: Forbidden,
    404: NotFound,
    405: Unsupported,
    409: Conflict,
    410: NotFound,
    429: RateLimited,
    501: Unsupported,
}

_TELL_WHEN = (502, 503, 504)  # statuses beside 429 whose Retry-After is passed on

# The gateway's own codes (WSO2 API Manager), in JSON `fault.code` or in XML.
_GATEWAY_CODE = re.compile(rb"\b(9008\d\d|9009\d\d)\b")
_PYTHON_WORDS = re.compile(r"Unrecognized exception type|Traceback|<class '")
_ABOUT_FIELD = re.compile(r"description[.:]|^Invalid POST: (?=\{)")
_FIELD = re.compile(r"\{'(\w+)': ")
# Which field other refusals are about, by our names; they name none (TACC/abaco actors/controllers.py, models.py).
_FIELD_OF = tuple(
    (re.compile(pattern), field)
    for pattern, field in (
        (r"^The cron is not in|^The starting date|is an invalid unit of time", "cron_schedule"),
        (r"Hints must be simple", "hints"),
        (r"stateful actors can only have 1 worker", "max_workers"),
        (r"cannot be updated to be stateless", "stateless"),
        (r"Invalid [Qq]ueue name", "queue"),
        (r"[Ii]nvalid link ", "link"),
        (r"run_?as_?executor", "run_as_executor"),
        (r"\bAlias .* already exists", "alias"),
        (r"\bConfig .* already exists", "name"),
    )
)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]+")


def classify(
    status: int, headers: Mapping[str, str], body: bytes, *, method: str = "GET", label: str = ""
) -> CallError:
    """Return the error that an answer is; call it only for answers that are not a success.

    `label` is the path with its ids left out; it is all that `detail` says of the address. A status from
    300 to 399 is a redirect, which is never followed.
    """
    detail = f"{method} {label} was answered {status}"
    if 300 <= status < 400:
        return _after(
            BadAnswer(detail, user_message="The Actors API sent a redirect, which the portal does not follow."),
            method,
            status,
        )
    message = message_of(body)
    error = _error_class(status, message, body, f"{method} {label}")
    wait = parse_retry_after(_header(headers, "retry-after"))
    if error is RateLimited:
        return RateLimited(detail).ask_to_wait(wait)
    if error is InvalidRequest and (status == 413 or (message and "max content length" in message)):
        return too_large_for_api(detail)
    quotable = message if message and not _PYTHON_WORDS.search(message) else None
    failure = _after(
        error(
            detail,
            reason=plain(Masker().text(quotable)) if quotable else None,
            field=_field_of(message) if message and error in (InvalidRequest, Conflict) else None,
        ),
        method,
        status,
    )
    return failure.ask_to_wait(wait if status in _TELL_WHEN else None)


def _field_of(message: str) -> str | None:
    """Return the field that a refusal is about, by our name of it."""
    about = _ABOUT_FIELD.search(message)
    if about and (match := _FIELD.search(message, about.end())):
        return re.sub(r"(?<=[a-z])[A-Z]", lambda capital: f"_{capital[0].lower()}", match[1])
    return next((field for pattern, field in _FIELD_OF if pattern.search(message)), None)


def _after(error: CallError, method: str, status: int) -> CallError:
    """Note the status; say that a write may have been done, where neither it nor the API says that it was not."""
    error.answered = status
    decided = isinstance(error, APIError | SignedOut) and not isinstance(error, ServiceFailed)
    if method != "GET" and not decided:
        error.mark_changed("unknown")
    return error


def too_large_for_api(detail: str) -> InvalidRequest:
    """Return the error of a request that the API, or a server in front of it, takes for too large."""
    return InvalidRequest(
        detail,
        kind="too-large",
        status=413,
        user_message="The request is larger than the Actors API accepts.",
        advice="Send less data, or split it into parts.",
    )


def _error_class(status: int, message: str | None, body: bytes, where: str) -> type[CallError]:
    gateway = (
        _GATEWAY_CODE.search(body[:MAX_ERROR_BODY]) if status >= 400 and b"ault" in body[:MAX_ERROR_BODY] else None
    )
    if gateway:
        return _gateway_class(int(gateway[1]))
    if message is not None and status not in (405, 429):
        if message.startswith("Invalid request: the "):
            return Unsupported if status < 500 else ServiceFailed
        for row in _ROWS:
            if row.pattern.search(message) and row.where.search(where):
                return row.error
    if status in _STATUSES:
        return _STATUSES[status]
    if status >= 500:
        return ServiceFailed
    # An envelope that says "error" under a status of success is a refusal like any 400.
    return InvalidRequest


def _gateway_class(code: int) -> type[CallError]:
    if code < 900900:
        return RateLimited
    return SignedOut if code in (900901, 900902, 900903, 900904) else Forbidden


def message_of(body: bytes) -> str | None:
    """Return an error's message, from Abaco's envelope, a gateway's fault or an OAuth error, or None."""
    head = body[:MAX_ERROR_BODY].lstrip()
    if not head.startswith(b"{"):
        return None
    try:
        answer: dict[str, Any] = load_json(body[:MAX_ERROR_BODY])
    except UnreadableJSON:
        # nginx's own error documents hold the bare word None, which no JSON reader takes.
        match = re.search(rb'"message":\s*"((?:[^"\\]|\\.){1,2000})"', head)
        return match[1].decode("utf-8", "replace") if match else None
    for holder in (answer, answer.get("fault")):
        if isinstance(holder, dict) and isinstance(holder.get("message"), str):
            return str(holder["message"])
    # An OAuth error (RFC 6749): a word for machines, then one for people.
    parts = [answer[key] for key in ("error", "error_description") if isinstance(answer.get(key), str)]
    return ": ".join(parts) or None


def plain(text: str) -> str | None:
    """Return untrusted text on one line, without control and direction marks, cut to 300 characters."""
    line = " ".join(_CONTROL.sub(" ", text).split())
    return (line if len(line) <= MAX_REASON else line[: MAX_REASON - 1] + "…") or None


def parse_retry_after(value: str | None) -> int | None:
    """Return the seconds to wait, from 0 to 3600; None when the header is missing or cannot be read."""
    if value is None:
        return None
    text = value.strip()
    if re.fullmatch(r"\d{1,18}", text, re.ASCII):
        return min(int(text), MAX_WAIT)
    try:
        when = parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError):
        return None
    if when.tzinfo is None:
        when = when.replace(tzinfo=UTC)
    return max(0, min(round((when - datetime.now(UTC)).total_seconds()), MAX_WAIT))


def _header(headers: Mapping[str, str], name: str) -> str | None:
    return next((value for key, value in headers.items() if key.lower() == name), None)
