"""What can be sent as a message, and what is refused with which words."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import QueryDict

from actors_app.messages.delivery import delivery_of
from actors_app.messages.forms import MessageForm


def typed(file: Any = None, **fields: Any) -> MessageForm:
    data = QueryDict(mutable=True)
    for name, value in fields.items():
        data.setlist(name, value if isinstance(value, list) else [value])
    return MessageForm(data, {"file": file} if file else {})


def sentence(form: MessageForm, name: str) -> str:
    assert not form.is_valid()
    return " ".join(str(error) for error in form[name].errors)


@pytest.mark.parametrize(
    "text", [" ", "0", "null", "'\"\\", "\u202eabc", "\N{FAMILY}", "x" * 131_067, "\n", "a\rb", "<script>"]
)
def test_text_is_kept_as_typed(text: str) -> None:
    form = typed(kind="text", message=text)
    assert form.is_valid(), form.errors
    assert form.cleaned_data["message"] == text


def test_browsers_line_ends_become_newlines() -> None:
    form = typed(message="a\r\nb\r\n")
    assert form.is_valid()
    assert form.cleaned_data["message"] == "a\nb\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [("", "Enter a message"), ("a\0b", "Send a file instead."), ("x" * 131_068, "send its URL")],
)
def test_text_that_cannot_be_sent(text: str, said: str) -> None:
    assert said in sentence(typed(kind="text", message=text), "message")


@pytest.mark.parametrize("text", ["0", "false", "null", "[]", '"text"', "1.5", '[["a","b"]]', '["ab"]'])
def test_json_that_is_no_object_is_advised_to_be_wrapped(text: str) -> None:
    assert "Wrap the value" in sentence(typed(kind="json", message=text), "message")


@pytest.mark.parametrize(
    "text", ["{}", '{"a": {"message": "x"}}', '{"message": ""}', '{"queue": null, "maxWorkers": 0}']
)
def test_json_objects(text: str) -> None:
    form = typed(kind="json", message=text)
    assert form.is_valid(), form.errors
    assert isinstance(form.cleaned_data["value"], dict)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "Invalid JSON"),
        ("{'a': 1}", "Invalid JSON"),
        ('{"a": NaN}', "NaN"),
        ('{"a": 1, "a": 2}', "Duplicate name"),
        ('{"message": "x", "other": 1}', "The key “message”"),
        ('{"message": 0, "other": 1}', "The key “message”"),
        ('{"message": {}, "other": 1}', "The key “message”"),
        ('{"queue": "x"}', "The key “queue”"),
        ('{"use_container_uid": true}', "The key “use_container_uid”"),
        ('{"a":' * 65 + "1" + "}" * 65, "64"),
        ('{"a": ' + "9" * 65 + "}", "64"),
        ('{"a": "\\ud800"}', "incomplete character"),
    ],
)
def test_json_that_the_api_would_refuse_or_change(text: str, said: str) -> None:
    assert said in sentence(typed(kind="json", message=text), "message")


def test_a_kind_that_was_left_out_is_a_file_where_one_came() -> None:
    form = typed(SimpleUploadedFile("a.bin", b"x"))
    assert form.is_valid(), form.errors
    assert form.cleaned_data["kind"] == "file"
    form = typed(message="x")
    assert form.is_valid()
    assert form.cleaned_data["kind"] == "text"


def test_a_kind_that_does_not_exist() -> None:
    assert sentence(typed(kind="xml", message="x"), "kind") == "Choose text, JSON or file."


def test_files_that_cannot_be_sent() -> None:
    assert sentence(typed(kind="file"), "file") == "Choose a file."
    assert "is empty" in sentence(typed(SimpleUploadedFile("a", b""), kind="file"), "file")
    large = SimpleUploadedFile("a", b"x" * 65_537)
    assert "65,537 bytes; the limit is 65,536" in sentence(typed(large, kind="file"), "file")


def test_the_largest_file_with_a_long_name_is_taken() -> None:
    assert typed(SimpleUploadedFile("n" * 300, b"x" * 65_536), kind="file").is_valid()


def test_the_environment_is_a_dict_of_the_rows_that_are_not_blank() -> None:
    form = typed(message="x", env_name=["A", "", "LD_PRELOAD"], env_value=["1", "", ""])
    assert form.is_valid(), form.errors
    assert form.cleaned_data["environment"] == {"A": "1", "LD_PRELOAD": ""}


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("_abaco_synchronous", "true", "reserved by the API"),
        ("_ABACO_x", "1", "reserved by the API"),
        ("x-nonce", "1", "reads x-nonce"),
        ("X-Nonce", "1", "reads x-nonce"),
        ("message", "1", "“message” is reserved"),
        ("MSG", "1", "MSG is reserved for the message"),
        ("", "1", "Enter a name for this value"),
        ("A=B", "1", "equals sign"),
        ("A\nB", "1", "control characters"),
        ("A", "a\0b", "NUL characters"),
    ],
)
def test_variables_that_cannot_go_along(name: str, value: str, said: str) -> None:
    form = typed(message="x", env_name=name, env_value=value)
    assert sentence(form, "environment") == "Fix the highlighted rows."
    assert said in form.rows[0].problem
    assert (form.rows[0].name, form.rows[0].value) == (name, value)
    assert said in form.reasons[0]


def test_a_name_twice_and_too_much() -> None:
    twice = typed(message="x", env_name=["A", "A"], env_value=["1", "2"])
    assert not twice.is_valid()
    assert "Duplicate name" in twice.rows[1].problem
    assert "Variables are too long in total" in sentence(
        typed(message="x", env_name="A", env_value="v" * 4000), "environment"
    )
    many = [f"V{number}" for number in range(101)]
    assert "at most 100" in sentence(typed(message="x", env_name=many, env_value=[""] * 101), "environment")


def test_rows_leave_room_for_more() -> None:
    assert len(MessageForm().rows) == 3
    assert len(typed(message="x").rows) == 3
    assert len(typed(message="x", env_name=["A", "B"], env_value=["1", "2"]).rows) == 3


@pytest.mark.parametrize(
    ("value", "msg", "content_type"),
    [
        ({"a": None, "b": True, "c": "it's"}, "{'a': None, 'b': True, 'c': \"it's\"}", "application/json"),
        ({}, "{}", "str"),
    ],
)
def test_json_arrives_as_python_writes_it(value: dict[str, Any], msg: str, content_type: str) -> None:
    delivery = delivery_of("json", value, {})
    assert (delivery.msg, delivery.content_type) == (msg, content_type)
