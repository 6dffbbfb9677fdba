"""The rules of an actor's definition, checked before anything is sent."""

import json
import re
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.http import QueryDict
from hypothesis import given, settings
from hypothesis import strategies as st

from actors_app.actors.definition import definition_of, differences, full_update, sign_definition, unsign_definition
from actors_app.actors.forms import ActorForm
from actors_app.actors.forms_inputs import inputs_of
from actors_app.core.pages.form_fields import read_json
from actors_app.core.pages.forms_cron import ScheduleParts, check_schedule
from actors_app.services.dialects import V2
from actors_app.services.jsons import is_same
from actors_app.services.types import Actor
from tests.support.payloads import actor_payload

NOW = datetime(2026, 11, 23, 16, 20, tzinfo=UTC)


def typed(pairs: list[tuple[str, str]]) -> QueryDict:
    """Return pairs as a form sends them, with a browser's line ends."""
    query = QueryDict(mutable=True)
    for name, value in pairs:
        query.appendlist(name, re.sub(r"\r\n?|\n", "\r\n", value))
    return query


def new(**fields: str) -> ActorForm:
    """Return a form to register with."""
    return ActorForm(typed([("image", "a/b"), *fields.items()]))


def edited(actor: Actor, **fields: str) -> ActorForm:
    """Return a form to edit with, of which only some inputs were touched."""
    opened = definition_of(actor)
    pairs = [pair for pair in inputs_of(opened) if pair[0] not in fields]
    return ActorForm(typed([*pairs, *fields.items()]), opened=opened, actor_id=actor.id)


def actor(**changes: Any) -> Actor:
    return Actor.from_api(actor_payload(**changes), V2())


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("image", ""),
        ("image", "two words"),
        ("image", "x\x00"),
        ("image", "ünï/code"),
        ("name", "a\nb"),
        ("name", "a\u202eb"),
        ("name", "a\u200bb"),
        ("name", "x" * 201),
        ("description", "x" * 10_001),
        ("max_workers", "-1"),
        ("max_workers", "0"),
        ("max_workers", "1.5"),
        ("max_workers", "1e3"),
        ("max_workers", "9" * 5000),
        ("max_workers", "1000000000"),
        ("max_cpus", "0"),
        ("log_ex", "0"),
        ("log_ex", "soon"),
        ("mem_limit", "3 g"),
        ("mem_limit", "0g"),
        ("mem_limit", "g"),
        ("hints", "a[b"),
        ("hints", 'say "sync"'),
        ("link", "../x"),
        ("link", "two words"),
        ("webhook", "http://169.254.169.254/"),
        ("webhook", "file:///etc/passwd"),
        ("webhook", "javascript:alert(1)"),
        ("webhook", "https://"),
        ("stateless", "maybe"),
        ("type", "xml"),
        ("token", "perhaps"),
        ("state", "{}x"),
        ("state", '{"a": 1}'),
        ("description", "a\x00b"),
        ("queue", "a\u202eb"),
        ("cron_schedule", "now + 0 hours"),
        ("cron_on", "on"),
    ],
)
def test_a_bad_value_has_a_sentence_beside_its_field(field: str, value: str) -> None:
    form = ActorForm(typed([("image", "a/b")] * (field != "image") + [(field, value)]))
    assert not form.is_valid()
    wrong = "cron_schedule" if field == "cron_on" else field
    assert set(form.errors) == {wrong}
    assert all(message.endswith((".", "?")) for message in form.errors[wrong])


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        ("image", f"repo/name:tag@sha256:{64 * '0'}", f"repo/name:tag@sha256:{64 * '0'}"),
        ("image", "registry.example.org:5000/team/tool", "registry.example.org:5000/team/tool"),
        ("name", "<script>{{7*7}}", "<script>{{7*7}}"),
        ("max_workers", "3.0", 3),
        ("max_workers", " 3 ", 3),
        ("max_workers", "\N{FULLWIDTH DIGIT THREE}", 3),
        ("mem_limit", "3G", "3G"),
        ("description", "two\nlines", "two\nlines"),
        ("webhook", "https://example.org/h?x=1", "https://example.org/h?x=1"),
        ("hints", " sync ,,x", ["sync", "x"]),
        ("token", "true", True),
        ("log_ex", "3600", 3600),
    ],
)
def test_a_good_value_is_sent(field: str, value: str, expected: object) -> None:
    form = ActorForm(typed([("image", "a/b")] * (field != "image") + [(field, value)]))
    assert form.is_valid(), form.errors
    assert form.new_definition()[field] == expected


