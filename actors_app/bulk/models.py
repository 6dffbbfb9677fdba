"""One act on many things, and what came of each."""

from django.db import models


class BulkJob(models.Model):
    """A bulk act that somebody ordered; each look at its page moves it one bounded step on."""

    handle = models.CharField(max_length=32, primary_key=True)
    tenant = models.CharField(max_length=100)
    username = models.CharField(max_length=255)
    act = models.CharField(max_length=12)  # of bulk.acts.ACTS
    place = models.CharField(max_length=20, default="history")  # the list it was ordered from, by its URL's name
    query = models.TextField(default="")  # the filter of that list
    key = models.CharField(max_length=64, unique=True)  # of the form that ordered it: once
    created = models.DateTimeField()
    stopped = models.BooleanField(default=False)  # by the person, before its end
    busy_until = models.DateTimeField(null=True)

    class Meta:
        """The person's own, newest first."""

        db_table = "bulk_job"
        indexes = (models.Index(fields=("tenant", "username", "-created"), name="bulk_job_owner"),)

    def __str__(self) -> str:
        return f"{self.act} {self.handle}"


class BulkItem(models.Model):
    """One execution, worker or actor of a bulk act."""

    WAITING, STARTED, DONE, REFUSED, UNKNOWN, SKIPPED = "waiting", "started", "done", "refused", "unknown", "skipped"
    LEFT = "left"  # out from the beginning, as the preview said

    job = models.ForeignKey(BulkJob, models.CASCADE, related_name="items", db_index=False)
    number = models.PositiveIntegerField()
    actor_id = models.CharField(max_length=128)
    object_id = models.CharField(max_length=128, default="")  # the execution or the worker; empty for the actor itself
    label = models.CharField(max_length=255, default="")  # the actor's name, where the preview knew it
    outcome = models.CharField(max_length=8, default=WAITING)
    said = models.TextField(default="")  # what came of it, in a sentence
    made = models.CharField(max_length=128, default="")  # the execution that a sending made

    class Meta:
        """In the order in which they are acted on."""

        db_table = "bulk_item"
        constraints = (models.UniqueConstraint(fields=("job", "number"), name="bulk_item_once"),)
        indexes = (models.Index(fields=("job", "outcome", "number"), name="bulk_item_outcome"),)

    def __str__(self) -> str:
        return f"{self.actor_id} {self.object_id}: {self.outcome}"
