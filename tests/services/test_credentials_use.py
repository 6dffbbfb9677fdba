"""The token: asked for once, renewed once, never by a thread of a gather; and the results of a gather."""

import threading

import pytest
import requests
import responses

from actors_app.services import Abaco, AbacoClient, Result
from actors_app.services.errors import Forbidden, NotFound, SignedOut, TimedOut, TokenRenewed, Unreachable
from tests.services.conftest import ROOT, Visitor

LIST = {"status": "success", "message": "", "result": [{"id": "a"}]}
EXPIRED = {"fault": {"code": 900904, "message": "Invalid Credentials"}}


def by_token(good: str) -> object:
    """Return an answer that accepts one token."""

    def answer(request: requests.PreparedRequest) -> tuple[int, dict[str, str], str]:
        if request.headers["Authorization"] == f"Bearer {good}":
            return 200, {}, '{"status": "success", "message": "", "result": []}'
        return 401, {}, '{"fault": {"code": 900904, "message": "Invalid Credentials"}}'

    return answer


@responses.activate
def test_a_read_is_repeated_with_the_new_token(client: AbacoClient) -> None:
    responses.add_callback("GET", f"{ROOT}/actors/v2", by_token("new"))
    visitor = Visitor("old", "new")
    abaco = Abaco(client, visitor)
    assert abaco.actors.list() == ()
    assert abaco.actors.list() == ()
    assert visitor.renewals == ["old"]
    sent = [call.request.headers["Authorization"] for call in responses.calls]
    assert sent == ["Bearer old", "Bearer new", "Bearer new"]


@responses.activate
def test_a_write_is_not_repeated_but_may_be_sent_again(client: AbacoClient) -> None:
    responses.post(f"{ROOT}/actors/v2/a/messages", json=EXPIRED, status=401)
    visitor = Visitor("old", "new")
    with pytest.raises(TokenRenewed) as caught:
        Abaco(client, visitor).messages.send_text("a", "x")
    assert (caught.value.kind, caught.value.changed, caught.value.status) == ("signed-out", "no", 401)
    assert "nothing was sent" in caught.value.user_message
    assert len(responses.calls) == 1
    assert visitor.renewals == ["old"]


@responses.activate
def test_a_read_that_is_refused_twice_is_signed_out(client: AbacoClient) -> None:
    responses.get(f"{ROOT}/actors/v2", json=EXPIRED, status=401)
    visitor = Visitor("old", "new", "newer")
    with pytest.raises(SignedOut):
        Abaco(client, visitor).actors.list()
    assert (len(responses.calls), visitor.renewals) == (2, ["old"])


@responses.activate
def test_without_a_new_token_the_visitor_is_signed_out(client: AbacoClient) -> None:
    responses.get(f"{ROOT}/actors/v2", json=EXPIRED, status=401)
    responses.post(f"{ROOT}/actors/v2/a/messages", json=EXPIRED, status=401)
    for act in (
        lambda: Abaco(client, Visitor("old")).actors.list(),
        lambda: Abaco(client, Visitor("old")).messages.send_text("a", "x"),
    ):
        with pytest.raises(SignedOut) as caught:
            act()
        assert caught.value.changed == "no"


@responses.activate
def test_the_credentials_are_asked_once(client: AbacoClient) -> None:
    asked = []

    class Counting(Visitor):
        def access_token(self) -> str:
            asked.append(1)
            return super().access_token()

    responses.get(f"{ROOT}/actors/v2", json=LIST)
    abaco = Abaco(client, Counting())
    abaco.actors.list()
    abaco.gather(a=abaco.actors.list, b=abaco.actors.list)
    assert asked == [1]


@pytest.mark.parametrize("token", ["a\nb", "a b\r\nX-Evil: 1", "tökén", "a\0b", ""])
def test_a_token_that_no_header_can_carry_is_no_token(client: AbacoClient, token: str) -> None:
    with pytest.raises(SignedOut) as caught:
        Abaco(client, Visitor(token)).actors.list()
    assert "Evil" not in str(caught.value)


@responses.activate
def test_a_wave_brings_each_answer_and_each_error_home(abaco: Abaco) -> None:
    responses.get(f"{ROOT}/actors/v2", json=LIST)
    responses.get(f"{ROOT}/actors/v2/b", status=403, json={})
    responses.get(f"{ROOT}/actors/v2/c", body=requests.ReadTimeout())
    answers = abaco.gather(
        every=abaco.actors.list,
        denied=lambda: abaco.actors.get("b"),
        late=lambda: abaco.actors.get("c"),
        bad=lambda: abaco.actors.get(".."),
    )
    assert answers["every"].unwrap()[0].id == "a"
    assert answers["every"].error is None
    kinds = {"denied": Forbidden, "late": TimedOut, "bad": NotFound}
    for name, kind in kinds.items():
        assert answers[name].value is None
        assert type(answers[name].error) is kind
        with pytest.raises(kind):
            answers[name].unwrap()


@responses.activate
def test_a_wave_renews_once_and_in_its_own_thread(client: AbacoClient) -> None:
    responses.add_callback("GET", f"{ROOT}/actors/v2", by_token("new"))
    visitor = Visitor("old", "new")
    abaco = Abaco(client, visitor)
    answers = abaco.gather(**{f"call{number}": abaco.actors.list for number in range(8)})
    assert all(answer.unwrap() == () for answer in answers.values())
    assert visitor.renewals == ["old"]
    assert visitor.threads == {threading.get_ident()}
    assert len(responses.calls) == 16


@responses.activate
def test_a_wave_that_cannot_renew_says_so_of_those_calls_only(client: AbacoClient) -> None:
    responses.get(f"{ROOT}/actors/v2", json=EXPIRED, status=401)
    responses.get(f"{ROOT}/actors/v2/b", json={**LIST, "result": {"id": "b"}})

    class Down(Visitor):
        def renew(self, rejected: str) -> str:
            raise Unreachable

    abaco = Abaco(client, Down())
    answers = abaco.gather(a=abaco.actors.list, b=lambda: abaco.actors.get("b"))
    assert type(answers["a"].error) is Unreachable
    assert answers["b"].unwrap().id == "b"


def test_the_calls_of_a_wave_are_made_at_once(abaco: Abaco) -> None:
    all_of_them = threading.Barrier(10, timeout=60)  # nobody passes before the tenth has come
    answers = abaco.gather(**{f"call{number}": all_of_them.wait for number in range(10)})
    assert sorted(answer.unwrap() for answer in answers.values()) == list(range(10))


def test_a_mistake_in_a_wave_is_not_hidden(abaco: Abaco) -> None:
    with pytest.raises(ZeroDivisionError):
        abaco.gather(mistake=lambda: 1 // 0)


def test_an_answer_is_a_value_or_an_error() -> None:
    assert Result(value=None).unwrap() is None
    with pytest.raises(NotFound):
        Result(error=NotFound()).unwrap()