def test_more_than_one_worker_is_for_stateless_actors() -> None:
    assert new(max_workers="2").is_valid()
    assert set(new(max_workers="2", stateless="false").errors) == {"max_workers"}


def test_an_actor_cannot_be_linked_to_itself() -> None:
    assert set(edited(actor(), link=actor().id).errors) == {"link"}


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"default_environment": "not json"}, "line 1, column 1"),
        ({"default_environment": "[1]"}, "Enter a JSON object"),
        ({"default_environment": '"text"'}, "Enter a JSON object"),
        ({"default_environment": '{"a": 3}'}, 'Put it in quotes: "3"'),
        ({"default_environment": '{"a": null}'}, "Values must be text"),
        ({"default_environment": '{"deep": {"a": 1}}'}, "“deep”: Nested values"),
        ({"default_environment": '{"a": "1", "a": "2"}'}, "Duplicate name “a”"),
        ({"default_environment": "[" * 100_000}, "nested deeper than 64"),
        ({"default_environment": '{"a": ' + "9" * 5000 + "}"}, "longer than 64"),
        ({"default_environment": '{"a": "' + "x" * 1_000_000 + '"}'}, "1,000,000 characters"),
        ({"default_environment": '{"a": NaN}'}, "Invalid JSON: NaN is not allowed"),
        ({"default_environment": '{"a": 1e999}'}, "too large"),
        ({"default_environment": '{"a": "\\ud800"}'}, "ncomplete character"),
        ({"default_environment": '{"A=B": "x"}'}, "“A=B”: Names cannot contain an equals sign."),
        ({"default_environment": '{"_abaco_x": "x"}'}, "reserved by the API"),
        ({"default_environment": '{"": "x"}'}, "Enter a name"),
        ({"env_name": "A", "default_environment": '{"B": "x"}'}, "either rows or JSON"),
        ({"env_name": "A", "environment_mode": "json"}, "empty but there are rows"),
    ],
)
def test_a_bad_environment_has_a_sentence(fields: dict[str, str], words: str) -> None:
    form = new(**fields)
    assert set(form.errors) == {"default_environment"}
    assert words in " ".join(form.errors["default_environment"])


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("MSG", "x", "reserved for the message"),
        ("_abaco_x", "x", "reserved by the API"),
        ("", "x", "Enter a name"),
        ("A=B", "x", "equals sign"),
        ("A\tB", "x", "control characters"),
        ("A", "a\x00", "NUL characters"),
    ],
)
def test_a_bad_row_is_marked(name: str, value: str, words: str) -> None:
    form = new(env_name=name, env_value=value)
    assert form.errors == {"default_environment": ["Fix the highlighted rows."]}
    assert words in form.rows[0].problem


def test_a_name_that_is_taken_only_in_an_address_is_free() -> None:
    assert new(env_name="message", env_value="x").is_valid()


def test_a_name_in_two_rows_is_refused() -> None:
    form = ActorForm(typed([("image", "a/b"), ("env_name", "A"), ("env_name", "A")]))
    assert form.errors == {"default_environment": ["Fix the highlighted rows."]}
    assert [row.problem for row in form.rows[:2]] == ["", "Duplicate name."]


def test_json_wins_where_it_was_chosen_and_a_byte_order_mark_is_dropped() -> None:
    form = new(env_name="A", environment_mode="json", default_environment='\ufeff{"B": "${X} $(id) \\n ☃"}')
    assert form.is_valid()
    assert form.cleaned_data["default_environment"] == {"B": "${X} $(id) \n ☃"}


def test_values_that_are_no_texts_are_kept_but_not_taken_anew() -> None:
    was = actor(defaultEnvironment={"n": 1, "list": [1, 2.0], "t": True})
    form = edited(was)
    assert form.is_valid()
    assert form.values()["default_environment"] == {"n": 1, "list": [1, 2.0], "t": True}
    changed = json.dumps({"n": 2, "list": [1, 2.0], "t": 1})
    problems = " ".join(edited(was, default_environment=changed).errors["default_environment"])
    assert "“n”" in problems
    assert "“t”" in problems
    assert "“list”" not in problems


def test_what_was_not_touched_is_kept_even_where_it_would_be_refused() -> None:
    was = actor(
        image="BAD IMAGE",
        webhook="http://old.example.org",
        hints=["a,b", "c'"],
        cronSchedule="2020-01-01 00 + 1 day",
        cronOn=True,
        memLimit="lots",
        logEx=-5,
        type="odd",
        description="x\r\ny" * 5000,
    )
    form = edited(was)
    assert form.is_valid(), form.errors
    assert differences(definition_of(was), form.values()) == []


