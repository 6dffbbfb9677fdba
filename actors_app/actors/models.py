"""Definitions of actors as the portal saw them, which the API itself does not keep once they are replaced."""

from typing import ClassVar

from django.db import models


class KeptDefinition(models.Model):
    """An actor's definition, encrypted, and the span in which it was seen; moments are milliseconds since 1970."""

    ENCRYPTED: ClassVar = ("content",)  # columns, as `core/security/rotation.py` reads them

    tenant = models.CharField(max_length=100)
    actor_id = models.CharField(max_length=128)
    revision = models.BigIntegerField(null=True)  # as the API counts them; null where it did not say
    updated = models.BigIntegerField(default=0)  # `lastUpdateTime`; 0 where the API did not say
    first_seen = models.BigIntegerField()
    last_seen = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)  # of the definition before encryption
    content = models.BinaryField()  # encrypted: JSON by our names
    is_newest = models.BooleanField(default=True)
    username = models.CharField(max_length=255, default="")  # who saved it through this portal; empty where nobody did
    entry = models.BigIntegerField(null=True)  # the entry of the audit trail that says so

    class Meta:
        """A line of them for each actor, of which one is the newest."""

        db_table = "kept_definition"
        constraints = (
            models.UniqueConstraint(
                fields=("tenant", "actor_id"), condition=models.Q(is_newest=True), name="kept_definition_newest"
            ),
        )
        indexes = (
            models.Index(fields=("tenant", "actor_id", "-id"), name="kept_definition_line"),
            models.Index(fields=("last_seen",), name="kept_definition_last_seen"),
        )

    def __str__(self) -> str:
        return f"revision {self.revision} of actor {self.actor_id}"
