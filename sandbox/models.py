"""What the sandbox remembers: people and tokens, and Abaco's own records. No behaviour lives here.

Rows point at each other by id without foreign keys, because Abaco's records outlive one another: executions and
aliases stay when their actor goes.
"""

# Rows are shown through `records.py` only, so none has a text of its own; the bare Meta is Django's usual one.
# ruff: noqa: D106, DJ008, RUF012

from django.db import models

LEVELS = ("NONE", "READ", "EXECUTE", "UPDATE")


class Person(models.Model):
    """Somebody with an account at the gateway."""

    name = models.CharField(max_length=64, primary_key=True)
    password = models.CharField(max_length=64)
    roles = models.JSONField(default=list)
    first_name = models.CharField(max_length=64, default="")
    last_name = models.CharField(max_length=64, default="")


class Token(models.Model):
    """An access or refresh token, kept as its SHA-256 digest."""

    digest = models.CharField(max_length=64, primary_key=True)
    person = models.CharField(max_length=64)
    kind = models.CharField(max_length=8, default="access")
    expires_at = models.DateTimeField()


class Actor(models.Model):
    """An image with a mailbox; the fields of `GET /actors/{id}` in snake_case."""

    id = models.CharField(max_length=13, primary_key=True)
    name = models.TextField(null=True)  # noqa: DJ001 - the API tells an absent name from an empty one
    image = models.TextField(null=True)  # noqa: DJ001 - the API accepts null
    description = models.TextField(null=True, default="")  # noqa: DJ001 - as above
    owner = models.CharField(max_length=64)
    status = models.TextField(null=True, default="SUBMITTED")  # noqa: DJ001 - as above
    status_message = models.TextField(null=True, default="")  # noqa: DJ001 - as above
    stateless = models.BooleanField(null=True, default=True)
    state = models.JSONField(null=True, default=dict)
    type = models.TextField(null=True, default="none")  # noqa: DJ001 - as above
    token = models.JSONField(null=True)
    link = models.TextField(null=True, default="")  # noqa: DJ001 - as above
    webhook = models.TextField(null=True, default="")  # noqa: DJ001 - as above
    hints = models.JSONField(default=list)
    privileged = models.BooleanField(null=True, default=False)
    max_workers = models.IntegerField(null=True)
    mem_limit = models.TextField(null=True)  # noqa: DJ001 - as above
    max_cpus = models.BigIntegerField(null=True)
    use_container_uid = models.BooleanField(null=True, default=False)
    run_as_executor = models.BooleanField(null=True, default=False, db_default=False)
    default_environment = models.JSONField(null=True, default=dict)
    tasdir = models.TextField(null=True)  # noqa: DJ001 - as above
    uid = models.TextField(null=True)  # noqa: DJ001 - as above
    gid = models.TextField(null=True)  # noqa: DJ001 - as above
    queue = models.TextField(null=True, default="default")  # noqa: DJ001 - as above
    log_ex = models.IntegerField(null=True)
    cron_schedule = models.TextField(null=True)  # noqa: DJ001 - as above
    cron_next_ex = models.TextField(null=True)  # noqa: DJ001 - as above
    cron_on = models.BooleanField(null=True, default=False)
    mounts = models.JSONField(default=list)
    revision = models.IntegerField(default=1)
    create_time = models.DateTimeField(db_index=True)
    last_update_time = models.DateTimeField()


class Permission(models.Model):
    """What one user may do with an actor (its id), an alias (`alias:` and its name) or a config (`config:`)."""

    subject = models.CharField(max_length=80)
    user = models.CharField(max_length=64, db_index=True)
    level = models.CharField(max_length=8)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["subject", "user"], name="one_level_a_user")]


class Alias(models.Model):
    """A name for an actor, unique in the tenant."""

    alias = models.CharField(max_length=64, primary_key=True)
    actor_id = models.CharField(max_length=13)
    owner = models.CharField(max_length=64)


class Config(models.Model):
    """A value given to the actors it names; a secret one is kept encrypted."""

    name = models.CharField(max_length=64, primary_key=True)
    value = models.TextField(null=True)  # noqa: DJ001 - the API accepts null
    is_secret = models.BooleanField(null=True, default=False)
    actors = models.TextField(default="")


