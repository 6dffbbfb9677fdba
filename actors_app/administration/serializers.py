"""What administrators are told of a tenant, and everybody of the server."""

from rest_framework import serializers

from actors_app.administration.forms import WorkerFilter
from actors_app.administration.rows import SORTS
from actors_app.core.api.fields import MOMENT, Choice, PageQuery, Text, Trimmed
from actors_app.core.api.schema import page_of
from actors_app.executions.serializers import Fact, Remedy
from actors_app.workers.serializers import Worker


class Utilization(serializers.Serializer):
    """Utilization of the server, for all tenants together; null if not reported."""

    current_actors = serializers.IntegerField(allow_null=True)
    total_actors = serializers.IntegerField(allow_null=True)
    workers = serializers.IntegerField(allow_null=True)
    command_queue = serializers.IntegerField(allow_null=True, help_text="Messages queued for a spawner.")


class AdminActor(serializers.Serializer):
    """An actor of the tenant, with the counts of the API's admin list."""

    id = serializers.CharField()
    name = serializers.CharField(allow_null=True)
    owner = serializers.CharField()
    image = serializers.CharField()
    status = serializers.CharField()
    status_message = serializers.CharField(allow_blank=True, help_text="Untrusted text.")
    messages = serializers.IntegerField(allow_null=True, help_text="Queued messages.")
    executions = serializers.IntegerField(allow_null=True)
    runtime = serializers.IntegerField(allow_null=True, help_text="Total run time in seconds.")
    worker_count = serializers.IntegerField()
    create_time = serializers.DateTimeField(allow_null=True, help_text=MOMENT)
    last_update_time = serializers.DateTimeField(allow_null=True, help_text=MOMENT)


class AdminQuery(PageQuery):
    """Which actors of the tenant, and in which order."""

    q = Text(required=False, max_length=128, help_text="Part of the name, ID or image.")
    status = Text(required=False, max_length=40, help_text="A status, or `OTHER` for any other.")
    owner = Trimmed(required=False, max_length=255)
    sort = Choice([sign + name for name in SORTS for sign in ("", "-")], required=False, default="name")


class Standstill(serializers.Serializer):
    """An actor that processes no messages until someone intervenes."""

    actor_id = serializers.CharField()
    worker_id = serializers.CharField(allow_blank=True, help_text="Affected worker, if any.")
    kind = serializers.CharField(
        help_text="`worker-exited`, `worker-stopping`, `worker-blocked`, `no-worker`, `no-start` or `too-long`."
    )
    reason = serializers.CharField(help_text="Untrusted text.")
    advice = serializers.CharField(help_text="Effect and next step.")
    evidence = Fact(many=True)
    remedies = Remedy(many=True, help_text="In the order to try them.")


class StuckWorker(serializers.Serializer):
    """A worker that should have started already."""

    actor_id = serializers.CharField()
    worker_id = serializers.CharField()
    reason = serializers.CharField(help_text="Probable cause.")


class StuckMailbox(serializers.Serializer):
    """An actor with queued messages and no worker for them."""

    actor_id = serializers.CharField()
    messages = serializers.IntegerField()
    reason = serializers.CharField(help_text="Probable cause.")


class Totals(serializers.Serializer):
    """Totals of the whole server; null if not reported. `runtime` is in seconds."""

    actors = serializers.IntegerField(allow_null=True)
    executions = serializers.IntegerField(allow_null=True)
    runtime = serializers.IntegerField(allow_null=True)
    existing_actors = serializers.IntegerField(allow_null=True)
    existing_executions = serializers.IntegerField(allow_null=True)
    existing_runtime = serializers.IntegerField(allow_null=True)


class Administration(serializers.Serializer):
    """An overview of the tenant."""

    as_of = serializers.DateTimeField(help_text="Time of the last update (at most once a minute).")
    actors = serializers.IntegerField()
    owners = serializers.IntegerField()
    errors = serializers.IntegerField(help_text="Actors in ERROR.")
    messages = serializers.IntegerField(help_text="Queued messages.")
    workers = serializers.IntegerField()
    missing = serializers.IntegerField(allow_null=True, help_text="Actors missing from the API's admin list.")
    totals = Totals(allow_null=True, help_text="null if unavailable, as in v3.")
    standstills = Standstill(many=True)
    stuck_workers = StuckWorker(many=True)
    stuck_mailboxes = StuckMailbox(many=True)


class TenantWorker(Worker):
    """A worker of any actor."""

    actor_id = serializers.CharField()
    actor_name = serializers.CharField(allow_blank=True)
    is_stuck = serializers.BooleanField(
        help_text="Whether it failed to start, has been starting for too long, or is stuck."
    )


class TenantWorkersPage(page_of(TenantWorker)):  # type: ignore[misc]  # made while it runs
    """A page of workers."""

    of_tenant = serializers.BooleanField(
        allow_null=True,
        help_text="Whether these are all workers of the tenant (administrators); null if your role is unknown.",
    )


class WorkersQuery(PageQuery):
    """Which workers of all actors."""

    q = Text(required=False, max_length=128, help_text="Part of the ID, host, image or actor.")
    show = Choice([name for name, _ in WorkerFilter.SHOW if name], required=False)
