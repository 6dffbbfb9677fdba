"""A definition as a file: cloned, exported, imported."""

import io
import json
import re
from typing import Any

import pytest
from django.test import Client

from actors_app.actors.definition_files import NoDefinition, parse_definition
from tests.actors.test_update import FULL
from tests.support.payloads import ACTOR_ID, actor_payload

NEW = "/actors/new/"
EXPORT = f"/actors/{ACTOR_ID}/definition.json"
PATH = f"/actors/v2/{ACTOR_ID}"


def value(page: str, name: str) -> str:
    """Return what stands in an input of a page."""
    tag = next(part for part in page.split("<input")[1:] if f'name="{name}"' in part.split(">")[0])
    return tag.split('value="')[1].split('"')[0] if 'value="' in tag.split(">")[0] else ""


def posted(browser: Client, text: str = "", file: bytes | None = None) -> Any:
    """Import a text or a file."""
    form: dict[str, Any] = {"import": "1", "definition_text": text}
    if file is not None:
        form["definition_file"] = io.BytesIO(file)
    return browser.post(NEW, form)


def test_a_failed_import_keeps_what_was_typed_into_the_form(signed_in: Client) -> None:
    page = signed_in.get(NEW).content.decode()
    for name in ("definition_file", "definition_text", "import"):
        tag = re.search(rf'<[a-z]+[^>]* name="{name}"[^>]*>', page)
        assert tag
        assert 'form="actor-form"' in tag[0], "it is sent with the form of the actor"
    typed = {"image": "abacosamples/wc", "name": "typed", "environment_mode": "rows", "env_name": "A", "env_value": "1"}
    response = signed_in.post(NEW, {"import": "1", "definition_text": "{bad", **typed})
    page = response.content.decode()
    assert response.status_code == 422
    assert "{bad" in page
    assert value(page, "image") == "abacosamples/wc"
    assert value(page, "name") == "typed"
    assert value(page, "env_name") == "A"


# Cloning -------------------------------------------------------------------------------------------------------------


def test_a_clone_fills_the_form_with_everything(signed_in: Client, api: Any) -> None:
    api.get(PATH, actor_payload(**FULL))
    page = signed_in.get(f"{NEW}?from={ACTOR_ID}").content.decode()
    assert value(page, "name") == "word-count"
    assert value(page, "image") == "abacosamples/wc"
    assert value(page, "hints") == "sync, x"
    assert value(page, "log_ex") == "3600"
    assert "Choose a unique name" in page
    assert "These settings require the privileged role: Memory limit, Privileged container" in page
    assert "State is copied" in page
    assert "&quot;count&quot;: 7" in page
    assert "&quot;nested&quot;" in page
    assert [request.method for request in api.asked] == ["GET"]


def test_a_stateless_actors_old_state_is_not_cloned(signed_in: Client, api: Any) -> None:
    api.get(PATH, actor_payload(state={"left": "over"}))
    assert "left" not in signed_in.get(f"{NEW}?from={ACTOR_ID}").content.decode().split('name="state"')[1][:200]


@pytest.mark.parametrize("name", ["", "../x", "a b", "x" * 300])
def test_what_cannot_be_an_actor_is_not_cloned(signed_in: Client, name: str) -> None:
    assert signed_in.get(NEW, {"from": name}).status_code == 404


def test_an_actor_that_may_not_be_read_is_not_cloned(signed_in: Client, api: Any) -> None:
    api.refuse("GET", PATH, "No such actor.", 404)
    assert signed_in.get(f"{NEW}?from={ACTOR_ID}").status_code == 404


# Exporting -----------------------------------------------------------------------------------------------------------


def test_an_export_is_what_the_api_takes(signed_in: Client, api: Any) -> None:
    api.get(PATH, actor_payload(**FULL))
    response = signed_in.get(EXPORT)
    assert response["Content-Disposition"] == f'attachment; filename="{ACTOR_ID}.json"'
    assert "no-store" in response["Cache-Control"]
    assert json.loads(response.content) == FULL | {"name": "word-count", "image": "abacosamples/wc"}


