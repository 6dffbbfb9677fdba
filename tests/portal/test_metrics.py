"""What Prometheus is told: what was counted, of few labels and no id, to whom it may be told."""

import re
import resource
import time
from pathlib import Path

import pytest
from django.test import Client
from prometheus_client.mmap_dict import MmapedDict, mmap_key
from prometheus_client.parser import text_string_to_metric_families

from actors_app.core import bulkhead
from actors_app.core.clock import now_ms
from actors_app.history import heartbeat
from actors_app.history.models import ActorHistory, CollectorBeat
from portal import counts, metrics, store
from tests.conftest import API
from tests.core.api.operations import OPERATIONS
from tests.support.payloads import ACTOR_ID, actor_payload
from tests.support.routes import ROWS

pytestmark = pytest.mark.django_db
Values = dict[tuple[str, ...], float]


def told(browser: Client | None = None) -> Values:
    """Return every value by its name and the values of its labels, in the order of the labels' names."""
    answer = (browser or Client()).get("/metrics", headers={"host": "10.0.0.7"})
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/plain")
    found: Values = {}
    for family in text_string_to_metric_families(answer.content.decode()):
        for sample in family.samples:
            found[(sample.name, *(value for _, value in sorted(sample.labels.items())))] = sample.value
    return found


def more(before: Values, after: Values) -> Values:
    """Return what was counted in between."""
    return {key: value - before.get(key, 0) for key, value in after.items() if value != before.get(key, 0)}


def test_requests_and_calls_are_counted(signed_in: Client, api: API) -> None:
    api.get("/actors/v2", [actor_payload()])
    before = told()
    assert signed_in.get("/actors/").status_code == 200
    assert signed_in.get("/nowhere/").status_code == 404
    found = more(before, told())
    assert found[("portal_requests_total", "GET", "200", "actors:actor-list")] == 1
    assert found[("portal_requests_total", "GET", "404", "none")] == 1
    assert found[("portal_request_seconds_count", "actors:actor-list")] == 1
    assert found[("portal_api_calls_total", "GET /actors/v2", "answered", "default")] == 1
    assert found[("portal_api_call_seconds_count", "GET /actors/v2", "default")] == 1
    assert not any("/metrics" in part or "livez" in part for key in found for part in key)


def test_a_refusal_and_a_silence_are_told_apart_and_no_id_is_a_label(signed_in: Client, api: API) -> None:
    api.refuse("GET", f"/actors/v2/{ACTOR_ID}/messages", "No permission", 403)
    api.refuse("GET", f"/actors/v2/{ACTOR_ID}", "No permission", 403)
    before = told()
    signed_in.get(f"/actors/{ACTOR_ID}/messages/")
    found = more(before, told())
    assert found[("portal_api_calls_total", "GET /actors/v2/{actor}/messages", "forbidden", "default")] == 1
    text = Client().get("/metrics").content.decode()
    assert ACTOR_ID not in text
    assert "jdoe" not in text


def test_a_breaker_that_opens_is_seen(signed_in: Client, api: API) -> None:
    for _ in range(10):
        api.is_silent("GET", "/actors/v2")
    for _ in range(6):
        signed_in.get("/actors/")
    found = told()
    assert found[("portal_api_breaker_open", "default")] == 1
    assert found[("portal_api_calls_total", "GET /actors/v2", "not-sent", "default")] >= 1
    assert found[("portal_api_calls_total", "GET /actors/v2", "unreachable", "default")] >= 5


def test_methods_that_nobody_knows_are_one() -> None:
    before = told()
    Client().generic("BREW", "/sign-in/")
    assert [key[1] for key in more(before, told()) if key[0] == "portal_requests_total"] == ["other"]


def test_places_that_are_taken_are_seen() -> None:
    class Request:
        pass

    request, before = Request(), told()[("portal_pages_waiting",)]
    bulkhead.enter(request)  # type: ignore[arg-type]
    try:
        found = told()
    finally:
        request._leave_bulkhead()  # type: ignore[attr-defined]
    assert found[("portal_pages_waiting",)] == before + 1
    assert found[("portal_pages_waiting_limit",)] == 24
    assert told()[("portal_pages_waiting",)] == before


