"""Bulk acts on actors and workers, beside those on executions."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("actors_app", "0004_preferences"),
    ]

    operations = [
        migrations.RenameField("bulkitem", "execution_id", "object_id"),
        migrations.AlterField("bulkitem", "object_id", models.CharField(default="", max_length=128)),
        migrations.AddField("bulkitem", "label", models.CharField(default="", max_length=255)),
        migrations.AddField("bulkjob", "place", models.CharField(default="history", max_length=20)),
    ]
