"""A portal set to another version of the API than it talks to says so and sends nothing; set rightly, it works."""

import json
from collections.abc import Callable, Iterator
from html import unescape
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from actors_app.actors.models import KeptDefinition
from actors_app.doctor import outside
from actors_app.history.models import ExecutionRecord
from actors_app.services.dialects import DIALECTS
from actors_app.services.naming import naming_of
from portal.tenants import Tenant
from tests.actors.test_update import URL as EDIT
from tests.actors.test_update import inputs
from tests.conftest import API
from tests.sandbox.support import Person, Sandbox, start_sandbox
from tests.support.payloads import ACTOR_ID, actor_payload, respelled
from tests.support.routes import OWN, ROWS, answer_everything, crawled

pytestmark = pytest.mark.django_db
SETTING = "set ACTORS_API_VERSION, or version in the file of PORTAL_TENANTS_FILE, to {}."
SENTENCE = SETTING.format("v2-snake")
PAGES = [name for name, row in ROWS.items() if row.kind != OWN and "GET" in row.methods]
SECRET = "a-key-of-another-service"
ENVIRONMENT = {"GREETING": "hello", "API_KEY": SECRET}


def shown(answer: Any) -> str:
    return unescape(answer.content.decode())


# At the wire -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", PAGES)
def test_each_page_that_asks_says_which_setting_to_change(name: str, signed_in: Client, api: API) -> None:
    naming_of.cache_clear()  # a portal that has just begun
    answer_everything(api.wire, written=respelled)
    page = shown(signed_in.get(crawled()[name]))
    assert {request.method for request in api.asked} <= {"GET"}
    assert bool(api.asked) == (SENTENCE in page), [request.path_url for request in api.asked]


FORMS: dict[str, dict[str, Any]] = {
    "actors:actor-create": {"image": "abacosamples/wc", "env_name": ["K"], "env_value": [SECRET], "token": "false"},
    "actors:message-create": {"kind": "text", "message": "hello"},
    "actors:nonce-list": {"level": "EXECUTE", "max_uses": "3", "description": "mine"},
    "actors:alias-create": {"alias": "mine", "actor_id": ACTOR_ID},
    "actors:config-create": {"name": "K", "value": SECRET, "is_secret": "on", "actors": ACTOR_ID},
    "actors:permission-list": {"user": "bob", "level": "READ"},
    "actors:worker-list": {"num": "2"},
    "actors:state-update": {"state": '{"a": 1}'},
    "actors:worker-stop": {},
    "actors:execution-halt": {},
    "actors:result-take": {},
}


@pytest.mark.parametrize("name", FORMS)
def test_no_form_sends_anything(name: str, signed_in: Client, api: API) -> None:
    naming_of.cache_clear()
    answer_everything(api.wire, written=respelled)
    answer = signed_in.post(crawled()[name], FORMS[name])
    assert SENTENCE in shown(answer)
    assert answer.status_code == 502
    assert {request.method for request in api.asked} == {"GET"}
    assert not [request for request in api.asked if request.path_url.endswith("/results")]


@pytest.mark.parametrize("step", ["review", "save"])
def test_an_edit_that_was_opened_rightly_is_not_saved(step: str, signed_in: Client, api: API) -> None:
    """The server was started with another case between the two."""
    api.get(f"/actors/v2/{ACTOR_ID}", actor_payload(defaultEnvironment=ENVIRONMENT))
    form = inputs(shown(signed_in.get(EDIT)))
    api.wire.reset()
    answer_everything(api.wire, written=respelled)
    answer = signed_in.post(EDIT, form | {"description": ["new"], "step": [step]})
    assert SENTENCE in shown(answer)
    assert "field changes" not in shown(answer)
    assert {request.method for request in api.asked} == {"GET"}


