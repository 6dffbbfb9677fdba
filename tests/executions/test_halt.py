import pytest

from tests.support.payloads import ACTOR_ID, EXECUTION_ID, actor_payload, execution_payload

PAGE = f"/actors/{ACTOR_ID}/executions/{EXECUTION_ID}/halt/"
ACTOR = f"/actors/v2/{ACTOR_ID}"
EXECUTION = f"{ACTOR}/executions/{EXECUTION_ID}"
NOT_RUNNING = "Cannot force quit an execution not in RUNNING status. Execution was found in status: COMPLETE"


def test_it_asks_first(signed_in, api):
    api.get(ACTOR, actor_payload())
    api.get(EXECUTION, execution_payload(status="RUNNING"))
    answer = signed_in.get(PAGE)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "exit code 137" in page
    assert "its record stays Busy for up to an hour" in page
    assert page.index(">Cancel<") < page.index("Halt execution</button>")
    assert [request.method for request in api.asked] == ["GET", "GET"]


def test_it_works(signed_in, api):
    api.delete(EXECUTION, message=f"Issued force quit command for execution {EXECUTION_ID}.")
    answer = signed_in.post(PAGE)
    assert (answer.status_code, answer.url) == (302, f"/actors/{ACTOR_ID}/executions/{EXECUTION_ID}/")
    assert len(api.asked) == 1


def test_it_answers_htmx_with_the_way(signed_in, api, htmx):
    api.delete(EXECUTION)
    answer = signed_in.post(PAGE, headers=htmx)
    assert answer.headers["HX-Redirect"] == f"/actors/{ACTOR_ID}/executions/{EXECUTION_ID}/"


def test_one_that_does_not_run_is_not_offered(signed_in, api):
    api.get(ACTOR, actor_payload())
    api.get(EXECUTION, execution_payload())
    answer = signed_in.get(PAGE)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Only running executions can be halted." in page
    assert "Halt execution</button>" not in page


def test_it_shows_a_refusal(signed_in, api):
    api.refuse("DELETE", EXECUTION, NOT_RUNNING)
    answer = signed_in.post(PAGE)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Nothing was changed." in page
    assert len(api.asked) == 1


def test_it_survives_silence_and_does_not_try_again(signed_in, api):
    api.is_silent("DELETE", EXECUTION)
    answer = signed_in.post(PAGE)
    assert answer.status_code == 502
    assert "We do not know whether this succeeded" in answer.content.decode()
    assert len(api.asked) == 1


def test_it_rejects_the_wrong_method(signed_in):
    assert signed_in.delete(PAGE).status_code == 405


@pytest.mark.django_db
def test_it_needs_credentials(client):
    assert client.post(PAGE).status_code == 302
    assert client.get(PAGE).url.startswith("/sign-in/?next=")
