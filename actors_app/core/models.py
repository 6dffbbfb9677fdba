"""How somebody likes the portal: kept for the person, so that it is the same in each of their browsers."""

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
