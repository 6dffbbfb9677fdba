"""Cron: it fires, makes up for what was missed with one message, and goes by where it is off.

The hour is moved instead of waited for: a new actor may say when its next one is.
"""

import time
from datetime import UTC, datetime

from tests.sandbox.support import Person

LONG_AGO = "2020-01-01 7"


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


def test_missed_hours_are_made_up_for_once_and_the_next_one_is_to_come(demo: Person) -> None:
    actor = demo.actor("abacosamples/wc", cronSchedule="2099-01-01 10 + 6 hours", cronNextEx=LONG_AGO)
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


def test_a_schedule_that_leads_nowhere_fires_once_and_is_switched_off(demo: Person) -> None:
    actors = [
        demo.actor("nosuch/image:5", cronSchedule=f"2099-01-01 10 + {step}", cronNextEx=LONG_AGO)
        for step in ("x hours", "99999999999 hours")
    ]
    for actor in actors:
        demo.until(f"/{actor}", lambda row: row["cronOn"] is False)
        assert demo.get(f"/{actor}/executions")["totalExecutions"] == 1
