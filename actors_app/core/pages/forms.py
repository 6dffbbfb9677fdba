"""What all forms share: how they look to a screen reader, and how they take a refusal of the API."""

from typing import Any, Self

from django import forms

from actors_app.core.pages import drafts
from actors_app.services.errors import APIError, Conflict, InvalidRequest


class ListFilter(forms.Form):
    """A query string; each part stands for itself: one that means nothing is read as none and leaves the others."""

    page = forms.IntegerField(min_value=1, max_value=1_000_000, required=False)

    @property
    def chosen(self) -> dict[str, Any]:
        """The filter in effect."""
        self.full_clean()
        filters = {name: self.cleaned_data.get(name) or "" for name in self.fields}
        return filters | {"page": filters["page"] or 1}


class PortalForm(forms.Form):
    """A form that keeps what was typed when the API refuses it, does not answer, or fails.

    Unbound, it holds the values of the draft that its page shows (`drafts.py`), where that has its fields.
    """

    error_css_class = "wrong"
    takes_draft = True  # False for a form that is on the page several times, and says nowhere whose it is

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        if not self.is_bound and self.takes_draft:
            self.initial = {**self.initial, **self._typed(drafts.restored())}
        self.refusal: Any = None  # the AbacoError that answered this form, for _form_errors.html

    @classmethod
    def unchecked(cls, data: Any, **options: Any) -> Self:
        """Return the form with all that was typed and no judgement, for a button that only changes the page."""
        return cls(initial=cls._typed(data), **options)

    @classmethod
    def _typed(cls, data: Any) -> dict[str, Any]:
        """Return the value of each field but files, as it was typed; nothing where no field was sent."""
        if not any(name in data for name in cls.base_fields):
            return {}
        return {
            name: field.widget.value_from_datadict(data, {}, name)
            for name, field in cls.base_fields.items()
            if not field.widget.needs_multipart_form
        }

    def refuse(self, error: Any, *, is_fragment: bool = False) -> int:
        """Keep the API's error beside what was typed; return the status to answer with.

        A value that the API names is marked beside its field and answers 422, as a value that the form itself refuses
        does. A name that is taken answers 409, but 422 where htmx asks for the form alone (`is_fragment`), which it
        shows upon no other.
        """
        self.refusal = error
        is_named = isinstance(error, InvalidRequest | Conflict) and error.field in self.fields
        if is_named:
            self.add_error(error.field, error.reason or error.user_message)
        if isinstance(error, APIError) and isinstance(error, InvalidRequest | Conflict):
            return 422 if isinstance(error, InvalidRequest) or (is_named and is_fragment) else 409
        return int(error.status)
