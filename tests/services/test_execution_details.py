import pytest

from actors_app.services import Abaco, AbacoClient
from actors_app.services.errors import InvalidRequest, NotFound
from tests.support.payloads import ACTOR_ID, API, EXECUTION_ID, execution_payload, search_payload


class Token:
    def access_token(self):
        return "token"

    def renew(self, rejected):
        raise AssertionError("nobody should renew here")


@pytest.fixture
def executions():
    return Abaco(AbacoClient(API, "v2"), Token()).executions


def test_one_search_gives_them_whole_by_their_ids(api, executions):
    found = [execution_payload(exitCode=4), execution_payload(id="Stranger00000")]
    api.get(f"/actors/v2/{ACTOR_ID}/executions", search_payload(*found))
    details = executions.details(ACTOR_ID, [EXECUTION_ID, "Missing000000"])
    assert {one: detail.exit_code for one, detail in details.items()} == {EXECUTION_ID: 4}
    assert len(api.asked) == 1


def test_no_ids_ask_nothing(api, executions):
    assert executions.details(ACTOR_ID, []) == {}


def test_too_many_ids_ask_nothing(api, executions):
    with pytest.raises(InvalidRequest):
        executions.details(ACTOR_ID, [f"Id{number}" for number in range(101)])


@pytest.mark.parametrize("bad", ["", "..", 'x"]', "a/b", "x&limit=9"])
def test_an_id_that_is_none_asks_nothing(api, executions, bad):
    with pytest.raises(NotFound):
        executions.details(ACTOR_ID, [EXECUTION_ID, bad])
