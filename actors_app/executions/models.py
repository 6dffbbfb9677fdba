"""The results that were taken from the API, which forgets a result as it gives it out."""

from typing import ClassVar

from django.db import models


class KeptResult(models.Model):
    """One result, kept encrypted for the person who took it until it expires."""

    ENCRYPTED: ClassVar = ("content", "preview")  # columns, as `core/security/rotation.py` reads them

    tenant = models.CharField(max_length=100)
    username = models.CharField(max_length=255)
    actor_id = models.CharField(max_length=128)  # the id or alias it was asked for under
    execution_id = models.CharField(max_length=64)
    content = models.BinaryField()  # encrypted
    preview = models.BinaryField()  # the content's beginning, encrypted
    size = models.PositiveIntegerField()  # bytes, before encryption
    sha256 = models.CharField(max_length=64)
    kind = models.CharField(max_length=10)  # json, text, image, binary
    fetched_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        """The newest first; every look-up names the owner."""

        db_table = "kept_result"
        ordering = ("-fetched_at", "-id")
        indexes = (models.Index(fields=("tenant", "username", "execution_id"), name="kept_result_owner"),)

    def __str__(self) -> str:
        return f"result {self.pk} of execution {self.execution_id}"
