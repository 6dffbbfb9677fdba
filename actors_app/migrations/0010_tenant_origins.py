"""What is kept of a tenant is bound to the origin of its API, and so is every sign-in.

The rows stay as they are: the name of their tenant becomes the key of the origin that the tenant has today. A name that
no tenant has today is bound to no origin, so that a tenant of that name, which may come back elsewhere, does not take
its rows. Without any tenant in the settings nothing is known, and each name is bound when it is first used.
"""

from django.conf import settings
from django.db import migrations, models
from django.db.models import Q


def bind(apps, schema_editor):
    origins = {name: tenant.origin for name, tenant in settings.TENANTS.items()}
    if not origins:
        return
    names = set()
    for model in apps.get_app_config("actors_app").get_models():
        if any(field.name == "tenant" for field in model._meta.fields):
            names.update(_names(model))
    table = apps.get_model("actors_app", "TenantOrigin")
    table.objects.bulk_create([table(key=name, name=name, origin=origins.get(name, "")) for name in sorted(names)])
    for name, origin in origins.items():
        apps.get_model("actors_app", "PortalSession").objects.filter(tenant=name).update(origin=origin)


def _names(model):
    """Yield the names of tenants in a table: of many rows, as few are read as there are names."""
    # Of the trail, what the indexes hold: an entry that ends another has its tenant.
    rows = model.objects.filter(start=None) if model._meta.model_name == "auditentry" else model.objects
    name = ""
    while name := rows.filter(tenant__gt=name).order_by("tenant").values_list("tenant", flat=True).first():
        yield name


class Migration(migrations.Migration):
    dependencies = [
        ("actors_app", "0009_collector_beats"),
    ]

    operations = [
        migrations.CreateModel(
            name="TenantOrigin",
            fields=[
                ("key", models.CharField(max_length=100, primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=100)),
                ("origin", models.TextField()),
                ("is_apart", models.BooleanField(default=False)),
                (
                    "merged",
                    models.ForeignKey(
                        null=True,
                        on_delete=models.deletion.PROTECT,
                        related_name="merges",
                        to="actors_app.tenantorigin",
                    ),
                ),
            ],
            options={
                "db_table": "tenant_origin",
                "constraints": [
                    models.UniqueConstraint(
                        condition=~Q(origin=""), fields=("name", "origin"), name="tenant_origin_once"
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="portalsession",
            name="origin",
            field=models.TextField(db_default="", default=""),
        ),
        migrations.RunPython(bind, migrations.RunPython.noop),
    ]