def test_a_schedule_cannot_be_taken_away() -> None:
    was = actor(cronSchedule="2031-01-01 10 + 1 day", cronOn=True)
    assert "A schedule cannot be removed" in edited(was, cron_schedule="").errors["cron_schedule"][0]


def chosen(count: str = "", unit: str = "day", day: str = "", hour: str = "0") -> dict[str, str]:
    """Return the inputs of a schedule as a page sends them."""
    return {"cron_count": count, "cron_unit": unit, "cron_day": day, "cron_hour": hour}


@pytest.mark.parametrize(
    ("inputs", "schedule"),
    [
        (chosen(), ""),
        (chosen("1", "day"), "now + 1 day"),
        (chosen("6", "hour", hour="8"), "now + 6 hours"),
        (chosen("1", "month", "2099-01-15", "8"), "2099-01-15 08 + 1 month"),
    ],
)
def test_a_schedule_is_chosen_by_its_parts(inputs: dict[str, str], schedule: str) -> None:
    form = new(cron_schedule="", **inputs)
    assert form.is_valid(), form.errors
    assert form.cleaned_data["cron_schedule"] == schedule
    assert ("cron_schedule", schedule) in form.typed, "what a review carries along"
    assert ScheduleParts.of(schedule).text == schedule


@pytest.mark.parametrize(
    "inputs",
    [chosen("0"), chosen("x"), chosen("", day="2099-01-15"), chosen("1", "year"), chosen("1", day="2020-01-01")],
)
def test_parts_that_are_refused_are_kept(inputs: dict[str, str]) -> None:
    form = new(cron_schedule="", **inputs)
    assert "cron_schedule" in form.errors
    assert (form.schedule.count, form.schedule.day) == (inputs["cron_count"], inputs["cron_day"])


@pytest.mark.parametrize("schedule", ["Now + 1 hours", "2020-1-5 8 + 2 day", "every blue moon", ""])
def test_a_schedule_stays_to_the_letter_until_a_part_of_it_changes(schedule: str) -> None:
    was = actor(cronSchedule=schedule, cronOn=True)
    parts = ScheduleParts.of(schedule)
    inputs = chosen(parts.count, parts.unit, parts.day, parts.hour or "0")
    form = edited(was, cron_schedule=schedule, **inputs)
    assert form.is_valid(), form.errors
    assert differences(definition_of(was), form.values()) == []
    form = edited(was, cron_schedule=schedule, **inputs | {"cron_count": "5", "cron_day": ""})
    assert form.is_valid(), form.errors
    assert form.values()["cron_schedule"] == f"now + 5 {parts.unit}s"


names = st.text(min_size=1).filter(lambda name: "=" not in name and name != "MSG" and "\x00" not in name)
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"))
json_values = st.recursive(st.none() | st.booleans() | st.integers(-(2**53), 2**53) | texts, st.lists, max_leaves=5)


@settings(max_examples=40, deadline=None)
@given(
    st.fixed_dictionaries(
        {
            "description": texts,
            "defaultEnvironment": st.dictionaries(names, json_values, max_size=4),
            "hints": st.lists(texts, max_size=3),
            "link": texts,
            "webhook": texts,
            "type": st.sampled_from(["none", "json", "odd one"]),
            "logEx": st.none() | st.integers(-5, 10**6),
            "stateless": st.booleans(),
            "state": json_values,
            "token": st.booleans() | st.sampled_from(["true", "false"]),
            "privileged": st.booleans(),
            "maxWorkers": st.none() | st.integers(1, 9),
            "queue": st.none() | st.sampled_from(["default", "special"]),
            "cronOn": st.booleans(),
        }
    )
)
def test_any_definition_survives_being_opened_and_sent_back(fields: dict[str, Any]) -> None:
    was = actor(**fields)
    form = edited(was)
    assert form.is_valid(), form.errors
    assert differences(definition_of(was), form.values()) == []


def test_an_update_sends_everything_but_what_was_emptied() -> None:
    was = actor(logEx=5, memLimit="3g", queue="special", cronOn=True, cronSchedule="now + 1 day")
    update = full_update(was, {"log_ex": None, "queue": None, "description": ""})
    assert "log_ex" not in update
    assert "queue" not in update
    assert (update["mem_limit"], update["cron_on"], update["description"]) == ("3g", True, "")


