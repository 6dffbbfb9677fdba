"""What can go wrong at the Actors API, as one tree; `classify.py` decides which answer is which class.

    CallError                     kind                                    status of our answer
    ├── SignedOut                 signed-out                              401
    │   ├── InvalidToken          invalid-token                           401
    │   └── PortalRefused         signed-out                              401
    └── AbacoError
        ├── Unreachable           unreachable, untrusted-tls              502
        │   ├── TimedOut          timeout                                 504
        │   └── Resting           unreachable                             503
        ├── Busy                  busy                                    503
        ├── BadAnswer             cut-off, too-large, unreadable          502
        │   └── NamingMismatch    wrong-version                           502
        └── APIError              the API refused, in its own words
            ├── InvalidRequest    invalid, too-large                      400, 413
            │   ├── WrongPassword invalid                                 400
            │   └── CodeRefused   invalid                                 400
            ├── TokenRenewed      signed-out                              401
            ├── Forbidden         forbidden                               403
            │   └── OnlyAdmins    only-admins                             403
            ├── NotFound          gone                                    404
            ├── Unaddressable     unaddressable                           404
            ├── Conflict          conflict                                409
            ├── Unsupported       unsupported                             501
            ├── RateLimited       rate-limited                            503
            └── ServiceFailed     upstream-error                          502
                └── ClientRefused upstream-error                          502

A page shows an AbacoError in the place of what it could not read. SignedOut is none, so that no page shows anything
instead: it passes through every view, and the middleware, or the error handler of the JSON API, answers it.

A write of which nobody knows whether it was done has the kind `unknown-outcome`, whatever its class.
"""

# ruff: noqa: N818 - the names say what happened; they end in no Error because pages and tests read them aloud.

from typing import Literal, Self

Changed = Literal["no", "yes", "unknown"]

CHECK_FIRST = "We do not know whether this succeeded. Check before you retry."
DONE_UNSEEN = "Check the list for the result."


class CallError(Exception):
    """A call to the Actors API failed.

    kind: a word for machines. user_message: a sentence saying what happened. advice: a sentence saying what
    to do next. changed: whether the call changed anything ("no", "yes" or "unknown"). status: the HTTP
    status of the portal's own answer. detail: a line for the log, free of secrets, addresses and bodies.
    reason: the API's own words, untrusted, at most 300 characters, or None. field: the input the API
    complained about, or None.
    """

    kind: str = "unreachable"
    status: int = 502
    answered: int | None = None  # the HTTP status of the API's answer, where one came
    retry_after: int | None = None  # seconds, at most an hour, where it is known when to try again
    audit_id: int | None = None  # the number under which the portal has recorded the write that failed, if it has
    user_message: str = "The Actors API returned an error."
    advice: str = "Try again in a moment."

    def __init__(
        self,
        detail: str = "",
        *,
        kind: str | None = None,
        user_message: str | None = None,
        advice: str | None = None,
        changed: Changed = "no",
        reason: str | None = None,
        field: str | None = None,
        status: int | None = None,
    ) -> None:
        self.kind = kind or type(self).kind
        self.status = status or type(self).status
        self.user_message = user_message or type(self).user_message
        self.advice = advice or type(self).advice
        self.reason = reason
        self.field = field
        self.detail = detail or self.kind
        self.changed: Changed = "no"
        super().__init__(self.detail)
        if changed != "no":
            self.mark_changed(changed)

    def ask_to_wait(self, seconds: int | None) -> Self:
        """Say for how many seconds the API asks to wait, in words and in `retry_after`; return the error."""
        self.retry_after = seconds
        if seconds:
            self.user_message = f"{self.user_message} The API asks you to wait {_duration(seconds)}."
            if self.changed == "no":
                self.advice = f"Try again in {_duration(seconds)}."
        return self

    def mark_changed(self, changed: Literal["yes", "unknown"]) -> Self:
        """Say what the failed write may have done, in `changed`, `advice` and `kind`; return the error."""
        self.changed = changed
        if changed == "unknown":
            self.kind = "unknown-outcome"
            self.advice = CHECK_FIRST
        else:
            self.advice = DONE_UNSEEN
        return self


class SignedOut(CallError):
    """The sign-in has ended."""

    kind = "signed-out"
    status = 401
    user_message = "Your session has expired."
    advice = "Sign in again."


class InvalidToken(SignedOut):
    """The API itself refuses the token, by what is in it; another one may be accepted."""

    kind = "invalid-token"
    user_message = "The Actors API rejected this token: it is invalid, expired, or from another tenant."
    advice = "Sign in again, or use another token."


class PortalRefused(SignedOut):
    """The token endpoint refuses the portal's own OAuth client, so it renews no sign-in."""

    user_message = "Your session could not be renewed: the API rejected the portal's credentials."
    advice = "Sign in again; if that fails too, contact your portal administrator."


class AbacoError(CallError):
    """Something else than the sign-in failed, so that the rest of a page can be shown all the same."""


class Unreachable(AbacoError):
    """No answer came: unknown name, refused or broken connection, certificate not trusted."""

    user_message = "Cannot reach the Actors API."


class TimedOut(Unreachable):
    """No whole answer came in time."""

    kind = "timeout"
    status = 504
    user_message = "The Actors API timed out."


