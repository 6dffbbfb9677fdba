"""What the JSON API answered to a write with a key of the caller's, for the same request that comes again."""

from typing import ClassVar

from django.db import models


class KeptAnswer(models.Model):
    """An answer without its secrets, encrypted, until its time is over."""

    ENCRYPTED: ClassVar = ("content",)  # columns, as `core/security/rotation.py` reads them

    key = models.CharField(max_length=64, unique=True)  # of the audit trail's entry
    content = models.BinaryField()  # encrypted: JSON
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        """Found by its key alone."""

        db_table = "kept_answer"

    def __str__(self) -> str:
        return f"answer to {self.key[:8]}"
