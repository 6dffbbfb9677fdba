"""Where nonces were handed out."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("actors_app", "0005_bulk_actors"),
    ]

    operations = [
        migrations.CreateModel(
            name="NonceNote",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("tenant", models.CharField(max_length=100)),
                ("handle", models.CharField(max_length=32)),
                ("text", models.TextField()),
                ("username", models.CharField(max_length=255)),
                ("noted", models.DateTimeField()),
            ],
            options={
                "db_table": "nonce_note",
                "constraints": [models.UniqueConstraint(fields=("tenant", "handle"), name="nonce_note_once")],
            },
        ),
    ]
