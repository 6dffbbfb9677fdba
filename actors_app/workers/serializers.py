"""Workers as they go out, and how many are asked for."""

from rest_framework import serializers

from actors_app.core.api.fields import MOMENT, Body, Whole


class Worker(serializers.Serializer):
    """A worker; image, container and host are null until it is READY."""

    id = serializers.CharField()
    status = serializers.CharField(help_text="REQUESTED, …, READY, BUSY, SHUTDOWN_REQUESTED or SHUTTING_DOWN.")
    image = serializers.CharField(allow_null=True)
    location = serializers.CharField(allow_null=True)
    cid = serializers.CharField(allow_null=True)
    host_id = serializers.CharField(allow_null=True)
    host_ip = serializers.CharField(allow_null=True)
    ch_name = serializers.CharField(allow_null=True)
    create_time = serializers.DateTimeField(allow_null=True, help_text=MOMENT)
    last_execution_time = serializers.DateTimeField(allow_null=True, help_text=MOMENT)
    last_health_check_time = serializers.DateTimeField(allow_null=True, help_text=MOMENT)


class Scale(Body):
    """The minimum number of workers."""

    num = Whole(required=False, min_value=1, max_value=100, default=1, help_text="At least the current number.")
