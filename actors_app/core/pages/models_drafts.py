"""What somebody had typed when their sign-in ended: kept for them until they are back."""

from typing import ClassVar

from django.db import models


class Draft(models.Model):
    """One form as it was sent, encrypted; what is encrypted names its owner and its page as well."""

    ENCRYPTED: ClassVar = ("content",)  # columns, as `core/security/rotation.py` reads them

    handle = models.CharField(max_length=32, primary_key=True)
    tenant = models.CharField(max_length=100)
    username = models.CharField(max_length=255)
    content = models.TextField()  # encrypted
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        """A few rows for each person, for half an hour."""

        db_table = "portal_draft"
        indexes = (models.Index(fields=("tenant", "username", "expires_at"), name="draft_owner"),)

    def __str__(self) -> str:
        return "a draft"
