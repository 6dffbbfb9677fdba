"""The forms of the sign-in, where it stands over the page of a visitor whose sign-in has ended."""

from typing import Any

from django import template

from actors_app.account.forms_sign_in import PasswordForm, SignInForm, TokenForm

register = template.Library()


@register.simple_tag
def sign_in_form(method: str, initial: dict[str, Any]) -> SignInForm | None:
    """Return the form for one way to sign in, `password` or `token`; None where no API takes it."""
    form = PasswordForm if method == PasswordForm.method else TokenForm
    return form.over(initial=initial) if form.is_offered() else None