def test_no_edit_starts_from_an_actor_without_the_names_of_any_version(signed_in: Client, api: API) -> None:
    whole = actor_payload(defaultEnvironment=ENVIRONMENT)
    api.get(f"/actors/v2/{ACTOR_ID}", whole)
    form = inputs(shown(signed_in.get(EDIT)))
    api.wire.reset()
    bare = {name.lower().replace("_", ""): value for name, value in whole.items()}  # as no version writes them
    api.get(f"/actors/v2/{ACTOR_ID}", bare | {"_links": {}})
    answer = signed_in.post(EDIT, form | {"description": ["new"], "step": ["save"]})
    assert {request.method for request in api.asked} == {"GET"}
    assert answer.status_code in (409, 502), "it has changed, or could not be read whole"
    answer = signed_in.patch(
        f"/api/v1/actors/{ACTOR_ID}/", {"description": "new"}, content_type="application/json", secure=True
    )
    assert json.loads(answer.content)["kind"] == "wrong-version"
    assert {request.method for request in api.asked} == {"GET"}


def test_what_was_not_read_whole_is_neither_copied_nor_kept(signed_in: Client, api: API) -> None:
    whole = actor_payload(defaultEnvironment=ENVIRONMENT)
    del whole["createTime"]
    api.get(f"/actors/v2/{ACTOR_ID}", whole)
    answer = signed_in.get(f"/actors/new/?from={ACTOR_ID}")
    assert answer.status_code == 502
    assert "response for this actor is missing createTime" in shown(answer)
    answer = program(signed_in, "POST", f"/actors/{ACTOR_ID}/clone/", {"name": "another"})
    assert json.loads(answer.content)["kind"] == "wrong-version"
    assert {request.method for request in api.asked} == {"GET"}
    assert not KeptDefinition.objects.exists()


# Over the sandbox --------------------------------------------------------------------------------------------


@pytest.fixture(scope="module", params=["v2-snake", "v2"])
def version(request: pytest.FixtureRequest) -> str:
    """The version that the sandbox speaks."""
    return str(request.param)


