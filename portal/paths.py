"""The path below which a proxy serves the portal (`SCRIPT_NAME`), taken off before Django looks for a page.

A request comes with the path, as the proxy passes it on, or without it: probes ask for `/readyz` and `/metrics` at the
portal's own port, and some proxies take the path off themselves. Links always begin with it.
"""

from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings

Application = Callable[[dict[str, Any], Any], Iterable[bytes]]


class BelowPath:
    """A WSGI application below the path of the settings; Django writes the path into links (`FORCE_SCRIPT_NAME`)."""

    def __init__(self, application: Application) -> None:
        self._application = application

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answer one request."""
        path, below = environ.get("PATH_INFO", ""), settings.SCRIPT_NAME
        if below and (path == below or path.startswith(below + "/")):
            environ["PATH_INFO"] = path[len(below) :]
        return self._application(environ, start_response)
