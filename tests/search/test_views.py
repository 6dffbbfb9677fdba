"""The API's search behind a form: what each comparison asks, what is refused before any call, and what is shown."""

from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from tests.conftest import API
from tests.support.payloads import (
    ACTOR_ID,
    EXECUTION_ID,
    WORKER_ID,
    actor_payload,
    search_payload,
    worker_payload,
)

pytestmark = pytest.mark.django_db
URL = "/search/"


def asked(api: API) -> dict[str, list[str]]:
    """Return the query of the one call that was made."""
    assert len(api.asked) == 1
    return parse_qs(urlsplit(api.asked[0].url).query)


def condition(field: str, operator: str, value: str) -> dict[str, str]:
    return {"f1": field, "o1": operator, "v1": value}


def test_nothing_is_asked_before_a_press(api: API, signed_in: Client) -> None:
    page = signed_in.get(URL).content.decode()
    assert "Enter keywords, or choose a field and a value." in page
    assert api.asked == []


@pytest.mark.parametrize(
    ("kind", "typed", "query"),
    [
        ("actors", condition("name", "is", "123"), {"name": ['"123"']}),
        ("actors", condition("name", "not", "true"), {"name.neq": ['"true"']}),
        ("actors", condition("image", "contains", "a.b*"), {"image.like": ["a\\.b\\*"]}),
        ("actors", condition("owner", "lacks", "x"), {"owner.nlike": ["x"]}),
        ("actors", condition("status", "one", "READY, ERROR"), {"status.in": ['["READY", "ERROR"]']}),
        ("actors", condition("revision", "least", "2"), {"revision.gte": ["2"]}),
        ("actors", condition("cron_on", "is", "Yes"), {"cronOn": ["true"]}),
        ("actors", condition("create_time", "after", "2026-11-24"), {"createTime.gt": ["2026-11-24T00:00:00"]}),
        ("actors", condition("revision", "none", "0, 1"), {"revision.nin": ["[0, 1]"]}),
        ("actors", condition("revision", "between", "1..10.5"), {"revision.between": ["1,10.5"]}),
        (
            "workers",
            condition("create_time", "between", "2026-11-23..2026-11-24 08:30"),
            {"createTime.between": ["2026-11-23T00:00:00,2026-11-24T08:30:00"]},
        ),
        ("workers", condition("status", "is", "READY"), {"status": ['"READY"']}),
        ("logs", {"q": "out of memory"}, {"search": ["out of memory"]}),
        ("logs", {"q": "out of memory", "exact": "on"}, {"exactsearch": ["out of memory"]}),
    ],
)
def test_each_comparison_asks_what_it_says(
    api: API, signed_in: Client, kind: str, typed: dict[str, str], query: dict[str, list[str]]
) -> None:
    api.get(f"/actors/v2/search/{kind}", search_payload())
    signed_in.get(URL, {"kind": kind, **typed})
    assert asked(api) == {"limit": ["10" if kind == "logs" else "50"], "skip": ["0"], **query}


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"kind": "nonces"}, "Choose actors, workers or logs."),
        ({"kind": "executions", "q": "x"}, "Search executions under Executions."),
        ({"kind": "actors", "q": "x" * 201}, "at most 200 characters"),
        (condition("exit_code", "is", "1"), "Field not available here."),
        (condition("tenant", "is", "x"), "Field not available here."),
        (condition("name", "regex", "x"), "Unknown operator."),
        (condition("name", "least", "x"), "is not supported for this field"),
        (condition("name", "is", ""), "Enter a value."),
        (condition("name", "one", ","), "with commas"),
        (condition("revision", "is", "many"), "is not a number"),
        (condition("revision", "between", "1-10"), "Enter a range"),
        (condition("stateless", "is", "maybe"), "Enter yes or no."),
        (condition("create_time", "after", "yesterday"), "Enter a date"),
        ({"v1": "lost"}, "Choose a field"),
        (
            condition("name", "is", "a") | {"f2": "name", "o2": "is", "v2": "b"},
            "Duplicate condition",
        ),
        ({"kind": "actors", "q": "a", "page": "0"}, "Page not found."),
    ],
)
def test_what_cannot_be_asked_is_named_and_kept(api: API, signed_in: Client, typed: dict[str, str], words: str) -> None:
    answer = signed_in.get(URL, {"kind": "actors", **typed})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert words in page or words in page.replace("&quot;", '"')
    assert api.asked == []
    if value := typed.get("v1"):
        assert f'value="{value}"' in page


