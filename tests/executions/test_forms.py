import pytest

from actors_app.executions.forms import ExecutionForm

GOOD = {"runtime": "1", "cpu": "0", "io": "3"}


def test_an_execution_form_takes_whole_numbers():
    form = ExecutionForm(GOOD)
    assert form.is_valid()
    assert form.cleaned_data == {"runtime": 1, "cpu": 0, "io": 3}


@pytest.mark.parametrize("name", ["runtime", "cpu", "io"])
@pytest.mark.parametrize("value", ["", " ", "-1", "1.5", "many", "9223372036854775808", "1e3", "NaN", "0x10"])
def test_an_execution_form_names_the_bad_field(name, value):
    form = ExecutionForm({**GOOD, name: value})
    assert not form.is_valid()
    assert list(form.errors) == [name]
    (sentence,) = form.errors[name]
    assert sentence.endswith(".")
