"""What a fresh sandbox holds."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.sandbox.support import Person, Sandbox, start_sandbox

HOSTILE = '<b>bold</b> & "quotes"'


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    running = start_sandbox(tmp_path_factory.mktemp("full"), "full")
    yield running
    running.stop()


@pytest.fixture(scope="module")
def demo(full: Sandbox) -> Person:
    return full.sign_in("demo")


@pytest.fixture(scope="module")
def actors(demo: Person) -> dict[str, dict[str, Any]]:
    return {row["name"]: row for row in demo.get("")}


def test_some_forty_actors_of_three_people(actors: dict[str, dict[str, Any]], full: Sandbox) -> None:
    of_all = set(actors) | {row["name"] for who in ("team", "admin") for row in full.sign_in(who).get("")}
    assert 36 <= len(of_all) <= 44
    assert {row["owner"] for row in actors.values()} == {"demo", "team", "admin"}
    assert {row["status"] for row in actors.values()} == {"READY", "ERROR", "SUBMITTED"}
    assert HOSTILE in actors
    assert any(row["cronOn"] for row in actors.values())
    assert any(not row["stateless"] for row in actors.values())
    assert "was not found on the public registry" in actors["cloud-mask-rc"]["statusMessage"]


def test_one_actor_has_five_thousand_executions(actors: dict[str, dict[str, Any]], demo: Person) -> None:
    path = f"/{actors['rnaseq-ingest']['id']}/executions"
    listing = demo.get(path)
    assert listing["totalExecutions"] == len(listing["executions"]) == 5000
    failed = demo.get(path, params={"exitCode.gt": 0, "limit": 1})["_metadata"]["totalCount"]
    assert 200 < failed < 900
    assert {row["status"] for row in listing["executions"]} == {"COMPLETE", "ERROR", "SUBMITTED"}


def test_the_newest_log_of_one_actor_is_as_long_as_logs_get(actors: dict[str, dict[str, Any]], demo: Person) -> None:
    actor = actors["fastq-qc-router"]["id"]
    rows = [row for row in demo.get(f"/{actor}/executions")["executions"] if row["startTime"]]
    assert len(demo.log(actor, rows[-1]["id"])) > 1_000_000
    assert 100 < len(demo.log(actor, rows[-2]["id"])) < 10_000


def test_what_it_is_filled_with_really_runs(actors: dict[str, dict[str, Any]], demo: Person) -> None:
    assert "Number of words: 2" in demo.log(
        actors["rnaseq-ingest"]["id"], demo.run(actors["rnaseq-ingest"]["id"], "two words")["id"]
    )
    counter = actors["run-counter"]["id"]
    assert demo.run(counter, "count")["exitCode"] == 0
    assert demo.get(f"/{counter}/state") == {"state": {"count": 91}}


def test_an_alias_a_link_and_a_config_outlived_their_actor(actors: dict[str, dict[str, Any]], full: Sandbox) -> None:
    demo, admin = full.sign_in("demo"), full.sign_in("admin")
    aliases = {row["alias"]: row for row in demo.get("/aliases")}
    dead = aliases["tile-classifier"]["actorId"]
    assert admin.refusal("GET", f"/{dead}")[0] == 404
    assert demo.refusal("GET", "/tile-classifier") == (400, f"Actor SANDBOX_{dead} does not exist")
    links = {row["id"]: row["link"] for row in admin.get("/admin") if row["link"]}
    assert "tile-classifier" in links.values()
    first = actors["protein-fold-submit"]["id"]
    assert links[links[first]] == "notify"
    assert aliases["notify"]["actorId"] == actors["slack-notify"]["id"]
    assert actors["slack-notify"]["webhook"].startswith("https://")
    summary = admin.get("/admin/executions")["summary"]
    assert summary["totalExecutionsAll"] > summary["totalExecutionsExisting"]


def test_configs_nonces_and_grants_of_all_sorts(actors: dict[str, dict[str, Any]], demo: Person) -> None:
    configs = {row["name"]: row for row in demo.get("/configs")}
    assert {row["isSecret"] for row in configs.values()} == {True, False}
    assert configs["object-store-key"]["value"].startswith("gAAAA")
    log = demo.log(actors["slack-notify"]["id"], demo.run(actors["slack-notify"]["id"], "x")["id"])
    assert "_actor_configs={'lab-channel': '#sequencing'}" in log
    nonces = [
        nonce
        for name in ("sentinel-2-tiler", "rnaseq-ingest", "slack-notify", "image-classifier")
        for nonce in demo.get(f"/{actors[name]['id']}/nonces")
    ]
    assert {row["level"] for row in nonces} == {"READ", "EXECUTE", "UPDATE"}
    assert {row["owner"] for row in nonces} == {"demo", "team", "marek"}
    assert {row["maxUses"] == -1 for row in nonces} == {row["lastUseTime"] == "None" for row in nonces} == {True, False}
    assert 0 in {row["remainingUses"] for row in nonces}
    assert len(demo.get("/aliases/tiler/nonces")) == 2
    assert demo.get(f"/{actors['slack-notify']['id']}/permissions") == {"demo": "UPDATE", "team": "NONE"}
    assert "ABACO_WORLD" in demo.get(f"/{actors['image-classifier']['id']}/permissions")
    assert demo.get(f"/{actors['sentinel-2-tiler']['id']}/permissions")["nadia"] == {"rahman": "READ"}


def test_schedules_are_due_when_their_history_says(full: Sandbox) -> None:
    rows = [row for row in full.sign_in("admin").get("/admin") if row["cronSchedule"]]
    assert {row["cronSchedule"].rsplit(" ", 1)[1] for row in rows} == {"hour", "day", "week", "month"}
    assert {row["cronOn"] for row in rows} == {True, False}
    assert len({row["cronNextEx"] for row in rows}) >= 4


def test_two_fills_are_the_same_and_a_small_one_is_short(
    actors: dict[str, dict[str, Any]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    small = start_sandbox(tmp_path_factory.mktemp("small"), "small", SANDBOX_ENGINE="off")
    try:
        demo = small.sign_in("demo")
        names = {row["name"]: row for row in demo.get("")}
        assert names.keys() == actors.keys()
        listing = demo.get(f"/{names['rnaseq-ingest']['id']}/executions")
        assert listing["totalExecutions"] == 300
        assert {name: row["id"] for name, row in names.items()} == {name: row["id"] for name, row in actors.items()}
        assert demo.get("/aliases/ingest")["actorId"] == names["rnaseq-ingest"]["id"]
        assert [row["description"] for row in demo.get("/ingest/nonces")] != []
    finally:
        small.stop()