def test_an_export_leaves_out_what_would_break_the_api(signed_in: Client, api: Any) -> None:
    api.get(PATH, actor_payload())
    written = json.loads(signed_in.get(EXPORT).content)
    assert not {"queue", "privileged", "useContainerUid", "maxWorkers", "id", "owner"} & set(written)
    assert None not in written.values()


def test_an_export_writes_what_cannot_be_seen_in_numbers(signed_in: Client, api: Any) -> None:
    api.get(PATH, actor_payload(name="é\u202egpj"))
    text = signed_in.get(EXPORT).content.decode()
    assert '"name": "é\\u202egpj"' in text
    assert json.loads(text)["name"] == "é\u202egpj"


def test_an_export_comes_back_as_it_was(signed_in: Client, api: Any) -> None:
    api.get(PATH, actor_payload(**FULL))
    text = signed_in.get(EXPORT).content.decode()
    page = posted(signed_in, file=text.encode()).content.decode()
    assert value(page, "name") == "word-count"
    assert value(page, "link") == "zlVl01zOo4pXF"
    assert "Ignored (" not in page


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_an_export_rejects_the_wrong_method(signed_in: Client, method: str) -> None:
    assert getattr(signed_in, method)(EXPORT).status_code == 405


def test_an_export_needs_credentials_and_survives_silence(client: Client, signed_in: Client, api: Any) -> None:
    assert client.get(EXPORT).status_code == 302
    api.is_silent("GET", PATH)
    assert signed_in.get(EXPORT).status_code == 502


# Importing -----------------------------------------------------------------------------------------------------------


def test_an_import_fills_the_form_and_sends_nothing(signed_in: Client, api: Any) -> None:
    text = json.dumps({"image": "a/b", "log_ex": "60", "hints": "sync", "token": "false", "colour": "red", "id": "x"})
    response = posted(signed_in, text)
    page = response.content.decode()
    assert response.status_code == 200
    assert (value(page, "image"), value(page, "log_ex"), value(page, "hints")) == ("a/b", "60", "sync")
    assert "Ignored (unknown fields): <code>colour</code>." in page
    assert "Ignored (set by the API): <code>id</code>." in page
    assert api.asked == []


def test_hostile_names_are_text(signed_in: Client) -> None:
    page = posted(signed_in, json.dumps({"image": "a/b", "<script>x</script>": 1})).content.decode()
    assert "&lt;script&gt;x" in page
    assert "<script>x" not in page


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "Choose a file or paste a definition."),
        ("{", "Invalid JSON at line 1, column 2."),
        ("[1]", "Enter a JSON object"),
        ("{}", "No actor fields found"),
        ('{"colour": 1}', "No actor fields found"),
        ('{"image": null}', "No actor fields found"),
        ('{"image": 5}', "“image” must be text in quotes."),
        ('{"image": "a/b", "maxWorkers": 1.5}', "“maxWorkers” must be a whole number."),
        ('{"image": "a/b", "stateless": "perhaps"}', "“stateless” must be true or false."),
        ('{"image": "a/b", "defaultEnvironment": []}', "“defaultEnvironment” must be an object in braces."),
        ('{"image": "a/b", "hints": [1]}', "“hints” must be a list of text values."),
        ('{"image": "a/b", "logEx": 1, "log_ex": 2}', "is specified twice, under two names"),
        ('{"image": "a", "image": "b"}', "Duplicate name “image”"),
        ('{"image": NaN}', "Invalid JSON: NaN is not allowed"),
        ("[" * 100, "nested deeper than 64 levels"),
    ],
)
def test_bad_json_stays_on_the_page(signed_in: Client, text: str, says: str) -> None:
    response = posted(signed_in, text)
    assert response.status_code == 422
    from html import unescape

    page = unescape(response.content.decode())
    assert says in page
    assert text in page
    assert '<details class="card fold" open>' in page


ANSWER = {"message": "Actor retrieved successfully.", "status": "success", "version": "dev"}


