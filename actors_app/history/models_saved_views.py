"""A saved view: a filter of the execution history under a name."""

from django.db import models


class SavedView(models.Model):
    """A filter that somebody saved; whoever has its link may use it, and sees only what they may read themselves."""

    handle = models.CharField(max_length=32, primary_key=True)
    tenant = models.CharField(max_length=100)
    username = models.CharField(max_length=255)
    name = models.CharField(max_length=80)
    query = models.TextField()  # the filter's part of the address
    created = models.DateTimeField()

    class Meta:
        """A few for each person."""

        db_table = "saved_view"
        constraints = (models.UniqueConstraint(fields=("tenant", "username", "name"), name="saved_view_name"),)

    def __str__(self) -> str:
        return self.name
