"""The audit log proves itself in the browser: step by step, its head, and a head that was kept; for administrators."""

import hashlib
import json
import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from actors_app.audit import heads, views_verify
from actors_app.core.operations import trail
from actors_app.core.operations.models import GENESIS, AuditEntry, AuditHead
from actors_app.core.security import signatures
from tests.conftest import API
from tests.support.audit import read, wrote

pytestmark = [pytest.mark.django_db, pytest.mark.store]
URL = "/activity/verify/"
HEAD = "/activity/head.json"
PROBE = "/actors/v2/aliases/admin-role-probe"


@pytest.fixture
def admin(api: API, signed_in: Client) -> Client:
    """Return the browser of somebody whom the API calls an administrator."""
    api.refuse("GET", PROBE, "No alias found: admin-role-probe.", status=404)
    return signed_in


def words(answer: Any) -> str:
    assert answer.status_code == 200, answer.content
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", "", answer.content.decode())))


def run(client: Client, address: str = f"{URL}?run=new") -> str:
    """Verify as a browser without script does: follow the link until there is a result; return its words."""
    answer = client.get(address, follow=True, secure=True)
    while match := re.search(r'href="([^"]+)">Continue', answer.content.decode()):
        answer = client.get(unescape(match[1]), follow=True, secure=True)
    return words(answer)


def head_of(client: Client) -> dict[str, Any]:
    answer = client.get(HEAD, secure=True)
    assert answer.status_code == 200
    assert "attachment" in answer.headers["Content-Disposition"]
    told: dict[str, Any] = json.loads(answer.content)
    return told


def compare(client: Client, head: dict[str, Any]) -> str:
    answer = client.post(URL, {"text": json.dumps(head)}, follow=True, secure=True)
    while match := re.search(r'href="([^"]+)">Continue', answer.content.decode()):
        answer = client.get(unescape(match[1]), follow=True, secure=True)
    return words(answer)


def rewrite(first: int = 0) -> None:
    """Write the log anew from an entry on, as somebody who can write the store would: every hash fits."""
    previous = GENESIS
    for entry in AuditEntry.objects.order_by("pk"):
        if entry.pk >= first:
            entry.previous = previous
            entry.hash = entry.computed_hash()
            AuditEntry.objects.filter(pk=entry.pk).update(previous=previous, hash=entry.hash)
        previous = entry.hash
    AuditHead.objects.update(last_hash=previous, count=AuditEntry.objects.count())


def test_a_log_that_holds_is_said_to_and_that_it_was_verified_is_on_it(admin: Client) -> None:
    wrote()
    text = run(admin)
    assert "The log is intact. 3 entries verified." in text
    entry = AuditEntry.objects.order_by("-pk").first()
    assert entry is not None
    assert (entry.kind, entry.action, entry.username) == (AuditEntry.READ, "audit.verify", "jdoe")


def test_it_goes_on_step_by_step_and_from_where_it_was_left(admin: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views_verify, "STEP", 2)
    for _ in range(3):
        wrote()
    answer = admin.get(f"{URL}?run=new", follow=True, secure=True)
    page = answer.content.decode()
    assert "2 of 7 entries" in page
    assert 'max="7" value="2"' in page
    link = re.search(r'href="([^"]+)">Continue', page)
    assert link
    wrote()  # what comes meanwhile is left to the next time
    poll = admin.get(unescape(link[1]) + "&poll=1", secure=True, HTTP_HX_REQUEST="true")
    fragment = poll.content.decode()
    assert "4 of 7 entries" in fragment
    assert "<html" not in fragment
    left = poll.headers["HX-Replace-Url"]
    assert "poll" not in left
    assert "7 entries verified" in run(admin, left)
    assert AuditEntry.objects.filter(action="audit.verify").count() == 1


def test_the_first_broken_entry_is_named_with_both_hashes(admin: Client) -> None:
    wrote()
    victim, after = read(), wrote()
    AuditEntry.objects.filter(pk=victim.pk).update(username="somebody")
    victim.refresh_from_db()
    text = run(admin)
    assert f"The log is not intact. Entry {victim.pk} was modified. The 2 entries before it are unchanged." in text
    assert victim.hash in text
    assert victim.computed_hash() in text
    assert (
        f'href="/activity/{victim.pk}/">Entry' in admin.get(f"{URL}?run=new", follow=True, secure=True).content.decode()
    )
    AuditEntry.objects.filter(pk=victim.pk).update(username="jdoe")
    AuditEntry.objects.filter(pk=after.pk)._raw_delete("default")
    assert "entries are missing" in run(admin)


def test_an_entry_of_another_tenant_is_named_and_not_shown(admin: Client) -> None:
    victim = read(tenant="elsewhere", username="canary-1")
    AuditEntry.objects.filter(pk=victim.pk).update(username="canary-2")
    page = admin.get(f"{URL}?run=new", follow=True, secure=True).content.decode()
    assert f"Entry {victim.pk} was modified." in page
    assert "canary" not in page
    assert f"/activity/{victim.pk}/" not in page


def test_the_head_is_signed_and_its_download_recorded(admin: Client) -> None:
    last = wrote().end
    told = head_of(admin)
    assert (told["entries"], told["entry"], told["hash"]) == (2, last.pk, last.hash)
    head, signer = heads.read_head(json.dumps(told))
    assert signer == signatures.current_key()
    assert head.entry == last.pk
    assert AuditEntry.objects.filter(action="audit.head", kind=AuditEntry.READ).count() == 1


