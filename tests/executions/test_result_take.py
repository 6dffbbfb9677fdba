from datetime import timedelta

import pytest
from django.utils import timezone

from actors_app.core.security.credentials import Credentials
from actors_app.executions import archive as result_archive
from actors_app.executions.models import KeptResult
from actors_app.executions.shapes import Shape
from tests.support.payloads import ACTOR_ID, EXECUTION_ID, actor_payload, execution_payload

pytestmark = pytest.mark.store

PAGE = f"/actors/{ACTOR_ID}/executions/{EXECUTION_ID}/results/"
EXECUTION_PAGE = f"/actors/{ACTOR_ID}/executions/{EXECUTION_ID}/"
ACTOR = f"/actors/v2/{ACTOR_ID}"
EXECUTION = f"{ACTOR}/executions/{EXECUTION_ID}"
RESULTS = f"{EXECUTION}/results"
JDOE = Credentials(tenant="default", username="jdoe", access_token="")
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256))


def waits(api, data):
    api.answer("GET", RESULTS, body=data, content_type="application/octet-stream")


def test_it_works_and_a_reload_shows_it_still_there(signed_in, api):
    waits(api, b'{"tiles": [1, 2], "note": "<b>"}')
    answer = signed_in.post(PAGE)
    assert (answer.status_code, answer.url) == (302, EXECUTION_PAGE)
    assert len(api.asked) == 1
    for _ in range(2):
        api.get(ACTOR, actor_payload())
        api.get(EXECUTION, execution_payload())
        api.get(f"{EXECUTION}/logs", {"logs": ""})
        page = signed_in.get(EXECUTION_PAGE).content.decode()
        assert "JSON" in page
        assert '<span class="key">tiles</span> <span class="dim">[2]</span>' in page
        assert "&lt;b&gt;" in page
        assert "/results/" in page
    assert sum(request.url.endswith("/results") for request in api.asked) == 1


def test_opening_the_page_takes_nothing(signed_in, api):
    api.get(f"/actors/v2/{ACTOR_ID}", actor_payload())
    result_archive.keep(JDOE, ACTOR_ID, EXECUTION_ID, b"mine")
    page = signed_in.get(PAGE).content.decode()
    assert "mine" in page
    assert "Fetch next result" in page
    assert [call.url for call in api.asked] == [f"https://api.example.org/actors/v2/{ACTOR_ID}"]


def test_nothing_waiting_is_said_as_it_is(signed_in, api):
    waits(api, b"")
    signed_in.post(PAGE)
    page = signed_in.get(PAGE).content.decode()
    assert "No result available." in page
    assert not KeptResult.objects.exists()


def test_it_shows_a_refusal(signed_in, api):
    api.refuse("GET", RESULTS, "Not authorized -- you do not have access to this actor.")
    answer = signed_in.post(PAGE)
    page = answer.content.decode()
    assert answer.status_code == 403
    assert "may be lost" not in page
    assert "Nothing was changed." in page


def test_it_survives_silence_says_unknown_and_does_not_try_again(signed_in, api):
    api.is_silent("GET", RESULTS)
    answer = signed_in.post(PAGE)
    page = answer.content.decode()
    assert answer.status_code == 502
    assert "Outcome unknown: a result may have been lost" in page
    assert "Nothing was changed." not in page
    assert len(api.asked) == 1


def test_a_failing_api_may_have_lost_one_too(signed_in, api):
    api.refuse("GET", RESULTS, "Unrecognized exception type: <class 'KeyError'>.", status=500)
    assert "a result may have been lost" in signed_in.post(PAGE).content.decode()
    assert len(api.asked) == 1


def test_beyond_the_quota_the_api_is_not_asked(signed_in, api):
    row = result_archive.keep(JDOE, ACTOR_ID, "OtherExecution", b"x")
    KeptResult.objects.filter(pk=row.pk).update(size=result_archive.QUOTA)
    answer = signed_in.post(PAGE)
    assert answer.status_code == 409
    assert "200.0 MB" in answer.content.decode()
    assert not api.asked


def test_what_has_expired_makes_room_and_is_removed(signed_in, api):
    row = result_archive.keep(JDOE, ACTOR_ID, EXECUTION_ID, b"old bytes")
    KeptResult.objects.filter(pk=row.pk).update(
        size=result_archive.QUOTA, expires_at=timezone.now() - timedelta(seconds=1)
    )
    assert "old bytes" not in signed_in.get(PAGE).content.decode()
    waits(api, b"new bytes")
    assert signed_in.post(PAGE).status_code == 302
    assert [row.size for row in KeptResult.objects.all()] == [9]


