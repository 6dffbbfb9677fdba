"""The portal as it is served, with the empty page beside it; it trusts the certificate of the stub too."""

import os

os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.apps.settings"

from actors_app.services import client
from portal.wsgi import application

if bundle := os.environ.get("BENCHMARK_BUNDLE"):
    client.CERTIFICATES = bundle

__all__ = ["application"]
