"""The Django app."""

from django.apps import AppConfig


class ActorsAppConfig(AppConfig):
    """The one app of the portal."""

    name = "actors_app"
    label = "actors_app"
    verbose_name = "Actors Portal"
