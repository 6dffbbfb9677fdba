"""Keeping messages as they were sent: encrypted, for their time, shown to few."""

import hashlib
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.db import connection
from django.test import Client
from django.utils import timezone

from actors_app.core.security import rotation
from actors_app.core.security.credentials import Credentials
from actors_app.messages import archive as message_archive
from actors_app.messages.archive import MAX_KEPT, Sent
from actors_app.messages.models import KeptMessage
from actors_app.services.types import Actor
from tests.conftest import API
from tests.support.payloads import ACTOR_ID, EXECUTION_ID, actor_payload, execution_payload

Browser = Callable[..., Client]
pytestmark = [pytest.mark.store, pytest.mark.django_db]
JDOE = Credentials("default", "jdoe", "a")
ANN = Credentials("default", "ann", "a")
ACTOR = Actor(id=ACTOR_ID, owner="ann")
URL = f"/actors/{ACTOR_ID}/messages/"
UPSTREAM = f"/actors/v2/{ACTOR_ID}"
SENT_AS = {"executionId": EXECUTION_ID, "msg": "x"}
SECRET = "one\n Kanarie two"


def keep(body: bytes = SECRET.encode(), kind: str = "text", who: Credentials = JDOE, **changes: Any) -> KeptMessage:
    row = message_archive.keep(who, ACTOR_ID, EXECUTION_ID, Sent(kind, body, {"TOKEN": "Kanarie"}))
    assert row is not None
    if changes:
        KeptMessage.objects.update(**changes)
    return KeptMessage.objects.get()


def known(who: Credentials = JDOE, actor: Actor | None = ACTOR) -> message_archive.OriginalMessage:
    return message_archive.original_message(who, EXECUTION_ID, actor)


def test_it_comes_back_as_it_was_sent_and_lies_encrypted() -> None:
    row = keep()
    sent = known().sent
    assert sent is not None
    assert (sent.kind, sent.body, sent.environment) == ("text", SECRET.encode(), {"TOKEN": "Kanarie"})
    assert (row.size, row.sha256) == (len(SECRET), hashlib.sha256(SECRET.encode()).hexdigest())
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM kept_message")
        assert b"Kanarie" not in b"".join(
            bytes(cell) for cell in cursor.fetchone() if isinstance(cell, bytes | memoryview)
        )


def test_its_sender_and_the_owner_see_it_and_nobody_else() -> None:
    row = keep()
    eve, other_tenant = Credentials("default", "eve", "a"), Credentials("other", "jdoe", "a")
    assert message_archive.may_see(JDOE, row, None)
    assert message_archive.may_see(ANN, row, ACTOR)
    assert not message_archive.may_see(ANN, row, None), "the API did not say who owns the actor"
    assert not message_archive.may_see(eve, row, ACTOR)
    assert not message_archive.may_see(Credentials("default", "", "a"), row, Actor(id=ACTOR_ID)), "no owner is nobody"
    assert not message_archive.may_see(other_tenant, row, ACTOR)
    seen = known(eve)
    assert seen.sent is None
    assert seen.why_not == "Sent through this portal by jdoe. Only jdoe and the actor's owner can see it."


def test_what_is_over_its_time_is_blanked_by_the_next_and_the_fact_goes_a_year_later() -> None:
    keep(expires_at=timezone.now() - timedelta(seconds=1))
    assert known().why_not == "Message expired (sent by you)."
    message_archive.keep(JDOE, ACTOR_ID, "Another", Sent("text", b"x", {}))
    row = KeptMessage.objects.get(execution_id=EXECUTION_ID)
    assert (bytes(row.content), bytes(row.environment), row.sha256) == (b"", b"", "")
    assert "Message expired" in known().why_not
    KeptMessage.objects.filter(pk=row.pk).update(expires_at=timezone.now())
    message_archive.keep(JDOE, ACTOR_ID, "AThird", Sent("text", b"x", {}))
    assert [row.execution_id for row in KeptMessage.objects.order_by("pk")] == ["Another", "AThird"]


def test_one_that_is_too_large_is_not_kept_and_that_is_said() -> None:
    row = keep(b"x" * (MAX_KEPT + 1))
    assert bytes(row.content) == b""
    assert known().why_not == "Sent through this portal by you. Too large to store: 1.0 MB (limit 1.0 MB)."


def test_a_row_copied_to_another_execution_does_not_open() -> None:
    keep(execution_id="Another")
    row = KeptMessage.objects.get()
    assert message_archive.opened(row) is None
    assert "cannot be decrypted" in message_archive.original_message(JDOE, "Another", None).why_not


@pytest.mark.parametrize(
    ("days", "words"), [(0, "This portal does not store messages"), (30, "not sent through this portal")]
)
def test_where_none_is_kept_it_says_so(settings: Any, days: int, words: str) -> None:
    settings.KEEP_MESSAGES_DAYS = days
    assert words in known().why_not
    message_archive.keep(JDOE, ACTOR_ID, EXECUTION_ID, Sent("text", b"x", {}))
    assert KeptMessage.objects.exists() == bool(days)


