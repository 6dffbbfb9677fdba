"""Where a nonce was handed out, as somebody noted it."""

from django.db import models


class NonceNote(models.Model):
    """A note on a nonce, for all who may see the nonce; of the nonce itself it has the handle alone.

    A handle is made with `SECRET_KEY`: under another key the notes are not found any more.
    """

    tenant = models.CharField(max_length=100)
    handle = models.CharField(max_length=32)
    text = models.TextField()  # one place on each line
    username = models.CharField(max_length=255)  # who wrote it last
    noted = models.DateTimeField()

    class Meta:
        """One of each nonce."""

        db_table = "nonce_note"
        constraints = (models.UniqueConstraint(fields=("tenant", "handle"), name="nonce_note_once"),)

    def __str__(self) -> str:
        return f"note on the nonce {self.handle}"

    @property
    def places(self) -> list[str]:
        """Return the places, one for each line."""
        return [line.strip() for line in self.text.splitlines() if line.strip()]