@pytest.fixture(scope="module")
def sandbox(version: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    case = "snake" if version == "v2-snake" else "camel"
    running = start_sandbox(tmp_path_factory.mktemp("sandbox"), "none", SANDBOX_CASE=case)
    yield running
    running.stop()


@pytest.fixture
def person(sandbox: Sandbox) -> Person:
    return sandbox.sign_in("demo")


@pytest.fixture
def browser_at(
    sandbox: Sandbox, person: Person, settings: Any, sign_in: Callable[..., Client]
) -> Callable[[str], Client]:
    """Return a function that sets the portal to a version, and returns a browser signed in there."""

    def at(version: str) -> Client:
        tenant = Tenant("default", "Sandbox", sandbox.url, version, ("password",), "sandbox", "sandbox")
        settings.TENANTS = {"default": tenant}
        settings.COLLECTOR_USERNAME = settings.COLLECTOR_PASSWORD = "demo"
        naming_of.cache_clear()
        return sign_in(access_token=person.token, username="demo")

    return at


def registered(version: str, person: Person) -> str:
    name = DIALECTS[version]().name
    fields = {
        "name": "kept",
        "stateless": False,
        "state": {"n": 1},
        "hints": ["mine"],
        "token": False,
        "default_environment": ENVIRONMENT,
        "cron_schedule": "2099-01-01 10 + 2 days",
        "log_ex": 60,
    }
    actor = person.actor("abacosamples/wc", **{name(field): value for field, value in fields.items()})
    person.until(f"/{actor}", lambda row: row["status"] == "READY")
    return actor


def program(browser: Client, method: str, path: str, body: Any = None) -> Any:
    """Ask the JSON API in a session."""
    sent = b"" if body is None else json.dumps(body).encode()
    return browser.generic(method, f"/api/v1{path}", sent, "application/json", secure=True)


def test_set_wrongly_nothing_of_it_changes(version: str, person: Person, browser_at: Callable[[str], Client]) -> None:
    actor = registered(version, person)
    before = person.get(f"/{actor}")
    browser = browser_at("v2" if version == "v2-snake" else "v2-snake")
    sentence = SETTING.format(version)
    for path in ("/", "/actors/", f"/actors/{actor}/", f"/actors/{actor}/edit/", "/executions/", "/schedules/"):
        assert sentence in shown(browser.get(path)), path
    writes: list[tuple[str, str, Any]] = [
        ("PATCH", f"/actors/{actor}/", {"description": "new"}),
        ("POST", "/actors/", {"image": "abacosamples/wc", "default_environment": ENVIRONMENT}),
        ("POST", f"/actors/{actor}/nonces/", {"level": "READ", "max_uses": 1}),
        ("POST", f"/actors/{actor}/messages/", {"text": "hello"}),
        ("PUT", f"/actors/{actor}/state/", {"state": {"n": 2}}),
        ("DELETE", f"/actors/{actor}/", None),
    ]
    for method, path, body in writes:
        answer = program(browser, method, path, body)
        found = json.loads(answer.content)
        assert (answer.status_code, found["kind"], found["changed"]) == (502, "wrong-version", "no"), (path, found)
        assert sentence in found["detail"]
    assert person.get(f"/{actor}") == before
    assert [row["id"] for row in person.get("")].count(actor) == 1
    assert person.get(f"/{actor}/nonces") == []
    assert sentence in "\n".join(one.says for one in outside.collector() if one.level == "error")
    with pytest.raises(CommandError, match="set ACTORS_API_VERSION") as caught:
        call_command("collect_history", stdout=StringIO())
    assert caught.value.returncode == 78


def test_set_rightly_an_errand_loses_nothing(version: str, person: Person, browser_at: Callable[[str], Client]) -> None:
    actor, name = registered(version, person), DIALECTS[version]().name
    before = person.get(f"/{actor}")
    browser = browser_at(version)

    edit = f"/actors/{actor}/edit/"
    form = inputs(shown(browser.get(edit)), edit)
    review = shown(browser.post(edit, form | {"description": ["new"], "step": ["review"]}))
    assert "1 field changes" in review
    assert browser.post(edit, form | {"description": ["new"], "step": ["save"]}).status_code == 302
    after = person.get(f"/{actor}")
    for actor_then in (before, after):  # a space stands for no message, and where an update resets it, none is sent
        actor_then[name("status_message")] = actor_then[name("status_message")].strip()
    moved = {field for field in before.keys() | after.keys() if before.get(field) != after.get(field)}
    assert moved == {"description", name("last_update_time")}
    assert after[name("default_environment")] == ENVIRONMENT

    sent = json.loads(program(browser, "POST", f"/actors/{actor}/messages/", {"text": "to be"}).content)
    run = f"/{actor}/executions/{sent['execution_id']}"
    person.ended(actor, sent["execution_id"])
    assert "Succeeded" in shown(browser.get(f"/actors{run}/"))
    assert program(browser, "POST", f"/actors/{actor}/nonces/", {"level": "READ", "max_uses": 3}).status_code == 201
    assert [nonce[name("max_uses")] for nonce in person.get(f"/{actor}/nonces")] == [3]
    assert program(browser, "PUT", f"/actors/{actor}/state/", {"state": {"n": 2}}).status_code == 200
    assert person.get(f"/{actor}/state") == {"state": {"n": 2}}
    grant = {"user": "team", "level": "READ"}
    assert program(browser, "POST", f"/actors/{actor}/permissions/", grant).status_code == 200
    assert person.get(f"/{actor}/permissions")["team"] == "READ"
    schedule = {"cron_schedule": "2099-02-01 04 + 3 days"}
    assert program(browser, "PUT", f"/actors/{actor}/schedule/", schedule).status_code == 200
    assert person.get(f"/{actor}")[name("cron_schedule")] == "2099-02-01 04 + 3 days"
    assert person.get(f"/{actor}")[name("default_environment")] == ENVIRONMENT

    assert not [one.says for one in outside.collector() if one.level == "error"]
    out = StringIO()
    call_command("collect_history", once=True, stdout=out)
    assert ExecutionRecord.objects.filter(execution_id=sent["execution_id"]).exists(), out.getvalue()
    for path in ("/", "/actors/", f"/actors/{actor}/", f"/actors/{actor}/executions/", f"/actors/{actor}/workers/"):
        answer = browser.get(path)
        assert answer.status_code == 200, path
        assert "ACTORS_API_VERSION" not in shown(answer), path
