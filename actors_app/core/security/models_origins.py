"""Which Actors API the rows of a tenant are about."""

from django.db import models
from django.db.models import Q


class TenantOrigin(models.Model):
    """The one API that the rows with this `key` in their column `tenant` came from.

    `actors_app.core.security.origins` and `actors_app.doctor.relocation` alone read and write these.
    """

    key = models.CharField(max_length=100, primary_key=True)
    name = models.CharField(max_length=100)  # of the tenant in the configuration
    origin = models.TextField()  # `portal.tenants.origin_of`; empty where it is not known, which fits no tenant
    is_apart = models.BooleanField(default=False)  # the tenant has another API now, which the operator confirmed
    merged = models.ForeignKey("self", models.PROTECT, null=True, related_name="merges")  # whose trail has these too

    class Meta:
        """A row for each API that each tenant ever had."""

        db_table = "tenant_origin"
        constraints = (
            models.UniqueConstraint(fields=("name", "origin"), condition=~Q(origin=""), name="tenant_origin_once"),
        )

    def __str__(self) -> str:
        return f"{self.name} at {self.origin}"
