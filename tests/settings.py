"""The portal's settings as the tests run them: fixed secrets, one tenant that answers nowhere."""

import os
import tempfile

# Playwright keeps an event loop in the thread of the tests; Django would refuse the store beside it.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
os.environ.setdefault("SECRET_KEY", "tests-only-" + "k" * 50)
os.environ.setdefault("PORTAL_CREDENTIAL_KEYS", "dGVzdHMtb25seS1rZXktMzItYnl0ZXMtbG9uZy0hISE=")
os.environ.setdefault("EVIDENCE_KEY", "ZXZpZGVuY2Uga2V5IG9mIHRlc3RzIG9ubHksIDMyYiE=")
os.environ.setdefault("ACTORS_API_URL", "https://api.example.org")
os.environ.setdefault("ACTORS_API_VERSION", "v2")
os.environ.setdefault("ACTORS_API_CLIENT_KEY", "portal")
os.environ.setdefault("ACTORS_API_CLIENT_SECRET", "portal-secret")

from portal.settings import *  # noqa: F403

ALLOWED_HOSTS = [*ALLOWED_HOSTS, "testserver"]  # noqa: F405
SECURE_SSL_REDIRECT = False  # the test client speaks plain HTTP
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":  # noqa: F405
    # A real file, since a store in memory knows no waiting for another's lock; of its own for each process.
    _FILE = os.path.join(tempfile.gettempdir(), f"portal-tests-{os.getpid()}.sqlite3")
    DATABASES["default"]["TEST"] = {"NAME": _FILE}  # noqa: F405
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}  # noqa: F405
WHITENOISE_AUTOREFRESH = False
