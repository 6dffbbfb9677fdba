"""The portal as a WSGI application; it refuses to serve without a tenant."""

import os

from django.core.exceptions import ImproperlyConfigured
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
application = get_wsgi_application()

from django.conf import settings  # noqa: E402  settings are readable only now

if not settings.TENANTS:
    raise ImproperlyConfigured(
        "The portal has no Actors API to talk to. Set ACTORS_API_URL, or PORTAL_TENANTS_FILE for several; "
        "`python3 run.py` starts a sandbox instead."
    )
