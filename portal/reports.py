"""What a report of a failure may say: where it happened, and no value of anything."""

from types import TracebackType
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.views.debug import SafeExceptionReporterFilter


class NoValues(SafeExceptionReporterFilter):
    """Leave all values out of Django's reports, in mails and on debug pages.

    Django hides what its name gives away; a nonce, a typed password in a local variable or a message in a form has no
    such name. The lines of source and the names of the fields are enough to find a fault by.
    """

    def is_active(self, request: HttpRequest | None) -> bool:
        """Filter always, on debug pages too."""
        return True

    def get_post_parameters(self, request: HttpRequest | None) -> dict[str, Any]:
        """Return the names of the fields that were sent."""
        return dict.fromkeys(request.POST, self.cleansed_substitute) if request else {}

    def get_traceback_frame_variables(self, request: HttpRequest | None, tb_frame: TracebackType) -> Any:
        """Return no variable."""
        return []

    def get_safe_cookies(self, request: HttpRequest) -> dict[str, Any]:
        """Return the names of the cookies."""
        return dict.fromkeys(request.COOKIES, self.cleansed_substitute)

    def get_safe_settings(self) -> dict[str, Any]:
        """Return no setting but the module's name: the addresses of tenants and stores are among them."""
        return {"SETTINGS_MODULE": settings.SETTINGS_MODULE}
