"""What the tables of the administration may be narrowed to; a value that means nothing is read as none."""

from django import forms

from actors_app.core.pages.badges import actor_status_choices
from actors_app.core.pages.form_fields import PastedField
from actors_app.core.pages.forms import ListFilter


class AdminFilter(ListFilter):
    """Which actors of the tenant."""

    SHOW = actor_status_choices()
    q = PastedField(required=False, max_length=128)
    status = forms.ChoiceField(choices=SHOW, required=False)
    owner = PastedField(required=False, max_length=255)
    sort = forms.CharField(required=False, max_length=20)


class WorkerFilter(ListFilter):
    """Which workers of all actors."""

    SHOW = (
        ("", "All"),
        ("ready", "Ready"),
        ("busy", "Busy"),
        ("starting", "Starting"),
        ("stopping", "Stopping"),
        ("stuck", "Stuck"),
    )
    q = PastedField(required=False, max_length=128)
    show = forms.ChoiceField(choices=SHOW, required=False)
