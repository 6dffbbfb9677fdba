"""Preferences of a person, the same in each of their browsers, and forms stored while their sender was signed out."""

from typing import ClassVar

from django.db import models


class PreferenceRow(models.Model):
    """What one person chose, by name; `core/pages/preferences.py` has the names and the values of each."""

    tenant = models.CharField(max_length=100)
    username = models.CharField(max_length=255)
    chosen = models.JSONField(default=dict)

    class Meta:
        """One row for each person who ever chose anything."""

        db_table = "portal_preference"
        constraints = (models.UniqueConstraint(fields=("tenant", "username"), name="preference_person"),)

    def __str__(self) -> str:
        return "preferences"


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
