"""Messages as they were sent, which the API does not keep."""

from typing import ClassVar

from django.db import models


class KeptMessage(models.Model):
    """A message as it was sent through this portal, encrypted, until its time is over."""

    ENCRYPTED: ClassVar = ("content", "environment")  # columns, as `core/security/rotation.py` reads them

    tenant = models.CharField(max_length=100)
    username = models.CharField(max_length=255)  # who sent it
    actor_id = models.CharField(max_length=128)
    execution_id = models.CharField(max_length=128)
    kind = models.CharField(max_length=10)  # text, json, binary
    size = models.PositiveIntegerField()  # bytes, before encryption
    sha256 = models.CharField(max_length=64)
    content = models.BinaryField()  # encrypted: the bytes of the body
    environment = models.BinaryField()  # encrypted: JSON
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        """One for each execution; every look-up names the tenant."""

        db_table = "kept_message"
        constraints = (models.UniqueConstraint(fields=("tenant", "execution_id"), name="kept_message_once"),)

    def __str__(self) -> str:
        return f"message of execution {self.execution_id}"
