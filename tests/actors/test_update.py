"""Editing an actor: nothing is lost, nothing is saved over."""

import json
import re
from html import unescape
from typing import Any

import pytest
from django.test import Client

from actors_app.core.operations.models import AuditEntry
from tests.support.payloads import ACTOR_ID, actor_payload

URL = f"/actors/{ACTOR_ID}/edit/"
API = f"/actors/v2/{ACTOR_ID}"
FULL = {
    "stateless": False,
    "state": {"count": 7},
    "defaultEnvironment": {"n": 3, "nested": {"a": 1}, "text": "x"},
    "hints": ["sync", "x"],
    "token": True,
    "link": "zlVl01zOo4pXF",
    "webhook": "http://old.example.org/h",
    "logEx": 3600,
    "cronSchedule": "2020-01-01 10 + 2 days",
    "cronOn": True,
    "type": "odd",
    "description": "two\nlines\r\nand more",
    "memLimit": "3g",
    "privileged": True,
}


def inputs(page: str, url: str = URL) -> dict[str, list[str]]:
    """Return what a browser would send for the page's last form, without its buttons."""
    form = page[page.index(f'action="{url}"') :]
    form = form[: form.index("</form>")]
    found: dict[str, list[str]] = {}
    for tag in re.findall(r"<input[^>]*>", form):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        kind = re.search(r'type="([^"]*)"', tag)
        is_tick = kind is not None and kind[1] in ("checkbox", "radio")
        if name and not (is_tick and " checked" not in tag):
            found.setdefault(name[1], []).append(unescape(value[1]) if value else ("on" if is_tick else ""))
    for name, value in re.findall(r'<textarea[^>]*name="([^"]*)"[^>]*>\n?(.*?)</textarea>', form, re.DOTALL):
        found.setdefault(name, []).append(unescape(value).replace("\n", "\r\n"))
    for name, options in re.findall(r'<select[^>]*name="([^"]*)"[^>]*>(.*?)</select>', form, re.DOTALL):
        found[name] = [unescape(re.search(r'value="([^"]*)"[^>]* selected', options)[1])]  # type: ignore[index]
    found.pop("csrfmiddlewaretoken", None)
    return found


def opened(signed_in: Client, api: Any, **actor: Any) -> dict[str, Any]:
    """Open the form and return what it would send."""
    api.get(API, actor_payload(**actor))
    response = signed_in.get(URL)
    assert response.status_code == 200
    return inputs(response.content.decode())


def put_body(api: Any) -> dict[str, Any]:
    """Return the body of the update."""
    (request,) = [request for request in api.asked if request.method == "PUT"]
    body: dict[str, Any] = json.loads(request.body)
    return body


def test_it_works_in_two_steps(signed_in: Client, api: Any) -> None:
    form = opened(signed_in, api)
    form |= {"image": ["abacosamples/test"]}
    response = signed_in.post(URL, form | {"step": "review"})
    assert response.status_code == 200
    page = response.content.decode()
    assert "abacosamples/<mark>wc</mark>" in page
    assert "abacosamples/<mark>test</mark>" in page
    assert "1 field changes" in page
    assert "Show 19 unchanged fields" in page
    assert "the API resets omitted fields" in page
    assert "(revision 3)" in page
    api.put(API, actor_payload(status="SUBMITTED"))
    response = signed_in.post(URL, inputs(page) | {"step": "save"})
    assert response.status_code == 302
    assert response["Location"] == f"/actors/{ACTOR_ID}/"
    assert put_body(api) == {
        "image": "abacosamples/test",
        "stateless": True,
        "defaultEnvironment": {"greeting": "hello"},
        "description": "Counts words.",
        "link": "",
        "webhook": "",
        "hints": [],
        "type": "none",
        "cronOn": False,
    }


def test_whoever_is_not_the_owner_is_told_that_saving_gives_them_update(signed_in: Client, api: Any) -> None:
    words = "permanently grants you UPDATE"
    api.get(API, actor_payload(owner="sue"))
    assert words in signed_in.get(URL).content.decode()
    api.wire.reset()
    api.get(API, actor_payload(owner="jdoe"))
    assert words not in signed_in.get(URL).content.decode()


def test_a_whole_definition_survives_the_change_of_one_field(signed_in: Client, api: Any) -> None:
    form = opened(signed_in, api, **FULL)
    form |= {"log_ex": ["60"]}
    page = signed_in.post(URL, form).content.decode()
    assert "Save changes<" in page
    api.put(API, actor_payload(**FULL))
    signed_in.post(URL, inputs(page) | {"step": "save"})
    kept = {name: value for name, value in FULL.items() if name != "cronSchedule"}
    assert put_body(api) == kept | {"image": "abacosamples/wc", "logEx": 60}


