"""The forms' rules for what a program sends: a form is filled as a browser would, and its sentences are the errors."""

from collections.abc import Iterable
from typing import TypeVar

from django import forms
from django.http import QueryDict

from actors_app.api.exceptions import not_valid

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
    named = {"__all__": "body"}
    raise not_valid({named.get(name, name): [str(one) for one in found] for name, found in form.errors.items()})
