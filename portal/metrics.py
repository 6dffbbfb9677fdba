"""What the portal counts of itself, for Prometheus: requests, calls of the API, its breakers, its store, its history.

Each process counts by itself; where gunicorn runs several, they write into files that any of them reads together. No
label holds an id, a name of an actor or of a person: views, statuses, operations, outcomes and tenants are few.
"""

import os
import time
from collections.abc import Callable, Iterable

from django.conf import settings
from django.db import Error, connection
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.utils.crypto import constant_time_compare
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client import generate_latest as text_of
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from actors_app.core import bulkhead
from actors_app.services.breaker import breaker_of
from actors_app.services.calls import Call
from actors_app.services.instrumentation import after_calls
from portal.store import missing_migrations

Handler = Callable[[HttpRequest], HttpResponse]

SECONDS = (0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15, 30)
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")

REQUESTS = Counter("portal_requests", "Finished requests.", ["view", "method", "status"])
REQUEST_SECONDS = Histogram(
    "portal_request_seconds", "Time until the headers of the response.", ["view"], buckets=SECONDS
)
IN_PROGRESS = Gauge("portal_requests_in_progress", "Requests in progress.", multiprocess_mode="livesum")
CALLS = Counter("portal_api_calls", "Calls to the Actors API.", ["tenant", "operation", "outcome"])
CALL_SECONDS = Histogram(
    "portal_api_call_seconds", "Time of a call to the Actors API.", ["tenant", "operation"], buckets=SECONDS
)
OPEN_BREAKERS = Gauge(
    "portal_api_breaker_open",
    "Processes whose circuit breaker for an API is open.",
    ["tenant"],
    multiprocess_mode="livesum",
)
WAITING_PAGES = Gauge("portal_pages_waiting", "Pages that wait for an API.", multiprocess_mode="livesum")
WAITING_LIMIT = Gauge(
    "portal_pages_waiting_limit", "Maximum number of pages that wait for an API.", multiprocess_mode="livesum"
)
CONNECTIONS = Gauge(
    "portal_store_connections", "Connections to the database: used or free.", ["state"], multiprocess_mode="livesum"
)
CONNECTIONS_LIMIT = Gauge(
    "portal_store_connections_limit", "Maximum number of connections to the database.", multiprocess_mode="livesum"
)


class MetricsMiddleware:
    """Count each request by its view, and answer `/metrics`, by whatever name the portal was asked."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response
        after_calls(_count_call)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer one request."""
        if request.path_info == "/metrics":
            return _answer(request)
        began = time.perf_counter()
        IN_PROGRESS.inc()
        try:
            response = self.get_response(request)
        finally:
            IN_PROGRESS.dec()
        match = request.resolver_match
        view = (match.view_name if match else "") or "none"
        method = request.method if request.method in METHODS else "other"
        REQUESTS.labels(view, method, str(response.status_code)).inc()
        REQUEST_SECONDS.labels(view).observe(time.perf_counter() - began)
        _note_places()
        return response


def tenant_names(origin: str) -> str:
    """Return the tenants at an origin, joined by a plus where they share it."""
    names = [name for name, tenant in settings.TENANTS.items() if (tenant.url + "/").lower().startswith(origin + "/")]
    return "+".join(names) or "none"


def _count_call(origin: str, call: Call, outcome: str, seconds: float) -> None:
    tenant, operation = tenant_names(origin), str(call)
    CALLS.labels(tenant, operation, outcome).inc()
    if outcome != "not-sent":
        CALL_SECONDS.labels(tenant, operation).observe(seconds)
    OPEN_BREAKERS.labels(tenant).set(breaker_of(origin).is_open)