def lines_of(page: str) -> list[str]:
    """Return what the review shows before (-) and after (+), with the marked part in brackets."""
    part = page[page.index('<ul class="changes">') : page.index('class="fold unchanged"')]
    lines = re.findall(r"<(del|ins)>.*?</span>(.*?)</\1>", part, re.DOTALL)
    texts = [(kind, re.sub(r"</?mark>", lambda tag: "]" if "/" in tag[0] else "[", text)) for kind, text in lines]
    return [f"{'-' if kind == 'del' else '+'}{unescape(re.sub('<[^>]+>', '', text)).strip()}" for kind, text in texts]


def test_the_review_shows_only_what_changes_with_the_changed_part_marked(signed_in: Client, api: Any) -> None:
    environment = {"BATCH": "50", "KEPT": "as it is", "OLD": "", "API_KEY": "s3cret"}
    form = opened(signed_in, api, image="tacc/wc:0.7.2", description="One.\nTwo.", defaultEnvironment=environment)
    form |= {
        "image": ["tacc/wc:0.7.3"],
        "description": ["One.\r\nTwo.\r\nThree <b>."],
        "hints": ["sync, slow"],
        "env_name": ["BATCH", "KEPT", "RETRIES", "API_KEY"],
        "env_value": ["100", "as it is", "3", "other"],
    }
    page = signed_in.post(URL, form | {"step": "review"}).content.decode()
    assert lines_of(page) == [
        "-tacc/wc:[0.7.2]",
        "+tacc/wc:[0.7.3]",
        "+Three <b>.",
        "-None",
        "+sync, slow",
        "-API_KEY=Hidden (possible secret)[s3cret]",
        "+API_KEY=Hidden (possible secret)[other]",
        "-BATCH=[50]",
        "+BATCH=[100]",
        "-OLD=",
        "+RETRIES=3",
    ]
    assert "4 fields change" in page
    assert "2 changed, 1 added, 1 removed" in page
    assert page.count("s3cret") == 1


def test_the_review_says_what_cannot_be_taken_back(signed_in: Client, api: Any) -> None:
    chosen = {"cron_count": ["1"], "cron_day": ["2031-01-15"], "cron_hour": ["8"]}
    form = opened(signed_in, api) | {"stateless": ["false"]} | chosen
    page = signed_in.post(URL, form | {"step": "review"}).content.decode()
    assert "A schedule cannot be removed later, only disabled." in page
    assert "A stateful actor cannot become stateless again." in page
    page = signed_in.post(URL, opened(signed_in, api) | {"hints": ["sync"], "step": "review"}).content.decode()
    assert "cannot be removed later" not in page
    assert "cannot become stateless" not in page


def test_the_reason_of_an_edit_goes_back_and_forth_and_is_kept(signed_in: Client, api: Any) -> None:
    form = opened(signed_in, api) | {"hints": ["sync"], "reason": ["0.7.3 reads truncated manifests"]}
    back = signed_in.post(URL, form | {"step": "back"}).content.decode()
    review = signed_in.post(URL, inputs(back) | {"step": "review"}).content.decode()
    assert inputs(review)["reason"] == ["0.7.3 reads truncated manifests"]
    refused = signed_in.post(URL, inputs(review) | {"step": "save", "reason": ["x" * 501]})
    assert refused.status_code == 422
    assert "Use at most 500 characters." in refused.content.decode()
    assert inputs(refused.content.decode())["reason"] == ["x" * 501]
    api.put(API, actor_payload())
    assert signed_in.post(URL, inputs(review) | {"step": "save"}).status_code == 302
    start = AuditEntry.objects.get(kind=AuditEntry.START)
    assert json.loads(start.details)["reason"] == "0.7.3 reads truncated manifests"


def test_a_state_that_is_no_object_is_set_again(signed_in: Client, api: Any) -> None:
    form = opened(signed_in, api, stateless=False, state=[1, 2])
    api.put(API, actor_payload())
    api.post(f"{API}/state", actor_payload())
    response = signed_in.post(URL, form | {"description": ["new"], "step": ["save"]})
    assert response.status_code == 302
    assert "state" not in put_body(api)
    assert json.loads(api.asked[-1].body) == [1, 2]


def test_nothing_to_save_is_said_and_nothing_sent(signed_in: Client, api: Any) -> None:
    form = opened(signed_in, api, **FULL)
    response = signed_in.post(URL, form | {"step": "save"})
    assert response.status_code == 200
    assert "No changes to save" in response.content.decode()
    assert {request.method for request in api.asked} == {"GET"}


def test_force_alone_is_something_to_save(signed_in: Client, api: Any) -> None:
    form = opened(signed_in, api) | {"force": ["on"]}
    page = signed_in.post(URL, form).content.decode()
    assert "re-pulled image" in page
    api.put(API, actor_payload())
    signed_in.post(URL, inputs(page) | {"step": "save"})
    assert put_body(api)["force"] is True


