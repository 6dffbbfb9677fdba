"""Cron: it fires, makes up for what was missed with one message, and goes by where it is off.

The hour is moved instead of waited for, in the store: a schedule of the past is refused.
"""

import time
from datetime import UTC, datetime

import pytest

from tests.sandbox.contract_state import Store
from tests.sandbox.support import Person, Sandbox

LONG_AGO = "2020-01-01 7"


def missed(sandbox: Sandbox, *actors: str) -> None:
    """Let the next hour of some actors have been long ago."""
    store = Store(str(sandbox.database))
    for actor in actors:
        store.db.execute("UPDATE sandbox_actor SET cron_next_ex = ? WHERE id = ?", [LONG_AGO, actor])
    store.db.close()


def hours_until(person: Person, actor: str) -> float:
    """Return how many hours it is to an actor's next cron execution."""
    day, hour = person.get(f"/{actor}")["cronNextEx"].split(" ")
    due = datetime(*(int(part) for part in day.split("-")), int(hour), tzinfo=UTC)
    return (due - datetime.now(UTC)).total_seconds() / 3600


def test_cron_fires_once_and_writes_down_its_next_hour(demo: Person) -> None:
    actor = demo.actor("abacosamples/test", cronSchedule="now + 2 days")
    row = demo.until(f"/{actor}/executions", lambda listing: listing["totalExecutions"] == 1)["executions"][0]
    ended = demo.ended(actor, row["id"])
    assert ended["executor"] == "cron"
    log = demo.log(actor, row["id"])
    assert "MSG=This is your cron execution" in log
    assert "Time_msg_queued=" in log
    assert "_abaco_username" not in log
    assert 46 <= hours_until(demo, actor) <= 48
    time.sleep(1.2)
    assert demo.get(f"/{actor}/executions")["totalExecutions"] == 1


def test_missed_hours_are_made_up_for_once_and_the_next_one_is_to_come(demo: Person, sandbox: Sandbox) -> None:
    actor = demo.actor("abacosamples/wc", cronSchedule="2099-1-1 9 + 6 hours", cronNextEx=LONG_AGO)
    assert demo.get(f"/{actor}")["cronNextEx"] == "2099-1-1 9"
    missed(sandbox, actor)
    listing = demo.until(f"/{actor}/executions", lambda found: found["totalExecutions"] == 1)
    assert demo.ended(actor, listing["executions"][0]["id"])["executor"] == "cron"
    assert 0 < hours_until(demo, actor) <= 6
    assert int(demo.get(f"/{actor}")["cronNextEx"].split(" ")[1]) % 6 == 1  # in step with the seven o'clock it had
    time.sleep(1.2)
    assert demo.get(f"/{actor}/executions")["totalExecutions"] == 1


def test_where_cron_is_off_the_hours_go_by(demo: Person) -> None:
    actor = demo.actor("nosuch/image:4", cronSchedule="now + 1 day")
    demo.until(f"/{actor}/executions", lambda found: found["totalExecutions"] == 1)
    demo.put(f"/{actor}", {"image": "nosuch/image:4", "cronSchedule": "now + 1 day"})
    row = demo.until(f"/{actor}", lambda _: hours_until(demo, actor) > 0)
    assert row["cronOn"] is False
    assert 22 < hours_until(demo, actor) <= 24
    assert demo.get(f"/{actor}/executions")["totalExecutions"] == 1


def test_a_schedule_that_leads_nowhere_fires_once_and_is_switched_off(demo: Person, sandbox: Sandbox) -> None:
    steps = ("x hours", "99999999999 hours")
    actors = [demo.actor("nosuch/image:5", cronSchedule=f"2099-01-01 10 + {step}") for step in steps]
    missed(sandbox, *actors)
    for actor in actors:
        demo.until(f"/{actor}", lambda row: row["cronOn"] is False)
        assert demo.get(f"/{actor}/executions")["totalExecutions"] == 1


@pytest.mark.parametrize(
    ("schedule", "status", "words"),
    [
        ("", 400, "The cron is not in the correct format"),
        ("2099-01-01 10 + 2days", 400, "The cron is not in the correct format"),
        ("2099-01-01T10 + 2 days", 400, "The starting date 2099-01-01T10 is not in the correct format"),
        ("soon + 2 days", 400, "The starting date soon is not in the correct format"),
        ("2020-1-1 0 + 1 eon", 400, "The starting datetime is old."),
        ("2099-01-01 10 + 1 eon", 500, "400 Bad Request: eon is an invalid unit of time"),
        ("2099-13-01 10 + 1 day", 500, "month must be in 1..12"),
        ("2099-01-xx 10 + 1 day", 500, "invalid literal for int() with base 10: 'xx'"),
        ("now + x days", 500, "invalid literal for int() with base 10: 'x'"),
    ],
)
def test_a_bad_schedule_is_refused_when_it_is_made_and_when_it_is_changed(
    schedule: str, status: int, words: str, demo: Person
) -> None:
    actor = demo.actor("abacosamples/test")
    for method, path in (("POST", ""), ("PUT", f"/{actor}")):
        refusal = demo.refusal(method, path, json={"image": "abacosamples/test", "cronSchedule": schedule})
        assert (refusal[0], words in refusal[1]) == (status, True), refusal


def test_a_schedule_keeps_its_form_and_its_count_is_not_looked_at(demo: Person) -> None:
    actor = demo.actor("abacosamples/test", cronSchedule="2099-1-1 3 + x days")
    shown = demo.get(f"/{actor}")
    assert (shown["cronSchedule"], shown["cronNextEx"]) == ("2099-1-1 3 + x days", "2099-1-1 3")
    kept = demo.put(f"/{actor}", {"image": "abacosamples/test", "cronOn": None})
    assert (kept["cronOn"], kept["cronSchedule"]) == (True, "2099-1-1 3 + x days")
