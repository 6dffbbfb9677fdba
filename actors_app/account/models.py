"""How many more attempts to sign in an account, or an address, may fail."""

from django.db import models
from django.utils import timezone


class SignInBucket(models.Model):
    """The attempts that are left to one account or one address, named by a keyed hash; a full bucket has no row."""

    name = models.CharField(max_length=64, primary_key=True)
    left = models.FloatField()
    at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        """One row for each name that failed of late."""

        db_table = "sign_in_bucket"

    def __str__(self) -> str:
        return f"{self.left:.1f} left"
