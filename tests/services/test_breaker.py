"""The breaker: when the API is left alone, for how long, and what wakes it."""

import socket

import pytest

from actors_app.services import AbacoClient
from actors_app.services.breaker import Breaker
from actors_app.services.calls import Limits
from actors_app.services.errors import CallError, Resting, ServiceFailed, TimedOut, Unreachable
from tests.services.conftest import RawServer, answering, envelope, http, reach

OK = http(envelope(b'{"id": "x"}'))


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def breaker(clock: Clock) -> Breaker:
    return Breaker(clock)


def fail(breaker: Breaker, times: int) -> None:
    for _ in range(times):
        breaker.enter("a call")
        breaker.failed()


def test_five_failures_in_a_row_open_it_and_four_do_not(breaker: Breaker) -> None:
    fail(breaker, 4)
    breaker.answered()
    fail(breaker, 5)
    with pytest.raises(Resting) as caught:
        breaker.enter("GET actors/{actor}")
    said = "The Actors API is not responding. Next attempt in 10 seconds."
    assert caught.value.user_message == said
    assert (caught.value.kind, caught.value.status, caught.value.retry_after) == ("unreachable", 503, 10)
    assert (caught.value.changed, "was not sent" in caught.value.detail) == ("no", True)


def test_half_of_the_last_twenty_open_it(breaker: Breaker) -> None:
    for _ in range(9):
        breaker.answered()
        fail(breaker, 1)
    breaker.answered()
    breaker.enter("still asked")
    breaker.failed()
    with pytest.raises(Resting):
        breaker.enter("no more")


def test_nine_of_the_last_twenty_do_not(breaker: Breaker) -> None:
    for _ in range(30):
        breaker.answered()
        breaker.answered()
        fail(breaker, 1)
    breaker.enter("still asked")


def test_one_call_every_ten_seconds_tries_again(breaker: Breaker, clock: Clock) -> None:
    fail(breaker, 5)
    clock.now += 9.2
    with pytest.raises(Resting) as caught:
        breaker.enter("too early")
    assert caught.value.user_message.endswith("Next attempt in 1 second.")
    clock.now += 0.8
    breaker.enter("the probe")
    with pytest.raises(Resting):
        breaker.enter("beside the probe")
    breaker.failed()
    # The probe was silent for as long as a call may be, and the next is due all the same.
    clock.now += 10
    breaker.enter("the next probe")


def test_one_answer_closes_it_and_forgets_the_failures(breaker: Breaker, clock: Clock) -> None:
    fail(breaker, 5)
    clock.now += 10
    breaker.enter("the probe")
    breaker.answered()
    fail(breaker, 4)
    breaker.enter("asked as usual")


def test_a_failure_of_an_older_call_does_not_prolong_the_rest(breaker: Breaker, clock: Clock) -> None:
    fail(breaker, 5)
    clock.now += 9
    breaker.failed()
    clock.now += 1
    breaker.enter("the probe")


# At the wire ------------------------------------------------------------------------------------------------


def say(answer: bytes):
    def handle(server: RawServer, connection: socket.socket) -> None:
        while server.read_request(connection):
            connection.sendall(answer)

    return handle


def failures(url: str, number: int, **limits: float) -> list[type[CallError]]:
    abaco, met = reach(url, **limits), []
    for _ in range(number):
        with pytest.raises(CallError) as caught:
            abaco.actors.get("x")
        met.append(type(caught.value))
    return met


def test_a_gateway_without_an_api_is_left_alone(raw) -> None:
    server = raw(say(http(b"", status=b"502 Bad Gateway")))
    assert failures(server, 6) == [ServiceFailed] * 5 + [Resting]
    assert len(server.requests) == 10, "each of the five was made twice, the sixth not at all"


def test_silence_is_left_alone_even_in_the_middle_of_an_answer(raw) -> None:
    server = raw(say(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"))
    # On a slow machine a call may time out before its headers came, which fills the window a little later.
    assert Resting in failures(server, 25, gap=0.02, answer=0.05)


def test_an_api_that_never_answers_is_left_alone(raw) -> None:
    server = raw(lambda server, connection: server.read_request(connection) and server.read_request(connection))
    assert failures(server, 6, gap=0.05, answer=0.1) == [TimedOut] * 5 + [Resting]


@pytest.mark.parametrize("status", [b"400 Bad", b"401 Who", b"404 No", b"429 Slow", b"500 Oops", b"302 Found"])
def test_a_refusal_is_an_answer(raw, status: bytes) -> None:
    server = raw(say(http(b'{"status": "error", "message": "no"}', status=status)))
    assert Resting not in failures(server, 8)


def test_the_token_endpoint_counts_for_itself_and_for_all_tenants_of_one_address(raw) -> None:
    from actors_app.services import tokens

    server = raw(answering(*[http(b"", status=b"503 Service Unavailable")] * 5, OK))
    for refusal in [ServiceFailed] * 5 + [Resting]:
        with pytest.raises(refusal):
            tokens.password(AbacoClient(server.url, limits=Limits(pause=0.0)), "key", "secret", "jdoe", "password")
    assert reach(server).actors.get("x").id == "x"


def test_all_tenants_of_one_address_share_its_breaker(raw) -> None:
    server = raw(say(http(b"", status=b"503 Service Unavailable")))
    assert failures(server, 5) == [ServiceFailed] * 5
    with pytest.raises(Resting):
        reach(server).actors.get("x")


def test_another_address_is_asked_as_usual(raw) -> None:
    ill, well = raw(say(http(b"", status=b"504 Gateway Timeout"))), raw(say(OK))
    assert failures(ill, 6)[-1] is Resting
    assert reach(well).actors.get("x").id == "x"


def test_a_refused_connection_counts(raw) -> None:
    server = raw(say(OK))
    server.close()
    with socket.create_server(("127.0.0.1", 0)) as free:
        server.url = f"http://127.0.0.1:{free.getsockname()[1]}"
    assert failures(server, 6) == [Unreachable] * 5 + [Resting]
