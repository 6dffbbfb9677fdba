import pytest

from actors_app.forms.executions import ExecutionFilterForm, ExecutionForm

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


@pytest.mark.parametrize(
    ("query", "status", "page", "note"),
    [
        ({}, "all", 1, ""),
        ({"status": "error", "page": "3"}, "error", 3, ""),
        ({"status": "all"}, "all", 1, ""),
        ({"status": "COMPLETE"}, "complete", 1, ""),
        ({"status": "Error"}, "error", 1, ""),
        ({"status": "SUBMITTED"}, "waiting", 1, ""),
        ({"status": "\u202egone" + "e" * 50}, "all", 1, "There is no status “⟦RIGHT-TO-LEFT OVERRIDE⟧gone"),
        ({"page": "0"}, "all", 1, "no such page"),
        ({"page": "-3", "status": "running"}, "running", 1, "no such page"),
        ({"page": "last"}, "all", 1, "no such page"),
        ({"page": "99999999999"}, "all", 1, "no such page"),
    ],
)
def test_a_filter_is_forgiving_and_says_so(query, status, page, note):
    form = ExecutionFilterForm(query)
    assert (form.chosen_status, form.chosen_page) == (status, page)
    assert note in form.note
    assert bool(note) == bool(form.note)
