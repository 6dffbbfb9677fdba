"""The Django app."""

import pkgutil
from importlib import import_module
from pathlib import Path

from django.apps import AppConfig

from portal import store


def load_operations() -> None:
    """Register the operations of every subject: those in its `operations.py`, and those of `core`."""
    import_module("actors_app.core.operations.secrets")
    for package in pkgutil.iter_modules([str(Path(__file__).parent)]):
        if (Path(__file__).parent / package.name / "operations.py").exists():
            import_module(f"actors_app.{package.name}.operations")


class ActorsAppConfig(AppConfig):
    """The one app of the portal."""

    name = "actors_app"
    label = "actors_app"
    verbose_name = "Actors Portal"

    def ready(self) -> None:
        """Give every connection to the store its patience and thrift; register operations, receivers and checks."""
        from actors_app.actors import archive  # noqa: F401 - importing registers its receiver
        from actors_app.doctor import system_checks  # noqa: F401 - importing registers them
        from actors_app.services.instrumentation import before_waiting

        load_operations()
        store.start()
        before_waiting(store.lend)
