"""Two portals over one PostgreSQL, as a deployment has them: what one does the other knows, and restarts lose nothing.

Everything is real: gunicorn, PostgreSQL, the sandbox. Left out where PostgreSQL is not installed.
"""

import json
import os
import re
import signal
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
import requests
from prometheus_client.parser import text_string_to_metric_families

from tests import postgresql
from tests.canary.forms import forms_of
from tests.sandbox.support import Person, Sandbox, start_sandbox
from tests.support.load import Visitor
from tests.support.running import RunningPortal, running_portal
from tests.support.tools import missing

CONNECTIONS = 4  # of each process, to the store


@dataclass(frozen=True)
class Pair:
    """Two portals, their store, and the API of both."""

    first: RunningPortal
    second: RunningPortal
    directory: str  # of the store's socket
    sandbox: Sandbox
    counts: Path  # where their processes count

    @property
    def person(self) -> Person:
        return self.sandbox.sign_in("demo")


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    with ExitStack() as stack:
        try:
            store = stack.enter_context(postgresql.running())
        except postgresql.NotInstalled:
            missing("PostgreSQL", "postgresql")
        sandbox = start_sandbox(tmp_path_factory.mktemp("sandbox"), fill="none", SANDBOX_PULL_SECONDS="0.05")
        stack.callback(sandbox.stop)
        settings = {
            "DATABASE_URL": store.url,
            "PORTAL_STORE_CONNECTIONS": str(CONNECTIONS),
            "PORTAL_SIGN_INS_PER_ACCOUNT": "4",
            "METRICS_TOKEN": "for-the-test",
            "LOG_FORMAT": "json",
            "LOG_REQUESTS": "true",
        }
        counts = tmp_path_factory.mktemp("counts")
        portals = [
            stack.enter_context(
                running_portal(
                    tmp_path_factory.mktemp(name),
                    sandbox.url,
                    None,
                    **settings,
                    PROMETHEUS_MULTIPROC_DIR=str(counts / name),
                )
            )
            for name in ("first", "second")
        ]
        yield Pair(*portals, str(store.directory), sandbox, counts)


