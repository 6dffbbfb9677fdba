"""Messages: how many wait, sending one as text, JSON or bytes, and purging the mailbox."""

from collections.abc import Mapping

from actors_app.services.caller import Service, json_call
from actors_app.services.calls import Call
from actors_app.services.dialects import camel
from actors_app.services.errors import InvalidRequest
from actors_app.services.types import Mailbox, SentMessage
from actors_app.services.types.actor_fields import PRIVILEGED_FIELDS
from actors_app.services.urls import UpstreamPath, actor

# Abaco checks every body under an actor as if it were a definition (TACC/abaco actors/auth.py,
# `check_privileged`): with a value under one of these names, a message is refused unless its sender is an administrator
# or has the privileged role.
PRIVILEGED_KEYS = frozenset(key for name in PRIVILEGED_FIELDS for key in (name, camel(name)))


def privileged_key(value: object) -> str:
    """Return a key of a JSON value that the API takes for a setting of the actor; nothing where there is none."""
    return next((key for key in sorted(PRIVILEGED_KEYS) if value.get(key)), "") if isinstance(value, dict) else ""


def loses_keys(value: Mapping[str, object]) -> bool:
    """Whether the API keeps only the `message` of a JSON object, as text: it does unless that text is empty.

    0, false and {} become the texts `0`, `False` and `{}` (TACC/abaco actors/controllers.py, `validate_post`).
    """
    return value.get("message") not in (None, "", [])


_NO_ENVIRONMENT: Mapping[str, str] = {}


class Messages(Service):
    """The mailboxes of actors."""

    def count(self, actor_id: str) -> Mailbox:
        """Return how many messages wait for an actor. `GET /actors/{id}/messages`."""
        result = self._caller.object(Call("GET", self._path(actor_id)))
        return Mailbox.from_api(result, self._caller.dialect)

    def send_text(self, actor_id: str, text: str, environment: Mapping[str, str] = _NO_ENVIRONMENT) -> SentMessage:
        """Send a text and return the execution it became. `POST /actors/{id}/messages`.

        `environment` reaches the container for this one run. Raises InvalidRequest for an empty text, which
        Abaco would take for JSON without a message, and for a variable it reserves.
        """
        if not text:
            raise _invalid("an empty text", "Messages cannot be empty.")
        return self._send(json_call("POST", self._path(actor_id), {"message": text}, _query(environment)))

    def send_json(self, actor_id: str, value: object, environment: Mapping[str, str] = _NO_ENVIRONMENT) -> SentMessage:
        """Send a JSON object as it is and return the execution it became. `POST /actors/{id}/messages`.

        Raises InvalidRequest for what Abaco would refuse or change: anything but an object, and an object with a
        `message` (of which it keeps only that). Who may send one of PRIVILEGED_KEYS, the API decides.
        """
        if not isinstance(value, dict):
            raise _invalid(
                "JSON that is no object",
                "The Actors API takes only a JSON object as a message. "
                "Put the list or value into an object, or send it as text.",
            )
        if loses_keys(value):
            raise _invalid(
                "JSON with a message key",
                "If a JSON object has the key “message”, the Actors API keeps only its value. "
                "Use another key, or send it as text.",
            )
        return self._send(json_call("POST", self._path(actor_id), value, _query(environment)))

    def send_binary(self, actor_id: str, data: bytes, environment: Mapping[str, str] = _NO_ENVIRONMENT) -> SentMessage:
        """Send bytes and return the execution they became. `POST /actors/{id}/messages`."""
        call = Call(
            "POST",
            self._path(actor_id),
            query=_query(environment),
            body=data,
            content_type="application/octet-stream",  # exactly: with a parameter, Abaco does not know it
        )
        return self._send(call)

    def purge(self, actor_id: str) -> str:
        """Drop all waiting messages, whose executions then stay SUBMITTED. `DELETE /actors/{id}/messages`."""
        return self._caller.message(Call("DELETE", self._path(actor_id)))

    def _path(self, actor_id: str) -> UpstreamPath:
        return self._caller.path(actor(actor_id), "messages")

    def _send(self, call: Call) -> SentMessage:
        return SentMessage.from_api(self._caller.object(call), self._caller.dialect)


def _query(environment: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """Return variables as the query they travel in; raise InvalidRequest for names with another meaning."""
    for name, value in environment.items():
        lowered = name.strip().lower()
        if lowered in ("", "message", "x-nonce") or lowered.startswith("_abaco_"):
            raise _invalid(
                "a reserved variable",
                "The variables message and x-nonce, and all names that start with _abaco_, are reserved by the API.",
                field="environment",
            )
        if "=" in name or "\0" in name + value:
            raise _invalid(
                "a variable that no environment holds",
                "Variable names cannot contain “=”; names and values cannot contain NUL characters.",
                field="environment",
            )
    return tuple(environment.items())


def _invalid(reason: str, user_message: str, field: str = "message") -> InvalidRequest:
    return InvalidRequest(f"a message was not sent: {reason}", user_message=user_message, field=field)