def test_a_store_that_fails_does_not_undo_what_was_sent(signed_in: Client, api: API) -> None:
    keep()  # the execution's row is there already
    api.post(f"{UPSTREAM}/messages", SENT_AS)
    answer = signed_in.post(URL, {"message": "another"})
    assert answer.headers["Location"].endswith(f"/executions/{EXECUTION_ID}/")
    assert known().sent is not None
    assert known().sent.body == SECRET.encode()  # type: ignore[union-attr]


def test_it_opens_after_the_key_was_changed(settings: Any) -> None:
    keep()
    message_archive.keep(JDOE, ACTOR_ID, "TooLarge", Sent("text", b"x" * (MAX_KEPT + 1), {}))
    new = Fernet.generate_key().decode()
    settings.CREDENTIAL_KEYS = [new, *settings.CREDENTIAL_KEYS]
    assert rotation.rotate() == {"rotated": 1}
    settings.CREDENTIAL_KEYS = [new]
    assert known().sent is not None


# Sending again ---------------------------------------------------------------------------------------------------


def opens(api: API, **actor: Any) -> None:
    api.get(UPSTREAM, actor_payload(**actor))
    api.get(f"{UPSTREAM}/messages", {"messages": 0})
    api.get(f"{UPSTREAM}/executions/{EXECUTION_ID}", execution_payload())


def test_what_was_sent_fills_the_form_and_the_next_remembers_it(signed_in: Client, api: API) -> None:
    api.post(f"{UPSTREAM}/messages", SENT_AS)
    signed_in.post(URL, {"kind": "json", "message": '{"city":"Áustin","n":1.50}', "env_name": "A", "env_value": "1"})
    opens(api)
    page = signed_in.get(f"{URL}?again={EXECUTION_ID}").content.decode()
    assert "Resending" in page
    assert "&quot;city&quot;: &quot;Áustin&quot;" in page
    assert 'value="json" checked' in page
    assert 'name="env_name" value="A"' in page
    assert f'name="again" value="{EXECUTION_ID}"' in page
    api.post(f"{UPSTREAM}/messages", {"executionId": "TheSecond", "msg": "x"})
    signed_in.post(URL, {"kind": "text", "message": "edited", "again": EXECUTION_ID})
    assert api.asked[-1].body == b'{"message": "edited"}'
    from actors_app.core.operations.models import AuditEntry

    assert f'"repeats": "{EXECUTION_ID}"' in AuditEntry.objects.filter(kind="start").order_by("-pk")[0].details
    row = KeptMessage.objects.get(execution_id="TheSecond")
    sent = message_archive.opened(row)
    assert sent is not None
    assert sent.repeats == EXECUTION_ID


def test_bytes_go_again_unseen(signed_in: Client, api: API) -> None:
    keep(b"\x00\xff bytes", "binary")
    opens(api)
    page = signed_in.get(f"{URL}?again={EXECUTION_ID}").content.decode()
    assert 'name="same_file"' in page
    assert "8 B, from execution" in page
    api.get(UPSTREAM, actor_payload())
    api.get(f"{UPSTREAM}/executions/{EXECUTION_ID}", execution_payload())
    api.post(f"{UPSTREAM}/messages", {"executionId": "TheSecond", "msg": "x"})
    answer = signed_in.post(URL, {"kind": "file", "same_file": "on", "again": EXECUTION_ID})
    assert answer.status_code == 302
    assert api.asked[-1].body == b"\x00\xff bytes"


def test_bytes_of_somebody_elses_are_not_sent(sign_in: Browser, api: API) -> None:
    keep(b"\x00\xff", "binary")
    api.get(UPSTREAM, actor_payload(owner="ann"))
    api.get(f"{UPSTREAM}/executions/{EXECUTION_ID}", execution_payload())
    answer = sign_in(username="eve").post(URL, {"kind": "file", "same_file": "on", "again": EXECUTION_ID})
    assert answer.status_code == 422
    assert "Only jdoe and the actor&#x27;s owner can see it." in answer.content.decode()
    assert {request.method for request in api.asked} == {"GET"}


def test_an_execution_that_may_not_be_read_gives_nothing(signed_in: Client, api: API) -> None:
    keep()
    api.get(UPSTREAM, actor_payload())
    api.get(f"{UPSTREAM}/messages", {"messages": 0})
    api.refuse("GET", f"{UPSTREAM}/executions/{EXECUTION_ID}", "Not authorized -- you do not have access.")
    page = signed_in.get(f"{URL}?again={EXECUTION_ID}").content.decode()
    assert "Could not load the execution." in page
    assert "Kanarie" not in page


@pytest.mark.parametrize("again", ["../x", "a" * 65, "<b>"])
def test_an_address_that_names_nothing_opens_an_empty_form(signed_in: Client, api: API, again: str) -> None:
    api.get(UPSTREAM, actor_payload())
    api.get(f"{UPSTREAM}/messages", {"messages": 0})
    answer = signed_in.get(URL, {"again": again})
    assert answer.status_code == 200
    assert "The URL does not contain an execution ID." in answer.content.decode()


def test_a_forged_again_is_not_remembered(signed_in: Client, api: API) -> None:
    api.post(f"{UPSTREAM}/messages", SENT_AS)
    signed_in.post(URL, {"message": "x", "again": "../../x"})
    sent = message_archive.opened(KeptMessage.objects.get())
    assert sent is not None
    assert sent.repeats == ""
