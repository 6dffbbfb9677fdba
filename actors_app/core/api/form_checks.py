"""The forms' rules for what a program sends: a form is filled as a browser would, and its sentences are the errors."""

from collections.abc import Iterable
from typing import TypeVar

from django import forms
from django.http import QueryDict

from actors_app.core.api.exceptions import not_valid

F = TypeVar("F", bound=forms.BaseForm)


def typed(pairs: Iterable[tuple[str, object]]) -> QueryDict:
    """Return names and values as a browser sends them; a value of None, or false, is not sent at all."""
    data = QueryDict(mutable=True)
    for name, value in pairs:
        if value is not None and value is not False:
            data.appendlist(name, "on" if value is True else str(value))
    return data


def checked(form: F) -> F:
    """Return a form that is valid; raise the problem of one that is not."""
    if form.is_valid():
        return form
    raise not_valid({"body" if name == "__all__" else name: _sentences(form, name) for name in form.errors})


def _sentences(form: forms.BaseForm, name: str) -> list[str]:
    """Return the sentences about a field; those of marked rows replace the one that points to them."""
    rows = getattr(form, "rows", ()) if form.has_error(name, "rows") else ()
    beside = [f"{row.name or row.value}: {row.problem}" for row in rows if row.problem]
    return beside or [str(error) for error in form.errors[name]]
