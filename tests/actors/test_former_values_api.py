"""What is kept of one Actors API is out of reach at another that comes under the same name: every row, every way."""

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.db.models import Model
from django.db.models.signals import post_init
from django.test import Client
from django.utils import timezone

from actors_app import models
from actors_app.core.clock import now_ms
from actors_app.core.operations import trail
from actors_app.core.security import origins
from actors_app.doctor.relocation import tables
from tests.conftest import API
from tests.core.api import operations
from tests.core.api.operations import OPERATIONS
from tests.support.json_api import Caller
from tests.support.payloads import ACTOR_ID, EXECUTION_ID
from tests.support.routes import OWN, ROWS, VALUES, answer_everything, crawled

pytestmark = [pytest.mark.django_db, pytest.mark.store]
FORMER = 987_654_321  # the actor's key, which those of others do not resemble
# What a statement about such rows names: their API, or the key of a row that was read with it; or how old they are.
NARROWED = re.compile(
    r'"tenant" (=|IN|>=)|"(id|session_key|key)" (=|IN)|^INSERT|^DELETE.*"expires_at" <=|"portal_audit"."time" >='
)
NEW = "https://new.example.org"
WHO = {"tenant": "default", "username": "jdoe"}
ACTOR = {"tenant": "default", "actor_id": ACTOR_ID}
RUN = {**ACTOR, "username": "jdoe", "execution_id": EXECUTION_ID}
# Of no API: the ends of chains, how many attempts failed, and the origins themselves.
OF_NO_API = (models.AuditHead, models.KeyHandover, models.SignInBucket, models.TenantOrigin)


def fill() -> None:
    """Keep one row of everything about the same ids and the same person as the other API will have."""
    now, later = timezone.now(), timezone.now() + timedelta(days=1)
    handle, encrypted = VALUES["handle"], {"content": b"x", "sha256": "0" * 64}
    actor = models.ActorHistory.objects.create(
        **ACTOR, pk=FORMER, name="former", owner="jdoe", since=0, until=now_ms(), is_whole=True, known=1, seen=now_ms()
    )
    seen = {"first_seen": now_ms(), "last_seen": now_ms()}
    models.ExecutionRecord.objects.create(
        actor=actor, execution_id=EXECUTION_ID, outcome="done", received=now_ms(), **seen
    )
    models.ExecutionTally.objects.create(actor=actor, span=1, start=0, outcome="done", count=1)
    models.UnreadHistory.objects.create(actor=actor, number=1, rows="[]")
    models.HistoryGap.objects.create(actor=actor, start=0, end=1, reason=models.HistoryGap.PRUNED)
    models.CollectorBeat.objects.create(tenant="default", at=now_ms(), refusal="former")
    models.Readable.objects.create(**WHO, actors=f"[{actor.pk}]", is_admin=True, checked=now_ms())
    models.KeptDefinition.objects.create(**ACTOR, **encrypted, **seen)
    models.KeptMessage.objects.create(
        **RUN, **encrypted, kind="text", size=1, environment=b"x", sent_at=now, expires_at=later
    )
    log = models.KeptLog.objects.create(**RUN, size=1, sha256="0" * 64, kept_at=now)
    models.KeptLogPiece.objects.create(log=log, number=0, content=b"x")
    models.KeptResult.objects.create(
        **RUN, **encrypted, preview=b"x", size=1, kind="text", fetched_at=now, expires_at=later
    )
    models.NonceNote.objects.create(tenant="default", handle=handle, text="former", username="jdoe", noted=now)
    models.PreferenceRow.objects.create(**WHO, chosen={"theme": "dark"})
    models.SavedView.objects.create(**WHO, handle=handle, name="former", query="", created=now)
    models.Draft.objects.create(**WHO, handle=handle, content="x", expires_at=later)
    job = models.BulkJob.objects.create(**WHO, handle=handle, act="purge", key="former", created=now)
    models.BulkItem.objects.create(job=job, number=0, actor_id=ACTOR_ID)
    models.KeptAnswer.objects.create(key="former", content=b"x", expires_at=later)
    trail.append(
        **WHO, kind="read", action="secret.reveal", actor_id=ACTOR_ID, outcome="done", request_id="", details={}
    )


def every() -> list[type[Model]]:
    return [model for model in apps.get_app_config("actors_app").get_models() if model not in OF_NO_API]


def rows() -> dict[str, list[dict[str, Any]]]:
    return {model.__name__: list(model._base_manager.order_by("pk").values()) for model in every()}


@dataclass
class Watch:
    """What the portal asked of its store: rows that it made objects of, and statements."""

    objects: set[tuple[type[Model], Any]] = field(default_factory=set)
    statements: set[tuple[str, tuple[Any, ...]]] = field(default_factory=set)

    @contextmanager
    def on(self) -> Iterator[None]:
        def made(sender: type[Model], instance: Model, **_: Any) -> None:
            self.objects.add((sender, instance.pk))

        def asked(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
            self.statements.add((sql, tuple(map(str, params or ()))))
            return execute(sql, params, many, context)

        post_init.connect(made)
        try:
            with connection.execute_wrapper(asked):
                yield
        finally:
            post_init.disconnect(made)


def walk(browser: Client, addresses: Iterable[str]) -> None:
    """Do everything that there is to do, by the JSON API and on pages."""
    caller = Caller(browser)
    for operation, address in zip(OPERATIONS, addresses, strict=True):
        read(caller.ask(operation.method, address, operation.body, Idempotency_Key=str(operation)))
    for name, page in crawled().items():
        if ROWS[name].kind != OWN or "view" in name:
            read(browser.get(page))
    read(browser.get(f"/actors/{ACTOR_ID}/messages/?draft={VALUES['handle']}"))


def read(answer: Any) -> None:
    b"".join(answer.streaming_content) if answer.streaming else answer.content


def test_no_row_of_a_former_api_is_read_or_changed(
    sign_in: Any, api: API, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_in()
    fill()
    for values in (VALUES, operations.VALUES):
        monkeypatch.setitem(values, "result_id", models.KeptResult.objects.get().pk)
        monkeypatch.setitem(values, "revision_id", models.KeptDefinition.objects.get().pk)
    monkeypatch.setitem(VALUES, "entry_id", models.AuditEntry.objects.get().pk)
    before = rows()
    assert not [name for name, kept in before.items() if not kept], "a row of every table is kept of the former"
    old = {(model, row[model._meta.pk.attname]) for model in every() for row in before[model.__name__]}
    settings.TENANTS = {"default": replace(settings.TENANTS["default"], url=NEW)}
    answer_everything(api.wire, url=NEW)
    browser, watch = sign_in(tenant=origins.key_of(settings.TENANTS["default"])), Watch()
    addresses = [operation.address for operation in OPERATIONS]
    with watch.on():
        walk(browser, addresses)
    touched = {model.__name__ for model, key in watch.objects & old}
    assert not touched
    names = {f'"{model._meta.db_table}"' for model in tables()}
    about = [(sql, params) for sql, params in watch.statements if any(name in sql for name in names)]
    assert not [sql for sql, params in about if "default" in params]
    assert not [sql for sql, params in watch.statements if str(FORMER) in params]
    assert not [sql for sql, _ in about if not NARROWED.search(sql)]
    after = rows()
    assert not [row for name, kept in before.items() for row in kept if row not in after[name]]