def _note_places() -> None:
    WAITING_PAGES.set(bulkhead.places_in_use())
    WAITING_LIMIT.set(settings.PAGES_AT_ONCE)
    # Looked up, not asked for: asking would make the pool of a process that has none yet.
    pool = getattr(connection, "_connection_pools", {}).get(connection.alias)
    if pool is not None:
        stats = pool.get_stats()
        CONNECTIONS.labels("free").set(stats["pool_available"])
        CONNECTIONS.labels("used").set(stats["pool_size"] - stats["pool_available"])
        CONNECTIONS_LIMIT.set(stats["pool_max"])


class _Store(Collector):
    """What the store knows, asked when somebody looks: every process would say the same."""

    def collect(self) -> Iterable[Metric]:
        """Return whether the store answers, what it lacks, and how fresh the history is."""
        up = GaugeMetricFamily("portal_store_up", "Whether the database responds.")
        behind = GaugeMetricFamily("portal_store_migrations_missing", "Missing migrations.")
        actors = GaugeMetricFamily("portal_history_actors", "Actors with a history.", labels=["tenant"])
        ages = GaugeMetricFamily(
            "portal_history_age_seconds",
            "Time since the last sync of an actor's history: the newest, and the oldest that is not deleted.",
            labels=["tenant", "which"],
        )
        alive = GaugeMetricFamily(
            "portal_collector_age_seconds", "Time since the collector last reported.", labels=["tenant"]
        )
        refused = GaugeMetricFamily(
            "portal_collector_refused",
            "Whether the collector skips a tenant whose account or version is rejected.",
            labels=["tenant"],
        )
        try:
            missing = len(missing_migrations())
            rows = [] if missing else _history()
            beats = [] if missing else _beats()
        except Error:
            up.add_metric([], 0)
            return [up]
        up.add_metric([], 1)
        behind.add_metric([], missing)
        for tenant, count, newest, oldest in rows:
            actors.add_metric([tenant], count)
            for which, looked in (("newest", newest), ("oldest", oldest)):
                if looked:
                    ages.add_metric([tenant, which], max(0.0, time.time() - looked / 1000))
        for tenant, at, refusal in beats:
            alive.add_metric([tenant], max(0.0, time.time() - at / 1000))
            refused.add_metric([tenant], bool(refusal))
        return [up, behind, actors, ages, alive, refused]


def _history() -> list[tuple[str, int, int, int]]:
    from django.db.models import Count, Max, Min

    from actors_app.core.security import origins
    from actors_app.history.models import ActorHistory

    tenants = origins.by_key()
    rows = (
        ActorHistory.objects.filter(deleted=None, tenant__in=tenants)
        .order_by()
        .values("tenant")
        .annotate(n=Count("pk"), newest=Max("looked"), oldest=Min("looked"))
        .values_list("tenant", "n", "newest", "oldest")
    )
    return [(tenants[key].name, *numbers) for key, *numbers in rows]


def _beats() -> list[tuple[str, int, str]]:
    from actors_app.core.security import origins
    from actors_app.history.models import CollectorBeat

    tenants = origins.by_key()
    rows = CollectorBeat.objects.filter(tenant__in=tenants).values_list("tenant", "at", "refusal")
    return [(tenants[key].name, at, refusal) for key, at, refusal in rows]


def _answer(request: HttpRequest) -> HttpResponse:
    if request.method not in ("GET", "HEAD"):
        return HttpResponseNotAllowed(["GET", "HEAD"])
    if settings.METRICS_TOKEN:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not constant_time_compare(token.strip(), settings.METRICS_TOKEN):
            refused = HttpResponse(
                "METRICS_TOKEN is required as a bearer token.\n", status=401, content_type="text/plain"
            )
            refused.headers["WWW-Authenticate"] = 'Bearer realm="metrics"'
            return refused
    _note_places()
    store = CollectorRegistry()
    store.register(_Store())
    return HttpResponse(_counted() + text_of(store), content_type=CONTENT_TYPE_LATEST)


def _counted() -> bytes:
    if not os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        return text_of(REGISTRY)
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    try:
        return text_of(registry)
    except FileNotFoundError:
        return text_of(registry)  # a process ended meanwhile, and its file with it