def test_a_sealed_definition_opens_for_its_actor_only() -> None:
    was = actor()
    signed = sign_definition("one", was)
    opened = unsign_definition("one", signed)
    assert opened is not None
    assert opened["definition"] == definition_of(was)
    assert unsign_definition("two", signed) is None
    assert unsign_definition("one", signed[:-1] + ("a" if signed[-1] != "a" else "b")) is None


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [(1, 1, True), (1, True, False), (1, 1.0, False), ({"a": 1, "b": 2}, {"b": 2, "a": 1}, True), ([1], (1,), True)],
)
def test_values_are_the_same_only_with_their_type(one: object, other: object, same: bool) -> None:
    assert is_same(one, other) is same


@pytest.mark.parametrize(
    "schedule",
    [
        "now + 1 hour",
        "now + 12 months",
        "2026-11-23 16 + 1 day",
        "2026-11-24 00 + 2 weeks",
        "2028-2-29 7 + 9999 days",
        "now + 10000 hours",
    ],
)
def test_a_good_schedule_is_taken(schedule: str) -> None:
    assert check_schedule(schedule, NOW) == schedule


@pytest.mark.parametrize(
    ("schedule", "words"),
    [
        ("every day", "Enter a start"),
        ("now", "Enter a start"),
        ("now +1 hour", "Enter a start"),
        ("now + 0 hours", "whole number"),
        ("now + x hours", "whole number"),
        ("now + -1 hours", "whole number"),
        ("now + 1 fortnight", "hours, days, weeks or months"),
        ("now + 0000 hours", "whole number"),
        ("2026-11-23 15 + 1 day", "The start is in the past"),
        ("2020-01-01 00 + 1 day", "The start is in the past"),
        ("2027-02-31 00 + 1 day", "Invalid date and hour"),
        ("2027-01-01 24 + 1 day", "Invalid date and hour"),
        ("2027-01-01 + 1 day", "Enter a start"),
    ],
)
def test_a_bad_schedule_is_explained(schedule: str, words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        check_schedule(schedule, NOW)


@pytest.mark.parametrize(
    ("longest", "too_long"),
    [
        ("9000-12-31 23 + 8757048 hours", "9000-12-31 23 + 8757049 hours"),
        ("9999-12-30 00 + 1 day", "9999-12-31 00 + 1 day"),
        ("2027-01-31 08 + 0095675 months", "2027-01-31 08 + 95676 months"),
        ("9999-12-01 08 + 4 weeks", f"now + {'9' * 5000} weeks"),
    ],
)
def test_a_schedule_runs_twice_before_the_calendar_of_the_api_ends(longest: str, too_long: str) -> None:
    assert check_schedule(longest, NOW) == longest
    with pytest.raises(ValidationError, match="Interval too long"):
        check_schedule(too_long, NOW)


def test_a_state_must_be_an_object() -> None:
    assert "Enter a JSON object" in new(stateless="false", state="[1]").errors["state"][0]


def test_half_a_character_is_no_json() -> None:
    with pytest.raises(ValidationError, match="ncomplete character"):
        read_json('"\ud800"')


def test_without_a_choice_an_actor_stays_what_it_is() -> None:
    form = edited(actor(stateless=False, type="json", token=True), stateless="", type="", token="")
    assert form.is_valid(), form.errors
    values = form.values()
    assert (values["stateless"], values["type"], values["token"]) == (False, "json", True)


def test_of_an_environment_only_what_differs_is_shown() -> None:
    was = actor(defaultEnvironment={"same": "x", "old": "1", "other": "a"})
    form = edited(was, default_environment='{"same": "x", "other": "b", "new": "2"}', environment_mode="json")
    assert form.is_valid(), form.errors
    (one,) = differences(definition_of(was), form.values())
    assert one.shown_before == {"old": "1", "other": "a"}
    assert one.shown_after == {"other": "b", "new": "2"}


def test_a_stateless_actor_keeps_the_state_it_was_registered_with() -> None:
    from actors_app.actors.definition import full_update
    from actors_app.services.dialects import V2
    from actors_app.services.types import Actor
    from tests.support.payloads import actor_payload

    actor = Actor.from_api(actor_payload(stateless=True, state={"x": 1}), V2())
    assert full_update(actor, {"description": "new"})["state"] == {"x": 1}
    assert full_update(actor, {"stateless": False})["state"] == {"x": 1}