class Resting(Unreachable):
    """The call was not made, since the calls before it got no answer; `retry_after` is in seconds."""

    status = 503
    user_message = "The Actors API is not responding."

    @classmethod
    def until(cls, retry_after: int, detail: str) -> "Resting":
        """Return the error with the seconds until the API is asked again."""
        message = f"The Actors API is not responding. Next attempt in {_duration(retry_after)}."
        error = cls(detail, user_message=message, advice="Try again then.")
        error.retry_after = retry_after
        return error


class Busy(AbacoError):
    """The portal already waits for the API with as many pages as it may; nothing was asked."""

    kind = "busy"
    status = 503
    user_message = "The portal is busy: too many requests are waiting for the Actors API."
    advice = "Try again in a few seconds."
    retry_after = 5


class BadAnswer(AbacoError):
    """An answer came, but it was cut off, too large or in no form we know."""

    kind = "unreadable"
    user_message = "The Actors API sent an unreadable response."
    raw = ""  # the answer, where whoever asked may see all of it

    @classmethod
    def too_large(cls, detail: str) -> "BadAnswer":
        """Return the error of an answer that would take more memory than one page may."""
        return cls(
            detail,
            kind="too-large",
            user_message="The response is too large to display.",
            advice="Narrow your request.",
        )


class NamingMismatch(BadAnswer):
    """The API writes its names otherwise than the version that the portal is set to, so nothing it says is believed."""

    kind = "wrong-version"
    advice = "Contact your portal administrator."

    @classmethod
    def between(cls, actual: str, version: str, label: str) -> "NamingMismatch":
        """Return the error of an answer that is of another version than the one that is set."""
        return cls(
            f"{label} was answered in the names of {actual}, and the portal is set to {version}",
            user_message=f"The Actors API uses version {actual}, but this portal is set to {version}: "
            f"set ACTORS_API_VERSION, or version in the file of PORTAL_TENANTS_FILE, to {actual}.",
        )

    @classmethod
    def without(cls, names: str, subject: str) -> "NamingMismatch":
        """Return the error of a thing that cannot be changed, since the API described it without these names."""
        return cls(
            f"{subject} was described without {names}",
            user_message=f"The Actors API's response for {subject} is missing {names}, so saving could lose data: "
            "check ACTORS_API_VERSION, or version in the file of PORTAL_TENANTS_FILE.",
        )


class APIError(AbacoError):
    """The API refused, in its own words."""

    kind = "upstream-error"
    user_message = "The Actors API rejected this request."


class InvalidRequest(APIError):
    """What was sent is not acceptable."""

    kind = "invalid"
    status = 400
    user_message = "The Actors API rejected the input."
    advice = "Correct it and try again."


class WrongPassword(InvalidRequest):
    """The user name and the password do not belong together, or the sign-in was refused for them."""

    user_message = "Incorrect username or password."
    advice = "Try again."


class CodeRefused(InvalidRequest):
    """The token endpoint does not take the code that its own sign-in page gave."""

    user_message = "Sign-in failed on the API's sign-in page."
    advice = "Sign in again."


class TokenRenewed(APIError):
    """A write met an old token, which is renewed now; the write was not done."""

    kind = "signed-out"
    status = 401
    user_message = "Your session was renewed, so nothing was sent."
    advice = "Send it again."


class Forbidden(APIError):
    """The visitor's permissions or roles do not allow this."""

    kind = "forbidden"
    status = 403
    user_message = "You do not have permission to do this."
    advice = "Ask the owner or an administrator for access."


class OnlyAdmins(Forbidden):
    """What the API fails at for everybody who is no administrator, before it has done anything."""

    kind = "only-admins"
    user_message = "Only administrators can do this: the API fails for everyone else, even with permission."
    advice = "Ask an API administrator to do it."


class NotFound(APIError):
    """The thing does not exist, or no longer."""

    kind = "gone"
    status = 404
    user_message = "Not found in the Actors API."
    advice = "Go back to the list."
    may_be_hidden: bool = False  # whether it may exist all the same, and be somebody else's

    @classmethod
    def or_hidden(cls, detail: str) -> "NotFound":
        """Return the error of what the API does not tell from what is somebody else's."""
        message = "Not found, or you do not have access."
        error = cls(detail, user_message=message)
        error.may_be_hidden = True
        return error


class Unaddressable(APIError):
    """A name or id that may exist, but whose address the API reads as another; no call was made."""

    kind = "unaddressable"
    status = 404
    user_message = "The Actors API cannot look this up: it reads the URL as a different one."
    advice = "Contact the API administrator."


class Conflict(APIError):
    """The thing is in a state that does not allow this, or the name is taken."""

    kind = "conflict"
    status = 409
    user_message = "This is not possible in the current state."
    advice = "Check the current state and try again."


class Unsupported(APIError):
    """The call is not offered by this release of the API."""

    kind = "unsupported"
    status = 501
    user_message = "Not available in this version of the Actors API."
    advice = "Contact the API administrator."


class RateLimited(APIError):
    """The API takes no more requests for now."""

    kind = "rate-limited"
    status = 503
    user_message = "Rate limit reached."


class ServiceFailed(APIError):
    """The API, or the gateway in front of it, failed by itself."""

    user_message = "The Actors API returned an error."


class ClientRefused(ServiceFailed):
    """The token endpoint does not know the portal's own OAuth client, or no longer."""

    user_message = "The portal's API credentials were rejected."
    advice = "Contact your portal administrator."


def _duration(seconds: int) -> str:
    if seconds < 90:
        return "1 second" if seconds == 1 else f"{seconds} seconds"
    return f"{-(-seconds // 60)} minutes"
