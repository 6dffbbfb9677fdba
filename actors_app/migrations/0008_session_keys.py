"""Sessions are named by a hash of their key, once no portal of the former version reads the store.

The rows stay as they are here: a portal of the former version, which runs until it is reloaded, would sign everybody
out whose row is named otherwise. Where the store is in use, new sessions are named as before for the time it takes to
reload all portals; `hash_session_keys` ends that earlier, and names all by the hash.
"""

from datetime import timedelta

from django.db import migrations, models
from django.utils import timezone

TIME_TO_RELOAD = timedelta(hours=1)


def begin(apps, schema_editor):
    sessions, trail = (apps.get_model("actors_app", name) for name in ("PortalSession", "AuditEntry"))
    if sessions.objects.exists() or trail.objects.exists():
        apps.get_model("actors_app", "KeyHandover").objects.create(until=timezone.now() + TIME_TO_RELOAD)


class Migration(migrations.Migration):
    dependencies = [
        ("actors_app", "0007_kept_answers"),
    ]

    operations = [
        migrations.CreateModel(
            name="KeyHandover",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("until", models.DateTimeField()),
            ],
            options={
                "db_table": "key_handover",
            },
        ),
        migrations.RunPython(begin, migrations.RunPython.noop),
    ]
