from datetime import timedelta

import pytest
from django.utils import timezone

from actors_app import kept_results
from actors_app.credentials import Credentials
from actors_app.models import KeptResult
from tests.payloads import ACTOR_ID, EXECUTION_ID

JDOE = Credentials(tenant="default", username="jdoe", access_token="")
DATA = b"<html>\x00\xff" + bytes(5000)


@pytest.fixture
def row(db):
    return kept_results.keep(JDOE, ACTOR_ID, EXECUTION_ID, DATA)


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
    KeptResult.objects.filter(pk=row.pk).update(content=b"sealed with a key that is lost")
    assert signed_in.get(address(row)).status_code == 404


def test_it_rejects_the_wrong_method(signed_in, row):
    assert signed_in.post(address(row)).status_code == 405


def test_it_needs_credentials(client, row):
    assert client.get(address(row)).status_code == 302
