"""The sign of life of the collector, so that whoever looks from elsewhere knows whether the history is being kept."""

from django.db import models


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