@pytest.mark.store
def test_the_history_has_an_age() -> None:
    now = int(time.time() * 1000)
    for number, (age, deleted) in enumerate([(60_000, None), (600_000, None), (9_000_000, now)]):
        ActorHistory.objects.create(tenant="default", actor_id=f"a{number}", looked=now - age, deleted=deleted)
    found = told()
    assert found[("portal_history_actors", "default")] == 2
    assert 59 < found[("portal_history_age_seconds", "default", "newest")] < 90
    assert 599 < found[("portal_history_age_seconds", "default", "oldest")] < 630
    assert (found[("portal_store_up",)], found[("portal_store_migrations_missing",)]) == (1, 0)


@pytest.mark.store
def test_the_collector_has_an_age_and_says_whether_it_is_refused() -> None:
    assert ("portal_collector_age_seconds", "default") not in told()
    heartbeat.beat("default")
    heartbeat.beat("a tenant that was taken out of the settings")
    CollectorBeat.objects.update(at=now_ms() - 60_000)
    found = told()
    assert 59 < found[("portal_collector_age_seconds", "default")] < 90
    assert found[("portal_collector_refused", "default")] == 0
    assert len([key for key in found if key[0].startswith("portal_collector_")]) == 2
    heartbeat.beat("default", refusal="The account is refused.")
    assert told()[("portal_collector_refused", "default")] == 1


@pytest.mark.store
@pytest.mark.django_db(transaction=True)
def test_a_store_that_is_away_is_said_and_the_rest_is_told(tmp_path: object) -> None:
    from tests.support.store import taken_away

    with taken_away(tmp_path):  # type: ignore[arg-type]
        found = told()
    assert found[("portal_store_up",)] == 0
    assert ("portal_pages_waiting_limit",) in found


@pytest.mark.store
def test_readiness_says_in_words_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Client().get("/readyz").content == b"ok\n"
    known = store.known_migrations()
    monkeypatch.setattr(store, "known_migrations", lambda: (*known, ("actors_app", "9999_later")))
    answer = Client().get("/readyz")
    assert answer.status_code == 503
    assert answer.content == b"The database lacks 1 migrations. Run manage.py migrate.\n"
    assert told()[("portal_store_migrations_missing",)] == 1


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer wrong", "Basic right-token", "Bearer right-token-and-more"])
def test_a_token_closes_them(settings: object, header: str) -> None:
    settings.METRICS_TOKEN = "right-token"  # type: ignore[attr-defined]
    answer = Client().get("/metrics", headers={"authorization": header} if header else {})
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="metrics"'
    assert not re.search(r"portal_|right-token", answer.content.decode())


def test_the_token_opens_them(settings: object) -> None:
    settings.METRICS_TOKEN = "right-token"  # type: ignore[attr-defined]
    answer = Client().get("/metrics", headers={"authorization": "Bearer right-token"})
    assert answer.status_code == 200
    assert "portal_requests" in answer.content.decode()


# The files of several processes ----------------------------------------------------------------------------------


def test_the_files_of_a_process_have_room_for_all_that_it_may_count(tmp_path: Path) -> None:
    views = [*ROWS, *(f"api:{operation.name}" for operation in OPERATIONS), "none"]
    for kind, per_view in (("counter", 3 * 8), ("histogram", len(metrics.SECONDS) + 3)):
        labels, help_text = ["view", "method", "status"], "x" * 40
        name = "portal_request_seconds"
        keys = [mmap_key(name, f"{name}_bucket", labels, [view, "DELETE", "500"], help_text) for view in set(views)]
        # Beside the key an entry has its length, its value, its time and up to eight bytes to fill up.
        assert sum(per_view * (len(key) + 28) for key in keys) < counts.ROOMS[kind] / 2
    assert counts.reserve(tmp_path, 7)
    mapped = MmapedDict(str(tmp_path / "counter_7.db"))
    mapped.write_value("a", 1.0, 0.0)
    mapped.close()
    assert {path.stat().st_size for path in tmp_path.glob("counter_7.db")} == {counts.ROOMS["counter"]}
    assert [value[:2] for value in MmapedDict.read_all_values_from_file(str(tmp_path / "counter_7.db"))] == [("a", 1.0)]


def test_where_there_is_no_room_there_are_no_files(tmp_path: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (counts.MEGABYTE, hard))
    try:
        assert not counts.reserve(tmp_path, 7)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert list(tmp_path.iterdir()) == []
    assert counts.reserve(tmp_path, counts.ENDED)
    assert {path.name for path in tmp_path.iterdir()} == {"counter_ended.db", "histogram_ended.db"}
