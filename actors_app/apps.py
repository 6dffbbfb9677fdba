"""The Django app."""

from django.apps import AppConfig

from portal import store


class ActorsAppConfig(AppConfig):
    """The one app of the portal."""

    name = "actors_app"
    label = "actors_app"
    verbose_name = "Actors Portal"

    def ready(self) -> None:
        """Give every connection to the store its patience and thrift, and register the system checks and receivers."""
        from actors_app.actors import archive  # noqa: F401 - importing registers its receiver
        from actors_app.doctor import system_checks  # noqa: F401 - importing registers them
        from actors_app.services.watching import before_waiting

        store.start()
        before_waiting(store.lend)
