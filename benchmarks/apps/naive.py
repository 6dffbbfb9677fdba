"""The design of the dashboard that Abaco itself ships, made again: what a page costs that is built without care.

A connection for each call, the whole answer read as JSON, each row turned into other names, two times parsed and one
line of the log written for it, and all rows drawn by a template.
"""

import logging
import os
import re
from datetime import UTC, datetime
from typing import Any

import django
import requests
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import path

settings.configure(
    SECRET_KEY="of-no-use",  # noqa: S106 - it signs nothing
    ALLOWED_HOSTS=["127.0.0.1"],
    ROOT_URLCONF=__name__,
    USE_TZ=True,
    TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates"}],
    MIDDLEWARE=["django.middleware.security.SecurityMiddleware", "django.middleware.common.CommonMiddleware"],
)
logging.basicConfig(level=logging.INFO)
log = logging.getLogger(__name__)
django.setup()

COLUMNS = ("id", "name", "image", "owner", "status", "description", "stateless", "create_time", "last_update_time")
PAGE = """<!doctype html><title>Dashboard</title><h1>Actors</h1><table>
{% for actor in actors %}<tr>
<td>{{ actor.name }}</td><td>{{ actor.id }}</td><td>{{ actor.image }}</td><td>{{ actor.owner }}</td>
<td>{{ actor.status }}</td><td>{{ actor.description|truncatechars:80 }}</td>
<td>{% if actor.stateless %}stateless{% else %}stateful{% endif %}</td>
<td>{{ actor.create_time|date:"Y-m-d H:i:s" }}</td><td>{{ actor.last_update_time|timesince }}</td>
<td>{{ actor.worker.id }} {{ actor.worker.status }}</td></tr>
{% endfor %}</table>"""
_CAPITAL = re.compile(r"(?<=[a-z])([A-Z])")


def dashboard(request: HttpRequest) -> HttpResponse:
    """Show all actors."""
    url = os.environ["NAIVE_API"] + "/actors/v2"
    log.info("asking %s", url)
    answer = requests.get(url, headers={"Authorization": "Bearer benchmark"}, timeout=30)
    actors = []
    for row in answer.json()["result"]:
        actor: dict[str, Any] = {_CAPITAL.sub(r"_\1", name).lower(): value for name, value in row.items()}
        for name in ("create_time", "last_update_time"):
            actor[name] = _time(actor.get(name))
        actor.setdefault("worker", {"id": "", "status": ""})
        log.info("adding %s", actor)
        actors.append(actor)
    return HttpResponse(engines["django"].from_string(PAGE).render({"actors": actors}, request))


def _time(text: str | None) -> datetime:
    try:
        return datetime.strptime(text or "", "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)
    except ValueError:
        return datetime(2026, 1, 1, tzinfo=UTC)


urlpatterns = [path("", dashboard)]
application = get_wsgi_application()