def test_a_log_that_grew_extends_a_head_that_was_kept(admin: Client) -> None:
    wrote()
    kept = head_of(admin)
    wrote()
    text = compare(admin, kept)
    assert "The log is intact." in text
    assert f"Today's log extends it: entry {kept['entry']} is unchanged, and 4 entries have been added since." in text
    file = SimpleUploadedFile("head.json", json.dumps(kept).encode())
    assert "Today's log extends it" in words(admin.post(URL, {"file": file}, follow=True, secure=True))
    details = json.loads(AuditEntry.objects.filter(action="audit.verify").order_by("-pk")[0].details)
    assert details["compared_with"] == {"entry": kept["entry"], "hash": kept["hash"]}


def test_a_log_that_was_rewritten_is_told_from_an_entry_that_was_changed(admin: Client) -> None:
    victim, _ = read(), wrote()
    kept = head_of(admin)
    AuditEntry.objects.filter(pk=victim.pk).update(username="somebody")
    text = compare(admin, kept)
    assert f"Entry {victim.pk} was modified." in text
    assert "so it was not rewritten as a whole: only the entry above was changed" in text
    rewrite()
    assert "The log is intact." in run(admin)
    text = compare(admin, kept)
    assert "The log was rewritten." in text
    assert "the head that you stored is not among them" in text


def test_a_log_that_was_cut_off_or_grew_from_another_entry_is_noticed(admin: Client) -> None:
    first = read()
    wrote()
    kept = head_of(admin)
    rows = AuditEntry.objects.filter(pk__gt=first.pk)
    rows._raw_delete("default")
    rewrite()
    head, _ = heads.read_head(json.dumps(kept))
    assert heads.place_of(head) == "cut off"
    for _ in range(6):
        read()
    text = compare(admin, kept)
    assert "The log was rewritten." in text or "The log was cut off or rewritten." in text


def test_a_head_that_was_pruned_is_compared_where_that_is_possible(admin: Client) -> None:
    day = timedelta(days=1)
    read(time=timezone.now() - 9 * day)
    older = heads.head_now()
    read(time=timezone.now() - 8 * day)
    last_pruned = heads.head_now()
    read()
    trail.prune(timezone.now() - day)
    assert heads.place_of(last_pruned) == "same"
    assert heads.place_of(older) == "pruned"
    assert "removed after the retention period" in compare(admin, heads.as_file(older))
    assert "Today's log extends it" in compare(admin, heads.as_file(last_pruned))


def test_a_head_that_this_portal_did_not_sign_proves_nothing(admin: Client, settings: Any) -> None:
    wrote()
    kept = head_of(admin)
    forged: list[dict[str, Any]] = [
        {**kept, "hash": hashlib.sha256(b"x").hexdigest()},
        {**kept, "entry": kept["entry"] - 1},
        {**kept, "time": "2020-01-01"},
        {**kept, "signature": None},
    ]
    for head in forged:
        answer = admin.post(URL, {"text": json.dumps(head)}, secure=True)
        assert "This head is not signed by this portal." in answer.content.decode()
    assert not AuditEntry.objects.filter(action="audit.verify").exists()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        '"text"',
        "null",
        "{}",
        "[" * 3000,
        '{"time": 1, "entries": 1, "entry": 1, "hash": "x"}',
        "9" * 5000,
    ],
)
def test_what_is_no_head_is_kept_and_refused(admin: Client, text: str) -> None:
    answer = admin.post(URL, {"text": text}, secure=True)
    assert answer.status_code == 422
    assert text[:100].replace('"', "&quot;") in answer.content.decode()


def test_whoever_is_no_administrator_gets_a_sentence(api: API, signed_in: Client) -> None:
    api.refuse("GET", PROBE, "Abaco Admin role required.")
    last = read()
    for answer in (
        signed_in.get(URL, secure=True),
        signed_in.get(f"{URL}?run=new", secure=True),
        signed_in.get(HEAD, follow=True, secure=True),
        signed_in.post(URL, {"text": "{}"}, secure=True),
    ):
        assert "Only administrators can verify the audit log" in words(answer)
        assert last.hash not in answer.content.decode()
    assert AuditEntry.objects.count() == 1


def test_a_silent_api_is_no_administrator(api: API, signed_in: Client) -> None:
    api.is_silent("GET", PROBE)
    last = read()
    text = words(signed_in.get(f"{URL}?run=new", secure=True))
    assert "Your role is unknown" in text
    assert last.hash not in text


def test_a_state_that_was_not_signed_begins_anew(admin: Client) -> None:
    answer = admin.get(f"{URL}?run=forged", secure=True)
    assert answer.status_code == 302
    assert answer.headers["Location"] == URL


def test_a_session_that_only_reads_may_compare(admin: Client) -> None:
    wrote()
    kept = head_of(admin)
    admin.post("/account/read-only/", secure=True)
    assert "Today's log extends it" in compare(admin, kept)


def test_the_command_compares_too(admin: Client, tmp_path: Any, capsys: Any) -> None:
    victim, _ = read(), wrote()
    kept = head_of(admin)
    path = tmp_path / "head.json"
    path.write_text(json.dumps(kept))
    call_command("verify_audit", head=str(path))
    assert f"The log extends the head: entry {kept['entry']} is unchanged in it." in capsys.readouterr().out
    AuditEntry.objects.filter(pk=victim.pk).update(username="somebody")
    rewrite()
    with pytest.raises(CommandError, match="the log was rewritten") as failure:
        call_command("verify_audit", head=str(path))
    assert failure.value.returncode == 1
    path.write_text("{}")
    with pytest.raises(CommandError, match="cannot be read as a head") as failure:
        call_command("verify_audit", head=str(path))
    assert failure.value.returncode == 2
