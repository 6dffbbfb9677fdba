"""The portal as a WSGI application; it refuses to serve without a tenant, and on a store that lacks migrations."""

import logging
import os

from django.core.exceptions import ImproperlyConfigured
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
_django = get_wsgi_application()

from django.conf import settings  # noqa: E402  settings are readable only now

from portal.paths import BelowPath  # noqa: E402

application = BelowPath(_django)
# gunicorn reads it again for each request, and fails those that come without the path, such as probes.
os.environ.pop("SCRIPT_NAME", None)

if not settings.TENANTS:
    raise ImproperlyConfigured(
        "No Actors API is configured. Set ACTORS_API_URL, or PORTAL_TENANTS_FILE for several APIs. To start the portal "
        "with a sandbox instead, use `python3 run.py`."
    )

from django.db import Error, connection  # noqa: E402

from actors_app.core.security import origins  # noqa: E402
from portal.loading import load_everything  # noqa: E402
from portal.store import fill_pool, missing_migrations, unknown_migrations  # noqa: E402
from portal.store_faults import MOST, is_lasting, look_through, sentence_about, why_not_written  # noqa: E402

load_everything()
log = logging.getLogger("portal")
is_away = False
try:
    missing, unknown = missing_migrations(), unknown_migrations()
    look_through(MOST)
    if sentence := why_not_written():
        raise ImproperlyConfigured(sentence)
    changes = [] if missing else origins.changes()
except Error as problem:
    sentence = sentence_about(problem)
    if is_lasting(problem):
        raise ImproperlyConfigured(sentence) from None
    # It may come yet, and then it is looked at again: /readyz says no until then.
    missing, unknown, changes, is_away = [], [], [], True
    log.warning(
        "The database does not respond yet (%s). /readyz returns 503 until it does. %s",
        type(problem).__name__,
        sentence,
    )
finally:
    connection.close()
if missing:
    raise ImproperlyConfigured(
        f"The database lacks {len(missing)} migrations, starting with {missing[0]}. Run `manage.py migrate`, then "
        "start the portal."
    )
# Visitors wait in front of a process that is not ready; inside it they would be told that the store is busy.
if not is_away and not fill_pool(seconds=10):
    log.warning("The database took more than 10 s to open the first connections. The portal starts anyway.")
for change in changes:
    log.warning("%s", change)
if unknown:
    log.warning(
        "The database belongs to a newer version of the portal (it has %s). It starts anyway. Finish the upgrade.",
        unknown[-1],
    )
