"""The operations on messages and mailboxes."""

from actors_app.core.operations.operation import AGAVEPY_RAISES, Operation
from actors_app.core.security.capabilities import EXECUTE, UPDATE
from actors_app.messages.checks import mailbox_is_empty, message_is_sent

COUNT_MESSAGES = Operation(
    "mailbox.count",
    "GET",
    "/actors/{actor_id}/messages",
    summary="Count queued messages",
    title="Count queued messages",
    agavepy="getMessages",
)
SEND_MESSAGE = Operation(
    "message.send",
    "POST",
    "/actors/{actor_id}/messages",
    pages=("message-create", "message-preview"),
    needs=EXECUTE,
    doing="sending messages to it",
    purpose="Send a message to an actor. Each message becomes an execution.",
    done="sent a message to",
    tried="send a message to",
    check=message_is_sent,
    summary="Send a message",
    title="Send message",
    example={"message": "hello"},
    has_raw_body=True,
    agavepy="sendMessage",
)
SEND_FILE = Operation(
    "message.send-file",
    via=SEND_MESSAGE,
    recorded_as=SEND_MESSAGE,
    title="Send file",
    has_file=True,
    agavepy="sendBinaryMessage",
)
PURGE_MAILBOX = Operation(
    "mailbox.purge",
    "DELETE",
    "/actors/{actor_id}/messages",
    pages=("message-purge",),
    needs=UPDATE,
    doing="purging its mailbox",
    purpose="Purge a mailbox: all queued messages are deleted permanently.",
    done="purged the mailbox of",
    tried="purge the mailbox of",
    choice="Purge a mailbox",
    check=mailbox_is_empty,
    summary="Purge the mailbox of an actor",
    title="Purge mailbox",
    agavepy="deleteMessages",
    agavepy_note=AGAVEPY_RAISES,
    takes_reason=True,
)