def told(portal: RunningPortal) -> dict[tuple[str, ...], float]:
    """Return the metrics of a portal, by name and the values of the labels in the order of their names."""
    answer = requests.get(f"{portal.url}/metrics", headers={"Authorization": "Bearer for-the-test"}, timeout=20)
    assert answer.status_code == 200
    return {
        (sample.name, *(value for _, value in sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def get(portal: RunningPortal, visitor: Visitor, path: str) -> requests.Response:
    return requests.get(portal.url + path, cookies=visitor.cookies, timeout=60, allow_redirects=False)


@contextmanager
def stalled(pair: Pair) -> Iterator[Callable[[], None]]:
    """Let the API accept calls and answer none, until the function that is given is called."""
    group = pair.sandbox.process.pid
    os.killpg(group, signal.SIGSTOP)
    try:
        yield lambda: os.killpg(group, signal.SIGCONT)
    finally:
        os.killpg(group, signal.SIGCONT)


def waiting_pages(portal: RunningPortal, at_least: int) -> None:
    end = time.monotonic() + 60
    while told(portal).get(("portal_requests_in_progress",), 0) < at_least:
        assert time.monotonic() < end, "the pages did not come to wait"
        time.sleep(0.05)


def test_a_sign_in_at_one_is_a_sign_in_at_the_other_and_so_is_its_end(pair: Pair) -> None:
    visitor = Visitor.signed_in(pair.first.url, "demo")
    assert get(pair.second, visitor, "/actors/").status_code == 200
    form = {"csrfmiddlewaretoken": visitor.token}
    requests.post(f"{pair.second.url}/sign-out/", form, cookies=visitor.cookies, timeout=20, allow_redirects=False)
    left = get(pair.first, visitor, "/actors/")
    assert left.status_code == 302
    assert left.headers["Location"].startswith("/sign-in/")


def test_a_form_that_is_sent_to_both_at_once_is_done_once(pair: Pair) -> None:
    visitor, actor = Visitor.signed_in(pair.first.url, "demo"), pair.person.actor("abacosamples/wc")
    page = get(pair.first, visitor, f"/actors/{actor}/messages/")
    form = next(form for form in forms_of(page.text) if "message" in dict(form.fields))
    data = {**dict(form.fields), "message": "once"}

    def send(portal: RunningPortal) -> tuple[int, str]:
        answer = requests.post(
            portal.url + f"/actors/{actor}/messages/", data, cookies=visitor.cookies, timeout=60, allow_redirects=False
        )
        return answer.status_code, answer.headers.get("Location", "")

    with ThreadPoolExecutor(8) as pool:
        answers = set(pool.map(send, [pair.first, pair.second] * 4))
    executions = pair.person.get(f"/{actor}/executions")["executions"]
    assert len(executions) == 1
    later = {send(pair.first), send(pair.second)}
    assert later == {(302, f"/actors/{actor}/executions/{executions[0]['id']}/")}
    assert later <= answers
    assert len(pair.person.get(f"/{actor}/executions")["executions"]) == 1


def test_an_old_token_is_renewed_once_for_both(pair: Pair) -> None:
    visitor = Visitor.signed_in(pair.first.url, "demo")
    with sqlite3.connect(pair.sandbox.database, timeout=20) as tokens:
        tokens.execute("DELETE FROM sandbox_token WHERE kind = 'access'")
        before = tokens.execute("SELECT count(*) FROM sandbox_token").fetchone()[0]
    with ThreadPoolExecutor(20) as pool:
        pages = list(pool.map(lambda portal: get(portal, visitor, "/actors/"), [pair.first, pair.second] * 10))
    assert [page.status_code for page in pages] == [200] * 20
    with sqlite3.connect(pair.sandbox.database, timeout=20) as tokens:
        made = tokens.execute("SELECT count(*) FROM sandbox_token WHERE kind = 'access'").fetchone()[0]
    assert made == 1, f"of {before} tokens one was used to make one more"


def test_what_one_has_read_of_a_history_the_other_shows_without_reading_it(pair: Pair) -> None:
    visitor, actor = Visitor.signed_in(pair.first.url, "demo"), pair.person.actor("abacosamples/wc")
    execution = pair.person.run(actor, "to be")["id"]
    assert execution in get(pair.first, visitor, f"/actors/{actor}/executions/").text
    listing = ("portal_api_calls_total", "GET /actors/v2/{actor}/executions", "answered", "default")
    before = told(pair.second).get(listing, 0)
    assert execution in get(pair.second, visitor, f"/actors/{actor}/executions/").text
    assert told(pair.second).get(listing, 0) == before


def test_wrong_passwords_are_counted_over_both(pair: Pair) -> None:
    def wrong(portal: RunningPortal) -> int:
        with requests.Session() as browser:
            page = browser.get(f"{portal.url}/sign-in/", timeout=20)
            token = dict(forms_of(page.text)[0].fields)["csrfmiddlewaretoken"]
            form = {"csrfmiddlewaretoken": token, "username": "admin", "password": "wrong"}
            return browser.post(f"{portal.url}/sign-in/", form, timeout=20).status_code

    portals = [pair.first, pair.second] * 3
    statuses = [wrong(portal) for portal in portals]
    assert statuses[:4] == [422] * 4
    assert statuses[4:] == [429] * 2


def test_pages_that_wait_for_the_api_hold_no_connection(pair: Pair) -> None:
    visitor = Visitor.signed_in(pair.first.url, "demo")
    with ThreadPoolExecutor(16) as pool, stalled(pair) as go_on:
        pages = [pool.submit(get, pair.first, visitor, "/actors/") for _ in range(16)]
        waiting_pages(pair.first, 16)
        # Far fewer connections than pages that wait, and the store answers whoever needs it.
        assert requests.get(f"{pair.first.url}/readyz", timeout=20).status_code == 200
        account = get(pair.first, visitor, "/account/")
        assert account.status_code == 200
        found = told(pair.first)
        assert found[("portal_store_connections_limit",)] == CONNECTIONS * len(pair.first.workers)
        assert found[("portal_store_connections", "used")] <= CONNECTIONS
        with psycopg.connect(host=pair.directory, user="portal", dbname="postgres") as asked:
            held = asked.execute("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'actors-portal'")
            assert held.fetchone()[0] <= 2 * CONNECTIONS * len(pair.first.workers)  # type: ignore[index]
        go_on()
        assert {page.result(60).status_code for page in pages} == {200}


def test_the_processes_of_a_portal_count_together(pair: Pair) -> None:
    assert len(pair.first.workers) == 2
    key = ("portal_requests_total", "GET", "200", "actors:sign-in")
    before = told(pair.first).get(key, 0)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: requests.get(f"{pair.first.url}/sign-in/", timeout=20), range(40)))
    assert told(pair.first)[key] == before + 40
    assert requests.get(f"{pair.first.url}/metrics", timeout=20).status_code == 401


def test_a_reload_under_load_loses_no_request_and_keeps_its_counts(pair: Pair) -> None:
    visitor = Visitor.signed_in(pair.first.url, "demo")
    old = set(pair.first.workers)
    counted = sum(value for key, value in told(pair.first).items() if key[0] == "portal_requests_total")
    statuses: list[int] = []
    stop = threading.Event()

    def keep_asking() -> None:
        with requests.Session() as browser:
            browser.cookies.update(visitor.cookies)
            while not stop.is_set():
                # A browser would send again what a closed connection lost; here nothing is forgiven.
                statuses.append(browser.get(f"{pair.first.url}/actors/", timeout=60).status_code)

    with ThreadPoolExecutor(6) as pool:
        asking = [pool.submit(keep_asking) for _ in range(6)]
        try:
            time.sleep(1)
            os.kill(pair.first.process.pid, signal.SIGHUP)
            end = time.monotonic() + 60
            while set(pair.first.workers) & old:
                assert time.monotonic() < end, "the old processes stay"
                time.sleep(0.1)
            time.sleep(2)
        finally:
            stop.set()
        for one in asking:
            one.result(90)
    assert set(statuses) == {200}, re.findall(r'"message": "([^"]*answered 5[^"]*)', pair.first.log.read_text())
    assert len(statuses) > 6, "they asked again and again"
    after = sum(value for key, value in told(pair.first).items() if key[0] == "portal_requests_total")
    assert after == counted + len(statuses)
    files = {path.name for path in (pair.counts / "first").glob("*.db")}
    ended = {name for name in files if any(f"_{worker}." in name for worker in old)}
    assert not ended, "each reload would leave files for ever"
    assert {"counter_ended.db", "histogram_ended.db"} <= files


def test_the_log_is_json_with_the_request_of_each_line_and_no_secret(pair: Pair) -> None:
    visitor = Visitor.signed_in(pair.first.url, "demo")
    answer = get(pair.first, visitor, "/actors/?q=whatever-was-looked-for")
    requests.get(f"{pair.first.url}/sign-in/callback/?code=code-of-a-sign-in&state=x", timeout=20)
    time.sleep(0.3)
    text = pair.first.log.read_text()
    lines = [json.loads(line) for line in text.splitlines()]
    mine = [line for line in lines if line.get("request") == answer.headers["X-Request-ID"]]
    assert [(line["logger"], line["method"], line["path"], line["status"]) for line in mine] == [
        ("portal.requests", "GET", "/actors/", 200)
    ]
    assert mine[0]["seconds"] > 0
    assert any(line["logger"] == "gunicorn.error" for line in lines)
    for secret in ("whatever-was-looked-for", "code-of-a-sign-in", visitor.cookies["portal-session"], "for-the-test"):
        assert secret not in text


def test_a_stop_lets_the_requests_in_hand_end(pair: Pair) -> None:
    """The last test: the second portal is stopped by it."""
    visitor = Visitor.signed_in(pair.second.url, "demo")
    with ThreadPoolExecutor(8) as pool, stalled(pair) as go_on:
        pages: list[Future[requests.Response]] = [pool.submit(get, pair.second, visitor, "/actors/") for _ in range(8)]
        waiting_pages(pair.second, 8)
        pair.second.process.terminate()
        time.sleep(1)
        go_on()
        assert [page.result(60).status_code for page in pages] == [200] * 8
    assert pair.second.process.wait(timeout=40) == 0
    assert get(pair.first, visitor, "/actors/").status_code == 200, "and the other goes on with the same sign-in"
    assert not re.search(r"Traceback", pair.second.log.read_text())
