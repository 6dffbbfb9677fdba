from datetime import timedelta

import pytest
from django.utils import timezone

from actors_app.core.security.credentials import Credentials
from actors_app.executions import archive as result_archive
from actors_app.executions.models import KeptResult
from tests.support.payloads import ACTOR_ID, EXECUTION_ID

JDOE = Credentials(tenant="default", username="jdoe", access_token="")
DATA = b"<html>\x00\xff" + bytes(5000)


@pytest.fixture
def row(db):
    return result_archive.keep(JDOE, ACTOR_ID, EXECUTION_ID, DATA)


def address(row, execution_id=EXECUTION_ID):
    return f"/actors/{ACTOR_ID}/executions/{execution_id}/results/{row.pk}/"


def test_it_works_as_often_as_wanted(signed_in, row):
    for _ in range(2):
        answer = signed_in.get(address(row))
        assert answer.status_code == 200
        assert answer.content == DATA


def test_it_is_a_file_and_never_a_page(signed_in, row):
    headers = signed_in.get(address(row)).headers
    assert headers["Content-Type"] == "application/octet-stream"
    assert headers["Content-Disposition"] == f'attachment; filename="{EXECUTION_ID}-result-{row.pk}"'
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("changes", [{"username": "mallory"}, {"username": "JDOE"}])
def test_only_its_owner_gets_it(sign_in, row, changes):
    assert sign_in(**changes).get(address(row)).status_code == 404


def test_the_same_name_in_another_tenant_does_not_get_it(sign_in, row):
    KeptResult.objects.filter(pk=row.pk).update(tenant="other")
    assert sign_in().get(address(row)).status_code == 404


def test_another_executions_address_does_not_give_it(signed_in, row):
    assert signed_in.get(address(row, "OtherExecution")).status_code == 404


def test_an_expired_one_is_gone(signed_in, row):
    KeptResult.objects.filter(pk=row.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    assert signed_in.get(address(row)).status_code == 404


def test_bytes_that_do_not_open_any_more_are_gone(signed_in, row):
    KeptResult.objects.filter(pk=row.pk).update(content=b"encrypted with a key that is lost")
    assert signed_in.get(address(row)).status_code == 404


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"\x89PNG\r\n\x1a\n....", "image/png"),
        (b"GIF89a....", "image/gif"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", ""),
        (b"<html><script>alert(1)</script>", ""),
        (b"BM....", ""),
    ],
)
def test_only_a_picture_that_cannot_run_is_shown_as_such(signed_in, db, data, kind):
    row = result_archive.keep(JDOE, ACTOR_ID, EXECUTION_ID, data)
    answer = signed_in.get(address(row) + "?show=1")
    assert answer.status_code == (200 if kind else 404)
    if kind:
        assert answer.content == data
        assert answer.headers["Content-Type"] == kind
        assert answer.headers["Content-Disposition"] == "inline"
        assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_picture_of_another_person_is_not_shown(sign_in, db):
    row = result_archive.keep(JDOE, ACTOR_ID, EXECUTION_ID, b"GIF89a....")
    assert sign_in(username="mallory").get(address(row) + "?show=1").status_code == 404


def test_it_rejects_the_wrong_method(signed_in, row):
    assert signed_in.put(address(row)).status_code == 405


def test_it_needs_credentials(client, row):
    assert client.get(address(row)).status_code == 302
