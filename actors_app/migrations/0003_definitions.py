"""The definitions of actors that the portal keeps."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("actors_app", "0002_history"),
    ]

    operations = [
        migrations.CreateModel(
            name="KeptDefinition",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("tenant", models.CharField(max_length=100)),
                ("actor_id", models.CharField(max_length=128)),
                ("revision", models.BigIntegerField(null=True)),
                ("updated", models.BigIntegerField(default=0)),
                ("first_seen", models.BigIntegerField()),
                ("last_seen", models.BigIntegerField()),
                ("sha256", models.CharField(max_length=64)),
                ("content", models.BinaryField()),
                ("is_newest", models.BooleanField(default=True)),
                ("username", models.CharField(default="", max_length=255)),
                ("entry", models.BigIntegerField(null=True)),
            ],
            options={
                "db_table": "kept_definition",
                "indexes": [
                    models.Index(fields=["tenant", "actor_id", "-id"], name="kept_definition_line"),
                    models.Index(fields=["last_seen"], name="kept_definition_last_seen"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("is_newest", True)),
                        fields=("tenant", "actor_id"),
                        name="kept_definition_newest",
                    )
                ],
            },
        ),
    ]
