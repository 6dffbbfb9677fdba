"""Why somebody deletes, stops or changes something: an optional text that the audit log keeps with the operation."""

from django import forms
from django.http import HttpRequest

MAX_REASON = 500  # characters


def reason_field(*, required: bool = False) -> forms.CharField:
    """Return the field that all forms have for it."""
    return forms.CharField(
        label="Reason",
        required=required,
        max_length=MAX_REASON,
        help_text="Recorded in the audit log.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={
            "required": "Enter a reason.",
            "max_length": f"Use at most {MAX_REASON} characters.",
            "null_characters_not_allowed": "This contains an invalid character.",
        },
    )


def reason_of(request: HttpRequest) -> str:
    """Return the reason of a request, from the body of a program or from a form, which has checked it."""
    reason = getattr(request, "reason", None)
    return str(request.POST.get("reason", "").strip() if reason is None else reason)
