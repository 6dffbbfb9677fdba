"""The portal's own memory of executions: what it has seen of them at the API, for as long as it is told to keep it.

Moments are whole milliseconds since 1970 (UTC) and spans whole milliseconds: a number is a short key, and every order
that a page can ask for is an index that begins with the actor. `history/` reads and writes these.
"""

from django.db import models

# Of what is counted per span of time.
HOUR, DAY = 3_600_000, 86_400_000  # milliseconds


class ActorHistory(models.Model):
    """An actor whose executions are remembered, and how far its history has been read."""

    tenant = models.CharField(max_length=100)
    actor_id = models.CharField(max_length=128)
    name = models.TextField(default="")
    owner = models.CharField(max_length=255, default="")
    image = models.TextField(default="")
    status = models.CharField(max_length=64, default="")
    status_message = models.TextField(default="")
    seen = models.BigIntegerField(default=0)  # when the API last described the actor
    deleted = models.BigIntegerField(null=True)  # when the API first said that it is gone
    # All that was received from `since` to `until` is known; null while nothing is.
    since = models.BigIntegerField(null=True)
    until = models.BigIntegerField(null=True)
    looked = models.BigIntegerField(default=0)  # when it was last brought up to date
    rechecked = models.BigIntegerField(default=0)  # when its unfinished executions were last asked for singly
    is_whole = models.BooleanField(default=False)  # whether its beginning was reached
    is_searchable = models.BooleanField(null=True)  # whether the search shows its executions to those who asked
    total = models.PositiveBigIntegerField(null=True)  # how many the API counts, when it last said so
    known = models.PositiveBigIntegerField(default=0)  # how many are remembered
    changed = models.BigIntegerField(default=0)  # when anything about its executions was last written down
    busy_until = models.BigIntegerField(default=0)  # somebody is bringing it up to date

    class Meta:
        """One row for each actor that anybody has seen."""

        db_table = "portal_actor_history"
        constraints = (models.UniqueConstraint(fields=("tenant", "actor_id"), name="history_actor"),)

    def __str__(self) -> str:
        return self.actor_id


class ExecutionRecord(models.Model):
    """An execution as the API last described it."""

    actor = models.ForeignKey(ActorHistory, models.CASCADE, related_name="executions", db_index=False)
    execution_id = models.CharField(max_length=128)
    executor = models.CharField(max_length=255, default="")
    status = models.CharField(max_length=64, default="")
    outcome = models.CharField(max_length=10)
    exit_code = models.IntegerField(null=True)
    worker_id = models.CharField(max_length=128, default="")
    received = models.BigIntegerField(default=0)  # 0 where the API did not say
    started = models.BigIntegerField(null=True)
    finished = models.BigIntegerField(null=True)
    waited = models.BigIntegerField(null=True)  # from received to started
    ran = models.BigIntegerField(null=True)  # from started to finished, or the API's whole seconds
    runtime = models.BigIntegerField(null=True)  # seconds, as the API gives them
    cpu = models.BigIntegerField(null=True)  # nanoseconds, as the API sums them
    io = models.BigIntegerField(null=True)  # bytes, likewise
    final_state = models.TextField(default="")  # JSON; empty where there is none
    is_sketch = models.BooleanField(default=False)  # known from the listing alone: no exit code, executor or worker
    first_seen = models.BigIntegerField()
    last_seen = models.BigIntegerField()
    in_api = models.BooleanField(default=True)

    class Meta:
        """Every order of the pages is an index; each begins with the actor, since rights are those of an actor."""

        db_table = "portal_execution"
        constraints = (models.UniqueConstraint(fields=("actor", "execution_id"), name="execution_once"),)
        indexes = (
            models.Index(fields=("actor", "received", "id", "ran", "outcome"), name="execution_received"),
            models.Index(fields=("actor", "outcome", "received", "id"), name="execution_outcome"),
            models.Index(fields=("actor", "executor", "outcome", "received", "id"), name="execution_executor"),
            models.Index(fields=("actor", "worker_id", "outcome", "received", "id"), name="execution_worker"),
            models.Index(fields=("actor", "exit_code", "outcome", "received", "id"), name="execution_exit_code"),
            models.Index(fields=("actor", "ran", "id", "received", "outcome"), name="execution_ran"),
            models.Index(fields=("actor", "waited", "id"), name="execution_waited"),
            models.Index(fields=("actor", "is_sketch", "received"), name="execution_sketch"),
        )

    def __str__(self) -> str:
        return self.execution_id