@pytest.mark.parametrize(
    ("kind", "row", "link"),
    [
        ("actors", actor_payload(name="<i>x</i>"), f"/actors/{ACTOR_ID}/"),
        ("workers", worker_payload(actorId=ACTOR_ID), f"/actors/{ACTOR_ID}/workers/{WORKER_ID}/"),
    ],
)
def test_what_is_found_leads_to_its_page(
    api: API, signed_in: Client, kind: str, row: dict[str, object], link: str
) -> None:
    api.get(f"/actors/v2/search/{kind}", search_payload(row))
    page = signed_in.get(URL, {"kind": kind, "q": "x"}).content.decode()
    assert f'href="{link}"' in page
    assert "<i>x</i>" not in page
    assert "1 result" in page


def test_a_log_is_shown_around_what_was_looked_for(api: API, signed_in: Client) -> None:
    text = "start " * 500 + "the NEEDLE <b>here</b> " + "end " * 500
    api.get("/actors/v2/search/logs", search_payload({"logs": text, "_links": {}}))
    page = signed_in.get(URL, {"kind": "logs", "q": "needle"}).content.decode()
    assert "the NEEDLE &lt;b&gt;here&lt;/b&gt;" in page
    assert page.count("start") < 60


@pytest.mark.parametrize("actors", ["https://api.example.org/actors/v2", "http://a:80/v3/actors", ""])
def test_a_log_leads_to_its_execution(api: API, signed_in: Client, actors: str) -> None:
    links = {"execution": f"{actors}/{ACTOR_ID}/executions/{EXECUTION_ID}"}
    api.get("/actors/v2/search/logs", search_payload({"logs": "needle", "_links": links}))
    page = signed_in.get(URL, {"kind": "logs", "q": "needle"}).content.decode()
    assert f'href="/actors/{ACTOR_ID}/executions/{EXECUTION_ID}/logs/"' in page


@pytest.mark.parametrize("link", ["javascript:alert(1)", "/x/executions/../../y", "/A/executions/B/logs?x=1", None, 3])
def test_a_link_that_names_no_execution_is_not_followed(api: API, signed_in: Client, link: object) -> None:
    api.get("/actors/v2/search/logs", search_payload({"logs": "needle", "_links": {"execution": link}}))
    page = signed_in.get(URL, {"kind": "logs", "q": "needle"}).content.decode()
    assert "Log" in page
    assert "/logs/" not in page.partition("<main")[2]


def test_pages_lead_on_and_keep_the_search(api: API, signed_in: Client) -> None:
    rows = [actor_payload(id=f"A{number}") for number in range(50)]
    api.get("/actors/v2/search/actors", search_payload(*rows, total=120))
    page = signed_in.get(URL, {"kind": "actors", "q": "a", "page": "1"}).content.decode()
    assert "1\N{EN DASH}50 of 120" in page
    assert 'rel="next" href="?kind=actors&amp;q=a&amp;page=2"' in page


def test_nothing_found_can_be_cleared(api: API, signed_in: Client) -> None:
    api.get("/actors/v2/search/actors", search_payload())
    page = signed_in.get(URL, {"kind": "actors", "q": "zzz"}).content.decode()
    assert "No results" in page
    assert "Clear search" in page


def test_silence_is_said_and_what_was_typed_kept(api: API, signed_in: Client) -> None:
    api.is_silent("GET", "/actors/v2/search/actors")
    answer = signed_in.get(URL, {"kind": "actors", "q": "kept words"})
    assert answer.status_code == 502
    assert "Search unavailable" in answer.content.decode()
    assert 'value="kept words"' in answer.content.decode()


def test_it_shows_itself_as_code(api: API, signed_in: Client) -> None:
    api.get("/actors/v2/search/actors", search_payload(actor_payload()))
    page = signed_in.get(URL, {"kind": "actors", **condition("name", "contains", "a")}).content.decode()
    assert "/actors/v2/search/actors?name.like=a" in page


def test_it_needs_credentials(client: Client) -> None:
    assert client.get(URL).headers["Location"].startswith("/sign-in/")


def test_it_rejects_the_wrong_method(signed_in: Client) -> None:
    assert signed_in.post(URL).status_code == 405
