"""Archived logs, which the API keeps for a limited time."""

from typing import ClassVar

from django.db import models


class KeptLog(models.Model):
    """A log that somebody archived; its text lies encrypted in pieces."""

    tenant = models.CharField(max_length=100)
    username = models.CharField(max_length=255)  # who archived it
    actor_id = models.CharField(max_length=128)
    execution_id = models.CharField(max_length=128)
    size = models.PositiveBigIntegerField(default=0)  # bytes, before encryption
    lines = models.PositiveBigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, default="")
    is_cut = models.BooleanField(default=False)  # the API had kept only its beginning
    kept_at = models.DateTimeField()

    class Meta:
        """One for each execution, kept until somebody who may change the actor deletes it."""

        db_table = "kept_log"
        constraints = (models.UniqueConstraint(fields=("tenant", "execution_id"), name="kept_log_once"),)

    def __str__(self) -> str:
        return f"log of execution {self.execution_id}"


class KeptLogPiece(models.Model):
    """A piece of an archived log, so that a long one never lies in memory as a whole."""

    ENCRYPTED: ClassVar = ("content",)  # columns, as `core/security/rotation.py` reads them

    log = models.ForeignKey(KeptLog, models.CASCADE, related_name="pieces", db_index=False)
    number = models.PositiveIntegerField()
    content = models.BinaryField()  # encrypted

    class Meta:
        """In the order of their numbers."""

        db_table = "kept_log_piece"
        constraints = (models.UniqueConstraint(fields=("log", "number"), name="kept_log_piece_once"),)

    def __str__(self) -> str:
        return f"piece {self.number}"