@pytest.mark.parametrize("step", ["review", "save"])
def test_what_somebody_else_saved_is_not_saved_over(signed_in: Client, api: Any, step: str) -> None:
    form = opened(signed_in, api) | {"description": ["mine"], "step": [step]}
    api.wire.remove("GET", f"https://api.example.org{API}")
    api.get(API, actor_payload(hints=["theirs"], logEx=5, status="SUBMITTED"))
    response = signed_in.post(URL, form)
    assert response.status_code == 409
    page = response.content.decode()
    assert "theirs" in page
    assert "mine" in page
    assert "Keep my changes and review" in page
    review = signed_in.post(URL, inputs(page) | {"step": "review"}).content.decode()
    assert "Save changes<" in review
    api.put(API, actor_payload())
    signed_in.post(URL, inputs(review) | {"step": "save"})
    body = put_body(api)
    assert (body["description"], body["hints"], body["logEx"]) == ("mine", ["theirs"], 5)


def test_a_changed_status_is_no_conflict(signed_in: Client, api: Any) -> None:
    form = opened(signed_in, api) | {"description": ["mine"]}
    api.wire.remove("GET", f"https://api.example.org{API}")
    api.get(API, actor_payload(status="ERROR", statusMessage="x", revision=9))
    assert signed_in.post(URL, form).status_code == 200


def test_back_to_editing_keeps_what_was_typed_and_asks_nobody(signed_in: Client, api: Any) -> None:
    form = opened(signed_in, api) | {"description": ["mine"], "step": ["back"]}
    response = signed_in.post(URL, form)
    assert response.status_code == 200
    assert "mine</textarea>" in response.content.decode()
    assert len(api.asked) == 1


def test_it_shows_form_errors_and_asks_nobody(signed_in: Client, api: Any) -> None:
    form = opened(signed_in, api) | {"image": [""], "description": ["kept"]}
    response = signed_in.post(URL, form)
    assert response.status_code == 422
    page = response.content.decode()
    assert "Enter an image" in page
    assert "kept</textarea>" in page
    assert len(api.asked) == 1


@pytest.mark.parametrize("seen", ["", "forged", None])
def test_a_form_that_does_not_say_what_it_was_opened_with_is_refused(
    signed_in: Client, api: Any, seen: str | None
) -> None:
    fields = {"image": "a/b"} if seen is None else {"image": "a/b", "seen": seen}
    response = signed_in.post(URL, fields)
    assert response.status_code == 422
    assert "Open it again" in response.content.decode()
    assert api.asked == []


def test_a_form_of_another_actor_is_refused(signed_in: Client, api: Any) -> None:
    form = opened(signed_in, api)
    assert signed_in.post("/actors/another/edit/", form).status_code == 422


def test_it_shows_a_refusal_with_everything_typed(signed_in: Client, api: Any) -> None:
    form = opened(signed_in, api, memLimit="3g") | {"description": ["kept"], "step": ["save"]}
    api.refuse("PUT", API, "Not authorized -- only admins and privileged users can set mem limit.")
    response = signed_in.post(URL, form)
    assert response.status_code == 403
    page = response.content.decode()
    assert "kept</textarea>" in page
    assert "privileged limits" in page


def test_more_rows_are_given_and_nothing_is_judged_or_lost(signed_in: Client, api: Any) -> None:
    form = opened(signed_in, api)
    asked = len(api.asked)
    response = signed_in.post(URL, form | {"image": [""], "env_name": ["A"], "env_value": ["1"], "more_rows": ["1"]})
    page = response.content.decode()
    assert response.status_code == 200
    assert inputs(page)["env_name"] == ["A"] + [""] * 6
    assert {name: typed for name, typed in inputs(page).items() if name[:4] != "env_"} == {
        name: typed for name, typed in (form | {"image": [""]}).items() if name[:4] != "env_"
    }
    assert len(api.asked) == asked


def test_it_survives_silence_and_sends_once(signed_in: Client, api: Any) -> None:
    form = opened(signed_in, api) | {"description": ["kept"], "step": ["save"]}
    api.is_silent("PUT", API)
    response = signed_in.post(URL, form)
    assert response.status_code == 502
    page = response.content.decode()
    assert "We do not know whether this succeeded" in page
    assert "kept</textarea>" in page
    assert [request.method for request in api.asked].count("PUT") == 1


def test_it_rejects_the_wrong_method(signed_in: Client) -> None:
    assert signed_in.delete(URL).status_code == 405


def test_it_needs_credentials(client: Client, db: None) -> None:
    assert client.get(URL).status_code == 302


def test_a_stateful_actor_stays_stateful(signed_in: Client, api: Any) -> None:
    form = opened(signed_in, api, stateless=False) | {"stateless": ["true"]}
    response = signed_in.post(URL, form)
    assert response.status_code == 422
    assert "cannot become stateless again" in response.content.decode()
