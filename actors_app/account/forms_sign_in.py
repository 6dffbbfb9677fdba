"""What a visitor types to sign in."""

from typing import Any, Self

from django import forms
from django.conf import settings

from actors_app.core.pages.forms import PortalForm
from portal.tenants import Tenant


def _check_sendable(value: str, noun: str) -> str:
    if any(ord(sign) < 32 or ord(sign) == 127 for sign in value):
        raise forms.ValidationError(f"The {noun} contains a control character. Enter it again.")
    return value


class SignInForm(PortalForm):
    """Pick the API, where there are several; subclasses add the proof."""

    method = ""
    tenant = forms.ChoiceField(label="Tenant", error_messages={"required": "Choose a tenant."})

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(t.name, t.label) for t in settings.TENANTS.values() if self.method in t.sign_in]
        if len(settings.TENANTS) == 1:
            del self.fields["tenant"]
        else:
            self.fields["tenant"].choices = choices  # type: ignore[attr-defined]

    def add_error(self, field: str | None, error: Any) -> None:
        """Add an error, and let the page open with the focus on the first field that has one."""
        super().add_error(field, error)
        first_invalid = next((name for name in self.fields if name in self.errors), "")
        for name, control in self.fields.items() if first_invalid else ():
            control.widget.attrs["autofocus"] = name == first_invalid

    @classmethod
    def is_offered(cls) -> bool:
        """Whether somebody can sign in this way anywhere."""
        return any(cls.method in tenant.sign_in for tenant in settings.TENANTS.values())

    @classmethod
    def over(cls, data: Any = None, **options: Any) -> Self:
        """Return the form as it stands over a page: with other ids than the page's, and without taking the focus."""
        return cls(data, auto_id="over_%s", **options).without_focus()

    def without_focus(self) -> Self:
        """Return the form so that no field of it takes the focus when the page opens."""
        for control in self.fields.values():
            control.widget.attrs.pop("autofocus", None)
        return self

    @property
    def chosen(self) -> Tenant:
        """The tenant to sign in at; only after the form was found valid."""
        name = self.cleaned_data.get("tenant") or next(iter(settings.TENANTS))
        tenant: Tenant = settings.TENANTS[name]
        return tenant


class PasswordForm(SignInForm):
    """User name and password; the password is used once and not kept."""

    method = "password"
    username = forms.CharField(
        label="Username",
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "autofocus": True}),
        error_messages={"required": "Enter your username."},
    )
    password = forms.CharField(
        label="Password",
        max_length=4096,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": "Enter your password."},
    )

    def clean_username(self) -> str:
        """Refuse what cannot be sent."""
        return _check_sendable(self.cleaned_data["username"], "username")

    def clean_password(self) -> str:
        """Refuse what cannot be sent; everything else goes exactly as typed."""
        password: str = self.cleaned_data["password"]
        if "\x00" in password:
            raise forms.ValidationError("The password contains a NUL character. Enter it again.")
        return password


class TokenForm(SignInForm):
    """An access token that the visitor already has."""

    method = "token"
    access_token = forms.CharField(
        label="Access token",
        max_length=8192,
        widget=forms.PasswordInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text="Stored encrypted and used only for your requests until it expires.",
        error_messages={"required": "Paste an access token."},
    )

    def clean_access_token(self) -> str:
        """Refuse what cannot be a header's value."""
        token: str = self.cleaned_data["access_token"]
        if not all(33 <= ord(sign) <= 126 for sign in token):
            raise forms.ValidationError("This does not look like an access token. Paste it again.")
        return token
