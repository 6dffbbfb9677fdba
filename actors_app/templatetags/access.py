"""The addresses of the pages of permissions, for an actor, an alias or a config alike."""

from django import template

from actors_app.permissions.access import Subject

register = template.Library()


@register.simple_tag
def access_list(subject: Subject) -> str:
    """Write the address of the page of the permissions on something."""
    return subject.url


@register.simple_tag
def access_change(subject: Subject) -> str:
    """Write the address of the page that changes one of them."""
    return subject.change_url