class ExecutionTally(models.Model):
    """How many executions of an actor, with one outcome, were received in one hour, or one day, of UTC."""

    actor = models.ForeignKey(ActorHistory, models.CASCADE, related_name="tallies", db_index=False)
    span = models.IntegerField()  # milliseconds: HOUR or DAY
    start = models.BigIntegerField()
    outcome = models.CharField(max_length=10)
    count = models.BigIntegerField(default=0)

    class Meta:
        """What charts of any number of executions are drawn from."""

        db_table = "portal_execution_tally"
        constraints = (
            models.UniqueConstraint(fields=("actor", "span", "start", "outcome"), name="execution_tally_once"),
        )
        # Holds the count too, so that a chart over hundreds of actors is read from the index alone.
        indexes = (models.Index(fields=("actor", "span", "start", "outcome", "count"), name="execution_tally_count"),)

    def __str__(self) -> str:
        return f"{self.count} {self.outcome}"


class HistoryGap(models.Model):
    """A span of an actor's history that is lost: removed here after its retention, or by the API before its sync."""

    PRUNED, FORGOTTEN = "pruned", "forgotten"

    actor = models.ForeignKey(ActorHistory, models.CASCADE, related_name="gaps", db_index=False)
    start = models.BigIntegerField()
    end = models.BigIntegerField()
    reason = models.CharField(max_length=10)

    class Meta:
        """Few for each actor."""

        db_table = "portal_history_gap"
        constraints = (models.UniqueConstraint(fields=("actor", "reason", "start"), name="history_gap_once"),)

    def __str__(self) -> str:
        return f"{self.reason} {self.start}-{self.end}"


class UnreadHistory(models.Model):
    """A piece of an actor's listing that was read and is not yet recorded; the newest piece has the lowest number."""

    actor = models.ForeignKey(ActorHistory, models.CASCADE, related_name="unread", db_index=False)
    number = models.PositiveIntegerField()
    rows = models.TextField()  # JSON: lists of id, status, received, started, finished

    class Meta:
        """Steps of a long first fill."""

        db_table = "portal_unread_history"
        constraints = (models.UniqueConstraint(fields=("actor", "number"), name="unread_once"),)

    def __str__(self) -> str:
        return f"piece {self.number}"


class CollectorBeat(models.Model):
    """What `manage.py collect_history` last said of one tenant. Moments are milliseconds since 1970 (UTC)."""

    tenant = models.CharField(max_length=100, primary_key=True)
    host = models.CharField(max_length=255, default="")  # where it runs
    at = models.BigIntegerField(default=0)  # when it was last alive
    whole = models.BigIntegerField(default=0)  # when it last ended a round in which it could read all
    refusal = models.TextField(
        default=""
    )  # the sentence for which it has left this tenant alone; empty while it has not

    class Meta:
        """One row for each tenant that anybody has collected."""

        db_table = "portal_collector_beat"

    def __str__(self) -> str:
        return self.tenant


class SavedView(models.Model):
    """A filter that somebody saved; whoever has its link may use it, and sees only what they may read themselves."""

    handle = models.CharField(max_length=32, primary_key=True)
    tenant = models.CharField(max_length=100)
    username = models.CharField(max_length=255)
    name = models.CharField(max_length=80)
    query = models.TextField()  # the filter's part of the address
    created = models.DateTimeField()

    class Meta:
        """A few for each person."""

        db_table = "saved_view"
        constraints = (models.UniqueConstraint(fields=("tenant", "username", "name"), name="saved_view_name"),)

    def __str__(self) -> str:
        return self.name
