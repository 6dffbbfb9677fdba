"""What nginx and gunicorn make of a request before a process of Abaco sees it, asked as it is written here.

That the answers are those of the real server is tried by the contract tests, on its recordings.
"""

import http.client
import json
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from tests.sandbox.support import Person, Sandbox

BODY = 1024 * 1024
NO_ADDRESS = "the requested URL is not an Abaco endpoint."


class Raw:
    """Somebody who asks for addresses exactly as they are written."""

    def __init__(self, person: Person) -> None:
        self.person = person

    def ask(self, method: str, address: str, body: bytes | None = None, **headers: str) -> tuple[int, str]:
        """Return status and text of the answer to one request."""
        connection = http.client.HTTPConnection(urlsplit(self.person.url).netloc, timeout=60)
        mine = self.person.headers or {"Authorization": f"Bearer {self.person.token}"}
        connection.putrequest(method, address, skip_host=False)
        for name, value in (mine | headers).items():
            connection.putheader(name, value)
        if body is not None:
            connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body)
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        return answer.status, text

    def message(self, method: str, address: str, body: bytes | None = None, **headers: str) -> tuple[int, str]:
        """Return status and message of the answer to one request, or the title of a page."""
        status, text = self.ask(method, address, body, **headers)
        if text.startswith("<"):
            return status, text.partition("<title>")[2].partition("</title>")[0]
        return status, json.loads(text)["message"]


@pytest.fixture(scope="module", params=["v2", "v3"])
def owner(sandbox: Sandbox, request: pytest.FixtureRequest) -> Iterator[tuple[Raw, str, str]]:
    person = sandbox.sign_in("demo", request.param)
    return Raw(person), f"/{person.root}", str(person.post("", {"image": "abacosamples/test"})["id"])


def test_each_rule_of_nginx_sends_its_paths_to_its_process(owner: tuple[Raw, str, str]) -> None:
    raw, root, actor = owner
    here = f"{root}/{actor}"
    no_route = (500, "500 Internal Server Error")
    for address, expected in (
        (f"{here}/messages/anything/at/all", (200, "The request was successful")),
        (f"{here}/MESSAGESx?limit=1", (200, "The request was successful")),
        (f"{here}/messages/messages", no_route),
        (f"{here}/state/messages", no_route),
        (f"{root}/administrators", no_route),
        (f"{root}/ADMIN", (400, "Abaco Admin role required.")),
        (f"{here}/workersx", no_route),
        (f"{here}/Workers", no_route),
        (f"{here}/permissionsx/y", (200, "Permissions retrieved successfully.")),
        (f"{here}/Permissions", no_route),
        (f"{here}/nonces/permissions", no_route),
        (f"{here}/", no_route),
        (f"{root}x", no_route),
        (f"/x{root}/{actor}/workers", (200, "Workers retrieved successfully.")),
    ):
        assert raw.message("GET", address) == expected, address
    assert raw.message("GET", f"{root}/search/workers")[1] == "Search completed successfully."


def test_a_path_is_decoded_and_passed_on_as_it_then_is(owner: tuple[Raw, str, str]) -> None:
    raw, root, actor = owner
    found = (200, "Actor retrieved successfully.")
    for address, expected in (
        (f"{root}/{actor}%2Fworkers", (200, "Workers retrieved successfully.")),
        (f"{root}/{actor}%3Fx=1", found),
        (f"{root}/{actor}/executions%3Flimit=1", (200, "Executions search completed successfully.")),
        (f"{root}/{actor}%23x", found),
        (f"{root}/{actor}%0Ax", found),
        (f"{root}/{actor}%20", found),
        (f"{root}/aliases/%2e%2e/{actor}", found),
        (f"{root}//./{actor}", found),
        (f"{root}/a%20b", (400, "Bad Request")),
        (f"{root}/a%2520b", (404, "Actor with identifier 'a b' not found")),
        (f"{root}/%C3%BC", (404, "Actor with identifier 'Ã¼' not found")),
    ):
        assert raw.message("GET", address) == expected, address
    for address in (f"{root}/%00", f"{root}/%zz", f"{root}/../../../x"):
        status, text = raw.ask("GET", address)
        assert (status, '"result": None' in text) == (400, True), address


def test_what_is_too_large_is_refused_by_nginx_or_by_gunicorn(owner: tuple[Raw, str, str]) -> None:
    raw, root, actor = owner
    here, kind = f"{root}/{actor}", {"Content-Type": "application/octet-stream"}
    assert raw.message("POST", f"{here}/messages", b"x" * BODY, **kind)[0] == 200
    assert raw.message("POST", f"{here}/messages", b"x" * (BODY + 1), **kind) == (413, "413 Request Entity Too Large")
    assert raw.message("GET", f"{here}?x={'a' * 4000}")[0] == 200
    status, text = raw.ask("GET", f"{here}?x={'a' * 8000}")
    assert (status, "Request Line is too large (80" in text) == (400, True)
    assert raw.message("GET", f"{here}?x={'a' * 9000}") == (414, "414 Request-URI Too Large")
    assert raw.message("GET", here, X=" a" * 5000) == (400, "400 Request Header Or Cookie Too Large")


def test_an_unknown_address_and_trace_are_answered_by_nginx_in_what_is_no_json(owner: tuple[Raw, str, str]) -> None:
    raw, root, actor = owner
    for address in ("/", "/cron", f"/{root.title()}/{actor}", "/v9/actors"):
        status, text = raw.ask("GET", address)
        assert (status, NO_ADDRESS in text, '"result": None' in text) == (404, True, True), address
    for method, address, status in (("TRACE", f"{root}/{actor}", 405), ("PUT", "/cron", 405), ("POST", "/cron", 404)):
        answer = raw.ask(method, address)
        assert (answer[0], '"result": None' in answer[1]) == (status, True), address


def test_a_method_is_refused_before_names_and_credentials(owner: tuple[Raw, str, str]) -> None:
    raw, root, actor = owner
    nobody = Raw(Person(raw.person.url, "", headers={"X-Nothing": "x"}))
    for method, address in (("PUT", "/nosuch/messages"), ("DELETE", f"/{actor}/workers"), ("PURGE", f"/{actor}")):
        for person in (raw, nobody):
            assert person.ask(method, root + address)[0] == 405, address
    assert raw.message("DELETE", f"{root}/utilization") == (404, "Actor with identifier 'utilization' not found")
    assert raw.ask("OPTIONS", f"{root}/{actor}/nosuch")[0] == 404


def test_a_path_with_aliases_in_it_names_its_actor_a_place_later(owner: tuple[Raw, str, str]) -> None:
    raw, root, actor = owner
    for address, name in ((f"/{actor}/executions/my-aliases", "executions"), ("/aliases/permissions", "permissions")):
        assert raw.message("GET", root + address) == (404, f"Actor with identifier '{name}' not found"), address
    nowhere = (404, "Unable to parse actor identifier: is it missing from the URL?")
    assert raw.message("GET", f"{root}/my-aliases") == nowhere
