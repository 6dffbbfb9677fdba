"""The sandbox as a Django application. Only its name is said here."""

from django.apps import AppConfig


class SandboxConfig(AppConfig):
    """Name the application `sandbox`, with string primary keys given by hand."""

    name = "sandbox"
    label = "sandbox"
    default_auto_field = "django.db.models.BigAutoField"
