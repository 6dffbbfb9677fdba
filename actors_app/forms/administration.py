"""What the tables of the administration may be narrowed to; a value that means nothing is read as none."""

from typing import Any

from django import forms


class _Filter(forms.Form):
    """A query string; each part stands for itself, so that a wrong one leaves the others."""

    q = forms.CharField(required=False, max_length=128)
    page = forms.IntegerField(min_value=1, max_value=1_000_000, required=False)

    @property
    def chosen(self) -> dict[str, Any]:
        """The filter in effect."""
        self.full_clean()
        found = {name: self.cleaned_data.get(name) or "" for name in self.fields}
        return found | {"page": found["page"] or 1}


class AdminFilter(_Filter):
    """Which actors of the tenant."""

    SHOW = (
        ("", "All"),
        ("READY", "Ready"),
        ("SUBMITTED", "Submitted"),
        ("ERROR", "Error"),
        ("OTHER", "Other"),
    )
    status = forms.ChoiceField(choices=SHOW, required=False)
    owner = forms.CharField(required=False, max_length=255)
    sort = forms.CharField(required=False, max_length=20)


class WorkerFilter(_Filter):
    """Which workers of all actors."""

    SHOW = (
        ("", "All"),
        ("ready", "Ready"),
        ("busy", "Busy"),
        ("starting", "Starting"),
        ("stopping", "Stopping"),
        ("stuck", "Stuck"),
    )
    show = forms.ChoiceField(choices=SHOW, required=False)
