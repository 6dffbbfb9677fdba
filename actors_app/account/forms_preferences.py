"""The form of one's own preferences: each has an answer always, so that nothing is left to guess."""

from typing import Any

from django import forms

from actors_app.core.pages.forms import PortalForm
from actors_app.core.pages.preferences import BROWSER, NAMES, PAGE_SIZES, Name, Preferences
from actors_app.core.pages.timezones import zone_names, zones_by_region

_CHOOSE = {"required": "Choose one of the options.", "invalid_choice": "Choose one of the options."}
_COMPACT = "Compact shows more rows. No effect on phones."


def _zones() -> list[tuple[str, Any]]:
    return [("UTC", "UTC"), (BROWSER, "Browser"), *zones_by_region()]


class PreferencesForm(PortalForm):
    """How somebody likes the portal."""

    zone = forms.ChoiceField(
        label="Time zone",
        choices=_zones,
        help_text="URLs, filters and exports always use UTC.",
        error_messages={**_CHOOSE, "invalid_choice": "Unknown time zone."},
    )
    theme = forms.ChoiceField(
        label="Theme",
        required=False,
        choices=[("", "System"), ("light", "Light"), ("dark", "Dark")],
        error_messages=_CHOOSE,
        widget=forms.RadioSelect,
    )
    density = forms.ChoiceField(
        label="Density",
        choices=[("comfortable", "Comfortable"), ("compact", "Compact")],
        help_text=_COMPACT,
        error_messages=_CHOOSE,
        widget=forms.RadioSelect,
    )
    page_size = forms.TypedChoiceField(
        label="Rows per page",
        coerce=int,
        choices=[(size, str(size)) for size in PAGE_SIZES],
        help_text="Applies to all lists.",
        error_messages=_CHOOSE,
        widget=forms.RadioSelect,
    )
    wrap = forms.BooleanField(label="Wrap long log lines", required=False)
    keys = forms.BooleanField(
        label="Enable keyboard shortcuts",
        required=False,
        help_text="Turn off if they conflict with speech input or other shortcuts.",
    )

    @classmethod
    def of(cls, likes: Preferences) -> "PreferencesForm":
        """Return the form filled with what holds now; a zone that this machine does not know is UTC."""
        is_known_zone = likes.zone == BROWSER or likes.zone in zone_names()
        initial = {name: getattr(likes, name) for name in cls.base_fields}
        return cls(initial={**initial, "zone": likes.zone if is_known_zone else "UTC"})

    @property
    def choices(self) -> dict[Name, Any]:
        """Return what is to be kept; the fields have the names of the preferences."""
        return {name: self.cleaned_data[name] for name in NAMES if name in self.fields}