@pytest.mark.parametrize(
    ("wrap", "taken"),
    [
        (lambda actor: ANSWER | {"result": actor}, "the actor in the API's response"),
        (lambda actor: ANSWER | {"result": actor, "metadata": {}}, "the actor in the API's response"),
        (lambda actor: [actor], "the only actor of the list"),
        (lambda actor: ANSWER | {"result": [actor]}, "the only actor of the list in the API's response"),
        (
            lambda actor: ANSWER | {"result": {"_metadata": {}, "search": [actor]}},
            "the only actor of the list in the API",
        ),
        (lambda actor: {"result": actor}, "the actor in the API's response"),
    ],
)
def test_an_answer_of_the_api_is_taken_with_what_stands_around_it(
    signed_in: Client, api: Any, wrap: Any, taken: str
) -> None:
    from html import unescape

    actor = actor_payload(hints=["sync"], token=True, cronSchedule="2099-9-6 2 + 3 months")
    text = json.dumps(wrap(actor))
    for sent in ({"text": text}, {"file": text.encode()}):
        response = posted(signed_in, **sent)
        page = response.content.decode()
        assert response.status_code == 200
        assert value(page, "name") == "word-count"
        assert f"Imported {taken}" in unescape(page)
        assert "<code>message</code>" not in page
    api.post("/actors/v2", actor_payload())
    sent = json.dumps({"definition": wrap(actor)})
    answer = signed_in.post("/api/v1/definitions/", sent, content_type="application/json", secure=True)
    assert answer.status_code == 201, answer.content
    assert answer.json()["taken"].startswith(taken)
    assert json.loads(api.asked[-1].body)["image"] == actor["image"]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ([], "The list is empty."),
        ([{"image": "a"}, {"image": "b"}], "This is a list of 2 actors. Keep only one."),
        (ANSWER | {"result": [{}, {}, {}]}, "This is a list of 3 actors in the API's response."),
        (ANSWER | {"result": None}, "Enter a JSON object"),
        (ANSWER | {"result": "x"}, "Enter a JSON object"),
        ([[{"image": "a"}]], "Enter a JSON object"),
        (
            {"status": "error", "message": "Actor <b> not found", "result": None},
            "This is an error response from the API, “Actor <b> not found”, not an actor.",
        ),
    ],
)
def test_an_answer_without_one_actor_is_explained(signed_in: Client, content: Any, says: str) -> None:
    from html import unescape

    response = posted(signed_in, json.dumps(content))
    assert response.status_code == 422
    assert says in unescape(response.content.decode())
    sent = json.dumps({"definition": content})
    answer = signed_in.post("/api/v1/definitions/", sent, content_type="application/json", secure=True)
    assert answer.status_code == 422
    assert says in answer.json()["errors"]["definition"][0]


def test_a_bad_file_stays_on_the_page_as_text(signed_in: Client) -> None:
    response = posted(signed_in, file=b'{"image": "a/b",}')
    assert response.status_code == 422
    assert "{&quot;image&quot;: &quot;a/b&quot;,}" in response.content.decode()


@pytest.mark.parametrize(
    ("file", "says"),
    [(b"\xff\xfe", "not UTF-8 text"), (b" " * 1_000_001, "at most 1,000,000 characters"), (b"", "is empty")],
)
def test_a_file_that_is_no_definition_is_said(signed_in: Client, file: bytes, says: str) -> None:
    response = posted(signed_in, file=file)
    assert response.status_code == 422
    assert says in response.content.decode()


def test_a_file_and_a_text_are_one_too_many(signed_in: Client) -> None:
    response = posted(signed_in, '{"image": "a/b"}', b'{"image": "c/d"}')
    assert response.status_code == 422
    assert "not both." in response.content.decode()


def test_both_versions_names_are_read() -> None:
    assert parse_definition({"maxWorkers": 2, "mem_limit": "3g", "queue": "default"}).definition == {
        "max_workers": 2,
        "mem_limit": "3g",
    }
    with pytest.raises(NoDefinition):
        parse_definition("text")


def test_an_imported_definition_that_a_form_refuses_is_refused_before_it_is_sent(signed_in: Client, api: Any) -> None:
    page = posted(signed_in, json.dumps({"image": "a/b", "cronSchedule": "every day"})).content.decode()
    assert value(page, "cron_schedule") == "every day"
    response = signed_in.post(NEW, {"image": "a/b", "cron_schedule": "every day"})
    assert response.status_code == 422
    assert api.asked == []
