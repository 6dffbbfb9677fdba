"""What all forms share: how they look to a screen reader, and how they take a refusal of the API."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from django import forms
from django.http import HttpRequest, HttpResponse

from actors_app.core.htmx import render_page
from actors_app.core.operations.reasons import reason_field
from actors_app.core.pages import drafts
from actors_app.services.errors import AbacoError, Conflict, InvalidRequest


class ListFilter(forms.Form):
    """A query string; each part stands for itself: one that means nothing is read as none and leaves the others."""

    page = forms.IntegerField(min_value=1, max_value=1_000_000, required=False)

    @property
    def chosen(self) -> dict[str, Any]:
        """The filter in effect."""
        self.full_clean()
        filters = {name: self.cleaned_data.get(name) or "" for name in self.fields}
        return filters | {"page": filters["page"] or 1}


@dataclass(frozen=True, slots=True)
class InvalidField:
    """A line of a form's summary: the id of the input, empty for a hidden one, its label, and what is wrong."""

    id: str
    label: str
    text: str


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
        self._refusal_status = 0

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

    @property
    def status_code(self) -> int:
        """The HTTP status of the page that shows the form."""
        return self._refusal_status or (422 if self.is_bound and self.errors else 200)

    @property
    def invalid_fields(self) -> list[InvalidField]:
        """The lines of its summary, in the order of the fields."""
        return [
            InvalidField(
                "" if bound.is_hidden else bound.id_for_label or bound.auto_id,
                str(bound.label),
                " ".join(map(str, bound.errors)),
            )
            for bound in self
            if bound.errors
        ]

    def catch_refusal(self, *, is_fragment: bool = False) -> "_Refusal":
        """Run the body of `with`; an AbacoError ends it and is kept, as `refuse` does."""
        return _Refusal(self, is_fragment)

    def refuse(self, error: Any, *, is_fragment: bool = False) -> None:
        """Keep the API's error beside what was typed, and in `status_code`.

        A value that the API names is marked beside its field and answers 422, as a value that the form itself refuses
        does. A name that is taken answers 409, but 422 where htmx asks for the form alone (`is_fragment`), which it
        shows upon no other.
        """
        self.refusal, self._refusal_status = error, error.status
        is_named = isinstance(error, InvalidRequest | Conflict) and error.field in self.fields
        if is_named:
            self.add_error(error.field, error.reason or error.user_message)
        if isinstance(error, InvalidRequest | Conflict):
            self._refusal_status = 422 if isinstance(error, InvalidRequest) or (is_named and is_fragment) else 409


class ReasonForm(PortalForm):
    """The confirmation of an operation, with the reason for it."""

    reason = reason_field()


class _Refusal:
    """The body of a `with` whose AbacoError a form keeps."""

    def __init__(self, form: PortalForm, is_fragment: bool) -> None:
        self._form, self._is_fragment = form, is_fragment

    def __enter__(self) -> None:
        """Begin."""

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> bool:
        """End; keep the error where there is one, and whether it goes no further."""
        if not isinstance(error, AbacoError):
            return False
        self._form.refuse(error, is_fragment=self._is_fragment)
        return True


def form_page(request: HttpRequest, template: str, context: Mapping[str, Any], *, partial: str = "") -> HttpResponse:
    """Render the page of `context["form"]`, or the fragment where htmx asks for that, with the form's status."""
    return render_page(request, template, context, partial=partial, status=context["form"].status_code)