def test_another_person_sees_nothing_of_it(sign_in, db):
    result_archive.keep(JDOE, ACTOR_ID, EXECUTION_ID, b"secret of jdoe")
    assert "secret of jdoe" not in sign_in(username="mallory").get(PAGE).content.decode()


def test_a_row_copied_to_another_owner_does_not_open(sign_in, db):
    row = result_archive.keep(JDOE, ACTOR_ID, EXECUTION_ID, b"secret of jdoe")
    KeptResult.objects.filter(pk=row.pk).update(username="mallory")
    mallory = Credentials(tenant="default", username="mallory", access_token="")
    (shown,) = result_archive.shown_results(mallory, EXECUTION_ID)
    assert shown.shape == Shape("binary")
    assert b"cannot be decrypted: the encryption key" in sign_in(username="mallory").get(PAGE).content
    with pytest.raises(KeptResult.DoesNotExist):
        result_archive.content(mallory, EXECUTION_ID, row.pk)


def test_the_store_holds_no_plain_bytes(db):
    row = result_archive.keep(JDOE, ACTOR_ID, EXECUTION_ID, b"canary" * 10)
    stored = KeptResult.objects.get(pk=row.pk)
    assert b"canary" not in bytes(stored.content) + bytes(stored.preview)


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b'{"a": 1}', "json"),
        (b" [1]\n", "json"),
        (b"[not json", "text"),
        (b"[" * 5000, "text"),
        ("Grüße\n".encode(), "text"),
        (b"<script>alert(1)</script>", "text"),
        (PNG, "image"),
        (b"RIFF\x00\x00\x00\x00WEBP", "image"),
        (b"\x00\x01\x02", "binary"),
        (b"\xff\xfe", "binary"),
    ],
)
def test_the_kind_is_guessed(data, kind):
    assert result_archive.kind_of(data) == kind


@pytest.mark.parametrize("data", [PNG, b"\x00\x01\x02", b"[" * 4000, b'{"a": ' + b"1" * 5000 + b"}", b"\xf0\x9f" * 3])
def test_odd_bytes_are_kept_and_shown_without_harm(signed_in, data):
    result_archive.keep(JDOE, ACTOR_ID, EXECUTION_ID, data)
    assert signed_in.get(PAGE).status_code == 200


def test_a_long_result_shows_its_beginning(signed_in):
    for length in (100_000, 1_100_000):
        result_archive.keep(JDOE, ACTOR_ID, EXECUTION_ID, b"begin " + b"x" * length + b" finish")
    page = signed_in.get(PAGE).content.decode()
    assert page.count("begin xxx") == 2
    assert "finish" not in page
    assert page.count("Truncated") == 2
    assert len(page) < 100_000


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b'[{"id": 1, "word": "<i>"}, {"id": 2}]', "<td>1</td><td>&lt;i&gt;</td>"),
        (b"id,word\n1,<i>\n2,b\n", "<td>1</td><td>&lt;i&gt;</td>"),
        (b"<svg onload='alert(1)'>", "&lt;svg onload=&#x27;alert(1)&#x27;&gt;"),
        (b"\x00\x01<b>", '<span class="n">000000</span>  00 01 3c 62 3e'),
        (b"\x80\x04K\x01.", "Python pickle: loading it runs code."),
        (PNG, "?show=1"),
    ],
)
def test_each_kind_is_shown_as_it_is(signed_in, data, words):
    result_archive.keep(JDOE, ACTOR_ID, EXECUTION_ID, data)
    assert words in signed_in.get(PAGE).content.decode()


def test_many_results_are_not_all_read_whole(signed_in, django_assert_max_num_queries):
    for _ in range(5):
        result_archive.keep(JDOE, ACTOR_ID, EXECUTION_ID, b'{"a": "' + b"x" * 900_000 + b'"}')
    page = signed_in.get(PAGE).content.decode()
    assert page.count('class="tree"') == 3
    assert page.count("Truncated") == 2


def test_it_rejects_the_wrong_method(signed_in):
    assert signed_in.delete(PAGE).status_code == 405


@pytest.mark.django_db
def test_it_needs_credentials(client):
    assert client.post(PAGE).status_code == 302
    assert client.get(PAGE).url.startswith("/sign-in/?next=")


def test_a_form_of_another_site_takes_nothing(signed_in, api):
    signed_in.handler.enforce_csrf_checks = True
    assert signed_in.post(PAGE).status_code == 403
    assert not api.asked
