"""What a process loads when it starts, so that nothing is read from its release's folder while it serves.

An upgrade may put the files of another version into the place of those that a process was started from. Whatever it
loaded later would be of that version: a template with values that this code does not give, a module with names that it
does not know.
"""

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from zoneinfo import available_timezones

from django.contrib.staticfiles.storage import staticfiles_storage
from django.db import connection
from django.forms.renderers import get_default_renderer
from django.template import engines
from django.template.backends.base import BaseEngine
from django.urls import get_resolver

from actors_app.templatetags.actors import script
from portal.store import known_migrations

# What Django and the packages import when they first need it.
_LATER = (
    "django.conf.locale.en.formats",
    "django.contrib.messages.context_processors",
    "django.contrib.messages.storage.cookie",
    "django.contrib.messages.storage.session",
    "django.contrib.sessions.serializers",
    "django.core.cache.backends.locmem",
    "django.template.context_processors",
    "rest_framework.authtoken.views",
    "tzdata",
)
# Of commands alone, which are processes of their own; of the migrations only the names are asked for.
_LEFT_OUT = ("actors_app.management.", "actors_app.migrations.", "portal.gunicorn_conf", "portal.wsgi")


def load_everything() -> None:
    """Load every module, address and template, and the names of the static files and of the migrations.

    Raises what a module or a template raises that cannot be loaded: such a release serves nobody.
    """
    for name in (*_LATER, connection.ops.compiler_module, *_modules()):
        import_module(name)
    resolver = get_resolver()
    resolver._populate()  # there is no public way; `reverse` does it when it is first asked
    for status in (400, 403, 404, 500):
        resolver.resolve_error_handler(status)
    for engine in _engines():
        for name in _templates(engine):
            engine.get_template(name)
    # The storage is lazy and reads its manifest when it is made; a script's digest is that of its file.
    for name in getattr(staticfiles_storage, "hashed_files", {}):
        if name.endswith(".js"):
            script(name)
    available_timezones()  # of the package tzdata too
    known_migrations()


def _modules() -> Iterator[str]:
    for name in ("portal", "actors_app", "tzdata"):
        package = import_module(name)
        for module in walk_packages(package.__path__, f"{name}."):
            if not module.name.startswith(_LEFT_OUT):
                yield module.name


def _engines() -> Iterator[BaseEngine]:
    yield from engines.all()
    # That of the forms' fields is no engine of the settings.
    yield get_default_renderer().engine  # type: ignore[attr-defined]


def _templates(engine: BaseEngine) -> Iterator[str]:
    for folder in engine.template_dirs:
        for path in Path(folder).rglob("*.html"):
            yield str(path.relative_to(folder))
