"""The portal's settings with one page more; static files may stay where they are, where only pages are counted."""

import os

from portal.settings import *  # noqa: F403

ROOT_URLCONF = "benchmarks.apps.hello"
if os.environ.get("BENCHMARK_PLAIN_STATIC"):
    STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}  # noqa: F405
