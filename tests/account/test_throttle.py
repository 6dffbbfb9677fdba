"""Failed sign-ins are counted before the API is asked: by account and by address, for all processes."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import F
from django.test import Client, RequestFactory

from actors_app.account.models import SignInBucket
from actors_app.account.throttle import Attempt, TooManyAttempts, address_of
from tests.conftest import API
from tests.portal.test_headers import check_contract

pytestmark = [pytest.mark.store, pytest.mark.django_db]
WRONG = {"error": "invalid_grant", "error_description": "Authentication failed"}


def attempt(browser: Client, username: str = "jdoe", **more: Any) -> Any:
    return browser.post("/sign-in/", {"username": username, "password": "guess"}, **more)


def fail(browser: Client, api: API, times: int, username: str = "jdoe", **more: Any) -> None:
    api.answer("POST", "/token", json=WRONG, status=400)
    for _ in range(times):
        assert attempt(browser, username, **more).status_code == 422


def test_the_twenty_first_failure_of_an_account_is_not_asked_of_the_api(api: API) -> None:
    browser = Client()
    fail(browser, api, 20)
    answer = attempt(browser, "JDoe ", REMOTE_ADDR="198.51.100.7")
    assert answer.status_code == 429
    assert len(api.asked) == 20, "neither another address nor another spelling helps"
    check_contract(answer, "probe")  # over plain HTTP, so without its word on HTTPS
    wait = int(answer["Retry-After"])
    assert 4200 <= wait <= 4320, "a twentieth of a day"
    page = answer.content.decode()
    assert "Too many failed sign-in attempts. Try again in 1 h 1" in page
    assert 'value="JDoe "' in page, "what was typed is still there, but the password"
    assert "guess" not in page


def test_known_and_unknown_names_get_the_same_answer(api: API) -> None:
    for name in ("jdoe", "nobody-of-that-name"):
        SignInBucket.objects.all().delete()
        api.wire.reset()
        fail(Client(), api, 20, name)
        answer = attempt(Client(), name)
        page = answer.content.decode().replace(name, "NAME")
        assert answer.status_code == 429
        if name == "jdoe":
            first = page.partition("<form")[2].partition("csrfmiddlewaretoken")[0]
        else:
            assert page.partition("<form")[2].partition("csrfmiddlewaretoken")[0] == first


def test_the_hundred_and_first_failure_of_an_address_is_not_asked_of_the_api(api: API, settings: Any) -> None:
    settings.SIGN_INS_PER_ADDRESS = 5
    api.answer("POST", "/token", json=WRONG, status=400)
    for number in range(5):
        assert attempt(Client(), f"user{number}", REMOTE_ADDR="2001:db8:1:2::1").status_code == 422
    assert attempt(Client(), "user9", REMOTE_ADDR="2001:db8:1:2:ffff::9").status_code == 429, "the same network"
    assert attempt(Client(), "user9", REMOTE_ADDR="2001:db8:1:3::1").status_code == 422
    answer = Client().post("/sign-in/token/", {"access_token": "abc"}, REMOTE_ADDR="2001:db8:1:2::1")
    assert answer.status_code == 429, "the other form is no way round"


def test_a_success_gives_the_account_all_its_attempts_back(api: API) -> None:
    browser = Client()
    fail(browser, api, 19)
    api.wire.replace("POST", "https://api.example.org/token", json={"access_token": "a", "expires_in": 60})
    api.get("/profiles/v2/me", {"username": "jdoe"})
    assert attempt(browser).status_code == 302
    api.wire.replace("POST", "https://api.example.org/token", json=WRONG, status=400)
    for _ in range(20):
        assert attempt(browser).status_code == 422
    assert attempt(browser).status_code == 429


def test_an_api_that_fails_costs_nobody_an_attempt(api: API) -> None:
    api.answer("POST", "/token", json={}, status=503)
    attempt(Client())
    assert all(bucket.left == pytest.approx(size) for bucket, size in _sizes())


def _sizes() -> list[tuple[SignInBucket, int]]:
    return list(zip(SignInBucket.objects.order_by("left"), (20, 100), strict=True))


def test_attempts_come_back_evenly() -> None:
    request = RequestFactory().post("/sign-in/")
    for _ in range(20):
        Attempt(request, "default/jdoe")
    with pytest.raises(TooManyAttempts):
        Attempt(request, "default/jdoe")
    SignInBucket.objects.update(at=F("at") - timedelta(minutes=73))
    Attempt(request, "default/jdoe")
    with pytest.raises(TooManyAttempts):
        Attempt(request, "default/jdoe")


def test_full_buckets_leave_no_row() -> None:
    Attempt(RequestFactory().post("/"), "default/somebody")
    SignInBucket.objects.update(at=F("at") - timedelta(hours=25))
    Attempt(RequestFactory().post("/"), "default/jdoe")
    assert SignInBucket.objects.count() == 2


def test_the_rows_name_nobody() -> None:
    Attempt(RequestFactory().post("/", REMOTE_ADDR="198.51.100.7"), "default/jdoe")
    rows = repr(list(SignInBucket.objects.values()))
    assert "jdoe" not in rows
    assert "198.51" not in rows


@pytest.mark.parametrize(
    ("behind_proxy", "remote", "forwarded", "address"),
    [
        (False, "198.51.100.7", "203.0.113.9", "198.51.100.7"),
        (True, "127.0.0.1", "203.0.113.9, 198.51.100.7", "198.51.100.7"),
        (True, "127.0.0.1", "", "127.0.0.1"),
        (False, "2001:db8:1:2:3:4:5:6", "", "2001:db8:1:2::"),
        (False, "::ffff:198.51.100.7", "", "198.51.100.7"),
        (False, "", "", "unknown"),
    ],
)
def test_the_address_is_the_one_that_cannot_be_claimed(
    settings: Any, behind_proxy: bool, remote: str, forwarded: str, address: str
) -> None:
    settings.BEHIND_PROXY = behind_proxy
    request = RequestFactory().get("/", REMOTE_ADDR=remote, headers={"x-forwarded-for": forwarded})
    assert address_of(request) == address


@pytest.mark.django_db(transaction=True)
def test_many_at_once_are_not_more_than_there_are() -> None:
    taken: list[bool] = []

    def one() -> None:
        try:
            Attempt(RequestFactory().post("/"), "default/jdoe")
            taken.append(True)
        except TooManyAttempts:
            taken.append(False)
        finally:
            connection.close()

    threads = [threading.Thread(target=one) for _ in range(30)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (taken.count(True), taken.count(False)) == (20, 10)
