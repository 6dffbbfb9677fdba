"""The API's search at the JSON API, with the conditions of the form."""

from urllib.parse import parse_qs, urlsplit

import pytest

from tests.conftest import API
from tests.support.json_api import Caller, problem
from tests.support.payloads import ACTOR_ID, actor_payload, execution_payload, search_payload, worker_payload

pytestmark = pytest.mark.django_db
URL = "/api/v1/search/"
UPSTREAM = "/actors/v2/search/"


def asked(api: API) -> dict[str, list[str]]:
    return parse_qs(urlsplit(api.asked[-1].url).query)


def test_words_and_conditions_become_the_apis_own(caller: Caller, api: API) -> None:
    api.get(f"{UPSTREAM}actors", search_payload(actor_payload()))
    query = "q=word+count&exact=true&f1=owner&v1=jdoe&f2=create_time&o2=after&v2=2026-11-01&f3=stateless&v3=yes"
    assert caller.get(f"{URL}actors/?{query}").json()["items"][0]["id"] == ACTOR_ID
    assert asked(api) == {
        "limit": ["50"],
        "skip": ["0"],
        "exactsearch": ["word count"],
        "owner": ['"jdoe"'],
        "createTime.gt": ["2026-11-01T00:00:00"],
        "stateless": ["true"],
    }


@pytest.mark.parametrize(
    ("query", "asks"),
    [
        ("f1=exit_code&o1=none&v1=0,+1", {"exitCode.nin": ["[0, 1]"]}),
        ("f1=runtime&o1=between&v1=1..10.5", {"runtime.between": ["1,10.5"]}),
        (
            "f1=message_received_time&o1=between&v1=2026-11-23..2026-11-24+08:30",
            {"messageReceivedTime.between": ["2026-11-23T00:00:00,2026-11-24T08:30:00"]},
        ),
    ],
)
def test_the_conditions_of_executions_become_the_apis_own(
    query: str, asks: dict[str, list[str]], caller: Caller, api: API
) -> None:
    api.get(f"{UPSTREAM}executions", search_payload(execution_payload()))
    assert caller.get(f"{URL}executions/?{query}").status_code == 200
    assert asked(api) == {"limit": ["50"], "skip": ["0"], **asks}


def test_the_pages_follow_each_other(caller: Caller, api: API) -> None:
    api.get(f"{UPSTREAM}workers", search_payload(worker_payload(actorId=ACTOR_ID), total=3))
    first = caller.get(f"{URL}workers/?limit=2").json()
    assert (first["total"], first["previous"], first["items"][0]["actor_id"]) == (3, None, ACTOR_ID)
    second = caller.get(first["next"]).json()
    assert asked(api)["skip"] == ["2"]
    caller.get(second["previous"])
    assert asked(api)["skip"] == ["0"]


def test_executions_and_logs_have_their_own_shape(caller: Caller, api: API) -> None:
    api.get(f"{UPSTREAM}executions", search_payload(execution_payload()))
    api.get(
        f"{UPSTREAM}logs",
        search_payload(
            {
                "logs": "<b>hello</b>",
                "_links": {"execution": f"https://api.example.org/actors/v2/{ACTOR_ID}/executions/E1"},
            }
        ),
    )
    assert caller.get(f"{URL}executions/").json()["items"][0]["outcome"]
    assert caller.get(f"{URL}logs/").json()["items"] == [
        {"actor_id": ACTOR_ID, "execution_id": "E1", "logs": "<b>hello</b>"}
    ]
    assert asked(api)["limit"] == ["10"]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("f1=environment&v1=x", "f1"),
        ("f1=owner&o1=more&v1=x", "o1"),
        ("f1=owner", "v1"),
        ("v1=x", "f1"),
        ("f1=owner&o1=least&v1=5", "o1"),
        ("f1=revision&o1=least&v1=many", "v1"),
        ("f1=create_time&o1=after&v1=yesterday", "v1"),
        ("exact=maybe", "exact"),
        ("limit=251", "limit"),
        ("cursor=WyJhZnRlciIsLTFd", "cursor"),
        ("f4=owner", "f4"),
    ],
)
def test_what_the_form_refuses_is_refused(query: str, field: str, caller: Caller, api: API) -> None:
    assert field in problem(caller.get(f"{URL}actors/?{query}"), 422, "not-valid")["errors"]
    assert api.asked == []
