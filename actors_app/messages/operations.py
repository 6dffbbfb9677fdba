"""The operations on messages and mailboxes."""

from actors_app.core.operations.operation import AGAVEPY_RAISES, Operation
from actors_app.core.security.capabilities import EXECUTE, UPDATE
from actors_app.messages.checks import mailbox_is_empty, message_is_sent

COUNT_MESSAGES = Operation(
    "mailbox.count",
    "GET",
    "/actors/{actor_id}/messages",
    summary="Count the messages that wait",
    title="Count the messages that wait",
    agavepy="getMessages",
)
SEND_MESSAGE = Operation(
    "message.send",
    "POST",
    "/actors/{actor_id}/messages",
    pages=("message-create", "message-preview"),
    needs=EXECUTE,
    doing="sending messages to it",
    purpose="Send a message to an actor: it becomes an execution. How many wait is shown above.",
    done="sent a message to",
    tried="send a message to",
    check=message_is_sent,
    summary="Send a message",
    title="Send the message",
    example={"message": "hello"},
    has_raw_body=True,
    agavepy="sendMessage",
)
SEND_FILE = Operation(
    "message.send-file",
    via=SEND_MESSAGE,
    recorded_as=SEND_MESSAGE,
    title="Send the file",
    has_file=True,
    agavepy="sendBinaryMessage",
)
PURGE_MAILBOX = Operation(
    "mailbox.purge",
    "DELETE",
    "/actors/{actor_id}/messages",
    pages=("message-purge",),
    needs=UPDATE,
    doing="emptying its mailbox",
    purpose="Empty an actor's mailbox: what waits there is lost.",
    done="emptied the mailbox of",
    tried="empty the mailbox of",
    choice="Empty a mailbox",
    check=mailbox_is_empty,
    summary="Drop all messages that wait",
    title="Purge the mailbox",
    agavepy="deleteMessages",
    agavepy_note=AGAVEPY_RAISES,
)