class Key(models.Model):
    """The one key with which secret configs are encrypted, made when it is first needed."""

    value = models.CharField(max_length=64)


class Nonce(models.Model):
    """A bearer key for one actor (or one alias)."""

    id = models.CharField(max_length=40, primary_key=True)
    actor_id = models.CharField(max_length=13, null=True, db_index=True)  # noqa: DJ001 - absent for an alias nonce
    alias = models.CharField(max_length=64, null=True, db_index=True)  # noqa: DJ001 - absent for an actor nonce
    owner = models.CharField(max_length=64)
    roles = models.JSONField(default=list)
    level = models.CharField(max_length=8, default="EXECUTE")
    max_uses = models.IntegerField(default=-1)
    remaining_uses = models.IntegerField(default=-1)
    current_uses = models.IntegerField(default=0)
    description = models.TextField(null=True, default="")  # noqa: DJ001 - the API accepts null
    create_time = models.DateTimeField()
    last_use_time = models.DateTimeField(null=True)


class Worker(models.Model):
    """A worker of an actor, in any status, until its record goes."""

    id = models.CharField(max_length=13, primary_key=True)
    actor_id = models.CharField(max_length=13, db_index=True)
    status = models.CharField(max_length=24, default="REQUESTED")
    revision = models.IntegerField(default=1)
    image = models.TextField(null=True)  # noqa: DJ001 - absent until the worker is ready
    location = models.TextField(null=True)  # noqa: DJ001 - as above
    cid = models.TextField(null=True)  # noqa: DJ001 - as above
    host_id = models.TextField(null=True)  # noqa: DJ001 - as above
    host_ip = models.TextField(null=True)  # noqa: DJ001 - as above
    ch_name = models.TextField(null=True)  # noqa: DJ001 - as above
    create_time = models.DateTimeField()
    last_execution_time = models.DateTimeField(null=True)
    last_health_check_time = models.DateTimeField(null=True)


class Execution(models.Model):
    """One message being run, or that was or will be."""

    id = models.CharField(max_length=13, primary_key=True)
    actor_id = models.CharField(max_length=13)
    executor = models.CharField(max_length=64)
    status = models.CharField(max_length=24, default="SUBMITTED")
    message_received_time = models.DateTimeField()
    start_time = models.DateTimeField(null=True)
    finish_time = models.DateTimeField(null=True)
    runtime = models.IntegerField(default=0)
    cpu = models.BigIntegerField(default=0)
    io = models.BigIntegerField(default=0)
    worker_id = models.CharField(max_length=13, null=True)  # noqa: DJ001 - absent until a worker takes it
    exit_code = models.IntegerField(null=True)
    final_state = models.JSONField(null=True)
    pid = models.IntegerField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["actor_id", "message_received_time"], name="execution_by_actor"),
            models.Index(fields=["status"], name="execution_by_status"),
        ]


class Message(models.Model):
    """A message in an actor's mailbox; it stays, taken, until its execution has ended."""

    actor_id = models.CharField(max_length=13)
    execution_id = models.CharField(max_length=13)
    body = models.JSONField(null=True)
    binary = models.BinaryField(null=True)
    environment = models.JSONField(default=dict)
    taken = models.BooleanField(default=False)
    version = models.CharField(
        max_length=16, default="actors/v2", db_default="actors/v2"
    )  # the path of the API that it came by

    class Meta:
        indexes = [models.Index(fields=["actor_id", "taken"], name="mailbox")]


class Log(models.Model):
    """What an execution has printed, stdout and stderr together."""

    execution_id = models.CharField(max_length=13, primary_key=True)
    actor_id = models.CharField(max_length=13, db_index=True)
    text = models.TextField()
    expires_at = models.DateTimeField()


class Result(models.Model):
    """One result an execution sent, until it is read or twenty minutes old."""

    execution_id = models.CharField(max_length=13, db_index=True)
    data = models.BinaryField()
    create_time = models.DateTimeField()


class Delivery(models.Model):
    """An event on its way to a webhook; the row goes just before the one attempt to post it."""

    actor_id = models.CharField(max_length=13)
    url = models.TextField()
    body = models.JSONField()
